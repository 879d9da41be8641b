"""What distinguishes clusters, feature by feature, in one unit for numbers and categories: what profile draws."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._clusterer import Clusterer
from . import _style
from ._planes import mean
from ._rows import Rows, names_of, number_positions, read_all

_NOTHING = 1e-12  # standard deviations, below which a number is the rounding of 0


class Traits(NamedTuple):
    """How the clusters differ from all rows."""

    names: list[str]  # of the features
    heights: NDArray[np.float64]  # (n_features, n_clusters), in standard deviations; NaN where nothing is known
    texts: list[list[str]]  # the same in the user's values
    everywhere: list[str]  # the mean or the most frequent value of all rows; "" where nothing is known
    unit: str  # of the heights

    def most_different(self, sizes: NDArray[np.float64], max_features: int) -> "Traits":
        """Return the features by which the clusters differ most, in their order."""
        if len(self.names) <= max_features:
            return self
        spread = np.nan_to_num(self.heights**2) @ sizes
        chosen = np.sort(np.argsort(-spread, kind="stable")[:max_features]).tolist()
        names, texts = [self.names[j] for j in chosen], [self.texts[j] for j in chosen]
        return Traits(names, self.heights[chosen], texts, [self.everywhere[j] for j in chosen], self.unit)


def of_rows(model: Clusterer, X: Any, feature_names: Any, sample_weight: NDArray[np.float64] | None = None) -> Traits:
    """Return what the clusters have, compared with all rows of ``X``, each of which counts as much as it weighs.

    A center's number is compared by the standard deviation of its column. Of a category, the share of the rows that
    have it in the cluster is compared with that in X, by the standard deviation of "has it", 1 or 0.
    """
    rows = read_all(model, X, feature_names)
    weight = np.ones(len(rows.labels)) if sample_weight is None else sample_weight
    heights = np.empty((model.n_features_in_, rows.n_clusters))
    means, deviation = _moments(rows.numbers, sample_weight)
    heights[rows.positions] = _ratio((rows.centers - means).T, deviation[:, np.newaxis])
    texts = _texts(_without_rounding(model.cluster_centers_, rows.positions, deviation))
    others = [j for j in range(len(heights)) if j not in set(rows.positions)]
    for column, j in enumerate(others):
        inside, everywhere = _shares(rows, column, weight)
        heights[j] = _ratio(inside - everywhere, np.sqrt(everywhere * (1 - everywhere)))
        texts[j] = [f"{text}  {_style.share(part)}" for text, part in zip(texts[j], inside.tolist(), strict=True)]
    unit = "standard deviations\nfrom the mean of all rows"
    of_all = _texts(_without_rounding(_center_of_all(model, X, rows, means, weight), rows.positions, deviation))
    return Traits(names_of(model, feature_names), heights, texts, [text for (text,) in of_all], unit)


def of_centers(model: Clusterer, feature_names: Any) -> Traits:
    """Return what the centers tell by themselves: numbers, compared with each other."""
    positions, sizes = number_positions(model), model.cluster_sizes_
    heights = np.full((model.n_features_in_, len(sizes)), np.nan)
    centers = model.cluster_centers_[:, positions].astype(np.float64)
    above = centers - np.average(centers, axis=0, weights=sizes)
    deviation = np.sqrt(np.average(above**2, axis=0, weights=sizes))
    heights[positions] = _ratio(above.T, deviation[:, np.newaxis])
    texts = _texts(model.cluster_centers_)
    return Traits(
        names_of(model, feature_names), heights, texts, [""] * len(texts), "standard deviations of the centers"
    )


def _moments(
    numbers: NDArray[Any], sample_weight: NDArray[np.float64] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean and the standard deviation of each column."""
    if sample_weight is None:
        return mean(numbers), np.atleast_1d(numbers.std(axis=0, dtype=np.float64))
    means = np.average(numbers.astype(np.float64), axis=0, weights=sample_weight)
    return means, np.sqrt(np.average((numbers - means) ** 2, axis=0, weights=sample_weight))


def _center_of_all(
    model: Clusterer, X: Any, rows: Rows, means: NDArray[np.float64], weight: NDArray[np.float64]
) -> NDArray[Any]:
    """Return the center of all rows, shape (1, n_features), as those of clusters: means and most frequent values."""
    known = (np.unique(codes, return_inverse=True) for codes in rows.codes.T)
    modes = [values[np.bincount(places, weight).argmax()] for values, places in known]
    data, _, _ = model._measured(X)
    return data.decoded(np.array([[*means, *modes]]))


def _without_rounding(centers: NDArray[Any], positions: list[int], deviation: NDArray[np.float64]) -> NDArray[Any]:
    """Return centers with 0 for numbers that are tiny compared with the spread of their column."""
    centers = centers.copy()
    numbers = centers[:, positions].astype(np.float64)
    centers[:, positions] = np.where(np.abs(numbers) < _NOTHING * deviation, 0.0, numbers)
    return centers


def _texts(centers: NDArray[Any]) -> list[list[str]]:
    return [[_text(value) for value in column] for column in centers.T.tolist()]


def _text(value: Any) -> str:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number:
        return _style.short(str(value), 16)
    return _style.minus(f"{value:,.0f}" if 1e3 <= abs(value) < 1e9 else f"{value:.3g}")


def _shares(rows: Rows, column: int, weight: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return, for each cluster, the share of its mode in its rows and in all rows."""
    inside, everywhere = np.zeros(rows.n_clusters), np.zeros(rows.n_clusters)
    for cluster, mode in enumerate(rows.modes[:, column]):
        has_it, is_inside = rows.codes[:, column] == mode, rows.labels == cluster
        everywhere[cluster] = weight[has_it].sum() / weight.sum()
        total = weight[is_inside].sum()
        inside[cluster] = weight[has_it & is_inside].sum() / total if total > 0 else np.nan
    return inside, everywhere


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide; 0 where there is nothing to divide by, as in a constant column."""
    return np.divide(above, below, out=np.zeros_like(above), where=np.broadcast_to(below > 0, above.shape))
