"""The compiled core. Private: it checks only what memory safety needs, and trusts ``_validate`` for the rest."""

from collections.abc import Callable
from typing import Any, TypeAlias, TypedDict

import numpy as np
from numpy.typing import NDArray

__version__: str

# Finite centers, C-contiguous.
Centers: TypeAlias = NDArray[np.float32] | NDArray[np.float64]

class DistinctRows:
    """The different rows of uint8 values, each once, and which of them each row is.

    X : uint8 of shape (n, 1 to 3), as Points take it; n is less than 2^28. It is kept alive, and read again by every
        call, and by those that take Points that were made with this.
    """

    def __init__(self, X: NDArray[np.uint8], n_threads: int = 0) -> None: ...
    @property
    def values(self) -> NDArray[np.uint8]:
        """The different rows, shape (n_different, columns), read-only."""
    @property
    def counts(self) -> NDArray[np.float64]:
        """How many rows are equal to each, shape (n_different,), read-only."""
    def spread(self, each: NDArray[Any]) -> NDArray[Any]:
        """What each of the different rows has, for all rows: from shape (n_different,) to (n,).

        each : uint8, uint16 or int32.
        """

class Points:
    """X as the core reads it, with its weights and what one pass over both found. Nothing is copied.

    X : uint8, float32 or float64 of shape (n_samples, n_features), both at least 1; aligned, native byte order,
        unit column stride, any row stride (zero and negative too).
    sample_weight : C-contiguous float64 of shape (n_samples,), finite, >= 0, not all zero; None for ones.
    n_threads : 0 for what the machine grants; it holds for every call that takes these Points.
    metric : one of METRICS. Every call below measures by it. For cosine, rows are divided by their lengths whenever
        they are read, which takes 16 bytes a row, and rows of zeros are refused. Categories must be whole numbers.
    n_numeric, gamma : of "mixed": how many of the leading columns are numbers, and what a category that differs adds.
    occurrences : the rows that X stands for, in their order: X has a row for each of the different ones, and
        sample_weight is their counts. plus_plus draws from them and fit takes their variance for its tolerance, so that
        both find what they find in all the rows. Euclidean only.

    Both arrays are kept alive, and read again by every call below.
    """

    def __init__(
        self,
        X: NDArray[np.uint8] | NDArray[np.float32] | NDArray[np.float64],
        sample_weight: NDArray[np.float64] | None = None,
        n_threads: int = 0,
        metric: str = "euclidean",
        n_numeric: int = 0,
        gamma: float = 1.0,
        occurrences: DistinctRows | None = None,
    ) -> None: ...
    @property
    def n_nonfinite(self) -> int:
        """How many values are NaN or infinite. The functions below refuse Points where this is not 0."""
    @property
    def first_nonfinite(self) -> tuple[int, int]:
        """Row and column of the first of them in row order; (-1, -1) where there is none."""

class Fit:
    """What one run of the loop found (docs/semantics.md has the meaning of each)."""

    labels: NDArray[np.int32]  # (n_samples,)
    centers: NDArray[Any]  # (n_clusters, n_features); float32 for float32 X, else float64
    inertia: float
    cluster_inertia: NDArray[np.float64]  # (n_clusters,)
    cluster_sizes: NDArray[np.float64]  # (n_clusters,), sums of weights
    inertia_history: NDArray[np.float64]  # (n_iter,)
    n_iter: int
    stop_reason: str  # "labels", "centers", "max_iter", "callback" or "max_time"
    shift: float  # sum of the squared shifts of the centers in the last iteration
    algorithm: str  # the one that was used last
    tolerance: float  # tol times the mean variance of the features, what the shift was compared with
    unrefined_inertia: float  # before the refinement; inertia, where there was none
    refinement_history: NDArray[np.float64]  # that, and the inertia after each step of the refinement; else empty
    n_swaps: int
    n_accepted_swaps: int
    n_moves: int
    # (centers, labels, inertia) of each iteration where record_steps was set: what the labels were found with, the
    # labels before empty clusters are filled, and their entry in inertia_history.
    steps: list[tuple[NDArray[Any], NDArray[np.int32], float]]

