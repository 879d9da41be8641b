"""Columns of different units made comparable, by numbers that a model keeps."""

import math

import numpy as np
from numpy.typing import NDArray

from .. import _core
from ._columns import Selection
from ._messages import warn
from ._statistics import Weights, quantiles

# What is subtracted from each value and what the difference is divided by.
Scale = tuple[float, float]

SCALINGS = ("standard", "robust", "none")


def scales(selection: Selection, kind: str) -> dict[str, Scale]:
    """Return the scale of each column of numbers.

    Parameters
    ----------
    selection : Selection
        The rows; a weight of w counts as w copies of a row.
    kind : {"standard", "robust", "none"}
        Mean and standard deviation; median and the difference of the quartiles; as it is.
    """
    measure = {"standard": _standard, "robust": _robust, "none": lambda *_: (0.0, 1.0)}[kind]
    found = {}
    for name, values in selection.numbers.items():
        offset, spread = measure(values, selection.weight)
        if spread == 0 and kind == "robust" and np.ptp(values) > 0:
            offset, spread = _standard(values, selection.weight)
            warn(f"At least half of the values of {name!r} are equal: its standard deviation scales it, not quartiles.")
        found[name] = (offset, spread or 1.0)
    return found


def _standard(values: NDArray[np.float64], weight: Weights) -> Scale:
    """Return mean and standard deviation, from exact sums."""
    (mean,), variance = _core.moments(_core.Points(values[:, np.newaxis], weight))
    return float(mean), math.sqrt(variance)


def _robust(values: NDArray[np.float64], weight: Weights) -> Scale:
    lower, median, upper = quantiles(values, weight, (0.25, 0.5, 0.75))
    return median, upper - lower
