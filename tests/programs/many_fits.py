"""Fits of all kinds, 1,000 that go well and 1,000 that do not, with failing_memory.cpp preloaded.

What the process holds, and the blocks that the core holds, are looked at when everything has been done some times.
"""

import ctypes
import gc
import os
import warnings

import numpy as np

import pykmeans
from pykmeans import KMeans, KPrototypes

warnings.simplefilter("ignore")
memory = ctypes.CDLL(None)
memory.blocks_alive.restype = ctypes.c_long
rng = np.random.default_rng(0)
X = rng.random((2500, 4))
few = X[:300]
table = np.hstack([few[:, :2].astype(object), np.array(["a", "b", "c"], dtype=object)[rng.integers(0, 3, (300, 1))]])
broken = X.copy()
broken[7, 1] = np.nan
image = rng.integers(0, 255, (20, 30, 3)).astype(np.uint8)


class Stop(Exception):
    pass


def stop(error):
    def callback(iteration, inertia, shift):
        if iteration == 1:
            raise error

    return callback


def good(i):
    how = {"random_state": i, "max_iter": 3, "n_threads": 1 + i % 2}
    metric = ["euclidean", "manhattan", "cosine", "hamming"][i % 4]
    data = [X, X.astype(np.float32), (X * 9).astype(np.uint8) + 1][i % 3]
    data = np.round(data * 3) if metric == "hamming" else data
    algorithm = ["auto", "lloyd", "elkan", "boxes", "tiles"][i % 5] if metric == "euclidean" else "auto"
    model = KMeans(8, metric=metric, algorithm=algorithm, record_steps=i % 7 == 0, **how)
    model.fit(data[:, :3] if i % 2 else data, sample_weight=rng.random(len(data)) if i % 3 == 0 else None)
    if i % 10 == 0:
        KPrototypes(3, **how).fit(table).predict(table)
        pykmeans.silhouette_samples(few, np.arange(300) % 3)
        pykmeans.segment_image(image, 3, random_state=i)


def bad(i):
    calls = [
        (ValueError, lambda: KMeans(3).fit(broken)),
        (ValueError, lambda: KMeans(3, init=X[:2]).fit(X)),
        (ValueError, lambda: KMeans(3).fit(X, sample_weight=np.zeros(len(X)))),
        (Stop, lambda: KMeans(9, random_state=0, tol=0, n_threads=2, callback=stop(Stop())).fit(X)),
        (KeyboardInterrupt, lambda: KMeans(9, random_state=0, tol=0, callback=stop(KeyboardInterrupt())).fit(X)),
    ]
    error, call = calls[i % len(calls)]
    try:
        call()
    except error:
        return
    raise AssertionError("it did not fail")


def held():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE"), memory.blocks_alive()


for what in (good, bad):
    for i in range(210):
        what(i)
    bytes_before, blocks_before = held()
    for i in range(1000):
        what(i)
    bytes_after, blocks_after = held()
    print(what.__name__, bytes_before, bytes_after, blocks_before, blocks_after, flush=True)
    assert abs(blocks_after - blocks_before) <= 8, (what.__name__, blocks_before, blocks_after)
    assert bytes_after - bytes_before < 2_000_000, (what.__name__, bytes_before, bytes_after)
print("fine")
