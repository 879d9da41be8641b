"""What can be had for more than one run, each on one thread."""

import math
import time
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from pykmeans import _core, assign

from .. import verify


class Outcome(NamedTuple):
    inertia: float
    seconds: float  # of the processor
    n_trials: int = 0
    n_kept: int = 0
    trial: float = math.nan  # seconds of one; those of the first are not known


def refined(
    X: np.ndarray, k: int, seed: int, n_init: int = 1, refine: str = "", n_swaps: int = 0, told=None
) -> _core.Fit:
    points, rng = _core.Points(X, None, 1), np.random.RandomState(seed)
    n_trials = 2 + int(math.log(k))
    starts = [rng.random_sample(1 + (k - 1) * n_trials) for _ in range(n_init)]
    seeds = rng.randint(2**32, size=n_init, dtype=np.uint32)
    fits = (
        _core.fit(
            points,
            X[_core.plus_plus(points, k, uniforms, n_trials)].astype(np.float64 if X.dtype == np.uint8 else X.dtype),
            max_iter=300,
            tol=1e-4,
            refine=refine,
            n_swaps=n_swaps,
            seed=int(s),
            on_update=told,
        )
        for uniforms, s in zip(starts, seeds, strict=True)
    )
    return min(fits, key=lambda fit: fit.inertia)


def by_pykmeans(X: np.ndarray, k: int, seed: int, **how) -> Outcome:
    times = []
    start = time.process_time()
    fit = refined(X, k, seed, told=lambda *_: times.append(time.process_time()) or False, **how)
    seconds = time.process_time() - start
    n = fit.n_swaps
    if n < 2:
        return Outcome(fit.inertia, seconds, n, fit.n_accepted_swaps)
    trials = times[2 - len(fit.refinement_history) :][:n]  # what follows is Lloyd to the end, and rounds
    return Outcome(fit.inertia, seconds, n, fit.n_accepted_swaps, (trials[-1] - trials[0]) / (n - 1))


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
    "bkmeans": by_bkmeans,
    "flspp": by_flspp,
}
