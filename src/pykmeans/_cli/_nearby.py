"""Whether a number of clusters near the one that was asked for separates better."""

import warnings
from typing import NamedTuple

import numpy as np

from .._k_selection import KSelection
from .._selection import select_k
from .._separation import as_counts, of_sample, sample
from ._columns import Selection
from ._model import TableModel

_MOST = 1e9  # multiplications and additions of all fits: about a second


class Nearby(NamedTuple):
    """What was found, in a sentence, and what it was found by."""

    sentence: str  # "" where there are too few rows, or too few different ones, to compare
    found: KSelection | None
    of_rows: str  # which rows were compared, in words; "" for all


def nearby(model: TableModel, selection: Selection) -> Nearby:
    """Compare the numbers of clusters near that of a model, all by the true silhouettes of the same rows."""
    estimator = model.estimator
    k = len(estimator.cluster_sizes_)
    n_rows = selection.n_rows if selection.weight is None else int(np.count_nonzero(selection.weight))
    tried = range(max(2, k - 2), min(k + 2, n_rows - 1) + 1)
    if len(tried) < 2:
        return Nearby("", None, "")
    chosen = sample(selection.n_rows, len(model.columns), selection.weight, times=len(tried))
    of_rows = "" if len(chosen) == n_rows else of_sample(len(chosen))
    if len(chosen) * len(model.columns) * sum(tried) * estimator.n_init > _MOST or len(chosen) <= tried[-1]:
        return Nearby("Nearby: not compared, as that would take too long. To compare: pykmeans elbow", None, "")
    weight = as_counts(None if selection.weight is None else selection.weight[chosen])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of numbers of clusters that nobody asked for
        found = select_k(
            model.rows(selection)[chosen], tried, estimator=estimator, sample_weight=weight, progress=False
        )
    values = dict(zip(found.k.tolist(), found.table["silhouette"].tolist(), strict=True))
    sentence = _sentence(values, k, of_rows)
    return Nearby(sentence, found if sentence else None, of_rows)


def _sentence(values: dict[int, float], k: int, of_rows: str) -> str:
    """Return which k separates best, compared to two decimals: smaller differences mean little."""
    shown = {other: round(value, 2) for other, value in values.items() if value == value}
    if not shown:
        return ""
    largest = max(shown.values())
    best = [other for other, value in shown.items() if value == largest]
    rest = {other: value for other, value in shown.items() if value != largest}
    rival = k if k in rest else max(rest, key=lambda other: rest[other], default=None)
    compared = "" if rival is None else f"; {rest[rival]:.2f} with k = {rival}"
    separates = f"k = {best[0]} separates best"
    if len(best) > 1:
        separates = f"k = {', '.join(map(str, best[:-1]))} and {best[-1]} separate best, and equally well"
    tried = f"of k = {min(values)} to {max(values)}"
    edge = f"; {best[0] - 1} may be better still" if best[0] == min(values) > 2 else ""
    return f"Nearby: {tried}, {separates} (mean silhouette {largest:.2f}{of_rows}{compared}){edge}."
