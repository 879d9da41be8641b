"""One fit: judge everything, then run the loop of the core n_init times and keep the best."""

import time
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import _core, _errors
from ._seeding import Start
from ._validate.arrays import weights
from ._validate.data import Numbers
from ._validate.parameters import FitParameters, check_cluster_count


class BestFit(NamedTuple):
    """The run of least inertia, the first at a tie."""

    run: _core.Fit
    points: _core.Points  # what it was made of
    stop_reason: str  # why it ended, or what ended the whole fit


def best_fit(caller: str, data: Numbers, sample_weight: Any, parameters: FitParameters) -> BestFit:
    """Fit ``data``."""
    if parameters.algorithm == "elkan" and parameters.n_clusters == 1:
        _errors.warn(
            "algorithm='elkan' doesn't make sense for a single cluster. Using 'lloyd' instead.", RuntimeWarning
        )
        parameters = parameters._replace(algorithm="lloyd")
    best = best_run(caller, data, sample_weight, parameters)
    _warn_of_empty_clusters(best.run, parameters.n_clusters)
    return best


def best_run(caller: str, data: Numbers, sample_weight: Any, parameters: FitParameters) -> BestFit:
    """Do the same without a word on clusters that stayed empty."""
    n_samples = data.X.shape[0]
    check_cluster_count(parameters.n_clusters, n_samples)
    weight = weights(sample_weight, n_samples)
    start = Start(parameters.init, data, parameters.n_clusters, weight, parameters.random_state, parameters.max_memory)
    points = data.points(weight, parameters.n_threads)
    n_runs = _number_of_runs(caller, start, parameters.n_init)

    stop = _Stop(caller, parameters)
    # Drawn ahead, so that the starts are the same as without refine, and the trials of one run change no other run.
    seeds = start.draw_ahead(n_runs).tolist() if parameters.refine == "swaps" else repeat(0)
    best = None
    # No generator, which would make a RuntimeError of a user's StopIteration, and no list: n_init may be any number.
    for i, seed in zip(range(n_runs), seeds, strict=False):
        run = _run(points, start.next(points), parameters, stop, seed)
        if best is None or run.inertia < best.inertia:
            best = run
        if stop.ends_fit(run.stop_reason, n_runs - 1 - i):
            break
        del run  # before the next one takes its memory
    assert best is not None
    start.close()
    return BestFit(best, points, stop.reason or best.stop_reason)


def _number_of_runs(caller: str, start: Start, n_init: int | None) -> int:
    if n_init is None:
        return start.default_n_runs
    if start.is_given and n_init != 1:
        _errors.warn(
            f"Explicit initial center position passed: performing only one init in {caller} "
            f"instead of n_init={n_init}.",
            RuntimeWarning,
        )
        return 1
    return n_init


class _Stop:
    """What ends a fit before its runs have ended: the user's callback, or the time."""

    def __init__(self, caller: str, parameters: FitParameters) -> None:
        self.reason: str | None = None
        self._caller = caller
        self._callback = parameters.callback
        self._deadline = parameters.deadline
        self._was_told = False

    def asked(self, iteration: int, inertia: float, shift: float) -> bool:
        """Ask the callback, of which there is one."""
        assert self._callback is not None
        answer = self._callback(iteration, inertia, shift)
        if answer is not None and not isinstance(answer, (bool, np.bool_)):
            raise TypeError(
                f"The 'callback' parameter of {self._caller} must return True, False or None. Got {answer!r} instead."
            )
        self._was_told = bool(answer)
        return self._was_told

    def seconds_left(self) -> float:
        """Return how long a run may take."""
        return max(0.0, self._deadline - time.monotonic())

    def ends_fit(self, stop_reason: str, n_left: int) -> bool:
        """Whether this was the last run, told why it stopped. What comes too late to cut anything is no reason."""
        if stop_reason in ("callback", "max_time"):
            self.reason = stop_reason
        elif n_left and self._was_told:
            self.reason = "callback"
        elif n_left and self.seconds_left() == 0:
            self.reason = "max_time"
        return self.reason is not None or n_left == 0


def _run(points: _core.Points, start: NDArray[Any], parameters: FitParameters, stop: _Stop, seed: int) -> _core.Fit:
    if parameters.verbose:
        print("Initialization complete")
    run = _core.fit(
        points,
        start,
        max_iter=parameters.max_iter,
        tol=parameters.tol,
        algorithm=parameters.algorithm,
        on_iteration=_print_iteration if parameters.verbose else None,
        on_update=None if parameters.callback is None else stop.asked,
        max_time=stop.seconds_left(),
        max_memory=parameters.max_memory,
        record_steps=parameters.record_steps,
        refine=parameters.refine,
        n_swaps=parameters.n_swaps,
        seed=seed,
    )
    if parameters.verbose:
        _print_end(run, parameters.refine)
    return run


def _print_iteration(iteration: int, inertia: float) -> None:
    print(f"Iteration {iteration}, inertia {inertia}.")


def _print_end(run: _core.Fit, refine: str) -> None:
    if run.stop_reason == "labels":
        print(f"Converged at iteration {run.n_iter - 1}: strict convergence.")
    elif run.stop_reason == "centers":
        print(f"Converged at iteration {run.n_iter - 1}: center shift {run.shift} within tolerance {run.tolerance}.")
    if refine:
        swaps = f"{run.n_accepted_swaps} of {run.n_swaps} swaps kept, " if refine == "swaps" else ""
        print(f"Refined from inertia {run.unrefined_inertia} to {run.inertia}: {swaps}{run.n_moves} rows moved.")


def _warn_of_empty_clusters(fit: _core.Fit, n_clusters: int) -> None:
    n_found = int(np.count_nonzero(fit.cluster_sizes))
    if n_found < n_clusters:
        _errors.warn(
            f"Number of distinct clusters ({n_found}) found smaller than n_clusters ({n_clusters}). "
            "Possibly due to duplicate points in X.",
            _errors.ConvergenceWarning,
        )
