"""What came out, in words and in small tables."""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich import box
from rich.console import Console
from rich.table import Table as Grid

from .. import _core
from .._k_selection import KSelection
from .._selection import select_k
from .._silhouette import estimator_silhouette_score
from ._columns import Selection
from ._messages import counted, listed
from ._model import TableModel

_MOST_TYPICAL = 3  # columns that describe a cluster
_LEAST_TYPICAL = 0.3  # standard deviations that a column has to differ by
# Kaufman and Rousseeuw (1990), Finding groups in data, p. 88.
_SEPARATION = ((0.7, "strong: the clusters are far apart"), (0.5, "reasonable"), (0.25, "weak: the clusters touch"))
_NO_SEPARATION = "none to speak of: the clusters run into each other"
# Multiplications and additions that a summary may cost: about a second.
_MOST_FOR_SILHOUETTE = 2e9
_MOST_FOR_NEIGHBORS = 1e9


class _Trait(NamedTuple):
    """What a cluster has in a column, and how far that is from all rows, in standard deviations."""

    distance: float
    words: str


class Report:
    """Says what came out: on standard output, or on stderr where standard output is the table's."""

    def __init__(self, to_stderr: bool) -> None:
        self._console = Console(stderr=to_stderr, highlight=False)

    def say(self, text: str) -> None:
        """Print a sentence, in one line however long it is where it goes to a file."""
        self._console.print(text, markup=False, soft_wrap=not self._console.is_terminal)

    def clusters(self, model: TableModel, selection: Selection) -> None:
        """Say what a fit found."""
        estimator = model.estimator
        k = len(estimator.cluster_sizes_)
        self._heading(model, selection, counted(k, "cluster"))
        self.say(f"{_how(model, selection)}; inertia {estimator.inertia_:.6g}\n")
        print_clusters(self._console, model, selection)
        sentences = [separation(model, selection), neighbors(model, selection)]
        self.say("\n" + "\n".join(sentence for sentence in sentences if sentence))

    def sizes(self, model: TableModel, selection: Selection, labels: NDArray[np.int32]) -> None:
        """Say how many rows of another table each cluster got."""
        expected = model.estimator.cluster_sizes_
        self.say(f"{selection.table.name}: {counted(selection.n_rows, 'row')}, {counted(len(expected), 'cluster')}\n")
        self._console.print(_sizes(np.bincount(labels, minlength=len(expected)), expected))

    def counts(self, found: KSelection, model: TableModel, selection: Selection) -> None:
        """Say what each number of clusters is good for."""
        self._heading(model, selection, f"k = {found.k[0]} to {found.k[-1]}")
        self.say(_how(model, selection) + "\n")
        self._console.print(_counts(found))
        self.say("")
        for name, reason in found.reasons.items():
            self.say(f"{_title(name)}: {reason}.")
        if found.best_k is not None:
            self.say(f"To go on with it: pykmeans cluster -k {found.best_k}, with the same options.")

    def colors(self, heading: str, codes: list[str], shares: NDArray[np.float64]) -> None:
        """Say which colors an image was painted in."""
        self.say(f"{heading}, {counted(len(codes), 'color')}\n")
        grid = _grid("color", "share")
        for code, share in zip(codes, shares, strict=True):
            swatch = f"[{code}]\u2588\u2588[/] " if self._console.is_terminal else ""
            grid.add_row(f"{swatch}{code}", f"{share:.1%}")
        self._console.print(grid)
        self.say("")

    def wrote(self, path: str | None, what: str) -> None:
        """Say that a file was written, if one was."""
        if path not in (None, "-"):
            self.say(f"Wrote {path}: {what}.")

    def _heading(self, model: TableModel, selection: Selection, what: str) -> None:
        columns = f"{counted(len(model.columns), 'column')}: {listed(selection.names)}"
        self.say(f"{selection.table.name}: {counted(selection.n_rows, 'row')}, {what} by {columns}")


def print_clusters(console: Console, model: TableModel, selection: Selection) -> None:
    """Print the sizes of the clusters and what is typical of each."""
    estimator = model.estimator
    grid = _grid("cluster", "rows", *([] if selection.weight is None else ["weight"]), "share")
    grid.add_column("typical (in brackets: of all rows)", overflow="fold")
    with np.errstate(over="ignore"):  # of huge values, no column is typical
        traits = _traits(model, selection)
    total = estimator.cluster_sizes_.sum()
    rows = np.bincount(estimator.labels_, minlength=len(estimator.cluster_sizes_))
    for i, size in enumerate(estimator.cluster_sizes_):
        weight = [] if selection.weight is None else [f"{size:,.6g}"]
        typical = sorted((trait for trait in traits[i] if trait.distance >= _LEAST_TYPICAL), reverse=True)[
            :_MOST_TYPICAL
        ]
        words = "\n".join(trait.words for trait in typical) or ("like all rows" if rows[i] else "")
        grid.add_row(str(i), f"{rows[i]:,}", *weight, f"{size / total:.1%}", words)
    console.print(grid)


def separation(model: TableModel, selection: Selection) -> str:
    """Return how well the clusters are separated, in a sentence."""
    estimator = model.estimator
    n_clusters = len(estimator.cluster_sizes_)
    if n_clusters == 1 or np.count_nonzero(estimator.cluster_sizes_) == 1:
        return "Separation: there is one cluster only."
    simplified = _is_long(selection, 1)
    value = estimator_silhouette_score(estimator, model.rows(selection), selection.weight, simplified=simplified)
    words = next((words for least, words in _SEPARATION if value > least), _NO_SEPARATION)
    if simplified:
        return f"Separation: {words} (mean simplified silhouette {value:.2f}, as there are many rows; 1 is best)."
    return f"Separation: {words} (mean silhouette {value:.2f}; 1 is best)."


