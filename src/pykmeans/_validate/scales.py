"""Columns of numbers of very different scales: the one of the largest numbers would decide alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np
from numpy.typing import NDArray

from .. import _core, _errors
from .data import Numbers

_MOST = 0.95  # of the variance of all columns that one may have

_is_said = ContextVar("_is_said", default=False)


@contextmanager
def said_once() -> Iterator[None]:
    """Silence ``warn_of_scales`` for further fits of a table that it has judged."""
    token = _is_said.set(True)
    try:
        yield
    finally:
        _is_said.reset(token)


def warn_of_scales(data: Numbers, weight: NDArray[np.float64] | None = None) -> None:
    """Warn where one column of numbers has nearly all of the variance, in a metric that adds up differences.

    Bytes are left out: they are of one scale, as the colors of a picture are. Rows count as much as they weigh.
    """
    traits = _core.METRICS[data.metric.name]
    if _is_said.get() or not traits["numbers"] or traits["normalized"] or data.X.dtype == np.uint8:
        return
    variances = _variances(data.X[:, : len(data.numeric)], weight)
    with np.errstate(over="ignore"):
        total = variances.sum()
    if np.count_nonzero(variances) < 2 or not np.isfinite(total) or variances.max() <= _MOST * total:
        return
    largest = int(variances.argmax())
    # Not all of it, where other columns have some.
    share = min(float(np.floor(1000 * (variances[largest] / total))) / 10, 99.9)
    names_numbers = len(variances) < data.X.shape[1]  # the others are categories, which X.std() would refuse
    divided = "numbers / numbers.std()" if names_numbers else "X / X.std(axis=0)"
    _errors.warn(
        f"{data.column_name(largest)} has {share}% of the variance of all columns of numbers, so it decides the "
        "clusters nearly alone. If the columns have different units, scale them first: divide each by its "
        f"standard deviation, {divided}, or use scikit-learn's StandardScaler. To silence this warning: "
        'warnings.filterwarnings("ignore", category=pykmeans.ScaleWarning).',
        _errors.ScaleWarning,
    )


def _variances(X: NDArray[np.float64] | NDArray[np.float32], weight: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Return the variance of each column; infinite where the core refuses one, of which the fit will say why.

    NumPy's own sums crash where memory runs out.
    """
    try:
        points = (_core.Points(X[:, j : j + 1], weight) for j in range(X.shape[1]))
        return np.array([_core.moments(column)[1] for column in points])
    except ValueError:
        return np.full(X.shape[1], np.inf)
