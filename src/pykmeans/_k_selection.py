"""KSelection: which number of clusters is the best, by which criterion, and why."""

import html
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ._clusterer import Clusterer
from ._criteria import Choice
from ._optional import optional
from ._solutions import Solution

if TYPE_CHECKING:
    import pandas
    import polars

    from .plot import SelectionDisplay


class KSelection:
    """What :func:`select_k` and :func:`elbow` found: values for each k, the best k, and the reasons.

    It prints as a table, in which each criterion's name stands beside its best k.

    Attributes
    ----------
    k : ndarray of shape (n_k,), int64
        The numbers of clusters that were tried, in increasing order.
    best_k : int
        The k that most criteria call the best; at a tie the one whose criterion was listed first. Where no criterion
        found one, reading it raises AttributeError.
    reason : str
        Why it is ``best_k``, or why there is none.
    best : dict of str to int or None
        The best k by each criterion.
    reasons : dict of str to str
        Why it is.
    table : structured ndarray of shape (n_k,)
        "k", "inertia", "n_iter" and "converged" of each fit, then a float64 column for each criterion, of its name, NaN
        where it has no value; "gap" is followed by "gap_se", its standard error, and "elbow" is how far the inertia
        is below the straight line between its ends, both axes scaled to [0, 1].
    models : dict of int to KMeans or KPrototypes
        The fitted estimator of each k.
    best_model : KMeans or KPrototypes
        The one of ``best_k``; reading it raises AttributeError where there is none.
    warm_started : dict of int to bool
        Whether the model of each k started from the centers of the k before, which led to less inertia than the
        estimator's own runs.

    See Also
    --------
    pykmeans.select_k, pykmeans.elbow : The functions that return it.

    Examples
    --------
    >>> from pykmeans import select_k
    >>> X = [[0, 0], [0, 1], [1, 0], [9, 0], [9, 1], [10, 0], [5, 8], [5, 9], [6, 8]]
    >>> select_k(X, k=range(2, 6), random_state=0)
    k  inertia  n_iter  converged    elbow  silhouette  best by
    2      124       3        yes        0      0.5381
    3        4       2        yes  0.65297     0.87167  elbow, silhouette
    4   3.1667       2        yes  0.32648     0.61079
    5   2.3333       2        yes        0     0.35446
    best k: 3, by every criterion (elbow, silhouette)
    elbow: the inertia bends at k = 3: further clusters lower it much less
    silhouette: the mean silhouette is largest at k = 3: 0.8717
    """

    # The name that a pickle stores.
    __module__ = "pykmeans"

    def __init__(self, table: NDArray[np.void], choices: dict[str, Choice], found: list[Solution]) -> None:
        counts: list[int] = table["k"].tolist()
        self.table = table
        self.best = {name: choice.k for name, choice in choices.items()}
        self.reasons = {name: choice.reason for name, choice in choices.items()}
        self._best_k, self.reason = _majority(self.best)
        self.models = dict(zip(counts, (solution.model for solution in found), strict=True))
        self.warm_started = dict(zip(counts, (solution.is_warm for solution in found), strict=True))

    @property
    def k(self) -> NDArray[np.int64]:
        """The numbers of clusters that were tried."""
        k: NDArray[np.int64] = self.table["k"]
        return k

    @property
    def best_k(self) -> int:
        """The k that most criteria call the best."""
        if self._best_k is None:
            raise AttributeError(f"There is no best k: {self.reason}. The attribute reasons says why.")
        return self._best_k

    @property
    def best_model(self) -> Clusterer:
        """The model of ``best_k``."""
        return self.models[self.best_k]

    def to_pandas(self) -> "pandas.DataFrame":
        """Return ``table`` as a data frame.

        Returns
        -------
        frame : pandas.DataFrame
            A row for each k.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        return optional("pandas", "pandas", "to_pandas()").DataFrame(self._columns())

    def to_polars(self) -> "polars.DataFrame":
        """Return ``table`` as a data frame.

        Returns
        -------
        frame : polars.DataFrame
            A row for each k.

        Raises
        ------
        ImportError
            If polars is not installed.
        """
        return optional("polars", "polars", "to_polars()").DataFrame(self._columns())

    def plot(self, *, ax: Any = None) -> "SelectionDisplay":
        """Draw each criterion for each k, and mark its best one; see ``pykmeans.plot.selection``.

        Parameters
        ----------
        ax : array-like of matplotlib.axes.Axes or None, default=None
            Where to draw: axes for each criterion; None for a new figure.

        Returns
        -------
        display : SelectionDisplay
            The picture; ``display.figure_.savefig("selection.png")`` keeps it.

        Raises
        ------
        ValueError, TypeError
            If ax is not what is described.
        ImportError
            If matplotlib is not installed.
        """
        from .plot import selection

        return selection(self, ax=ax)

    def __repr__(self) -> str:
        rows = [[*row, self._best_by(k)] for k, row in zip(self.models, self._cells(), strict=True)]
        titles = [*self._names, "best by"]
        widths = [max(map(len, column)) for column in zip(titles, *rows, strict=True)]
        lines = [
            "  ".join([*(cell.rjust(w) for cell, w in zip(row[:-1], widths, strict=False)), row[-1]]).rstrip()
            for row in [titles, *rows]
        ]
        return "\n".join([*lines, *self._sentences()])

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{name}</th>" for name in self._names)
        rows = []
        for k, row in zip(self.models, self._cells(), strict=True):
            marked = {name for name, best in self.best.items() if best == k} | ({"k"} if k == self._best_k else set())
            cells = zip(self._names, row, strict=True)
            rows.append("".join(f"<td>{f'<b>{c}</b>' if name in marked else c}</td>" for name, c in cells))
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        sentences = "<br>".join(map(html.escape, self._sentences()))
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{sentences}</p>"

    @property
    def _names(self) -> tuple[str, ...]:
        return self.table.dtype.names or ()

    def _columns(self) -> dict[str, NDArray[Any]]:
        return {name: np.ascontiguousarray(self.table[name]) for name in self._names}

    def _cells(self) -> list[list[str]]:
        return [[_cell(value) for value in row] for row in self.table.tolist()]

    def _best_by(self, k: int) -> str:
        return ", ".join(name for name, best in self.best.items() if best == k)

    def _sentences(self) -> list[str]:
        return [f"{name}: {reason}" for name, reason in {"best k": self.reason, **self.reasons}.items()]


def _majority(best: dict[str, int | None]) -> tuple[int | None, str]:
    votes = Counter(k for k in best.values() if k is not None)
    if not votes:
        return None, f"none of the criteria found one ({', '.join(best)})"
    most = max(votes.values())
    winner = next(k for k in best.values() if k is not None and votes[k] == most)
    by = [name for name, k in best.items() if k == winner]
    names = ", ".join(by)
    if len(by) == len(best):
        return winner, f"{winner}, by {names if len(by) == 1 else f'every criterion ({names})'}"
    reason = f"{winner}, by {most} of {len(best)} criteria ({names})"
    rivals = [k for k, count in votes.items() if count == most and k != winner]
    if rivals:
        reason += f"; as many say {' and '.join(map(str, rivals))}, but {by[0]} was listed first"
    return winner, reason


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.5g}" if isinstance(value, float) else str(value)
