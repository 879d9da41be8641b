"""One fit: judge everything, then run the loop of the core n_init times and keep the best."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _core, _errors
from ._seeding import Start
from ._validate.arrays import weights
from ._validate.data import Numbers
from ._validate.parameters import FitParameters, check_cluster_count


def best_fit(
    caller: str, data: Numbers, sample_weight: Any, parameters: FitParameters
) -> tuple[_core.Fit, _core.Points]:
    """Fit ``data`` and return the run of least inertia, the first at a tie, and what it was made of."""
    best, points = best_run(caller, data, sample_weight, parameters)
    _warn_of_empty_clusters(best, parameters.n_clusters)
    return best, points


def best_run(
    caller: str, data: Numbers, sample_weight: Any, parameters: FitParameters
) -> tuple[_core.Fit, _core.Points]:
    """Do the same without a word on clusters that stayed empty."""
    n_samples = data.X.shape[0]
    check_cluster_count(parameters.n_clusters, n_samples)
    weight = weights(sample_weight, n_samples)
    start = Start(parameters.init, data, parameters.n_clusters, weight, parameters.random_state)
    points = data.points(weight, parameters.n_threads)
    n_runs = _number_of_runs(caller, start, parameters.n_init)

    best = _run(points, start.next(points), parameters)
    for _ in range(1, n_runs):
        run = _run(points, start.next(points), parameters)
        if run.inertia < best.inertia:
            best = run
    start.close()
    return best, points


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


def _run(points: _core.Points, start: NDArray[Any], parameters: FitParameters) -> _core.Fit:
    if parameters.verbose:
        print("Initialization complete")
    run = _core.fit(
        points,
        start,
        max_iter=parameters.max_iter,
        tol=parameters.tol,
        algorithm=parameters.algorithm,
        on_iteration=_print_iteration if parameters.verbose else None,
        record_steps=parameters.record_steps,
    )
    if parameters.verbose and run.stop_reason == "labels":
        print(f"Converged at iteration {run.n_iter - 1}: strict convergence.")
    elif parameters.verbose and run.stop_reason == "centers":
        print(f"Converged at iteration {run.n_iter - 1}: center shift {run.shift} within tolerance {run.tolerance}.")
    return run


def _print_iteration(iteration: int, inertia: float) -> None:
    print(f"Iteration {iteration}, inertia {inertia}.")


def _warn_of_empty_clusters(fit: _core.Fit, n_clusters: int) -> None:
    n_found = int(np.count_nonzero(fit.cluster_sizes))
    if n_found < n_clusters:
        _errors.warn(
            f"Number of distinct clusters ({n_found}) found smaller than n_clusters ({n_clusters}). "
            "Possibly due to duplicate points in X.",
            _errors.ConvergenceWarning,
        )
