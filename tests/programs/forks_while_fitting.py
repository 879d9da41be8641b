"""Fits in children, and theirs, of forks that are made while other threads fit."""

import os
import threading

import numpy as np
import without_scikit_learn  # noqa: F401

from pykmeans import KMeans

X = np.random.default_rng(0).random((60_000, 8))


def fit(threads):
    model = KMeans(9, random_state=0, n_threads=threads, max_iter=6).fit(X)
    return model.inertia_, model.labels_.tobytes()


expected = fit(2)
stop = threading.Event()
wrong = []


def go_on():
    while not stop.is_set():
        if fit(2) != expected:
            wrong.append("a fit beside the fork")


others = [threading.Thread(target=go_on) for _ in range(2)]
for other in others:
    other.start()


def child():
    pid = os.fork()
    if pid == 0:
        ok = False
        try:
            ok = fit(2) == expected == fit(None)
            if ok:  # and a child of the child
                pid = os.fork()
                if pid == 0:
                    os._exit(0 if fit(2) == expected else 1)
                ok = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        finally:
            os._exit(0 if ok else 1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


for _ in range(4):
    assert child() == 0
stop.set()
for other in others:
    other.join()
assert not wrong and fit(2) == expected
print("fine")
