"""What the calls in table.json are made of: rows, weights, tables and images that no version of NumPy changes."""

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pandas  # noqa: F401 (the calls name it)
import polars  # noqa: F401
from sklearn import datasets

import pykmeans

_folder = tempfile.TemporaryDirectory(prefix="bits")
_path = Path(_folder.name) / "file.npy"


def _words(count, seed):
    """Steele, Lea and Flood's SplitMix64."""
    z = (np.arange(1, count + 1, dtype=np.uint64) + np.uint64(seed << 32)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def uniform(n, d, seed):
    return (_words(n * d, seed) >> np.uint64(11)).astype(np.float64).reshape(n, d) * 2.0**-53


def whole(n, d, most, seed=1):
    """Whole numbers below ``most``."""
    return (_words(n * d, seed) % np.uint64(most)).astype(np.int64).reshape(n, d)


def _bell(n, d, seed):
    """Almost normal, with deviation 0.58."""
    return sum(uniform(n, d, 1000 * seed + i) for i in range(4)) - 2.0


def _blobs(n, d, seed):
    return (8 * uniform(12, d, seed) - 4)[whole(n, 1, 12, seed + 1)[:, 0]] + 1.2 * _bell(n, d, seed + 2)


def _codes(n, d, seed):
    noise = whole(n, d, 7, seed + 2)
    return np.where(uniform(n, d, seed + 3) < 0.3, noise, whole(9, d, 5, seed)[whole(n, 1, 9, seed + 1)[:, 0]]) + 0.0


def _scaled(low, high):
    return lambda n, d, seed: np.ldexp(_bell(n, d, seed), low + whole(n, d, high - low, seed + 1))


_KINDS = {
    "blobs": _blobs,
    "codes": _codes,
    "tenths": lambda n, d, seed: whole(n, d, 11, seed) / 10,
    "lattice": lambda n, d, seed: 1.0 + whole(n, d, 3, seed),
    "zeros": lambda n, d, seed: np.array([-0.0, 0.0, 1.0])[whole(n, d, 3, seed)],
    "few": lambda n, d, seed: _blobs(5, d, seed)[whole(n, 1, 5, seed)[:, 0]],
    "equal": lambda n, d, seed: np.repeat(_blobs(1, d, seed), n, axis=0),
    "sparse": lambda n, d, seed: np.where(whole(n, d, 5, seed) == 0, 1 + whole(n, d, 9, seed + 1), np.arange(d) == 0),
    "offset": lambda n, d, seed: 1e6 + _bell(n, d, seed),
    "columns": lambda n, d, seed: np.ldexp(_blobs(n, d, seed), 3 * np.arange(d) - 9),
    "heavy": lambda n, d, seed: _bell(n, d, seed) / (uniform(n, d, seed + 9) + 2.0**-40),
    "outliers": lambda n, d, seed: _blobs(n, d, seed) * np.where(np.arange(n) % (n // 3) == 0, 1e5, 1.0)[:, None],
    "far": _scaled(-60, 60),
    "tiny": _scaled(-149, -120),
    "huge": _scaled(90, 124),
    "minute": _scaled(-1060, -900),
    "vast": _scaled(400, 502),
}


@cache
def rows(kind, n, d, dtype="float64", seed=1):
    X = _KINDS[kind](n, d, seed)
    if dtype == "uint8":
        X = np.clip(np.rint(16 * X + 128), 0, 255) if kind == "blobs" else np.floor(np.abs(X) * 10) % 256
    with np.errstate(over="ignore"):
        X = np.ascontiguousarray(X.astype(dtype))
    X.setflags(write=False)
    return X


def weights(n, seed=7):
    """Some that no float holds briefly, whole ones, and zeros."""
    w = np.where(uniform(n, 1, seed) < 0.5, 0.1 + 2.9 * uniform(n, 1, seed + 1), 1 + whole(n, 1, 3, seed + 2))[:, 0]
    return np.where((np.arange(n) > 0) & (uniform(n, 1, seed + 3) < 0.2)[:, 0], 0.0, w)


def mixed(n, p, q, dtype="float64"):
    """Objects: p columns of numbers, then q of strings."""
    X = np.empty((n, p + q), dtype=object)
    X[:, :p] = rows("blobs", n, p, dtype)
    X[:, p:] = np.array(list("gfedcba"), dtype=object)[_codes(n, q, 1).astype(np.int64)]
    return X


def put(X, place, value):
    X = X.copy()
    X[place] = value
    return X


def mapped(X):
    np.save(_path, X)
    return np.load(_path, mmap_mode="r")


def picture(height, width, channels, dtype="uint8"):
    ramps = 2 * np.arange(height)[:, None, None] + np.arange(width)[:, None] + 40 * np.arange(channels)
    image = (ramps // 3 * 3 + whole(height, width * channels, 16, 11).reshape(height, width, channels)) % 256
    image[:5, :, 3:] = 0
    return {"uint8": image, "uint16": 251 * image}.get(dtype, image / 256).astype(dtype)


def used(model, X, Y):
    """A model that is fitted to X and meets Y."""
    labels = model.fit_predict(X)
    met = model.predict(Y), model.transform(Y), model.score(Y), model.score(Y, sample_weight=weights(len(Y)))
    return model, labels, met, model.fit_transform(X)


def kept(model):
    model.save(_path)
    return type(model).load(_path)


def floats():
    """What NumPy's own sums, products, powers and logarithms are on this machine, and its decoder of photographs."""
    x = uniform(400, 3, 99)
    sums = x @ x[:3], x.sum(axis=0), np.square(x.T).sum(axis=1), x.std(axis=0), np.linalg.inv(x[:3])
    return sums, x**2.4, np.cbrt(x), np.log(x), datasets.load_sample_image("china.jpg")


NAMES = {name: getattr(pykmeans, name) for name in pykmeans.__all__} | globals()
