"""Calls that a timer's signal ends at random moments: interrupted_anywhere.py CALL,CALL,... TIMES."""

import os
import random
import signal
import sys
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np

import pykmeans
from pykmeans import KMeans, KPrototypes

warnings.simplefilter("ignore")
which, times = sys.argv[1], int(sys.argv[2])
rng = np.random.default_rng(0)
signal.signal(signal.SIGALRM, signal.default_int_handler)  # the timer's signal, handled as Ctrl-C's
X = (rng.integers(0, 9, (7, 6))[rng.integers(0, 7, 30_000)] + rng.random((30_000, 6))).astype(np.float32)
w = rng.random(len(X))
names = np.array(["red", "green", "blue", "none"], dtype=object)[rng.integers(0, 4, (2000, 2))]
mixed = np.hstack([X[:2000].astype(object), names])
image = rng.integers(0, 255, (120, 160, 3)).astype(np.uint8)
model = None  # what the call at hand works on


def fit(estimator, data, weights=None):
    global model
    model = estimator
    estimator.fit(data, sample_weight=weights)
    return [np.asarray(estimator.labels_).tobytes(), estimator.inertia_]


def starts(data, k, random_state):
    time.sleep(0.001)
    return data[random_state.randint(len(data), size=k)]


TWO = {"random_state": 0, "n_threads": 2}
CALLS = {
    "tiles": lambda: fit(KMeans(30, max_iter=20, tol=0, algorithm="tiles", **TWO), X),
    "elkan": lambda: fit(KMeans(70, max_iter=6, tol=0, algorithm="elkan", **TWO), X),
    "boxes": lambda: fit(KMeans(30, max_iter=20, tol=0, **TWO), X[:, :3], w),
    "small": lambda: fit(KMeans(3, n_init=20, **TWO), X[:200]),
    "one thread": lambda: fit(KMeans(20, max_iter=8, tol=0, random_state=0, n_threads=1), X),
    "cosine": lambda: fit(KMeans(10, max_iter=8, metric="cosine", **TWO), X + 1),
    "manhattan": lambda: fit(KMeans(10, max_iter=8, metric="manhattan", store_medoids=True, **TWO), X, w),
    "hamming": lambda: fit(KMeans(5, max_iter=8, metric="hamming", **TWO), names),
    "callable init": lambda: fit(KMeans(9, init=starts, n_init=5, max_iter=5, **TWO), X[:5000]),
    "steps": lambda: fit(KMeans(9, max_iter=9, tol=0, record_steps=True, **TWO), X),
    "KPrototypes": lambda: fit(KPrototypes(4, **TWO), mixed),
    "predict": lambda: fitted.predict(X).tobytes(),
    "transform": lambda: fitted.transform(X).tobytes(),
    "score": lambda: fitted.score(X, sample_weight=w),
    "silhouette": lambda: pykmeans.silhouette_samples(X[:4000], np.arange(4000) % 4, n_threads=2).tobytes(),
    "plus plus": lambda: pykmeans.kmeans_plusplus(X, 30, random_state=0)[1].tobytes(),
    "select_k": lambda: pykmeans.select_k(X[:1500], [2, 3, 5], random_state=0).best_k,
    "image": lambda: pykmeans.segment_image(image, 6, random_state=0, n_threads=2).labels.tobytes(),
}
fitted = KMeans(20, max_iter=5, **TWO).fit(X)


def shown(value):
    if isinstance(value, np.ndarray) and value.dtype != object:  # objects would be addresses
        return value.tobytes()
    return repr(value.tolist() if isinstance(value, np.ndarray) else value)


def state(estimator):
    return {name: shown(value) for name, value in vars(estimator).items()}


def threads():
    return len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else threading.active_count()


for name in which.split(","):
    call = CALLS[name]
    expected = call()
    begin = time.monotonic()
    assert call() == expected
    took = time.monotonic() - begin
    complete = None if model is None else state(model)
    busy, interrupted, random_times = threads(), 0, random.Random(0)
    for _ in range(times):
        model = None
        after = random_times.uniform(1e-4, took)
        result = None
        try:
            try:
                signal.setitimer(signal.ITIMER_REAL, after)
                result = call()
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        except KeyboardInterrupt:
            interrupted += 1
        else:
            assert result == expected, name
            took *= 0.7  # the machine has become quicker than it was
        if model is not None:
            now = state(model)
            unfitted = not any(attribute.endswith("_") for attribute in now)
            assert unfitted or now == complete, (name, "half fitted", sorted(now))
    assert call() == expected, name
    assert threads() <= busy, (name, "threads are left")
    with ThreadPoolExecutor(1) as pool:  # a lock that is left would let it wait, another thread's result may differ
        assert pool.submit(call).result(timeout=60) == expected, name
    assert interrupted > 0, name
    print(f"{name}: {interrupted} of {times}", flush=True)
print("fine")
