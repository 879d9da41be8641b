"""Fits in a pool of processes: pools.py fork|spawn|forkserver busy|idle (whether other threads fit meanwhile)."""

import multiprocessing
import sys
import threading
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import without_scikit_learn  # noqa: F401

from pykmeans import KMeans

X = np.random.default_rng(0).random((20_000, 5))


def inertia(seed):
    return KMeans(9, random_state=seed, max_iter=5, n_threads=2).fit(X).inertia_


if __name__ == "__main__":
    kind, busy = sys.argv[1], sys.argv[2] == "busy"
    here = [inertia(seed) for seed in range(4)]
    stop = threading.Event()

    def go_on():
        while not stop.is_set():
            assert inertia(1) == here[1]

    others = [threading.Thread(target=go_on) for _ in range(2 if busy else 0)]
    for other in others:
        other.start()
    try:
        # Processes are made while other threads are in the middle of fits.
        with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(kind)) as pool:
            assert list(pool.map(inertia, range(4), timeout=120)) == here
        assert [inertia(seed) for seed in range(4)] == here
    finally:
        stop.set()
        for other in others:
            other.join()
    print("fine")
