"""A fit of 10^6 rows, whose memory somebody measures: one_fit.py fit|seed|nothing DTYPE METRIC."""

import sys

import numpy as np
import without_scikit_learn  # noqa: F401

from pykmeans import KMeans

what, dtype, metric = sys.argv[1:]
n, d, k = 1_000_000, 16, 100
X = np.empty((n, d), dtype=dtype)
rng = np.random.default_rng(0)
for start in range(0, n, 10_000):
    X[start : start + 10_000] = 64 * rng.random((10_000, d))
init = X[:k].copy()
model = KMeans(k, init=init, n_init=1, algorithm="lloyd", max_iter=2, tol=0, n_threads=2, metric=metric)
if what == "fit":
    model.fit(X)
    assert model.labels_.shape == (n,)
elif what == "seed":
    model.set_params(init="k-means++", random_state=0, n_clusters=8, max_iter=1).fit(X)
