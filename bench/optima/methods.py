"""What can be had for more than one run, each on one thread."""

import math
import time
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from pykmeans import KMeans, assign

from .. import verify


class Outcome(NamedTuple):
    inertia: float
    seconds: float  # CPU time
    n_trials: int = 0
    n_kept: int = 0
    trial: float = math.nan  # seconds of one; those of the first are not known


def by_pykmeans(X: np.ndarray, k: int, seed: int, **how: Any) -> Outcome:
    times = []
    model = KMeans(k, random_state=seed, n_threads=1, callback=lambda *_: times.append(time.process_time()), **how)
    start = time.process_time()
    model.fit(X)
    seconds = time.process_time() - start
    if how.get("refine") != "swaps" or model.n_swaps_ < 2:
        return Outcome(model.inertia_, seconds)
    n = model.n_swaps_
    trials = times[2 - len(model.refinement_history_) :][:n]  # before them came iterations, after them rounds of moves
    return Outcome(model.inertia_, seconds, n, model.n_accepted_swaps_, (trials[-1] - trials[0]) / (n - 1))


def by_bkmeans(X: np.ndarray, k: int, seed: int) -> Outcome:
    from bkmeans import BKMeans

    return by_another(X, BKMeans(n_clusters=k, random_state=seed))


def by_flspp(X: np.ndarray, k: int, seed: int) -> Outcome:
    from flspp import FLSpp

    return by_another(X, FLSpp(n_clusters=k, random_state=seed))


def by_another(X: np.ndarray, model) -> Outcome:
    start = time.process_time()
    model.fit(X)
    seconds = time.process_time() - start
    labels, _ = assign(X, model.cluster_centers_)
    return Outcome(verify.inertia(X, labels, model.cluster_centers_), seconds)


ONE_RUN, SWAPS = "one run", "swaps"
METHODS: dict[str, Callable[[np.ndarray, int, int], Outcome]] = {
    ONE_RUN: by_pykmeans,
    "n_init=2": partial(by_pykmeans, n_init=2),
    "n_init=10": partial(by_pykmeans, n_init=10),
    "moves": partial(by_pykmeans, refine="moves"),
    "splits": partial(by_pykmeans, refine="splits"),
    SWAPS: partial(by_pykmeans, refine="swaps"),
}
PEERS = {"bkmeans": by_bkmeans, "flspp": by_flspp}
METHODS |= PEERS
