"""Writes the files of a person's own data for data_own_test.go, as NumPy and scikit-learn users have them.

    python3 testdata/own.py
"""
import pathlib, zipfile
import numpy as np
from sklearn.datasets import load_digits

here = pathlib.Path(__file__).parent


def rows(n, dtype):
    """(3·row + input²) mod 11 in n rows of 2×3 inputs."""
    return np.array([[(3 * row + d * d) % 11 for d in range(6)] for row in range(n)]).reshape(n, 2, 3).astype(dtype)


def labels(n, dtype):
    return np.array([5 * (row % 3) - 5 for row in range(n)]).astype(dtype)


X, y = load_digits(return_X_y=True)
np.savez_compressed(here / "own_digits.npz", train=X[:200], test=X[200:300], train_labels=y[:200], test_labels=y[200:300])
np.savez_compressed(here / "own_flat.npz", train=rows(5, "f4").reshape(5, 6), test=rows(4, "f4").reshape(4, 6))
np.savez(here / "own_fortran.npz", train=np.asfortranarray(rows(5, ">f8")), test=rows(4, "<f8"),
         train_labels=labels(5, ">i2"), test_labels=labels(4, "i1").reshape(4, 1))
np.savez_compressed(here / "own_bytes.npz", train=rows(5, "u1"), test=np.asfortranarray(rows(4, "u1")), others=np.array(["a"]),
                    train_labels=np.array(["Ä", "bc", "b", "Ä", "bc"]), test_labels=np.array(["Ä", "bc", "b", "Ä"]).astype(">U9"))
with zipfile.ZipFile(here / "own_versions.npz", "w") as archive:
    for name, array, version in [("train", rows(5, "<f4"), (2, 0)), ("test", rows(4, ">f4"), (3, 0))]:
        with archive.open(name + ".npy", "w") as member:
            np.lib.format.write_array(member, array, version)
