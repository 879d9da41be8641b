"""What the core reads beside what the user gave, and the way from one to the other.

``Numbers`` are read as they are. ``Encoded`` is a table, of which a matrix is made: the columns of numbers, then the
codes of the columns of categories. Its centers go in and come out with the user's own values, in the user's order.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import _core
from . import arrays
from .categories import Categories
from .convert import TextError, converted
from .frames import common_dtype, feature_names, numbers
from .parameters import EUCLIDEAN, Metric
from .tables import Table, is_table, opened, table


class Numbers:
    """A matrix of numbers (from ``arrays.matrix``): what the core reads is what the user has."""

    def __init__(self, X: NDArray[Any], metric: Metric, names: NDArray[np.object_] | None) -> None:
        self.X = X
        self.metric = metric
        self.numeric: Sequence[int] = range(X.shape[1])  # positions of columns of numbers in what the user gave
        self.categorical: list[int] = []  # those of columns of categories
        self._names = names

    @property
    def centers_dtype(self) -> np.dtype[Any]:
        """The type of the core's centers: float32 for float32, else float64."""
        return np.dtype(np.float32) if self.X.dtype == np.float32 else np.dtype(np.float64)

    def column_name(self, j: int) -> str:
        """Words for column ``j`` of the columns of numbers."""
        return f"Column {self.numeric[j]} of X" if self._names is None else f"Column {self._names[self.numeric[j]]!r}"

    def points(self, sample_weight: NDArray[np.float64] | None, n_threads: int) -> _core.Points:
        """Return what the core computes with; ValueError if X is not what the metric takes."""
        return arrays.points(self.X, sample_weight, n_threads, self._names, self.metric)

    def for_callable(self) -> Any:
        """X as a callable ``init`` gets it."""
        read_only = self.X.view()  # X is the user's own array, and stays as it is
        read_only.flags.writeable = False
        return read_only

    def starting_centers(self, value: Any, name: str, n_clusters: int) -> NDArray[Any]:
        """Centers that the user gave, as the core takes them, of shape (n_clusters, n_features)."""
        found = arrays.starting_centers(value, name, (n_clusters, self.X.shape[1]), self.centers_dtype)
        if self.metric.name == "hamming" and (broken := np.argwhere(found != np.floor(found))).size:
            row, column = broken[0].tolist()
            raise ValueError(
                f"{name} holds {found[row, column]} at row {row}, column {column}; where the metric is hamming "
                "categories must be whole numbers"
            )
        return found

    def centers(self, value: Any, name: str) -> NDArray[Any]:
        """Centers to measure distances to, as the core takes them."""
        return arrays.centers(value, name, self.X.shape[1])

    def decoded(self, centers: NDArray[Any]) -> NDArray[Any]:
        """Return the core's centers as the user knows them."""
        return centers

    def distances(self, points: _core.Points, centers: NDArray[Any]) -> NDArray[Any]:
        """Return the distance of each row of ``points`` to each center."""
        return _core.transform(points, centers)


class Counted(Numbers):
    """The different rows of a matrix, or what was computed of them, in place of all; the weights are their counts."""

    def __init__(self, X: NDArray[Any], distinct: _core.DistinctRows) -> None:
        super().__init__(X, EUCLIDEAN, None)
        self._distinct = distinct

    def points(self, sample_weight: NDArray[np.float64] | None, n_threads: int) -> _core.Points:
        """Return what the core computes with."""
        return _core.Points(self.X, sample_weight, n_threads, *self.metric, self._distinct)


