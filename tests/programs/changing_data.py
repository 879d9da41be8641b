"""Fits of data that change meanwhile: changing_data.py METRIC|image SECONDS.

Goes through cases in a fixed order for some seconds. Values are changed at once by a thread, and between iterations.
"""

import sys
import threading
import time

import numpy as np
import without_scikit_learn  # noqa: F401

import pykmeans
from pykmeans import _core

kind, seconds = sys.argv[1], float(sys.argv[2])
rng = np.random.default_rng(0)
REFUSALS = (
    "while it was read",
    "not finite",
    "finite",
    "whole numbers",
    "beyond the largest",
    "all zero",
    "of zeros",
    "too large",
    "must be finite",
    "not be all zero",
    "all zeros",
    "must fit into float32",
)


def values(dtype, shape, wild):
    if dtype == np.uint8:
        return rng.integers(0, 256 if wild else 4, shape).astype(dtype)
    X = rng.integers(0, 5, shape).astype(dtype) if kind in ("hamming", "mixed") else rng.random(shape).astype(dtype)
    if wild:
        odd = np.array([np.nan, np.inf, -np.inf, 1e30, -1e-30, 0.0, -1.0, 7.25, 1e300 if dtype == np.float64 else 3e38])
        where = rng.random(shape) < rng.choice([1e-4, 0.02, 1.0])
        X[where] = odd[rng.integers(0, len(odd), where.sum())].astype(dtype)
        if rng.random() < 0.3:
            X = rng.random(shape).astype(dtype) * dtype(2.0) ** int(rng.integers(-100, 100))
    return X


def weights(n, wild):
    w = rng.integers(1, 3, n).astype(float)
    if wild:
        odd = np.array([0.0, np.nan, np.inf, -1.0, 1e300, 1e-300, 0.1, 3.0])
        where = rng.random(n) < rng.choice([0.01, 0.5, 1.0])
        w[where] = odd[rng.integers(0, len(odd), where.sum())] if rng.random() < 0.5 else rng.choice([0, 3])
    return w


class Changer:
    # A thread that goes on writing this or that over the values; the same can be asked for at a given moment.
    def __init__(self, X, w, tame):
        self.X, self.w, self.tame, self.stop = X, w, tame, threading.Event()
        self.wild = [values(X.dtype.type, X.shape, True) for _ in range(4)]
        self.wild_weights = [weights(len(X), True) for _ in range(4)]
        self.turn = 0
        self.thread = threading.Thread(target=self.run)

    def change(self):
        self.turn += 1
        if self.turn % 3 == 0:
            self.X[...], source = self.tame[0], self.tame[1]
        else:
            self.X[...], source = self.wild[self.turn % 4], self.wild_weights[self.turn % 4]
        if self.w is not None:
            self.w[...] = source

    def run(self):
        while not self.stop.is_set():
            self.change()
            time.sleep(rng.choice([0, 0.0003, 0.002]))

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()


def calls(X, w, k, how, metric, algorithm, changer):
    points = _core.Points(X, w, 2, *how)
    seeds = _core.plus_plus(points, k, rng.random(1 + (k - 1) * 3), 3)
    start = np.ascontiguousarray(changer.tame[0][seeds], dtype=np.float64)
    if metric == "cosine":
        start[~start.any(axis=1)] = 1
    fit = _core.fit(
        points,
        start,
        max_iter=12,
        tol=0.0,
        algorithm=algorithm,
        on_iteration=lambda *_: changer.change(),
        record_steps=bool(rng.integers(2)),
    )
    refinements = ("", *_core.METRICS[metric]["refinements"])
    _core.fit(points, start, max_iter=3, tol=0.0, refine=refinements[rng.integers(len(refinements))], n_swaps=5)
    _core.nearest(points, start)
    _core.transform(points, start[:3])
    _core.medoids(points, start, fit.labels)
    if len(X) <= 3000:
        _core.silhouette(points, fit.labels, k)
        _core.simplified_silhouette(points, fit.labels, start)


def pictures(seed):
    image = rng.integers(0, 40, (200, 300, 3)).astype(np.uint8)
    changer = Changer(image, None, (image.copy(), None))
    with changer:
        pykmeans.segment_image(image, 5, space=["rgb", "lab"][seed % 2], random_state=seed, n_threads=2)


def once(number):
    if kind == "image":
        return pictures(number)
    dtype = [np.uint8, np.float32, np.float64][number % 3]
    n, d = [(300, 3), (6000, 2), (5000, 5), (4100, 1), (2500, 40), (20000, 3)][number // 3 % 6]
    k = [3, 20, 70][number // 18 % 3]
    names = _core.METRICS[kind]["algorithms"]
    algorithm = names[number // 54 % len(names)]
    if algorithm == "tiles" and number // 3 % 2:
        n, d, k = 20_000, 5, 300  # enough for rows to be sorted
    w = weights(n, False) if number % 2 else None
    X = values(dtype, (n, d), False)
    if kind == "cosine":
        X[~X.any(axis=1)] = 1
    changer = Changer(X, w, (X.copy(), None if w is None else w.copy()))
    how = (kind, (d + 1) // 2 if kind == "mixed" else 0, 0.7)
    for _ in range(2):
        X[...] = changer.tame[0]
        if w is not None:
            w[...] = changer.tame[1]
        with changer if changer.thread.ident is None else Changer(X, w, changer.tame):
            try:
                calls(X, w, k, how, kind, algorithm, changer)
            except (ValueError, RuntimeError) as error:
                assert any(words in str(error) for words in REFUSALS), error


def undisturbed():
    X = np.random.default_rng(1).random((5000, 3))
    fits = [pykmeans.KMeans(7, random_state=0, n_threads=t).fit(X) for t in (1, 2)]
    return [(f.inertia_, f.labels_.tobytes(), f.cluster_centers_.tobytes()) for f in fits]


before = undisturbed()
end = time.monotonic() + seconds
number = 0
order = rng.permutation(54 * 5)
while time.monotonic() < end or number < 3:
    once(int(order[number % len(order)]))
    number += 1
# The next fit, of data that nobody changes, is as the one before.
assert undisturbed() == before
print("fine", number)
