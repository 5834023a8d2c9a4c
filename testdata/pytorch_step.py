"""Times the same training step in PyTorch (eager, one thread, float32), as a user would write it.

    python3 testdata/pytorch_step.py MNIST_DIR 32

MNIST_DIR holds train-images-idx3-ubyte, raw or gzipped; 32 is K. Prints the best of three epochs.
"""
import gzip, pathlib, sys, time
import numpy as np, torch

folder, K = pathlib.Path(sys.argv[1]), int(sys.argv[2])
torch.set_num_threads(1)
raw = folder / "train-images-idx3-ubyte"
data = raw.read_bytes() if raw.exists() else gzip.open(f"{raw}.gz").read()
X = torch.tensor(np.frombuffer(data[16:], np.uint8).reshape(-1, 784)).to(torch.float32) / 255
layer = torch.nn.Linear(784, K)
torch.nn.init.xavier_uniform_(layer.weight)
optimiser = torch.optim.Adam(layer.parameters(), lr=1e-3)
best = float("inf")
for _ in range(3):
    order, start = torch.randperm(len(X)), time.time()
    for i in range(0, len(X), 128):
        A = torch.relu(layer(X[order[i:i + 128]]))
        centred = A - A.mean(0)
        var = centred.var(0) + 1e-6
        S = centred / var.sqrt()
        C = S.T @ S / (len(A) - 1)
        loss = -var.log().sum() + ((C - torch.eye(K)) ** 2).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    best = min(best, time.time() - start)
print(f"PyTorch {torch.__version__}, K = {K}: {1e6 * best / 469:.0f} µs a step")
