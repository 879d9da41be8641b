"""Columns that number the rows or name them: whatever they say of a row, it says nothing of clusters."""

import re

import numpy as np
import polars as pl

from .._validate.frames import is_wide
from ._meaning import Understood
from ._messages import Refusal, as_typed, warn
from ._tables import Table

_PANDAS_INDEX = re.compile(r"__index_level_\d+__")  # so pandas names an index without a name in a Parquet file
_ID_NAME = re.compile(r"(^|[_\W])(id|ID|Id|index|nr|no)$|[a-z](Id|ID)$|^$")
# Text that begins so was measured, with signs or units that differ ("$3.50" and "2,10 €", "17 kg" and "2h 14m"). Names
# may have digits too, but further on ("A-0017", "order 17").
_MEASURED = r"^[-+\u2212]?\s*\p{Sc}?\s*[-+\u2212]?[.,]?\d"
_MEASURED_SHARE = 0.9  # of the values: some may be damaged
_LEAST_ROWS_OF_AN_ID = 3  # for whole numbers that differ, in a column whose name says what it is
_LEAST_ROWS = 10  # for a column of any name: fewer measurements may rise with the row by chance


def without_row_names(
    table: Table, columns: dict[str, Understood], meant: set[str], all_are_categories: bool
) -> dict[str, Understood]:
    """Return the columns that may tell clusters apart, and say which are left out and how to use them.

    Parameters
    ----------
    table : Table
        Where the columns are.
    columns : dict of Understood
        The columns.
    meant : set of str
        Those of them that are used whatever is in them, as the user named them.
    all_are_categories : bool
        Whether none is used as numbers.

    Raises
    ------
    Refusal
        If no column would be left.
    """
    if len(columns) == 1:  # the only column must be the one that is meant
        return columns
    reasons = {name: _reason(table, name, column) for name, column in columns.items() if name not in meant}
    reasons = {name: reason for name, reason in reasons.items() if reason}
    if not reasons:
        return columns
    lines = "".join(f"\n  {name!r} {reason}" for name, reason in reasons.items())
    texts = [name for name in reasons if all_are_categories or columns[name].values is None]
    numbers = [name for name in reasons if name not in texts]
    options = " ".join(
        f"--as {as_typed(names, ending)}" for names, ending in ((numbers, "=number"), (texts, "=category")) if names
    )
    if len(reasons) == len(columns):
        raise Refusal(f"Every column of {table.name} numbers or names its rows:{lines}\nTo use them: {options}")
    if len(reasons) == 1:
        ((name, reason),) = reasons.items()
        warn(f"The column {name!r} is left out: it {reason}.\nTo use it anyway: {options}")
    else:
        warn(
            f"{len(reasons)} columns are left out, as they number or name the rows:{lines}\n"
            f"To use them anyway: {options}"
        )
    return {name: column for name, column in columns.items() if name not in reasons}


def _reason(table: Table, name: str, column: Understood) -> str:
    """Return why a column is taken to number or name the rows; "" where it is not."""
    if _PANDAS_INDEX.fullmatch(name):
        return "is the index of a pandas table"
    if column.values is not None:
        return _reason_of_numbers(name, table.parsed(name))
    return _reason_of_text(table.parsed(name)) if column.meaning.kind == "text" else ""


def _reason_of_text(column: pl.Series) -> str:
    """Text that no two rows share names them, unless it was measured, or may be numbers of which some are damaged."""
    if len(column) < _LEAST_ROWS or column.n_unique() < len(column) or column.null_count():
        return ""
    text = column.cast(pl.String).str.strip_chars()
    some_number = text.cast(pl.Float64, strict=False).is_not_null().any()
    measured = text.str.contains(_MEASURED).sum() >= _MEASURED_SHARE * len(text)
    return "" if some_number or measured else "is different in every row, as names are"


def _reason_of_numbers(name: str, column: pl.Series) -> str:
    """Measurements differ in every row too; whole numbers that do nothing but count or rise are none."""
    n_rows = len(column)
    if not column.dtype.is_numeric():  # of truth values, some are equal; what has signs beside it is measured
        return ""
    values = (column if column.dtype.is_integer() and not is_wide(column) else column.cast(pl.Float64)).to_numpy()
    if n_rows < _LEAST_ROWS_OF_AN_ID or column.null_count() or not np.isfinite(values).all():
        return ""
    if (values != np.floor(values)).any():
        return ""
    with np.errstate(over="ignore"):
        steps = np.diff(np.sort(values))
    if not (steps > 0).all():
        return ""
    if n_rows >= _LEAST_ROWS:
        if (values[1:] > values[:-1]).all():
            return "rises from row to row, as row numbers do"
        if (values[1:] < values[:-1]).all():
            return "falls from row to row, as row numbers may"
        if (steps == 1).all():
            return "numbers the rows in another order"
    return "differs in every row, as its name says" if _ID_NAME.search(name) else ""