def plus_plus(
    points: Points, n_clusters: int, uniforms: NDArray[np.float64], n_local_trials: int, max_memory: int = 0
) -> NDArray[np.int64]:
    """Rows that greedy k-means++ picks, shape (n_clusters,).

    uniforms : float64 of shape (1 + (n_clusters - 1) * n_local_trials,), in [0, 1): the random numbers in the order
        in which scikit-learn draws them.
    """

ALGORITHMS: tuple[str, ...]
REFINEMENTS: tuple[str, ...]

class MetricTraits(TypedDict):
    center: str  # "mean", "median", "direction", "mode" or "mean or mode"
    algorithms: tuple[str, ...]  # those that work with it
    refinements: tuple[str, ...]  # likewise
    numbers: bool  # features may be numbers
    categories: bool  # features may be categories
    normalized: bool  # rows and centers are divided by their lengths

METRICS: dict[str, MetricTraits]

def fit(
    points: Points,
    init: Centers,
    *,
    max_iter: int,
    tol: float,
    algorithm: str = "auto",
    on_iteration: Callable[[int, float], None] | None = None,
    on_update: Callable[[int, float, float], bool] | None = None,
    max_time: float = ...,
    max_memory: int = 0,
    record_steps: bool = False,
    refine: str = "",
    n_swaps: int = 0,
    seed: int = 0,
) -> Fit:
    """Run Lloyd's algorithm from ``init``, which is rounded to the type of the centers.

    algorithm : one of ALGORITHMS.
    on_iteration(i, inertia) is called in iteration i = 0, 1, ... when its labels are known; what it raises ends the fit
    and reaches the caller. Ctrl-C (KeyboardInterrupt) does too.
    on_update(i, inertia, shift) is called when the centers have moved, too; True ends the fit. Exceptions as above.
    max_time : seconds after which no further iteration begins, >= 0; one is always made. Infinity by default.
    max_memory : bytes that it may keep beside X and what it returns; 0 for half of what is free. ValueError where that
        is less than "lloyd", or the refinement, takes.
    record_steps : whether to keep the steps, in 4 bytes a row and iteration.
    refine : one of REFINEMENTS, or empty for none.  n_swaps : trials of "swaps", 0 for "auto".
    seed : of the random numbers of "swaps", below 2^32.
    ValueError where the inertia is beyond the largest float64.
    """

def nearest(points: Points, centers: Centers) -> NDArray[np.int32]:
    """Label of each row: the nearest center by the exact distance, the lowest index at a tie."""

def assign(points: Points, centers: Centers) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Labels and the exact distances (euclidean: squared), both of shape (n_samples,)."""

def transform(points: Points, centers: Centers) -> NDArray[Any]:
    """Distances (euclidean: not squared), shape (n_samples, n_clusters): float32 for float32 X, else float64."""

def medoids(points: Points, centers: Centers, labels: NDArray[np.int32]) -> NDArray[np.int64]:
    """The row of positive weight nearest to each center among those of its label, the first at a tie; -1 for none."""

def moments(points: Points) -> tuple[NDArray[np.float64], float]:
    """Mean of the rows, shape (n_features,), and variance: the mean of their squared distances to it. Euclidean only.

    Weights count. The sums are exact; each is rounded once, and then divided by that of the weights. ValueError where
    the sum of the squared distances is beyond the largest float64.
    """

def score(points: Points, centers: Centers) -> float:
    """The inertia of the points (with their weights) against the centers, exactly summed."""

def silhouette(points: Points, labels: NDArray[np.int32], n_clusters: int) -> NDArray[np.float64]:
    """The silhouette of each row by the distances of transform; NaN where only one cluster has weight.

    labels : C-contiguous int32 of shape (n_samples,), in [0, n_clusters).
    """

def simplified_silhouette(points: Points, labels: NDArray[np.int32], centers: Centers) -> NDArray[np.float64]:
    """The same with distances to the centers in place of mean distances to the clusters."""

def weighted_mean(values: NDArray[np.float64], sample_weight: NDArray[np.float64] | None = None) -> float:
    """The exact sum of w * value over that of w, each rounded once."""

def info() -> dict[str, Any]:
    """{"version": str, "instruction_set": str, "instruction_sets": list[str], "openmp": bool, "threads": int}, threads
    being what is granted now."""
