"""Fits beside those of scikit-learn, with its own OpenMP: two_openmps.py before|after|global."""

import ctypes
import os
import sys

import numpy as np
from threadpoolctl import threadpool_info, threadpool_limits

order = sys.argv[1]
X = np.random.default_rng(0).random((40_000, 8))


def theirs():
    import sklearn.cluster

    return sklearn.cluster.KMeans(9, init=X[:9], n_init=1, max_iter=5).fit(X).inertia_


def ours(threads):
    import pykmeans

    model = pykmeans.KMeans(9, init=X[:9], n_init=1, max_iter=10, n_threads=threads, algorithm="lloyd").fit(X)
    return model.labels_.tobytes(), model.cluster_centers_.tobytes(), model.inertia_


def runtimes():
    return [library for library in threadpool_info() if library["user_api"] == "openmp"]


if order == "global":  # as PyTorch loads its own: whoever comes later and wants one by these symbols, is given it
    import sklearn.cluster  # noqa: F401

    for library in runtimes():
        ctypes.CDLL(library["filepath"], mode=ctypes.RTLD_GLOBAL)
if order != "after":
    theirs()
expected = ours(1)
assert ours(3) == expected
inertia = theirs()
for _ in range(5):  # in turns
    assert ours(3) == expected
    assert abs(theirs() - inertia) < 1e-9 * inertia

import pykmeans  # noqa: E402  # the order in which they are loaded is what is tested

assert runtimes()
if sys.platform == "linux":
    granted = len(os.sched_getaffinity(0))
    blas = sum(library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas")
    # A team for each of us and no more: the main thread belongs to both.
    assert len(os.listdir("/proc/self/task")) <= 1 + (3 - 1) + (granted - 1) + blas
with threadpool_limits(1, user_api="openmp"):  # finds our runtime too
    assert pykmeans.info()["threads"] == 1 or not pykmeans.info()["openmp"]
    assert ours(None) == expected

if hasattr(os, "fork"):
    child = os.fork()
    if child == 0:
        fine = False
        try:
            fine = ours(3) == expected
        finally:
            os._exit(0 if fine else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert ours(3) == expected
    theirs()
print("fine")