def neighbors(model: TableModel, selection: Selection) -> str:
    """Return which k nearby separates best, in a sentence; "" where there are too few rows to compare."""
    estimator = model.estimator
    k = len(estimator.cluster_sizes_)
    tried = range(max(2, k - 2), min(k + 2, selection.n_rows - 1) + 1)
    if len(tried) < 2:
        return ""
    work = selection.n_rows * len(model.columns) * sum(tried) * estimator.n_init
    if work > _MOST_FOR_NEIGHBORS:
        return "Nearby: not compared, as there are many rows. To compare numbers of clusters: pykmeans elbow"
    criterion = silhouette_criterion(selection, len(tried))
    rows, weight = model.rows(selection), selection.weight
    found = select_k(rows, tried, criteria=(criterion,), estimator=estimator, sample_weight=weight, progress=False)
    best = found.best[criterion]
    if best is None:
        return ""
    values = dict(zip(found.k.tolist(), found.table[criterion].tolist(), strict=True))
    compared = f"; {values[k]:.2f} with k = {k}" if k in values and best != k else ""
    return (
        f"Nearby: of k = {tried[0]} to {tried[-1]}, k = {best} separates best "
        f"(mean {criterion.replace('_', ' ')} {values[best]:.2f}{compared})."
    )


_SCALED = {
    "standard": "numbers scaled to mean 0 and standard deviation 1",
    "robust": "numbers scaled by median and quartiles",
    "none": "numbers as they are",
}


def _how(model: TableModel, selection: Selection) -> str:
    """Return how the rows were compared, in a few words."""
    estimator = model.estimator
    kind = type(estimator).__name__
    metric = "" if kind == "KPrototypes" else f", metric {estimator.metric}"
    scaled = f", {_SCALED[model.scaling]}" if selection.numbers else ""
    weighted = "" if selection.weight is None else ", weighted"
    return f"{kind}{metric}{scaled}{weighted}"


def silhouette_criterion(selection: Selection, times: int) -> str:
    """Return the name of the silhouette that can be computed so many times in about a second."""
    return "simplified_silhouette" if _is_long(selection, times) else "silhouette"


def _counts(found: KSelection) -> Grid:
    """Return the values for each k."""
    criteria = [name for name in found.best if name != "elbow"]
    grid = _grid("k", "inertia", "less than before", *(_title(name).lower() for name in criteria))
    grid.add_column("best by")
    inertia = found.table["inertia"]
    for i, k in enumerate(found.k.tolist()):
        less = f"{1 - inertia[i] / inertia[i - 1]:.1%}" if i and inertia[i - 1] else ""
        values = [found.table[name][i] for name in criteria]
        words = ["" if math.isnan(value) else f"{value:.3f}" for value in values]
        best = ", ".join(_title(name).lower() for name, best in found.best.items() if best == k)
        grid.add_row(str(k), f"{inertia[i]:,.6g}", less, *words, best)
    return grid


def _title(criterion: str) -> str:
    return criterion.replace("_", " ").capitalize()


def _is_long(selection: Selection, times: int) -> bool:
    return times * selection.n_rows**2 * len(selection.names) > _MOST_FOR_SILHOUETTE


def _traits(model: TableModel, selection: Selection) -> list[list[_Trait]]:
    """Return for each cluster what it has in each column."""
    labels = model.estimator.labels_
    n_clusters = len(model.estimator.cluster_sizes_)
    weight = np.ones(len(labels)) if selection.weight is None else selection.weight
    sizes = np.maximum(np.bincount(labels, weight, n_clusters), 1e-300)
    metric = getattr(model.estimator, "metric", "euclidean")
    centers = model.centers()
    columns: list[list[_Trait]] = []
    for name in selection.names:
        if name in selection.categories:
            columns.append(_category_traits(name, selection.categories[name].to_numpy(), labels, weight, n_clusters))
            continue
        values = selection.numbers[name]
        if _core.METRICS[metric]["normalized"]:  # a direction has no place in the table's units
            centers[name] = np.bincount(labels, weight * values, n_clusters) / sizes
        mean = np.average(values, weights=weight)
        deviation = math.sqrt(np.average((values - mean) ** 2, weights=weight)) or 1.0
        show = selection.meanings[name].shown
        columns.append(
            [
                _Trait(abs(c - mean) / deviation, f"{name} {show(c) or _number(c)} ({show(mean) or _number(mean)})")
                for c in centers[name]
            ]
        )
    return [list(traits) for traits in zip(*columns, strict=True)]


def _category_traits(
    name: str, values: NDArray[Any], labels: NDArray[np.int32], weight: NDArray[np.float64], n_clusters: int
) -> list[_Trait]:
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
        traits.append(_Trait((share[mode] - overall[mode]) / spread, words))
    return traits


def _number(value: float) -> str:
    """Return a number with about three digits that count."""
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        digits = 2 if value == 0 else max(0, 2 - math.floor(math.log10(abs(value))))
        return f"{value:,.{digits}f}"
    return f"{value:.3g}"


def _grid(*titles: str) -> Grid:
    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for title in titles:
        grid.add_column(title, justify="right", no_wrap=True)
    return grid


def _sizes(sizes: NDArray[np.int64], expected: NDArray[np.float64]) -> Grid:
    """Return the sizes of clusters beside their shares in the fit."""
    grid = _grid("cluster", "rows", "share", "share in the fit")
    for i, (size, before) in enumerate(zip(sizes, expected / expected.sum(), strict=True)):
        grid.add_row(str(i), f"{size:,}", f"{size / sizes.sum():.1%}", f"{before:.1%}")
    return grid
