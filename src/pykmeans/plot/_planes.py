"""Planes to look at rows in: two of their columns, or their first two principal components."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import _style
from ._rows import Rows

_BLOCK = 2**21  # values that are worked on at a time


class Plane(NamedTuple):
    """Rows and centers, seen in a plane."""

    points: NDArray[Any]  # (n_samples, 2)
    centers: NDArray[np.float64]  # (n_clusters, 2)
    names: tuple[str, str]  # of the axes
    origin: NDArray[np.float64]  # (n_features,), what is at (0, 0)
    directions: NDArray[np.float64]  # (2, n_features), of the axes

    def seen(self, centers: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where points in space are seen, shape (n_points, 2)."""
        return (centers - self.origin) @ self.directions.T

    def lifted(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the points in space that lie at places of the plane, shape (n_places, n_features)."""
        return self.origin + places @ self.directions


def of_columns(rows: Rows, first: int, second: int) -> Plane:
    """Return the plane of two columns, through the mean of the others."""
    chosen = [first, second]
    n_features = rows.numbers.shape[1]
    origin = mean(rows.numbers) if n_features > 2 else np.zeros(n_features)
    origin[chosen] = 0.0
    directions = np.zeros((2, n_features))
    directions[[0, 1], chosen] = 1.0
    names = (rows.names[first], rows.names[second])
    return Plane(rows.numbers[:, chosen], rows.centers[:, chosen], names, origin, directions)


def of_components(rows: Rows, columns: list[int]) -> Plane:
    """Return the plane of the first two principal components of some columns, through the mean of all.

    The axes' names say how much of the variance they show, and which two columns have the most to do with them.
    """
    n_features = rows.numbers.shape[1]
    numbers = rows.numbers if columns == list(range(n_features)) else rows.numbers[:, columns]
    found, shares = principal_components(numbers, 2)
    directions = np.zeros((2, n_features))
    directions[:, columns] = found
    origin = mean(rows.numbers)
    first, second = (
        f"PC {number} ({100 * share:.1f} %)" + (f"\n{_loadings(direction, rows.names)}" if share else "")
        for number, share, direction in zip((1, 2), shares, directions, strict=True)
    )
    places = (rows.centers - origin) @ directions.T
    return Plane(projected(rows.numbers, origin, directions), places, (first, second), origin, directions)


def _loadings(direction: NDArray[np.float64], names: list[str]) -> str:
    """Name the two columns that a direction has the most of, and how much."""
    largest = np.argsort(-np.abs(direction), kind="stable")[:2]
    return ", ".join(f"{_style.short(names[j])} {_style.minus(f'{direction[j]:.2f}')}" for j in largest)


def of_one_column(rows: Rows, column: int) -> Plane:
    """Return a strip: a column, with rows at random heights and the centers in the middle."""
    heights = np.random.RandomState(0).uniform(-1.0, 1.0, len(rows.labels))
    origin = mean(rows.numbers)
    origin[column] = 0.0
    directions = np.zeros((2, rows.numbers.shape[1]))
    directions[0, column] = 1.0
    points = np.column_stack([rows.numbers[:, column].astype(np.float64), heights])
    return Plane(points, rows.centers @ directions.T, (rows.names[column], ""), origin, directions)


def best(rows: Rows, columns: list[int]) -> Plane:
    """Return the plane of some columns that shows most."""
    if len(columns) == 1:
        return of_one_column(rows, columns[0])
    return of_columns(rows, *columns) if len(columns) == 2 else of_components(rows, columns)


def mean(X: NDArray[Any]) -> NDArray[np.float64]:
    """Return the mean of the rows."""
    return np.asarray(X.mean(axis=0, dtype=np.float64))


def projected(X: NDArray[Any], origin: NDArray[np.float64], directions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the coordinates of the rows along directions."""
    result = np.empty((len(X), len(directions)))
    for part in _blocks(X):
        result[part] = (X[part] - origin) @ directions.T
    return result


def principal_components(X: NDArray[Any], n_components: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the directions of the largest variance, shape (n_components, n_features), and their shares of it.

    The largest entry of each direction is positive, so that a picture is the same every time. Where there are fewer
    directions than components, the rest are zeros.
    """
    origin = mean(X)
    # Squares of values in [-1, 1] neither overflow nor vanish.
    scale = max(float(np.abs(X[part] - origin).max()) for part in _blocks(X)) or 1.0
    if X.shape[1] <= len(X):
        scatter = np.zeros((X.shape[1], X.shape[1]))
        for part in _blocks(X):
            centered = (X[part] - origin) / scale
            scatter += centered.T @ centered
        variances, vectors = np.linalg.eigh(scatter)
        variances, found = np.maximum(variances[::-1], 0.0), vectors.T[::-1]
    else:
        _, lengths, found = np.linalg.svd((X - origin) / scale, full_matrices=False)
        variances = lengths**2
    directions, shares = np.zeros((n_components, X.shape[1])), np.zeros(n_components)
    n_found = min(n_components, len(found))
    directions[:n_found] = found[:n_found]
    shares[:n_found] = variances[:n_found] / (variances.sum() or 1.0)
    largest = directions[np.arange(n_components), np.abs(directions).argmax(axis=1)]
    return np.where(largest < 0, -1.0, 1.0)[:, np.newaxis] * directions, shares


def _blocks(X: NDArray[Any]) -> list[slice]:
    step = max(1, _BLOCK // X.shape[1])
    return [slice(start, start + step) for start in range(0, len(X), step)]
