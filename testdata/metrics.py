"""Recomputes the metrics of runs from their weights in NumPy, SciPy and scikit-learn, and compares.

    go run . -act all -objective all -k 16 -epochs 2 -out out
    python3 testdata/metrics.py DATA out/runs/*

DATA is as for the flags: the folder of -data-dir, whose files may be gzipped, or the FILE.npz of -data. Every metric of a run is computed again in float64 from
W0, b0 and W, b of its weights.npz by the definitions of EXPERIMENT.md, and held against run.json: numbers
to 1e-9, counts and statuses exactly, accuracies of probes to 0.0005 (0.002 above 128 units) or one row, softmax's total correlation to 0.005.
Of a pca run, W and b are held against the covariance, too. A run on the plane's data needs no files, since
random numbers are drawn here as Go's math/rand/v2 draws them.

    python3 testdata/metrics.py --golden        writes testdata/golden_metrics.json
"""
import functools, gzip, json, math, pathlib, sys
from fractions import Fraction
import numpy as np
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist
from scipy.special import digamma, ndtri

TOLERANCE = 1e-9
SOFTMAX_TOLERANCE = 5e-3  # of total correlation: outputs crowd at 0 and 1, where ranks hang on the last bit of exp
LEAST = 1e-15  # differences are relative to the larger number, or to this
STREAM_DATA, STREAM_TIES, STREAM_NULL = 4, 5, 6  # numbers.go
NEIGHBORS, NULL_DRAWS = 4, 4
MANY = 128  # units, beyond which probes stop earlier

# Random numbers: rand.NewPCG(seed, stream), 128 bits of state, DXSM output (O'Neill).

MASK = 2**64 - 1
MULTIPLIER = 2549297995355413924 << 64 | 4865540595714422341
INCREMENT = 6364136223846793005 << 64 | 1442695040888963407


class PCG:
    def __init__(self, seed, stream):
        self.state = seed << 64 | stream

    def uint64(self):
        self.state = (self.state * MULTIPLIER + INCREMENT) & 2**128 - 1
        hi, lo = self.state >> 64, self.state & MASK
        hi ^= hi >> 32
        hi = hi * 0xDA942042E4DD58B5 & MASK
        hi ^= hi >> 48
        return hi * (lo | 1) & MASK

    def float64(self):
        return (self.uint64() << 11 & MASK) / 2**64

    def below(self, n):  # Lemire (2019)
        if n & (n - 1) == 0:
            return self.uint64() & (n - 1)
        hi, lo = divmod(self.uint64() * n, 2**64)
        while lo < 2**64 % n:
            hi, lo = divmod(self.uint64() * n, 2**64)
        return hi

    def shuffle(self, x):
        for i in range(len(x) - 1, 0, -1):
            j = self.below(i + 1)
            x[i], x[j] = x[j], x[i]


# Data: train X, test X.

SHIFTS = [(0, 0), (-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1)]  # dx, dy of mnist-shifted


def read_idx(source, data, split, kind):
    own = source / ("fashion" if data == "fashion" else "mnist")
    raw = (own if own.is_dir() else source) / f"{split}-{kind}-ubyte"
    return np.frombuffer(raw.read_bytes() if raw.exists() else gzip.open(f"{raw}.gz").read(), np.uint8)


def read_images(source, data, split):
    images = read_idx(source, data, split, "images-idx3")[16:].reshape(-1, 28, 28)
    if data == "mnist-shifted" and split == "train":
        framed = np.pad(images, ((0, 0), (1, 1), (1, 1)))
        images = np.concatenate([framed[:, 1 - dy:29 - dy, 1 - dx:29 - dx] for dx, dy in SHIFTS])
    return images.reshape(-1, 784) / 255


def load_labels(data, source):
    """The classes of both splits; None where there are none, or they are not in files."""
    if source.is_file():
        arrays = np.load(source)
        if "train_labels" not in arrays:
            return None
        both = [arrays[f"{split}_labels"].ravel() for split in ("train", "test")]
        return np.split(np.unique(np.concatenate(both), return_inverse=True)[1], [len(both[0])])
    if data not in ("mnist", "fashion", "mnist-shifted"):
        return None
    train, test = [read_idx(source, data, split, "labels-idx1")[8:] for split in ("train", "t10k")]
    return np.tile(train, len(SHIFTS)) if data == "mnist-shifted" else train, test


