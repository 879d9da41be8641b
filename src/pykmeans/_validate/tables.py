"""Tables: columns of values of any kind, from data frames and from arrays of objects or strings."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arrays import as_array, check_shape
from .frames import is_frame, series

_NUMBERS = "biufc"  # kinds that are read as numbers, or refused as such


@dataclass(frozen=True)
class Table:
    """Columns, and what an error says of them."""

    name: str  # the argument that it was
    columns: list[Any]  # arrays of one dimension, or what series() returns
    positions: list[int]  # of the columns in what the user gave
    labels: list[Any] | None  # names of the columns, where the user gave a data frame
    n_rows: int

    def select(self, places: list[int]) -> "Table":
        """Return some of the columns."""
        return replace(
            self,
            columns=[self.columns[j] for j in places],
            positions=[self.positions[j] for j in places],
            labels=None if self.labels is None else [self.labels[j] for j in places],
        )

    def column_name(self, j: int) -> str:
        """Words for column ``j``."""
        return (
            f"column {self.positions[j]} of {self.name}" if self.labels is None else f"{self.name}[{self.labels[j]!r}]"
        )

    def place(self, row: int, j: int) -> str:
        """Words for where a value stands."""
        label = "" if self.labels is None else f" ({self.labels[j]!r})"
        return f"row {row}, column {self.positions[j]}{label}"


def opened(X: Any, name: str = "X") -> Any:
    """``X`` as a data frame or an array; lists become objects where NumPy would make text of the numbers in them."""
    if is_frame(X) and len(X.shape) == 2:
        return X
    array = as_array(X, name)
    return np.asarray(X, dtype=object) if array.dtype.kind in "SU" and not isinstance(X, np.ndarray) else array


def is_table(X: Any) -> bool:
    """Whether ``X`` (from ``opened``) holds anything but numbers."""
    if isinstance(X, np.ndarray):
        return X.dtype.kind in "OSUTmM"
    return any(kind(dtype) not in _NUMBERS for dtype in X.dtypes)


def table(X: Any, name: str = "X") -> Table:
    """Return the columns of ``X`` (from ``opened``)."""
    check_shape(X, X.shape, name)
    positions = list(range(X.shape[1]))
    if isinstance(X, np.ndarray):
        return Table(name, [X[:, j] for j in positions], positions, None, len(X))
    labels = list(X.columns)
    columns = [series(X, j, f"{name}[{label!r}]") for j, label in enumerate(labels)]
    return Table(name, columns, positions, labels, len(X))


def kind(dtype: Any) -> str:
    """NumPy's letter for a type of NumPy, pandas or polars; "O" for what is neither number nor time."""
    if not hasattr(dtype, "is_numeric"):
        return str(dtype.kind)
    if dtype.is_numeric():
        return "f"
    if dtype.is_temporal():
        return "M"
    return "b" if str(dtype) == "Boolean" else "O"
