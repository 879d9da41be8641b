"""Calls in floating-point states that another library left: floating_point_state_of_metrics.py {NAME: BITS OF MXCSR}.

What every metric, seeding and silhouette makes of numbers that are subnormal or that round. Data are made before the
state changes: NumPy's own arithmetic depends on it. floating_point_state.py asks KMeans with squared distances.
"""

import ctypes
import ctypes.util
import hashlib
import json
import sys

import numpy as np
import without_scikit_learn  # noqa: F401

from pykmeans import KMeans, KPrototypes, assign, kmeans_plusplus, silhouette_samples, silhouette_score

rng = np.random.default_rng(0)
n = 600
tiny = np.ldexp(rng.standard_normal((n, 3)), -1050)
plain = rng.random((n, 3))
w = rng.random(n)
labels = np.arange(n) % 3
codes = rng.integers(0, 3, (n, 2))
mixed = [np.hstack([X, codes]) for X in (tiny, plain)]

libm = ctypes.CDLL(ctypes.util.find_library("m"))
usual, changed = ctypes.create_string_buffer(64), ctypes.create_string_buffer(64)


def everything():
    found = {}

    def keep(name, *arrays):
        found[name] = [hashlib.sha256(np.ascontiguousarray(a).tobytes()).hexdigest()[:16] for a in arrays]

    for size, X in (("tiny", tiny), ("plain", plain)):
        for metric in ("euclidean", "manhattan", "cosine"):
            for weights in (None, w):
                name = f"{size} {metric} {weights is None} "
                m = KMeans(5, init=X[:5], n_init=1, metric=metric, tol=0, max_iter=9, store_medoids=True)
                m.fit(X, sample_weight=weights)
                keep(name + "fit", m.labels_, m.cluster_centers_, m.cluster_inertia_, m.inertia_history_)
                keep(name + "more", m.predict(X), m.transform(X), m.medoid_indices_, np.array(m.inertia_))
                keep(name + "seeds", kmeans_plusplus(X, 6, random_state=0, sample_weight=weights, metric=metric)[1])
                keep(name + "assigned", *assign(X, m.cluster_centers_, metric=metric))
            keep(name + "silhouettes", silhouette_samples(X, labels, metric=metric))
            keep(name + "silhouette", np.array(silhouette_score(X, labels, metric=metric)))
    for X in mixed:
        m = KPrototypes(4, categorical=[3, 4], init=X[:4], gamma=0.25, n_init=1).fit(X)
        centers = np.array(m.cluster_centers_.tolist())
        keep("mixed" + str(X is mixed[0]), m.labels_, centers, m.transform(X), m.inertia_history_)
    return found


results = {}
for name, mask in json.loads(sys.argv[1]).items():
    libm.fegetenv(usual)
    changed[:] = usual[:]
    changed[28:32] = (int.from_bytes(usual.raw[28:32], "little") | mask).to_bytes(4, "little")  # MXCSR
    libm.fesetenv(changed)
    results[name] = everything()
    libm.fegetenv(changed)
    libm.fesetenv(usual)
    assert int.from_bytes(changed.raw[28:32], "little") & mask == mask  # it is left as it was found
print(json.dumps(results))
