"""Threads of the process during fits: count_threads.py N_THREADS|null [one_processor|one_openmp].

Prints how many worked, beyond those that were there, how many are granted, and the inertia.
"""

import json
import os
import sys
import threading
import time

limit = sys.argv[2:]
if limit == ["one_processor"]:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
elif limit == ["one_openmp"]:
    import threadpoolctl

    import pykmeans._core

    limits = threadpoolctl.threadpool_limits(1, user_api="openmp")

# The limits are there first.
import numpy as np  # noqa: E402
import without_scikit_learn  # noqa: E402, F401

import pykmeans  # noqa: E402
from pykmeans import KMeans  # noqa: E402

asked = json.loads(sys.argv[1])
X = np.random.default_rng(0).random((30_000, 8))
most, done = [0], threading.Event()
before = len(os.listdir("/proc/self/task"))


def fit():
    return KMeans(16, random_state=0, max_iter=20, tol=0, n_threads=asked).fit(X)


fit()  # makes the team, which stays, and before it threads that only try whether there is room
time.sleep(0.2)  # until the system has forgotten those


def watch():
    while not done.wait(0.005):
        most[0] = max(most[0], len(os.listdir("/proc/self/task")) - before - 1)


watcher = threading.Thread(target=watch)
watcher.start()
model = fit()
model.predict(X)
most[0] = max(most[0], len(os.listdir("/proc/self/task")) - before - 1)
done.set()
watcher.join()
print(json.dumps([most[0] + 1, pykmeans.info()["threads"], model.inertia_]))
