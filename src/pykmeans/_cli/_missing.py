"""Rows that lack values: filled in, left out, or refused with what each choice would leave."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ._messages import Refusal, as_typed, counted, listed, shortened, warn
from ._statistics import Weights, most_frequent, quantiles

Fill = float | str
Rows = NDArray[np.bool_]

_INFINITE_AS_MISSING = "To count infinite values as missing: --na inf,-inf"


@dataclass(frozen=True)
class Gaps:
    """What becomes of values that are missing: first some are filled in, then rows that still lack one are dropped."""

    drop: bool = False
    fill: str | None = None  # "median" or "most-frequent": how a fit finds what it fills in
    known: dict[str, Fill] | None = None  # what a model fills in; None in a fit


def fill_values(columns: dict[str, pl.Series], how: str, weight: Weights) -> dict[str, Fill]:
    """Return what is to be filled in for each column.

    Parameters
    ----------
    columns : dict of Series
        Numbers as Float64, or categories as text; these have no median, and get the most frequent.
    how : {"median", "most-frequent"}
        Of an even number of values, the median is the lower one in the middle: a value that occurs.
    weight : ndarray or None
        The weight of each row.

    Raises
    ------
    Refusal
        If a column has no value.
    """
    has_value = {
        name: (column.is_not_null() if column.dtype == pl.String else column.is_finite().fill_null(False)).to_numpy()
        for name, column in columns.items()
    }
    empty = [name for name, has in has_value.items() if not has.any()]
    if empty:
        raise Refusal(
            f"--fill {how}: no row has a value in {listed(empty)}."
            + (f"\nTo leave out: --exclude {as_typed(empty)}" if len(empty) < len(columns) else "")
        )
    found: dict[str, Fill] = {}
    for name, column in columns.items():
        values = column.to_numpy()[has_value[name]]
        weights = None if weight is None else weight[has_value[name]]
        if column.dtype == pl.String:
            found[name] = str(most_frequent(values, weights))
        else:
            median = how == "median"
            found[name] = quantiles(values, weights, (0.5,))[0] if median else float(most_frequent(values, weights))
    return found


def filled(columns: dict[str, pl.Series], values: dict[str, Fill]) -> dict[str, pl.Series]:
    """Return the columns with values filled in, and say which."""
    lacking = [name for name in values if columns[name].null_count()]
    if not lacking:
        return columns
    lines = [
        f"{name!r}: {counted(columns[name].null_count(), 'value')}, now {_shown(values[name])}" for name in lacking
    ]
    warn(f"Missing values were filled in:\n{shortened(lines)}")
    return {**columns, **{name: columns[name].fill_null(values[name]) for name in lacking}}


def kept_rows(table: str, columns: dict[str, pl.Series], weight: str | None, gaps: Gaps) -> Rows:
    """Return which rows have a finite value in each column.

    Parameters
    ----------
    table : str
        Its name.
    columns : dict of Series
        All that is needed of a row.
    weight : str or None
        The column of them that holds weights, which cannot be left out.
    gaps : Gaps
        Whether rows without values are left out.

    Raises
    ------
    Refusal
        If they are not, or no row would be left; the message says what each choice leaves.
    """
    lacking = {name: column.is_null().to_numpy() for name, column in columns.items() if column.null_count()}
    infinite = {name: rows for name, column in columns.items() if (rows := _infinite(column)).any()}
    wrong = {name: lacking.get(name, False) | infinite.get(name, False) for name in {**lacking, **infinite}}
    n_rows = len(next(iter(columns.values())))
    lost = _any(wrong.values(), n_rows)
    if not wrong:
        return ~lost
    what = " or ".join(word for word, rows in (("missing", lacking), ("infinite", infinite)) if rows)
    if gaps.drop and not lost.all():
        they = "it gets" if lost.sum() == 1 else "they get"
        warn(f"{counted(lost.sum(), 'row')} of {n_rows:,} left out, as values are {what}; {they} no cluster.")
        return ~lost
    head = f"every row lacks a value in one of the columns {listed(wrong)}" if lost.all() else f"values are {what}"
    lines = [
        *(f"{name!r} {_lack(rows)}" for name, rows in lacking.items()),
        *(f"{name!r} has {counted(rows.sum(), 'infinite value')}, {_where(rows)}" for name, rows in infinite.items()),
    ]
    if gaps.known is None:
        clustered = [name for name in columns if name != weight]
        choices = _filled(wrong, bool(infinite), weight, gaps.fill, n_rows)
        choices += _without_columns(wrong, clustered, weight, n_rows)
    else:
        choices = [_INFINITE_AS_MISSING] if infinite and gaps.known else []
    choices += _kept("", wrong.values(), n_rows, "--drop-missing")
    choices += (
        [] if gaps.known is None or gaps.known else ["To fill in values, make the model again with: --fill median"]
    )
    head += " (row 1 is the first one below the names)"
    raise Refusal("\n".join([f"{table}: {head}", shortened(lines), *choices]))


def _filled(wrong: dict[str, Rows], infinite: bool, weight: str | None, fill: str | None, n_rows: int) -> list[str]:
    """Return what to type to have values filled in, where that is possible: not weights, nor what has no value."""
    if weight in wrong:
        return []
    empty = [name for name in wrong if wrong[name].all()]
    if fill is not None:
        return [_INFINITE_AS_MISSING] if infinite and not empty else []
    options = ("--na inf,-inf " if infinite else "") + "--fill median"
    if not empty:
        return _kept(", filled in", [], n_rows, options)
    if len(empty) == len(wrong):  # nothing to be filled in without them
        return []
    return _kept(f" without {listed(empty)}, filled in", [], n_rows, f"--exclude {as_typed(empty)} {options}")


def _without_columns(wrong: dict[str, Rows], clustered: list[str], weight: str | None, n_rows: int) -> list[str]:
    """Return what is left without all columns that lack values, and without those that lack the most.

    How many these are is up to what is left then: the largest table, counted in values.
    """
    by_lack = sorted((name for name in wrong if name != weight), key=lambda name: -wrong[name].sum())
    lost = _any([rows for name, rows in wrong.items() if name == weight], n_rows)  # without the first j of these
    sizes = {}
    for j in range(len(by_lack), -1, -1):
        sizes[j] = (len(clustered) - j) * (n_rows - lost.sum())
        lost = lost | wrong[by_lack[j - 1]] if j else lost
    offers = []
    for j in sorted({max(sizes, key=sizes.__getitem__), len(by_lack)}, reverse=True):
        if 0 < j < len(clustered):
            names = [name for name in clustered if name in by_lack[:j]]
            others = [rows for name, rows in wrong.items() if name not in names]
            without = f" without {'this column' if j == 1 else f'these {j} columns'}"
            options = f"--exclude {as_typed(names)}" + (" --drop-missing" if others else "")
            offers += _kept(without, others, n_rows, options)
    return offers


def _kept(how: str, wrong: Iterable[Rows], n_rows: int, options: str) -> list[str]:
    """Return what to type to keep the rows that are not ``wrong``; nothing where none is left."""
    n_kept = n_rows - int(_any(wrong, n_rows).sum())
    if not n_kept:
        return []
    rows = f"all {counted(n_rows, 'row')}" if n_kept == n_rows > 1 else f"{counted(n_kept, 'row')} of {n_rows:,}"
    return [f"To keep {rows}{how}: {options}"]


def _any(rows: Iterable[Rows], n_rows: int) -> Rows:
    return np.asarray(np.logical_or.reduce([np.zeros(n_rows, dtype=np.bool_), *rows]))


def _infinite(column: pl.Series) -> Rows:
    if not column.dtype.is_float():
        return np.zeros(len(column), dtype=np.bool_)
    return np.asarray(column.is_infinite().fill_null(False).to_numpy())


def _lack(rows: Rows) -> str:
    return "has no value" if rows.all() else f"lacks {counted(rows.sum(), 'value')}, {_where(rows)}"


def _where(rows: Rows) -> str:
    return f"{'in' if rows.sum() == 1 else 'the first in'} row {int(rows.argmax()) + 1}"


def _shown(value: Fill) -> str:
    return repr(value) if isinstance(value, str) else f"{value:,.6g}"
