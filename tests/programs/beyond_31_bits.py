"""A fit of more than 2^31 values: beyond_31_bits.py FILE "uint8 in a file"|"float32, overlapping rows".

Rows of uint8 on the disk, nearly all zeros, so that the file has holes; and rows beyond 2^31 values that are not.
What comes out is that of the different rows, weighted by how often each is there.
"""

import resource
import sys

import numpy as np
import without_scikit_learn  # noqa: F401

from pykmeans import KMeans

path, kind = sys.argv[1:]
if kind == "uint8 in a file":
    n, d = 2**27 + 1001, 17
    X = np.memmap(path, np.uint8, "w+", shape=(n, d))
    X[-1000:] = np.random.default_rng(0).integers(0, 256, (1000, d))
    X[n // 2] = 200
    X.flush()
    X = np.memmap(path, np.uint8, "r", shape=(n, d))
elif kind == "float32, overlapping rows":
    n, d = 2**27 + 1003, 17
    period = np.random.default_rng(0).standard_normal(1009).astype(np.float32)
    X = np.lib.stride_tricks.sliding_window_view(np.resize(period, n + d - 1), d)
assert X.size > 2**31
if kind == "uint8 in a file":
    different = np.vstack([np.zeros((1, d), np.uint8), X[n // 2], X[-1000:]])
    counts = np.ones(len(different))
    counts[0] = n - 1001
    names = np.r_[0 : len(different)]
    last = names[2:]
else:
    different = X[:1009].copy()
    counts = np.bincount(np.arange(n) % 1009).astype(float)
    last = np.arange(n - 1000, n) % 1009
options = {"n_init": 1, "max_iter": 3, "tol": 0, "algorithm": "lloyd"}
start = different[[0, 1, 500, 999]]
whole = KMeans(4, init=start, **options).fit(X)
small = KMeans(4, init=start, **options).fit(different, sample_weight=counts)
assert whole.cluster_centers_.tobytes() == small.cluster_centers_.tobytes()
assert whole.cluster_sizes_.tobytes() == small.cluster_sizes_.tobytes()
assert whole.inertia_ == small.inertia_ and whole.stop_reason_ == small.stop_reason_
assert np.array_equal(whole.inertia_history_, small.inertia_history_) or np.allclose(
    whole.inertia_history_, small.inertia_history_, rtol=1e-9, atol=0
)
assert np.array_equal(whole.labels_[-1000:], small.labels_[last])
assert np.array_equal(np.bincount(whole.labels_, minlength=4), small.cluster_sizes_)
assert whole.score(X) == small.score(different, sample_weight=counts)
far = whole.predict(X[::-1])  # from the last row on
assert np.array_equal(far[:1000], small.labels_[last][::-1])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
