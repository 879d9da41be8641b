"""The criteria that choose k: what each measures, what it works with, and which k is the best by it."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ._clusterer import Clusterer
from ._gap import gaps
from ._knee import knee
from ._progress import Progress
from ._silhouette import estimator_silhouette_score
from ._spread import Spread, bic, calinski_harabasz, davies_bouldin, spread
from ._validate.parameters import centers_with, check_center

Columns: TypeAlias = dict[str, NDArray[np.float64]]  # of KSelection.table, by name
Table: TypeAlias = NDArray[np.void]  # KSelection.table


@dataclass
class Study:
    """X, and a fit of it for each k, in increasing order."""

    X: Any
    weight: NDArray[np.float64] | None
    models: list[Clusterer]
    n_references: int
    progress: Progress

    @property
    def counts(self) -> list[int]:
        """The k."""
        return [len(model.cluster_centers_) for model in self.models]

    @cached_property
    def spreads(self) -> list[Spread]:
        """How far the rows of each fit are from the means of their clusters."""
        found = []
        for model in self.models:
            data, _, centers = model._measured(self.X, self.weight)
            found.append(spread(data.X, model.labels_, centers, self.weight))
        return found


class Choice(NamedTuple):
    """The best k by one criterion, None where it finds none, and why."""

    k: int | None
    reason: str


class Criterion(NamedTuple):
    """What a criterion is."""

    words: str  # what its values are
    centers: tuple[str, ...]  # those that it works with, as _core.METRICS calls them
    measure: Callable[[Study], Columns]  # its values, in a column of its own name, and what else it finds
    choose: Callable[[Table], Choice]
    n_steps: Callable[[int], int] = lambda n_references: 0  # of progress, for each k


def _mean_silhouette(study: Study, model: Clusterer, simplified: bool) -> float:
    n_found = np.count_nonzero(model.cluster_sizes_)
    mean = estimator_silhouette_score(model, study.X, study.weight, simplified) if n_found > 1 else math.nan
    study.progress.step()
    return mean


def _heights(study: Study) -> Columns:
    return {"elbow": knee(study.counts, [model.inertia_ for model in study.models])[1]}


def _of_spreads(name: str, index: Callable[[Spread], float]) -> Callable[[Study], Columns]:
    return lambda study: {name: np.array([index(found) for found in study.spreads])}


def _bic(study: Study) -> Columns:
    values = [bic(model.cluster_sizes_, model.inertia_, model.n_features_in_) for model in study.models]
    return {"bic": np.array(values)}


def _gap(study: Study) -> Columns:
    data, _, _ = study.models[0]._measured(study.X)
    values, error = gaps(data.X, study.weight, study.models, study.n_references, study.progress)
    return {"gap": values, "gap_se": error}


def _at_the_bend(table: Table) -> Choice:
    counts = table["k"]
    position, _ = knee(counts, table["inertia"])
    if position is None:
        return Choice(None, f"the inertia has no elbow in {spoken(counts)}")
    return Choice(
        int(counts[position]), f"the inertia bends at k = {counts[position]}: further clusters lower it much less"
    )


def _at_the(kind: str, name: str, words: str) -> Callable[[Table], Choice]:
    """Choose the k of the "largest" or the "lowest" value, the least k at a tie."""

    def choose(table: Table) -> Choice:
        counts, values = table["k"], table[name]
        if np.isnan(values).all():
            return Choice(None, f"{words} has no value in {spoken(counts)}")
        position = int(np.nanargmax(values) if kind == "largest" else np.nanargmin(values))
        reason = f"{words} is {kind} at k = {counts[position]}: {values[position]:.4g}"
        if position == len(counts) - 1 and position > 0:
            reason += ", the last k that was tried: more may be better"
        return Choice(int(counts[position]), reason)

    return choose


def _at_the_gap(table: Table) -> Choice:
    counts, values, error = table["k"], table["gap"], table["gap_se"]
    if not np.isfinite(values[1:] - values[:-1]).any():
        return Choice(None, f"the gap has no two values to compare in {spoken(counts)}")
    for k, value, after, margin in zip(counts, values, values[1:], error[1:], strict=False):
        if value >= after - margin:
            return Choice(
                int(k), f"k = {k} is the first whose gap, {value:.4g}, the next k does not exceed by a standard error"
            )
    return Choice(None, f"the gap rises by more than a standard error all through {spoken(counts)}")


_ANY = centers_with()
_MEAN = ("mean",)


def _silhouette(name: str, words: str, simplified: bool) -> Criterion:
    def measure(study: Study) -> Columns:
        return {name: np.array([_mean_silhouette(study, model, simplified) for model in study.models])}

    return Criterion(words, _ANY, measure, _at_the("largest", name, f"the {words}"), n_steps=lambda n_references: 1)


CRITERIA = {
    "elbow": Criterion("height above the chord of the inertia curve", _ANY, _heights, _at_the_bend),
    "silhouette": _silhouette("silhouette", "mean silhouette", simplified=False),
    "simplified_silhouette": _silhouette("simplified_silhouette", "mean simplified silhouette", simplified=True),
    "calinski_harabasz": Criterion(
        "Calinski-Harabasz index",
        _MEAN,
        _of_spreads("calinski_harabasz", calinski_harabasz),
        _at_the("largest", "calinski_harabasz", "the Calinski-Harabasz index"),
    ),
    "davies_bouldin": Criterion(
        "Davies-Bouldin index",
        _MEAN,
        _of_spreads("davies_bouldin", davies_bouldin),
        _at_the("lowest", "davies_bouldin", "the Davies-Bouldin index"),
    ),
    "gap": Criterion("gap", _MEAN, _gap, _at_the_gap, n_steps=lambda n_references: n_references),
    "bic": Criterion("BIC", _MEAN, _bic, _at_the("lowest", "bic", "the BIC")),
}


def chosen(names: Iterable[str], metric: str) -> dict[str, Criterion]:
    """Return the criteria of these names; ValueError for another name, or one that does not work with the metric."""
    for name in names:
        if name not in CRITERIA:
            raise ValueError(f"criteria holds {name!r}, which is none of {', '.join(map(repr, CRITERIA))}.")
        check_center(f"criterion {name!r}", metric, CRITERIA[name].centers)
    return {name: CRITERIA[name] for name in names}


def spoken(counts: NDArray[np.int64]) -> str:
    """Words for the k that were tried."""
    if len(counts) == 1:
        return f"k = {counts[0]}"
    if len(counts) > 2 and (np.diff(counts) == 1).all():
        return f"k = {counts[0]} to {counts[-1]}"
    return f"k = {', '.join(map(str, counts[:-1]))} and {counts[-1]}"
