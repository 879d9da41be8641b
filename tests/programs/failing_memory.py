"""Calls whose memory runs out, with failing_memory.cpp preloaded: failing_memory.py core|python|numpy PLACES.

Each call is made again and again, and one of so many places fails: once alone, once with all that follow.
"""

import ctypes
import gc
import random
import sys
import warnings

import numpy as np

import pykmeans
from pykmeans import KMeans, KPrototypes, _core

gc.freeze()  # so that hundreds of collections do not each look through what was imported
warnings.simplefilter("ignore")
memory = ctypes.CDLL(None)
memory.fail_at.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_int, ctypes.c_size_t]
memory.requests.restype = memory.blocks_alive.restype = ctypes.c_long
what, most = sys.argv[1], int(sys.argv[2])
rng = np.random.default_rng(0)


def table(metric, n, d, dtype):
    if metric in ("hamming", "mixed"):
        return rng.integers(0, 5, (n, d)).astype(dtype)
    return (rng.integers(0, 9, (5, d))[rng.integers(0, 5, n)] + rng.random((n, d)) * 3 + 1).astype(dtype)


def of_core():
    # Everything that the core does, by each metric, algorithm and type; two threads where there is enough to do.
    sizes = {"lloyd": (3000, 5), "tiles": (4200, 6), "elkan": (1500, 40), "boxes": (4200, 3), "auto": (600, 2)}
    for metric, traits in _core.METRICS.items():
        for algorithm in traits["algorithms"]:
            for dtype in (np.uint8, np.float32, np.float64):
                # With weights, float32 stands for float64 too.
                for weighted in (False, True) if dtype != np.float64 else (False,):
                    n, d = sizes[algorithm] if metric == "euclidean" else (2500, 3)
                    k = 64 if algorithm == "elkan" else 9
                    X, w = table(metric, n, d, dtype), rng.integers(1, 4, n) / 3 if weighted else None
                    how = (metric, 1 if metric == "mixed" else 0, 1.0)
                    init, uniforms = X[:k].astype(np.float64), rng.random(1 + (k - 1) * 3)

                    def call(X=X, w=w, how=how, k=k, init=init, uniforms=uniforms, algorithm=algorithm):
                        points = _core.Points(X, w, 2, *how)
                        seeds = _core.plus_plus(points, k, uniforms, 3)
                        fit = _core.fit(points, init, max_iter=3, tol=1e-4, algorithm=algorithm)
                        found = [seeds, fit.labels, fit.centers, fit.inertia_history, fit.cluster_sizes]
                        found += [_core.nearest(points, init), _core.transform(points, init[:2])]
                        found += [_core.medoids(points, fit.centers, fit.labels)]
                        if len(X) < 2000:
                            found += [_core.silhouette(points, fit.labels, k)]
                        return [a.tobytes() for a in found] + [_core.score(points, init)]

                    yield f"{metric} {algorithm} {dtype.__name__} {'weighted' if weighted else ''}", call


def of_python():
    X = table("euclidean", 3000, 3, np.float64)
    names = np.array(["red", "green", "blue", "none"], dtype=object)[rng.integers(0, 4, (300, 1))]
    mixed = np.hstack([X[:300].astype(object), names])
    image = rng.integers(0, 255, (40, 50, 3)).astype(np.uint8)

    def attributes(model):
        return [
            np.asarray(v).tobytes()
            for n, v in sorted(vars(model).items())
            if n in ("cluster_centers_", "labels_", "inertia_", "inertia_history_", "medoid_indices_")
        ]

    def empty_clusters():
        model = KMeans(6, init=np.repeat(X[:2], 3, axis=0), n_init=1, max_iter=4, n_threads=2, record_steps=True)
        return attributes(model.fit(X))

    yield "KMeans", lambda: attributes(KMeans(7, random_state=0, n_threads=2, store_medoids=True).fit(X))
    yield "cosine", lambda: attributes(KMeans(7, random_state=0, n_threads=2, metric="cosine").fit(X))
    yield "empty clusters", empty_clusters
    yield "KPrototypes", lambda: KPrototypes(4, random_state=0, n_threads=2).fit(mixed).labels_.tobytes()
    yield "image", lambda: pykmeans.segment_image(image, 5, random_state=0, n_threads=2).labels.tobytes()
    yield "silhouette", lambda: pykmeans.silhouette_samples(X, np.arange(3000) % 4, n_threads=2).tobytes()
    yield "select_k", lambda: pykmeans.select_k(X[:300], [2, 3], random_state=0).best_k


def fails_everywhere(name, call, with_malloc, least):
    expected = call()
    assert call() == expected
    call()
    gc.collect()
    memory.fail_at(0, 0, with_malloc, least)
    alive = memory.blocks_alive()
    call()
    total = memory.requests()
    memory.fail_at(0, 0, 0, 0)
    gc.collect()
    assert memory.blocks_alive() == alive, (name, "a call keeps memory", memory.blocks_alive() - alive)
    places = list(range(1, total + 1))
    if total > most:
        places = [*places[: most // 3], *random.Random(0).sample(places[most // 3 :], most - most // 3)]
    failed = 0
    for at in places:
        for from_there_on in (0, 1):
            memory.fail_at(at, from_there_on, with_malloc, least)
            try:
                found = call()
            except MemoryError:
                failed += 1
                found = expected
            finally:
                memory.fail_at(0, 0, 0, 0)
            assert found == expected, (name, at)
    gc.collect()
    # What Python keeps for later (a spare generator, an error that was seen last) is a block or two.
    assert memory.blocks_alive() <= alive, (name, "lost", memory.blocks_alive() - alive, failed)
    assert call() == expected, name
    return failed, total


tried = failed = 0
calls = of_core() if what == "core" else of_python()
for name, call in calls:
    # Not images: colors that NumPy picks by labels of bytes were an IndexError of its own, with an index that none is.
    if what == "numpy" and name not in ("KMeans", "cosine", "empty clusters", "KPrototypes"):
        continue
    one, total = fails_everywhere(name, call, what == "numpy", 4000 if what == "numpy" else 0)
    print(name, total, one, flush=True)
    assert one > 0, name
    failed += one
print("fine", failed)
