"""What clusters have in each column, in the table's own units."""

import math
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ._columns import Selection
from ._model import TableModel

# How often a number of about one standard deviation is rounded on its way to a center in the table's units, at most.
_ROUNDINGS = 16


class Trait(NamedTuple):
    """What a cluster has in a column, and how far that is from all rows, in standard deviations."""

    distance: float
    words: str  # for the summary: the column, what the cluster has in it, and all rows in parentheses


def centers_of(model: TableModel, selection: Selection) -> dict[str, NDArray[Any]]:
    """Return each column of the centers, in the table's own units; by cosine, the means, as a direction has no unit."""
    estimator, weight = model.estimator, _weight(selection)
    n_clusters = len(estimator.cluster_sizes_)
    centers = model.centers()
    for name, values in selection.numbers.items():
        if model.is_normalized:
            sums = np.bincount(estimator.labels_, weight * values, n_clusters)
            centers[name] = sums / np.maximum(np.bincount(estimator.labels_, weight, n_clusters), 1e-300)
        mean, deviation = _moments(values, weight)
        centers[name] = np.array([_rounded(value, mean, deviation) for value in centers[name].tolist()])
    return centers


def centers_table(model: TableModel, selection: Selection, label: str) -> pl.DataFrame:
    """Return a row for each cluster: its number, how many rows it has, their weight, and its center."""
    estimator, centers = model.estimator, centers_of(model, selection)
    facts = [(label, np.arange(len(estimator.cluster_sizes_))), ("rows", rows_of(estimator))]
    if selection.weight is not None:
        facts.append(("weight", estimator.cluster_sizes_))
    columns: dict[str, NDArray[Any]] = {}
    for name, values in facts:
        while name in centers or name in columns:  # a column of the table may be called "rows", too, and keeps its name
            name += "_"
        columns[name] = values
    return pl.DataFrame([pl.Series(name, values.tolist()) for name, values in {**columns, **centers}.items()])


def rows_of(estimator: Any) -> NDArray[np.int64]:
    """Return how many rows each cluster has, whatever they weigh."""
    return np.bincount(estimator.labels_, minlength=len(estimator.cluster_sizes_))


def traits_of(model: TableModel, selection: Selection) -> list[list[Trait]]:
    """Return for each cluster what it has in each column."""
    labels, n_clusters = model.estimator.labels_, len(model.estimator.cluster_sizes_)
    weight = _weight(selection)
    centers, means = centers_of(model, selection), means_of(selection)
    columns: list[list[Trait]] = []
    for name in selection.names:
        if name in selection.categories:
            columns.append(_category_traits(name, selection.categories[name].to_numpy(), labels, weight, n_clusters))
            continue
        mean, deviation = _moments(selection.numbers[name], weight)
        of_all = f"({shown(selection, name, means[name])})"
        columns.append(
            [
                Trait(abs(c - mean) / (deviation or 1.0), f"{name} {shown(selection, name, c)} {of_all}")
                for c in centers[name]
            ]
        )
    return [list(traits) for traits in zip(*columns, strict=True)]


def means_of(selection: Selection) -> dict[str, float]:
    """Return the mean of each column of numbers."""
    moments = {name: _moments(values, _weight(selection)) for name, values in selection.numbers.items()}
    return {name: _rounded(mean, mean, deviation) for name, (mean, deviation) in moments.items()}


def shown(selection: Selection, name: str, value: float) -> str:
    """Return a number of a column as one reads it, a date where it is one."""
    return selection.meanings[name].shown(value) or number(value)


def number(value: float) -> str:
    """Return a number with about three digits that count."""
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e7:
        return f"{value:,.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"
    return f"{value:.3g}"


def _category_traits(
    name: str, values: NDArray[Any], labels: NDArray[np.int32], weight: NDArray[np.float64], n_clusters: int
) -> list[Trait]:
    known, codes = np.unique(values.astype(str), return_inverse=True)
    counts = np.zeros((n_clusters, len(known)))
    np.add.at(counts, (labels, codes), weight)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1e-300)
    overall = counts.sum(axis=0) / weight.sum()
    traits = []
    for share in shares:
        mode = int(share.argmax())
        spread = math.sqrt(overall[mode] * (1 - overall[mode])) or 1.0
        words = f"{name} {known[mode]}: {share[mode]:.0%} ({overall[mode]:.0%})"
        traits.append(Trait((share[mode] - overall[mode]) / spread, words))
    return traits


def _weight(selection: Selection) -> NDArray[np.float64]:
    return np.ones(selection.n_rows) if selection.weight is None else selection.weight


def _moments(values: NDArray[np.float64], weight: NDArray[np.float64]) -> tuple[float, float]:
    """Return mean and standard deviation; the latter is infinite where the values are huge."""
    if np.ptp(values) == 0:
        return float(values[0]), 0.0
    with np.errstate(over="ignore"):
        mean = float(np.average(values, weights=weight))
        return mean, math.sqrt(np.average((values - mean) ** 2, weights=weight))


def _rounded(value: float, mean: float, deviation: float) -> float:
    """Return a number of a column without the digits that are rounding: 0 for 1.1e-16 among numbers of about 1."""
    noise = _ROUNDINGS * float(np.finfo(np.float64).eps) * (abs(mean) + abs(value - mean) + deviation)
    if not 0 < noise < math.inf:
        return value
    return round(value, -math.ceil(math.log10(noise))) + 0.0  # no -0.0
