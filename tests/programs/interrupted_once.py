"""A long call that Ctrl-C ends: interrupted_once.py WHAT THREADS.

Says that it is ready, works on something long, says when the KeyboardInterrupt arrived, and fits again.
"""

import sys
import time

import numpy as np

import pykmeans
from pykmeans import KMeans

kind, threads = sys.argv[1], int(sys.argv[2])
rng = np.random.default_rng(0)
small = rng.random((2000, 4))
before = KMeans(5, random_state=0, n_threads=threads).fit(small)
n, d = (1_000_000, 16)
X = rng.random((n, d), dtype=np.float32)
model = KMeans(1, n_init=1, tol=0, max_iter=10**6, n_threads=threads)
if kind == "one long iteration":
    model.set_params(n_clusters=5000, init=X[:5000])
elif kind == "many short iterations":
    X = X[:3000]
    model.set_params(n_clusters=2, init="random", n_init=10**9, random_state=0)
elif kind == "seeding":
    model.set_params(n_clusters=3000, random_state=0)
elif kind == "predict":
    model.set_params(n_clusters=5000, init=X[:5000], max_iter=1)
    fitted = KMeans(5000, init=X[:5000], n_init=1, max_iter=1, n_threads=threads).fit(X[:5000])
    model.fit = lambda X: fitted.predict(np.broadcast_to(X[:1], (20_000_000, d)))
elif kind == "silhouette":
    model.fit = lambda X: pykmeans.silhouette_samples(X, np.arange(n) % 3, n_threads=threads)
elif kind == "silhouette of any size":
    wide = X[:100_000].astype(np.float64)
    wide[0], wide[1] = 1e300, 1e-300  # sums that are not kept in limbs
    model.fit = lambda X: pykmeans.silhouette_samples(
        wide, np.arange(len(wide)) % 3, metric="manhattan", n_threads=threads
    )
print("ready", flush=True)
try:
    model.fit(X)
except KeyboardInterrupt:
    print(time.monotonic(), flush=True)
    after = KMeans(5, random_state=0, n_threads=threads).fit(small)
    assert after.inertia_ == before.inertia_
    assert np.array_equal(after.labels_, before.labels_)
    assert after.cluster_centers_.tobytes() == before.cluster_centers_.tobytes()
else:
    sys.exit("the fit ended before it was interrupted")
