"""Tables: columns of values of any kind, from data frames and from arrays of objects or strings."""

from dataclasses import dataclass, replace
from numbers import Number
from typing import Any

import numpy as np

from .arrays import as_array, check_shape
from .frames import is_frame, series


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
        if self.labels is None:
            return f"column {self.positions[j]} of {self.name}"
        return f"{self.name}[{self.labels[j]!r}]"

    def place(self, row: int, j: int) -> str:
        """Words for where a value of column ``j`` stands."""
        label = "" if self.labels is None else f" ({self.labels[j]!r})"
        return f"row {row}, column {self.positions[j]}{label}"


def opened(X: Any, name: str = "X") -> Any:
    """``X`` as a data frame or an array of two dimensions, in which no value has become another."""
    if is_frame(X) and len(X.shape) == 2:
        found = X
    else:
        found = as_array(X, name)
        if found.dtype.kind in "SU" and not isinstance(X, np.ndarray):
            found = np.asarray(X, dtype=object)  # or the numbers in a list would be text like its strings
    check_shape(X, found.shape, name)
    return found


def is_table(X: Any) -> bool:
    """Whether ``X`` (from ``opened``) has columns of anything but numbers."""
    dtypes = [X.dtype] if isinstance(X, np.ndarray) else X.dtypes
    return any(kind(dtype) in "OSUTmM" for dtype in dtypes)


def table(X: Any, name: str = "X") -> Table:
    """Return the columns of ``X`` (from ``opened``)."""
    positions = list(range(X.shape[1]))
    if isinstance(X, np.ndarray):
        return Table(name, [X[:, j] for j in positions], positions, None, len(X))
    labels = list(X.columns)
    columns = [series(X, j, f"{name}[{label!r}]") for j, label in enumerate(labels)]
    return Table(name, columns, positions, labels, len(X))


def kind(dtype: Any) -> str:
    """NumPy's letter for a type of NumPy, pandas or polars; "O" for what it has none for."""
    if not hasattr(dtype, "is_numeric"):
        return str(dtype.kind)
    if dtype.is_numeric():
        return "f"
    if dtype.is_temporal():
        return "M"
    return "b" if str(dtype) == "Boolean" else "O"


def categorical_positions(X: Table, categorical: Any) -> list[int]:
    """Return where the columns of categories are: those that ``categorical`` gives, else all that are not numbers."""
    kinds = [_values_kind(column) for column in X.columns]
    if categorical is None:
        chosen = {j for j, letter in enumerate(kinds) if letter in "bOSUT"}
    else:
        chosen = _chosen(X, list(categorical))
    for j, letter in enumerate(kinds):
        if j not in chosen and letter in "OSUTmM":
            raise TypeError(
                f"{X.column_name(j)} must hold numbers, or be named in categorical to be taken as categories; "
                f"its type is {X.columns[j].dtype}."
            )
    return sorted(chosen)


def _chosen(X: Table, categorical: list[Any]) -> set[int]:
    n_features = len(X.columns)
    if categorical and all(isinstance(column, (bool, np.bool_)) for column in categorical):
        if len(categorical) != n_features:
            raise ValueError(f"categorical is a mask of {len(categorical)} bools, but X has {n_features} columns.")
        return {j for j, is_chosen in enumerate(categorical) if is_chosen}
    return {_position(X, column) for column in categorical}


def _position(X: Table, column: Any) -> int:
    if isinstance(column, str):
        if X.labels is None or column not in X.labels:
            names = "has no column names" if X.labels is None else f"has the columns {X.labels}"
            raise ValueError(f"categorical names the column {column!r}, but X {names}.")
        if X.labels.count(column) > 1:
            raise ValueError(
                f"categorical names the column {column!r}, but {X.labels.count(column)} columns of X have this name: "
                "give positions from 0."
            )
        return X.labels.index(column)
    if isinstance(column, (bool, np.bool_)) or not 0 <= int(column) < len(X.columns):
        raise ValueError(
            f"categorical holds {column!r}: a position of a column must be an int from 0 to {len(X.columns) - 1}."
        )
    return int(column)


def _values_kind(column: Any) -> str:
    """Return the ``kind`` of a column; where it holds objects, "f" if all are numbers, "b" if all are booleans.

    Missing values have no say.
    """
    if column.dtype != object:
        return kind(column.dtype)
    types = [type_ for type_ in set(map(type, column.tolist())) if type_.__name__ not in ("NoneType", "NAType")]
    booleans = [type_ for type_ in types if issubclass(type_, (bool, np.bool_))]
    if types and len(booleans) == len(types):
        return "b"
    return "f" if types and not booleans and all(issubclass(type_, Number) for type_ in types) else "O"
