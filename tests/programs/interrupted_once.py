"""Long calls that Ctrl-C ends: interrupted_once.py THREADS, with the name of a call on each line of standard input.

For each call it says that it is ready, works, says when the KeyboardInterrupt arrived, and makes a fit once more.
"""

import sys
import time

import numpy as np
import without_scikit_learn  # noqa: F401

import pykmeans
from pykmeans import KMeans

threads = int(sys.argv[1])
rng = np.random.default_rng(0)
small = rng.random((2000, 4))
before = KMeans(5, random_state=0, n_threads=threads).fit(small)
n, d = (1_000_000, 16)
X = rng.random((n, d), dtype=np.float32)
wide = X[:100_000].astype(np.float64)
wide[0], wide[1] = 1e300, 1e-300  # sums that are not kept in limbs
fitted = KMeans(5000, init=X[:5000], n_init=1, max_iter=1, n_threads=threads).fit(X[:5000])


def long_fit(X, **parameters):
    KMeans(**{"n_init": 1, "tol": 0, "max_iter": 10**6, "n_threads": threads, **parameters}).fit(X)


def silhouettes(X, **how):
    pykmeans.silhouette_samples(X, np.arange(len(X)) % 3, n_threads=threads, **how)


def splits_again_and_again():
    while True:
        long_fit(X, n_clusters=3, init=X[:3], max_iter=3, refine="splits")


CALLS = {
    "one long iteration": lambda: long_fit(X, n_clusters=5000, init=X[:5000]),
    "many short iterations": lambda: long_fit(X[:3000], n_clusters=2, init="random", n_init=10**9, random_state=0),
    "seeding": lambda: long_fit(X, n_clusters=3000, random_state=0),
    "seeding in many features": lambda: long_fit(X.reshape(-1, 320), n_clusters=3000, random_state=0),
    "swaps": lambda: long_fit(X, n_clusters=2, init=X[:2], max_iter=3, refine="swaps", n_swaps=10**6),
    "splits": splits_again_and_again,
    "predict": lambda: fitted.predict(np.broadcast_to(X[:1], (20_000_000, d))),
    "silhouette": lambda: silhouettes(X),
    "silhouette of any size": lambda: silhouettes(wide, metric="manhattan"),
}
for line in sys.stdin:
    call = CALLS[line.strip()]
    print("ready", flush=True)
    try:
        call()
    except KeyboardInterrupt:
        print(time.monotonic(), flush=True)
    else:
        sys.exit("the call ended before it was interrupted")
    after = KMeans(5, random_state=0, n_threads=threads).fit(small)
    assert after.inertia_ == before.inertia_
    assert np.array_equal(after.labels_, before.labels_)
    assert after.cluster_centers_.tobytes() == before.cluster_centers_.tobytes()
