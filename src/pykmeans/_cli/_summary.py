"""What came out, in words and in small tables."""

import math

import numpy as np
from numpy.typing import NDArray
from rich import box
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from .._k_selection import KSelection
from .._separation import MOST_IN_A_SECOND
from .._words import CriterionWord
from ._columns import Selection
from ._messages import counted, listed
from ._model import TableModel
from ._traits import Trait, rows_of, traits_of

_MOST_TYPICAL = 3  # columns that describe a cluster
_LEAST_TYPICAL = 0.3  # standard deviations that a column has to differ by


class Summary:
    """Says what came out: on standard output, or on stderr where standard output is the table's."""

    def __init__(self, to_stderr: bool) -> None:
        # Names and categories of the user may look like rich's markup.
        self._console = Console(stderr=to_stderr, highlight=False, markup=False, emoji=False)

    def say(self, text: str) -> None:
        """Print a sentence, in one line however long it is where it goes to a file."""
        self._console.print(text, soft_wrap=not self._console.is_terminal)

    def clusters(self, model: TableModel, selection: Selection, judged: list[str]) -> None:
        """Say what a fit found, and the sentences that judge it."""
        estimator = model.estimator
        k = len(estimator.cluster_sizes_)
        self._heading(model, selection, counted(k, "cluster"))
        self.say(f"{how(model, selection)}; inertia {estimator.inertia_:.6g}\n")
        print_clusters(self._console, model, selection)
        self.say("\n" + "\n".join(judged))

    def sizes(self, model: TableModel, selection: Selection, labels: NDArray[np.int32]) -> None:
        """Say how many rows of another table each cluster got."""
        expected = model.estimator.cluster_sizes_
        self.say(f"{selection.table.name}: {counted(selection.n_rows, 'row')}, {counted(len(expected), 'cluster')}\n")
        self._console.print(_sizes(np.bincount(labels, minlength=len(expected)), expected))

    def counts(self, found: KSelection, model: TableModel, selection: Selection) -> None:
        """Say what each number of clusters is good for."""
        tried = f"k = {found.k[0]}" + f" to {found.k[-1]}" * (len(found.k) > 1)
        self._heading(model, selection, tried)
        self.say(how(model, selection) + "\n")
        self._console.print(_counts(found))
        self.say("")
        for name, reason in found.reasons.items():
            depends = " This depends on the range: another --max-k may move it." if name == "elbow" else ""
            self.say(f"{_title(name)}: {reason}.{depends}")
        if any(found.best.values()):
            self.say(f"Next: pykmeans cluster -k {found.best_k}, with the same options.")

    def colors(self, heading: str, codes: list[str], shares: NDArray[np.float64]) -> None:
        """Say which colors an image was painted in."""
        self.say(f"{heading}, {counted(len(codes), 'color')}\n")
        grid = _grid("color", "share")
        for code, share in zip(codes, shares, strict=True):
            swatch = "\u2588\u2588 " if self._console.is_terminal else ""
            grid.add_row(Text.assemble((swatch, code), code), f"{share:.1%}")
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
    grid.add_column("typical (all rows in parentheses)", overflow="fold")
    traits = traits_of(model, selection)
    total = estimator.cluster_sizes_.sum()
    rows = rows_of(estimator)
    for i, size in enumerate(estimator.cluster_sizes_):
        weight = [] if selection.weight is None else [f"{size:,.6g}"]
        grid.add_row(
            str(i), f"{rows[i]:,}", *weight, f"{size / total:.1%}", Text(_typical(traits[i]) if rows[i] else "")
        )
    console.print(grid)


def _typical(traits: list[Trait]) -> str:
    """Return what is most typical of a cluster, line by line, even where nothing differs much from all rows."""
    largest = sorted(traits, reverse=True)[:_MOST_TYPICAL]
    typical = [trait.words for trait in largest if trait.distance >= _LEAST_TYPICAL]
    return "\n".join(typical or ["like all rows:", *(trait.words for trait in largest)])


_SCALED = {
    "standard": "numbers scaled to mean 0 and standard deviation 1",
    "robust": "numbers scaled by median and quartiles",
    "none": "numbers as they are",
}


def how(model: TableModel, selection: Selection) -> str:
    """Return how the rows were compared, in a few words."""
    estimator = model.estimator
    kind = type(estimator).__name__
    metric = "" if kind == "KPrototypes" else f", metric {estimator.metric}"
    scaled = f", {_SCALED[model.scaling]}" if selection.numbers else ""
    weighted = "" if selection.weight is None else ", weighted"
    return f"{kind}{metric}{scaled}{weighted}"


def silhouette_criterion(selection: Selection, times: int) -> CriterionWord:
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
    return times * selection.n_rows**2 * len(selection.names) > MOST_IN_A_SECOND


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
