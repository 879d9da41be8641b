"""A fit with little memory left: scarce.py MEGABYTES THREADS [THREADS OF EARLIER FITS...]."""

import resource
import sys
from pathlib import Path

import numpy as np
import without_scikit_learn  # noqa: F401

from pykmeans import KMeans

megabytes, threads, earlier = int(sys.argv[1]), int(sys.argv[2]), map(int, sys.argv[3:])
X = np.random.default_rng(0).random((500_000, 4), dtype=np.float32)


def fit(n_threads):
    return KMeans(20, random_state=0, n_threads=n_threads, max_iter=5).fit(X)


alone = fit(1)
for n_threads in earlier:
    fit(n_threads)
now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (now + megabytes * 2**20, resource.RLIM_INFINITY))
try:
    model = fit(threads)
    print("fitted", model.inertia_ == alone.inertia_ and np.array_equal(model.labels_, alone.labels_))
except MemoryError:
    print("MemoryError")
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
again = fit(threads)
print(again.inertia_ == alone.inertia_ and np.array_equal(again.labels_, alone.labels_))