def square_point(rng):
    return [2 * rng.float64() - 1, 2 * rng.float64() - 1]


def normal_pair(rng):  # Marsaglia's polar method
    while True:
        u = square_point(rng)
        s = u[0] ** 2 + u[1] ** 2
        if 0 < s < 1:
            return [x * math.sqrt(-2 * math.log(s) / s) for x in u]


@functools.cache
def load(data, source):
    if source.is_file():
        arrays = [np.load(source)[split] for split in ("train", "test")]
        return [X.reshape(len(X), -1) / (255 if X.dtype == np.uint8 else 1.0) for X in arrays]
    if data in ("mnist", "fashion", "mnist-shifted"):
        return [read_images(source, data, split) for split in ("train", "t10k")]
    rng = PCG(0, STREAM_DATA)
    if data == "clusters":
        centres = [[2 * math.cos(k * math.pi / 4), 2 * math.sin(k * math.pi / 4)] for k in range(8)]
        points = [[c + 0.3 * e for c, e in zip(centres[n % 8], normal_pair(rng))] for n in range(10000)]
        rng.shuffle(points)
    elif data == "uniform":
        points = [square_point(rng) for _ in range(10000)]
    else:
        return None
    return [np.array(points[:8000]), np.array(points[8000:])]


@functools.cache
def inputs(data, source, components, power):
    """What a run is trained and measured on: the data, or their principal components, each divided by sd**power."""
    if not components or (splits := load(data, source)) is None:
        return load(data, source)
    mean = splits[0].mean(0)
    variances, axes = np.linalg.eigh(np.cov(splits[0].T))
    variances, axes = variances[::-1][:components], axes[:, ::-1][:, :components]
    axes = axes * np.sign(np.take_along_axis(axes, np.abs(axes).argmax(0)[None], 0)) / variances ** (power / 2)
    return [(X - mean) @ axes for X in splits]


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


ACTIVATIONS = {
    "identity": lambda z: z, "relu": lambda z: np.maximum(z, 0), "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "softmax": softmax, "tanh": np.tanh, "softplus": lambda z: np.logaddexp(0, z),
}
MONOTONE = {"identity", "leaky_relu", "tanh", "softplus"}


# Weights.

def spectral(W):
    """R_W and the effective rank of W (K×D), which no scale changes."""
    K, largest = len(W), np.abs(W).max()
    if largest == 0:
        return None, None
    W = W / largest
    R = W @ W.T / (W**2).sum() - np.eye(K) / K
    sigma = np.linalg.svd(W, compute_uv=False)
    return (R**2).sum(), sigma.sum() ** 2 / (sigma**2).sum()


def weight_metrics(W, constant, is_softmax):
    m = {}
    K, largest = len(W), np.abs(W).max()
    m["weight_correlation"], m["effective_rank"] = spectral(W)
    m["weight_norm"] = largest * math.sqrt(((W / largest) ** 2).sum() / K)
    U = W / np.where(W.any(1), np.abs(W).max(1), 1)[:, None]
    U /= np.where(W.any(1), np.linalg.norm(U, axis=1), 1)[:, None]
    m["weight_redundancy"] = ((U @ U.T - np.eye(K)) ** 2).sum()
    live = W[:, ~constant]
    if is_softmax:
        live = live - live.mean(0)
    m["weight_correlation_live"], m["effective_rank_live"] = spectral(live)
    return m


# Activations.

