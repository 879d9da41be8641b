"""Fits in the children of forks, and in the parent meanwhile."""

import os

import numpy as np
import without_scikit_learn  # noqa: F401

from pykmeans import KMeans

X = np.random.default_rng(0).random((60_000, 8))


def fit(threads):
    m = KMeans(9, random_state=0, n_threads=threads, max_iter=10).fit(X)
    return m.inertia_, m.labels_.tobytes(), m.cluster_centers_.tobytes(), m.predict(X).tobytes()


before = fit(2)
children = []
for threads in (None, 2, 4):
    pid = os.fork()
    if pid == 0:
        ok = False
        try:
            ok = fit(threads) == before
        finally:
            os._exit(0 if ok else 1)
    children.append(pid)
assert fit(2) == before  # the parent goes on, at the same time
for pid in children:
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
assert fit(None) == before
print("fine")
