"""Fits both linear probes with scikit-learn on a small problem and writes testdata/probe_golden.json.

    python3 testdata/probe.py

scikit-learn minimises C Σ loss + ½‖U‖², which is C N times the probe's mean loss + ½ μ‖U‖² for C = 1/(μN).
"""
import json, pathlib
import numpy as np, sklearn
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(1)
N, test, K = 400, 80, 6


def activations(y):
    z = rng.normal(size=(len(y), K)) @ rng.normal(size=(K, K), scale=0.5) + centre[y]
    a = np.maximum(z, 0)
    a[:, 3] = 0.25  # a constant unit
    a[:, 5] = 2 * a[:, 0] - a[:, 1]  # and one that the others determine
    return a.round(3)


centre = rng.normal(size=(4, K))
y, y_test = rng.choice(4, N, p=[0.5, 0.3, 0.1, 0.1]), rng.choice(4, test)
state = rng.bit_generator.state
F = activations(y)
rng.bit_generator.state = state  # the same mixing for both splits
A = activations(np.resize(y_test, N))[:test]


def fit(X, y, mu):
    model = LogisticRegression(C=1 / (mu * len(X)), tol=1e-11, max_iter=100000).fit(X, y)
    return model, model.coef_ - model.coef_.mean(0), model.intercept_ - model.intercept_.mean()


def centred(logits):  # softmax does not see a constant
    return logits - logits.mean(1, keepdims=True)


values, V = np.linalg.eigh(np.delete(np.cov(F.T), 3, 0)[:, np.arange(K) != 3])
T = (V / np.sqrt(np.maximum(values, 1e-300)))[:, values > 1e-9 * values.max()]
live = np.arange(K) != 3
whiten = lambda a: (a - F.mean(0))[:, live] @ T
model, U, beta = fit(whiten(F), y, 1e-4)
whole = {"logits": centred(whiten(A) @ U.T + beta), "accuracy": model.score(whiten(A), y_test), "rank": T.shape[1]}

first = np.sort(np.concatenate([np.flatnonzero(y == c)[:100] for c in range(4)]))
mean, sd = F[first].mean(0), F[first].std(0, ddof=1)
standardise = lambda a: ((a - mean) / np.where(live, sd, 1))[:, live]
model, U, beta = fit(standardise(F[first]), y[first], 1e-2)
few = {"U": np.insert(U.T, 3, 0, axis=0), "beta": beta, "logits": centred(standardise(A) @ U.T + beta),
       "accuracy": model.score(standardise(A), y_test), "rows": len(first)}

plain = lambda x: x.tolist() if isinstance(x, np.ndarray) else x
out = {"note": f"testdata/probe.py, scikit-learn {sklearn.__version__}, LogisticRegression, lbfgs, tol 1e-11",
       "train": F, "train_labels": y, "test": A, "test_labels": y_test, "all": whole, "few": few}
out = {k: {j: plain(x) for j, x in v.items()} if isinstance(v, dict) else plain(v) for k, v in out.items()}
pathlib.Path(__file__).with_name("probe_golden.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
