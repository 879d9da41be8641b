"""Statistics of a column, with weights: w counts as w copies of a row."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.float64] | None


def quantiles(values: NDArray[np.float64], weight: Weights, shares: tuple[float, ...]) -> list[float]:
    """Return for each share the least value that so much of the weight does not exceed."""
    order = np.argsort(values, kind="stable")
    sums = np.cumsum(np.ones(len(values)) if weight is None else weight[order])
    places = np.searchsorted(sums, np.array(shares) * sums[-1])
    return [float(values[order[min(place, len(values) - 1)]]) for place in places]


def most_frequent(values: NDArray[Any], weight: Weights) -> Any:
    """Return the value of the largest weight, the least one where there are several."""
    different, codes = np.unique(values, return_inverse=True)
    return different[np.bincount(codes, weight).argmax()]
