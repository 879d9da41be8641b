"""What a fitted model sees of X: numbers, centers, labels and names."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import _core, _errors
from .._clusterer import Clusterer
from .._validate.parameters import centers_with, check_center, is_list_of_columns


class Rows(NamedTuple):
    """The rows of a table, as the model measures them."""

    numbers: NDArray[Any]  # (n_samples, n_numbers): of the columns of numbers
    centers: NDArray[np.float64]  # (n_clusters, n_numbers)
    codes: NDArray[Any]  # (n_samples, n_categories): of the other columns, equal where values are
    modes: NDArray[Any]  # (n_clusters, n_categories)
    labels: NDArray[np.int32]
    names: list[str]  # of the columns of numbers
    positions: list[int]  # of these in X
    metric: str

    @property
    def n_clusters(self) -> int:
        """Number of clusters."""
        return len(self.centers)

    @property
    def counts(self) -> NDArray[np.int64]:
        """Number of rows of each cluster."""
        return np.bincount(self.labels, minlength=self.n_clusters)

    @property
    def is_normalized(self) -> bool:
        """Whether the model measures rows divided by their lengths."""
        return _core.METRICS[self.metric]["normalized"]

    def numbers_of(self, centers: NDArray[Any]) -> NDArray[np.float64]:
        """Return what ``centers`` holds of other centers, in the columns of X."""
        found = np.asarray(centers[:, self.positions], dtype=np.float64)
        return directions(found) if self.is_normalized else found

    def nearest(self, places: NDArray[np.float64]) -> NDArray[np.int32]:
        """Return the labels of other places, where there are no categories."""
        if self.is_normalized:
            places = np.where(places.any(axis=1, keepdims=True), places, 1.0)  # zero has no direction: any will do
        return _core.nearest(_core.Points(places, None, 0, self.metric), self.centers)


def fitted(model: Any, caller: str) -> Clusterer:
    """Return the model, if it is one of ours and fitted."""
    if not isinstance(model, Clusterer):
        raise TypeError(f"model of plot.{caller} must be a fitted KMeans or KPrototypes, got {model!r}.")
    if not hasattr(model, "cluster_centers_"):
        raise _errors.not_fitted(model)
    return model


def names_of(model: Clusterer, feature_names: Any = None) -> list[str]:
    """Return names of all columns: those given, those of fit, or x0, x1, ..."""
    if feature_names is None:
        found = getattr(model, "feature_names_in_", [f"x{j}" for j in range(model.n_features_in_)])
        return [str(name) for name in found]
    names = [str(name) for name in feature_names] if not isinstance(feature_names, str) else [feature_names]
    if len(names) != model.n_features_in_:
        raise ValueError(
            f"feature_names must hold a name for each of the {model.n_features_in_} features, got {len(names)} names."
        )
    return names


def read(model: Any, X: Any, caller: str, feature_names: Any = None) -> Rows:
    """Return rows that have columns of numbers; ValueError where there are none."""
    model = fitted(model, caller)
    check_center(f"plot.{caller}", model._metric_name, centers_with(numbers=True))
    rows = read_all(model, X, feature_names)
    if not rows.names:
        raise ValueError(f"plot.{caller} draws columns of numbers, and all columns of X are categories.")
    return rows


def read_all(model: Clusterer, X: Any, feature_names: Any = None) -> Rows:
    """Return the rows of ``X`` as the model measures them: by cosine, divided by their lengths."""
    metric, names = model._metric_name, names_of(model, feature_names)
    data, points, centers = model._measured(X)
    positions = number_positions(model)
    numbers, modes = centers[:, : len(positions)].astype(np.float64), centers[:, len(positions) :]
    rows = Rows(
        numbers=data.X[:, : len(positions)],
        centers=numbers,
        codes=data.X[:, len(positions) :],
        modes=modes,
        labels=_core.nearest(points, centers),
        names=[names[j] for j in positions],
        positions=positions,
        metric=metric,
    )
    if rows.is_normalized:
        return rows._replace(numbers=directions(rows.numbers), centers=directions(rows.centers))
    return rows


def number_positions(model: Clusterer) -> list[int]:
    """Return where in X the columns of numbers are; the core has them before the others."""
    if not _core.METRICS[model._metric_name]["numbers"]:
        return []
    categorical = set(getattr(model, "categorical_features_", ()))
    return [j for j in range(model.n_features_in_) if j not in categorical]


def directions(rows: NDArray[Any]) -> NDArray[np.float64]:
    """Divide rows by their lengths, whatever their scale."""
    scaled = rows / np.abs(rows).max(axis=1, keepdims=True).astype(np.float64)
    return np.asarray(scaled / np.linalg.norm(scaled, axis=1, keepdims=True))


def chosen_columns(columns: Any, rows: Rows) -> list[int]:
    """Return the places in ``rows`` of the columns that the user names, or gives positions of; of all for None."""
    if columns is None:
        return list(range(len(rows.names)))
    if not is_list_of_columns(columns) or not len(columns):
        raise TypeError(f"columns must be a list of column names or positions, or None, got {columns!r}.")
    return [_place(column, rows) for column in columns]


def _place(column: Any, rows: Rows) -> int:
    if isinstance(column, str):
        if column not in rows.names:
            raise ValueError(f"columns names {column!r}, but the columns of numbers are {rows.names}.")
        return rows.names.index(column)
    if isinstance(column, (bool, np.bool_)) or int(column) not in rows.positions:
        raise ValueError(f"columns holds {column!r}: the columns of numbers are at {rows.positions}.")
    return rows.positions.index(int(column))
