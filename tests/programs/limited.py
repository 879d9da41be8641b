"""The algorithm of a fit in a process whose memory is limited: limited.py RLIMIT_AS|RLIMIT_DATA MEGABYTES."""

import resource
import sys
from pathlib import Path

import numpy as np
import without_scikit_learn  # noqa: F401

from pykmeans import KMeans

name, megabytes = sys.argv[1], int(sys.argv[2])
X = np.random.default_rng(0).random((3_000_000, 8), dtype=np.float32)  # of which "tiles" keeps 48 MB
KMeans(20, init=X[:20], max_iter=1).fit(X[:100_000])  # its threads have their memory
pages = Path("/proc/self/statm").read_text().split()[{"RLIMIT_AS": 0, "RLIMIT_DATA": 5}[name]]
taken = int(pages) * resource.getpagesize()
resource.setrlimit(getattr(resource, name), (taken + megabytes * 10**6, resource.RLIM_INFINITY))
print(KMeans(20, init=X[:20], max_iter=1).fit(X).algorithm_)
