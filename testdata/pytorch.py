"""Repeats full-batch runs in PyTorch float64 and compares the loss of every epoch.

    go run . -act all -k 32 -below none,infomax:64 -batch 0 -epochs 20 -out full
    python3 testdata/pytorch.py MNIST_DIR full/runs/*

MNIST_DIR holds train-images-idx3-ubyte, raw or gzipped. Each run starts from its own W0, b0. A stack stands on the layer whose
weights.npz has the SHA-256 that its run.json gives.
"""
import gzip, hashlib, json, pathlib, sys
import numpy as np, torch

folder, runs = pathlib.Path(sys.argv[1]), sys.argv[2:]
raw = folder / "train-images-idx3-ubyte"
data = raw.read_bytes() if raw.exists() else gzip.open(f"{raw}.gz").read()
X = torch.tensor(np.frombuffer(data[16:], np.uint8).reshape(-1, 784) / 255.0)
activations = {
    "identity": lambda z: z, "relu": torch.relu, "leaky_relu": lambda z: torch.nn.functional.leaky_relu(z, 0.01),
    "softmax": lambda z: torch.softmax(z, 1), "tanh": torch.tanh, "softplus": torch.nn.functional.softplus,
}


def inputs(run, record):
    """The rows that the run's layer is trained on: pixels, or the outputs of the layer below, standardised."""
    if "below" not in record["config"]:
        return X
    below = next(w for w in run.parent.glob("*/weights.npz") if hashlib.sha256(w.read_bytes()).hexdigest() == record["below_sha256"])
    weights = np.load(below)
    H = activations[record["config"]["activation"]](X @ torch.tensor(weights["W"]).T + torch.tensor(weights["b"]))
    sd = H.std(0, unbiased=True)
    return torch.where(sd > 0, (H - H.mean(0)) / sd, 0.0)


worst = 0.0
for run in map(pathlib.Path, runs):
    record = json.loads((run / "run.json").read_text())
    config, weights = record["config"], np.load(run / "weights.npz")
    assert config["objective"] == "infomax" and config["batch"] == 0
    W = torch.tensor(weights["W0"], requires_grad=True)
    b = torch.tensor(weights["b0"], requires_grad=True)
    optimiser = torch.optim.Adam([W, b], lr=config["learning_rate"])
    rows = inputs(run, record)
    for epoch, point in enumerate(record["curve"], 1):
        A = activations[config["activation"]](rows @ W.T + b)
        var = A.var(0, unbiased=True) + 1e-6
        S = (A - A.mean(0)) / var.sqrt()
        C = S.T @ S / (len(A) - 1)
        loss = -var.log().sum() + config["lambda"] * ((C - torch.eye(len(C))) ** 2).sum()
        difference = abs(loss.item() - point["loss"]) / abs(loss.item())
        worst = max(worst, difference)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    print(f"{run.name}: last epoch {loss.item():.12g} here, {point['loss']:.12g} there")
print(f"largest relative difference of an epoch's loss: {worst:.1e}")
sys.exit(worst > 1e-9)
