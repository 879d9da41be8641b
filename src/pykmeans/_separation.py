"""How well clusters are separated: true silhouettes, of all rows or of a sample, in a few seconds."""

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import _core
from ._counts import counted
from ._validate import arrays, parameters

if TYPE_CHECKING:
    from ._clusterer import Clusterer

# Rows squared times columns. Silhouettes of clusters that overlap took 2e-10 to 5e-10 s each on one thread (Intel
# Sapphire Rapids; 10,000 to 54,000 rows of 2 to 64 columns, every metric): all rows take up to 5 s, a sample about one.
_MOST_FOR_ALL_ROWS = 1e10
MOST_IN_A_SECOND = 2e9
# Kaufman and Rousseeuw (1990), Finding groups in data, p. 88. They are of the silhouette: the simplified one is larger.
_WORDS = ((0.7, "strong, the clusters are far apart"), (0.5, "reasonable"), (0.25, "weak, the clusters touch"))
_NONE = "next to none, the clusters overlap"


class Separation(NamedTuple):
    """The silhouettes of the rows that clusters were judged by."""

    values: NDArray[np.float64]
    labels: NDArray[np.int32]
    weight: NDArray[np.float64] | None
    is_sample: bool

    @property
    def mean(self) -> float:
        """The weighted mean of the silhouettes; NaN where all rows are in one cluster."""
        return math.nan if np.isnan(self.values).any() else _core.weighted_mean(self.values, self.weight)

    @property
    def of_rows(self) -> str:
        """Which rows these are, in words: " of a sample of 9,000 rows", or nothing where they are all."""
        return of_sample(len(self.values)) if self.is_sample else ""

    @property
    def sentence(self) -> str:
        """How well the clusters are separated, in words."""
        value = self.mean
        if math.isnan(value):
            of_rows = f" in a sample of {counted(len(self.values), 'row')}" if self.is_sample else ""
            return f"Separation: there is only one cluster{of_rows}."
        words = next((words for least, words in _WORDS if value > least), _NONE)
        return f"Separation: {words} (mean silhouette {value:.2f}{self.of_rows}; 1 is best)."


def separation(model: "Clusterer", X: Any, sample_weight: Any = None) -> Separation:
    """Return how well the clusters of a fitted model are separated in ``X``."""
    data, points, centers = model._measured(X, sample_weight)
    threads = parameters.threads(type(model).__name__, model.n_threads)
    labels = _core.nearest(points, centers)
    weight = as_counts(arrays.weights(sample_weight, len(labels)))
    n_rows, n_columns = data.X.shape
    if n_rows**2 * n_columns <= _MOST_FOR_ALL_ROWS:
        points = points if weight is None else _core.Points(data.X, weight, threads, *data.metric)
        return Separation(_core.silhouette(points, labels, len(centers)), labels, weight, is_sample=False)
    rows = sample(n_rows, n_columns, weight)
    is_sample = len(rows) < (n_rows if weight is None else int(np.count_nonzero(weight)))
    labels, weight = labels[rows], None if weight is None else weight[rows]
    points = _core.Points(data.X[rows], weight, threads, *data.metric)
    return Separation(_core.silhouette(points, labels, len(centers)), labels, weight, is_sample)


def as_counts(weight: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
    """Return weights of which silhouettes can be told: in these a row of weight w is w copies.

    Weights that are no counts, such as those of a survey, which sum to 1, are multiplied until their mean is 1.
    """
    if weight is None or (weight == np.floor(weight)).all():
        return weight
    with np.errstate(over="ignore"):
        scaled = weight / weight.max()
        return np.asarray(scaled / (scaled.sum() / np.count_nonzero(scaled)))


def sample(n_rows: int, n_columns: int, weight: NDArray[np.float64] | None = None, times: int = 1) -> NDArray[np.intp]:
    """Return the positions of rows whose silhouettes take at most a second: all, or always the same sample.

    Parameters
    ----------
    n_rows, n_columns : int
        The shape of the table.
    weight : ndarray of shape (n_rows,) or None, default=None
        Rows of weight 0 are not drawn.
    times : int, default=1
        How often the silhouettes are computed.
    """
    candidates = np.arange(n_rows) if weight is None else np.flatnonzero(weight)
    most = int(math.sqrt(MOST_IN_A_SECOND / (times * n_columns)))
    if len(candidates) <= most:
        return candidates
    return np.sort(np.random.RandomState(0).choice(candidates, most, replace=False))


def of_sample(n_rows: int) -> str:
    """Return which rows a number is of."""
    return f" of a sample of {counted(n_rows, 'row')}"