class Encoded(Numbers):
    """A table (from ``opened``), and the matrix that the core reads in its place."""

    def __init__(self, X: Any, metric: Metric, numeric: Iterable[int] = ()) -> None:
        """``numeric``: positions of the columns of numbers; the others are categories."""
        rows = table(X)
        self._given = X
        self._labels = rows.labels
        numeric = list(numeric)
        categorical = [j for j in rows.positions if j not in set(numeric)]
        found = _numbers(rows.select(numeric))
        self._single = bool(numeric) and found.dtype == np.float32
        self._categories, codes = Categories.of(rows.select(categorical))
        super().__init__(_side_by_side(found, codes), metric, feature_names(X))
        self.numeric, self.categorical = numeric, categorical

    def for_callable(self) -> Any:
        """X as a callable ``init`` gets it: as the user gave it."""
        return self._given

    def starting_centers(self, value: Any, name: str, n_clusters: int) -> NDArray[Any]:
        """Centers that the user gave, as the core takes them; ValueError for a category that is not in X."""
        value = opened(value, name)
        arrays.check_centers_shape(value.shape, name, (n_clusters, self.X.shape[1]))
        rows = table(value, name)
        if rows.labels is not None and self._labels is not None and rows.labels != self._labels:
            raise ValueError(f"{name} has the columns {rows.labels}, but X has {self._labels}, in this order.")
        found, numeric = self._encoded(rows, strict=True), rows.select(list(self.numeric))
        numbers = found[:, : len(self.numeric)]
        arrays.refuse_too_large(numbers, name, self.centers_dtype, lambda where: numeric.place(*where))
        return found

    def centers(self, value: Any, name: str) -> NDArray[Any]:
        """Centers to measure distances to, as the core takes them; a category that is not in X differs from all."""
        value = opened(value, name)
        arrays.check_centers_width(value.shape, name, self.X.shape[1])
        return self._encoded(table(value, name), strict=False)

    def decoded(self, centers: NDArray[Any]) -> NDArray[Any]:
        """Return the core's centers with the user's values, in the user's order of columns."""
        n_numbers = len(self.numeric)
        result = np.empty(centers.shape, dtype=object)
        result[:, list(self.numeric)] = centers[:, :n_numbers].astype(np.float64)
        result[:, self.categorical] = self._categories.decode(centers[:, n_numbers:])
        return result

    def distances(self, points: _core.Points, centers: NDArray[Any]) -> NDArray[Any]:
        """Return the distance of each row of ``points`` to each center, float32 only where the numbers are."""
        return _core.transform(points, centers).astype(np.float32 if self._single else np.float64, copy=False)

    def _encoded(self, rows: Table, strict: bool) -> NDArray[Any]:
        codes = self._categories.encode(rows.select(self.categorical), strict)
        return arrays.as_core_centers(_side_by_side(_numbers(rows.select(list(self.numeric))), codes))


def _numbers(rows: Table) -> NDArray[Any]:
    """Return columns of numbers as a matrix: float32 where all of them are, else float64."""
    labels = [rows.column_name(j) for j in range(len(rows.columns))]
    columns = [
        column if isinstance(column, np.ndarray) else numbers(column, label)
        for column, label in zip(rows.columns, labels, strict=True)
    ]
    single = bool(columns) and common_dtype(columns) == np.float32
    result = np.empty((rows.n_rows, len(columns)), dtype=np.float32 if single else np.float64)
    for j, (column, label) in enumerate(zip(columns, labels, strict=True)):
        result[:, j] = converted(column, label)
    arrays.refuse_non_finite(result, rows.name, lambda where: rows.place(*where))
    return result


def _side_by_side(numbers: NDArray[Any], codes: NDArray[Any]) -> NDArray[Any]:
    if not numbers.shape[1]:
        return codes
    if not codes.shape[1]:
        return numbers
    return np.hstack([numbers, codes], dtype=np.result_type(numbers, codes))


def read(X: Any, metric: Metric, is_coded: bool = False) -> Numbers:
    """Return what is computed with; for "hamming", a table is encoded, and numbers are if ``is_coded``."""
    names = feature_names(X)
    if metric.name == "hamming":
        X = opened(X)
        if is_coded or is_table(X):
            return Encoded(X, metric)
    try:
        return Numbers(arrays.matrix(X), metric, names)
    except TextError as error:
        raise ValueError(
            f"{error} Columns of text are categories: KPrototypes takes them beside numbers, and KMeans takes them "
            'with metric="hamming" where all columns are categories.'
        ) from None
