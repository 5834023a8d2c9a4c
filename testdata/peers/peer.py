"""What the scripts share: one processor, the command line, MNIST, and whose turn it is.

Each script is given float32 or float64, MNIST_DIR with train-images-idx3-ubyte, and weights.npz of a run of
infomax, from whose W0 and b0 it starts; jax_vmap.py of several. It takes an epoch for every line of stdin and
prints the mean of its batch losses:

    yes '' | head -3 | python testdata/peers/torch_eager.py float32 MNIST_DIR out/runs/*/weights.npz

A line may name a file of orders, for int32 that many rows a run; an empty line asks for a fresh shuffle.
"""
import os, pathlib, sys

os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # before the tools count processors

import numpy as np

BATCH = 128
EPSILON = 1e-6


def start():
    """Returns the type's name, the pixels as bytes (N×784), W0 (runs×K×784) and b0 (runs×K)."""
    kind, folder, *runs = sys.argv[1:]
    pixels = np.fromfile(pathlib.Path(folder) / "train-images-idx3-ubyte", np.uint8, offset=16).reshape(-1, 784)
    weights = [np.load(run) for run in runs]
    return kind, pixels, np.stack([w["W0"] for w in weights]), np.stack([w["b0"] for w in weights])


def turns(rows, runs=1):
    """Yields an order of the rows for each run (runs×rows) whenever an epoch is asked for."""
    rng = np.random.default_rng()
    for line in sys.stdin:
        if file := line.strip():
            yield np.fromfile(file, np.int32).reshape(-1, rows)[:runs]
        else:
            yield np.stack([rng.permutation(rows) for _ in range(runs)]).astype(np.int32)