def correlations(A):
    """Corr(A), a constant unit's row 0, and log var up to a constant, −inf for a constant unit."""
    largest = np.maximum(np.abs(A).max(0), 1e-300)
    R = A / largest - A[0] / largest
    R[:, (A == A[0]).all(0)] = 0
    R -= R.mean(0)
    square = (R**2).sum(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_variance = np.log(square) + 2 * np.log(largest)
        S = np.where(square > 0, R / np.sqrt(square), 0)
    return S.T @ S, log_variance


def entropy_rank(C):
    p = np.maximum(np.linalg.eigvalsh(C), 0)
    if p.sum() == 0:
        return 0
    p = p[p > 0] / p.sum()
    return math.exp(-(p * np.log(p)).sum())


def variance_ratio(log_ratio):
    return (None, "infinite") if log_ratio > math.log(sys.float_info.max) else (math.exp(log_ratio), None)


def activation_metrics(A, is_softmax):
    m = {}
    rate = (np.abs(A) > 1e-6).mean(0)
    m["activation_rate"], m["dead_units"] = rate.tolist(), int((rate < 0.01).sum())
    m["max_responsibility"] = A.mean(0).max() if is_softmax else None
    C, log_variance = correlations(A)
    m["variance_ratio"], m["variance_ratio_status"] = variance_ratio(log_variance.max() - log_variance.min())
    m["output_correlation"] = ((C - np.eye(len(C))) ** 2).sum()
    m["activation_rank"] = entropy_rank(C)
    return m


# Total correlation.

@functools.cache
def normal_scores(N):
    lower = ndtri((np.arange(N // 2) + 0.5) / N)
    return np.concatenate([lower, np.zeros(N % 2), -lower[::-1]])


def ranks(A, seed):
    """Ranks within each unit (K×N) that is not constant, ties in random order."""
    rng, all_ranks = PCG(seed, STREAM_TIES), []
    for a in A.T:
        if (a == a[0]).all():
            continue
        keys = np.array([rng.uint64() for _ in a], np.uint64)
        rank = np.empty(len(a), int)
        rank[np.lexsort((keys, a))] = np.arange(len(a))
        all_ranks.append(rank)
    return np.array(all_ranks)


def gauss_tc(G):
    N, K = G.shape
    score = normal_scores(N)
    total = (score**2).sum()
    floor = 2 * (score[N // 2] - score[N // 2 - 1]) ** 2 / total
    L, log_det = G.T @ G / total, 0.0
    for k in range(K):
        for j in range(k):
            L[k, j] = (L[k, j] - L[k, :j] @ L[j, :j]) / L[j, j]
        v = max(L[k, k] - L[k, :k] @ L[k, :k], floor)
        L[k, k] = math.sqrt(v)
        log_det += math.log(v)
    bias = K * (K - 1) / (4 * N)
    if N < 10 * K:
        bias = (digamma((N - 1) / 2) - digamma((N - 1 - np.arange(K)) / 2)).sum() / 2
    return -log_det / 2 - bias


def mean_log_radius(G):
    nth = np.partition(cdist(G, G, "sqeuclidean"), NEIGHBORS, axis=1)[:, NEIGHBORS]  # a row is its own nearest
    return np.log(nth).mean() / 2


@functools.cache
def null_log_radius(N, K):
    radii = []
    for draw in range(NULL_DRAWS):
        rng, G = PCG(draw, STREAM_NULL), np.empty((N, K))
        for k in range(K):
            order = list(range(N))
            rng.shuffle(order)
            G[order, k] = normal_scores(N)
        radii.append(mean_log_radius(G))
    return sum(radii) / NULL_DRAWS


def mutual_information(x, y, scores, psi):
    """KSG, first estimator. x, y are ranks; scores are integers, so that equal distances are equal."""
    points = np.stack([scores[x], scores[y]], 1).astype(float)
    eps = cKDTree(points).query(points, NEIGHBORS + 1, p=np.inf)[0][:, NEIGHBORS].astype(np.int64)
    def closer(r):
        return np.searchsorted(scores, scores[r] + eps) - np.searchsorted(scores, scores[r] - eps + 1) - 1
    return psi[NEIGHBORS] + psi[len(x)] - (psi[closer(x) + 1] + psi[closer(y) + 1]).mean()


def pairwise_information(rank):
    K, N = rank.shape
    lower = (normal_scores(N)[: N // 2] * 2.0**40).astype(np.int64)  # toward 0
    scores = np.concatenate([lower, np.zeros(N % 2, np.int64), -lower[::-1]])
    psi = digamma(np.arange(N + 1, dtype=float).clip(min=1))
    info = np.zeros((K, K))
    for i in range(K):
        for j in range(i + 1, K):
            info[i, j] = info[j, i] = mutual_information(rank[i], rank[j], scores, psi)
    return info


def spanning_tree(w):
    link, edges = [0] * len(w), []
    link[0] = -1
    while len(edges) < len(w) - 1:
        k = max((k for k in range(len(w)) if link[k] >= 0), key=lambda k: (w[link[k], k], -k))
        edges.append((link[k], k))
        parent, link[k] = k, -1
        for j in range(len(w)):
            if link[j] >= 0 and w[parent, j] > w[link[j], j]:
                link[j] = parent
    return edges


def tree_tc(rank):
    half = rank.shape[1] // 2
    order = np.argsort(rank, axis=1)
    halves = []
    for first in (0, 1):
        halved = []
        for rows in order:
            rows = rows[(rows % 2 == first) & (rows // 2 < half)] // 2
            r = np.empty(half, int)
            r[rows] = np.arange(half)
            halved.append(r)
        halves.append(np.array(halved))
    info = [pairwise_information(h) for h in halves]
    return sum(sum(info[1 - h][e] for e in spanning_tree(info[h])) for h in (0, 1)) / 2


def total_correlation(A, seed):
    rank = ranks(A, seed)
    if len(rank) < 2:
        return 0, 0, 0
    G = normal_scores(len(A))[rank].T
    knn = len(rank) * (null_log_radius(*G.shape) - mean_log_radius(G))
    gauss = gauss_tc(G) if A.shape[1] < len(A) else None
    return gauss, knn, tree_tc(rank)


def tc_metrics(Z, A, config):
    m = dict.fromkeys(["tc_gauss_nats", "tc_knn_nats", "tc_tree_nats", "tc_status"], None) | {"tc_units": 0}
    n = min(config["tc_rows"], len(A))
    if n == 0:
        return m | {"tc_status": "off"}
    rows = np.arange(n) * len(A) // n
    some = (Z if config["activation"] in MONOTONE else A)[rows]
    if config["activation"] == "softmax" and config["k"] > 1:
        some, m["tc_status"] = some[:, :-1], "infinite"
    m["tc_units"] = int((some != some[0]).any(0).sum())
    m["tc_gauss_nats"], m["tc_knn_nats"], m["tc_tree_nats"] = total_correlation(some, config["seed"])
    return m


# Linear probes, by scikit-learn. A fit that stops at a gradient of 1e-5, or of 1e-4 where there are many units, may
# place a few rows of 10,000 otherwise.
PROBES = ["probe_accuracy", "probe_accuracy_1000"]
PROBE_TOLERANCE, MANY_PROBE_TOLERANCE = 5e-4, 2e-3  # absolute


def probe(F, y, test, test_y, whiten, penalty):
    """The share of the test rows that are right after a fit of mean cross-entropy + penalty/2 ‖U‖² on the rows F."""
    from sklearn.linear_model import LogisticRegression
    kept = F.var(0, ddof=1) >= 1e-12
    mean, F, test = F[:, kept].mean(0), F[:, kept], test[:, kept]
    if whiten:
        values, axes = np.linalg.eigh(np.cov(F.T).reshape(F.shape[1], F.shape[1]))
        some = values >= 1e-9 * values.max()
        T = axes[:, some] / np.sqrt(values[some])
    else:
        T = np.diag(1 / F.std(0, ddof=1))
    fit = LogisticRegression(C=1 / (penalty * len(F)), tol=1e-7, max_iter=5000).fit((F - mean) @ T, y)
    return float((fit.predict((test - mean) @ T) == test_y).mean())


def probes(W, b, train, test, labels, config):
    f = ACTIVATIONS[config["activation"]]
    A, B, (y, test_y) = f(train @ W.T + b), f(test @ W.T + b), labels
    few = np.sort(np.concatenate([np.flatnonzero(y == c)[:100] for c in np.unique(y)]))
    return {"probe_accuracy": probe(A, y, B, test_y, True, 1e-4), "probe_accuracy_1000": probe(A[few], y[few], B, test_y, False, 1e-2)}


def metrics_of(W, b, train, test, config):
    Z = test @ W.T + b
    A = ACTIVATIONS[config["activation"]](Z)
    is_softmax = config["activation"] == "softmax"
    constant = (train == train[0]).all(0)
    return weight_metrics(W, constant, is_softmax) | activation_metrics(A, is_softmax) | tc_metrics(Z, A, config)


def check_pca(W, b, train):
    """Rows of W are eigenvectors of the covariance, in the order of eigenvalues, b = −W·mean: the largest violation."""
    mean = train.mean(0)
    C = np.cov(train.T, bias=True)
    values = np.linalg.eigvalsh(C)[::-1][: len(W)]
    used = W[: len(values)]
    wrong = [np.abs(used @ C - values[:, None] * used).max() / values[0],
             np.abs(used @ used.T - np.eye(len(used))).max(), np.abs(b + W @ mean).max(), np.abs(W[len(values):]).max(initial=0)]
    signs = used[np.arange(len(used)), np.abs(used).argmax(1)] > 0
    return {"principal_axes": float(max(wrong)) if signs.all() else math.inf}


def epochs_to_90(first, curve):
    losses = [e["loss"] for e in curve]
    if not losses or None in losses or first is None or not first > losses[-1]:
        return 0
    return 1 + next(i for i, loss in enumerate(losses) if first - loss >= 0.9 * (first - losses[-1]))


def difference(want, got):
    """Relative for numbers, 0 or inf for everything else."""
    if isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        return max(map(difference, want, got), default=0)
    if isinstance(want, (int, str, type(None))) or isinstance(got, (int, str, type(None))):
        equal = want == got or isinstance(want, float) and isinstance(got, int) and math.isclose(want, got, rel_tol=TOLERANCE, abs_tol=LEAST)
        return 0 if equal else math.inf
    d = abs(want - got) / max(abs(want), abs(got), LEAST)
    return d if d >= 0 else math.inf  # NaN agrees with nothing


def check(run, source, worst, softmax, accuracies):
    record = json.loads((run / "run.json").read_text())
    config, weights = record["config"], np.load(run / "weights.npz")
    data = inputs(config["data"], source, config.get("components", 0), config.get("whiten", 0))
    if data is None:
        return f"skipped: no data {config['data']} here"
    found = {}
    for state, W, b in [("init", "W0", "b0"), ("final", "W", "b")]:
        here = metrics_of(weights[W], weights[b], *data, config)
        for name in here.keys() | record[state].keys():
            if name in PROBES or name == "probe_status":
                continue
            value = here.get(name)
            value = value.item() if isinstance(value, np.generic) else value
            d = difference(value, record[state].get(name))
            if config["activation"] == "softmax" and name.startswith("tc_") and d <= SOFTMAX_TOLERANCE:
                softmax[name] = max(softmax.get(name, 0), d)
                d = 0
            found[name] = max(found.get(name, 0), d)
    labels = load_labels(config["data"], source)
    if labels is not None:
        for name, accuracy in probes(weights["W"], weights["b"], *data, labels, config).items():
            d = abs(accuracy - record["final"][name])
            accuracies[name] = max(accuracies.get(name, 0), d)
            tolerance = MANY_PROBE_TOLERANCE if config["k"] > MANY else PROBE_TOLERANCE
            found[name] = 0 if d <= max(tolerance, 1.01 / len(data[1])) else d
    if config["objective"] == "pca":
        found |= check_pca(weights["W"], weights["b"], data[0])
    found["epochs_to_90"] = difference(epochs_to_90(record["initial_loss"], record["curve"]), record.get("epochs_to_90", 0))
    for name, d in found.items():
        worst[name] = max(worst.get(name, (0, "")), (d, run.name))
    name = max(found, key=found.get)
    return f"{found[name]:.1e} at most, {name}"


# Golden values for metrics_test.go, from exact arithmetic where float64 has not the range.

def exact_activation_metrics(A):
    """The same as activation_metrics, with variances and correlations as fractions."""
    N, K = len(A), len(A[0])
    columns = [[Fraction(row[k]) for row in A] for k in range(K)]
    centred = [[x - sum(c) / N for x in c] for c in columns]
    M = [[sum(x * y for x, y in zip(centred[j], centred[k])) for k in range(K)] for j in range(K)]
    C = np.zeros((K, K))
    for j in range(K):
        for k in range(K):
            if M[j][k] != 0:
                C[j, k] = math.sqrt(M[j][k] ** 2 / (M[j][j] * M[k][k])) * (1 if M[j][k] > 0 else -1)
    variances = [M[k][k] for k in range(K)]
    infinite = min(variances) == 0 or max(variances) / min(variances) > Fraction(sys.float_info.max)
    rate = [sum(abs(row[k]) > 1e-6 for row in A) / N for k in range(K)]
    return {
        "variance_ratio": None if infinite else float(max(variances) / min(variances)),
        "variance_ratio_status": "infinite" if infinite else "",
        "output_correlation": ((C - np.eye(K)) ** 2).sum(), "activation_rank": entropy_rank(C),
        "activation_rate": rate, "dead_units": sum(r < 0.01 for r in rate),
    }


def write_golden(path):
    rng = np.random.default_rng(3)
    normal = lambda *shape: rng.standard_normal(shape).round(3)
    W, A = normal(4, 6), normal(9, 3)
    A[:, 2] += A[:, 0]
    relu = np.maximum(A, 0)
    scaled = lambda *factors: A * np.array(factors)
    weights = {
        "normal": W, "one row added to all units": W + normal(6), "more units than inputs": normal(5, 3),
        "a unit of zeros": W * [[1], [0], [1], [1]], "a unit of 1e-100": W * [[1], [1], [1e-100], [1]],
        "all of 1e-100": W * 1e-100, "all of 1e100": W * 1e100,
        "all in inputs that are constant": W * [1e100, 1, 1, 1, 1e100, 1],
    }
    activations = {
        "normal": A, "relu": relu, "two equal units": A[:, [0, 1, 0]], "a constant unit": np.c_[A, np.full(9, 0.1)],
        "all constant": np.tile([0.1, 0.0, -3.0], (9, 1)), "one unit": A[:, :1],
        "a unit of 1e-140": scaled(1, 1e-140, 1), "all of 1e-100": A * 1e-100,
        "a unit of 1e140": scaled(1, 1, 1e140), "all of 1e100": A * 1e100,
        "0.1 and the next number": np.c_[A[:, :2], np.where(A[:, 2] > 0, 0.1, np.nextafter(0.1, 1))],
    }
    golden = {
        "note": f"python3 testdata/metrics.py --golden, NumPy {np.__version__}; activations' moments from fractions. In W inputs 0 and 4 are constant.",
        "weights": [{"name": name, "w": W.tolist()} | {
            f"{kind}": weight_metrics(W, np.isin(np.arange(W.shape[1]), [0, 4]), kind == "softmax") for kind in ("elementwise", "softmax")
        } for name, W in weights.items()],
        "activations": [{"name": name, "a": A.tolist(), "want": exact_activation_metrics(A.tolist())} for name, A in activations.items()],
    }
    cases = lambda key: f"\"{key}\": [\n" + ",\n".join("  " + json.dumps(c) for c in golden[key]) + "\n]"
    path.write_text(f"{{\n\"note\": {json.dumps(golden['note'])},\n{cases('weights')},\n{cases('activations')}\n}}\n")


def main():
    if sys.argv[1:] == ["--golden"]:
        return write_golden(pathlib.Path(__file__).parent / "golden_metrics.json")
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    source, worst, softmax, accuracies = pathlib.Path(sys.argv[1]), {}, {}, {}
    for run in map(pathlib.Path, sys.argv[2:]):
        print(f"{run.name}: {check(run, source, worst, softmax, accuracies)}", flush=True)
    print("\nlargest relative difference of each metric:")
    for name, (d, run) in sorted(worst.items()):
        if name not in accuracies or d > 0:
            print(f"  {name:24} {d:.1e}  {run}")
    for name, d in sorted(softmax.items()):
        print(f"  {name:24} {d:.1e}  of softmax")
    for name, d in sorted(accuracies.items()):
        print(f"  {name:24} {d:.4f}, absolute")
    sys.exit(any(d > TOLERANCE for d, _ in worst.values()))


if __name__ == "__main__":
    main()
