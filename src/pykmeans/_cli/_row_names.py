"""Columns that number the rows or name them: whatever they say of a row, it says nothing of clusters."""

import re

import numpy as np
import polars as pl

from ._messages import Refusal, warn
from ._tables import Table

_PANDAS_INDEX = re.compile(r"__index_level_\d+__")  # so pandas names an index without a name in a Parquet file
_ID_NAME = re.compile(r"(^|[_\W])(id|ID|Id|index|nr|no)$|[a-z](Id|ID)$|^$")
_LEAST_ROWS_OF_AN_ID = 3  # for whole numbers that differ, in a column whose name says what it is
_LEAST_ROWS = 10  # for a column of any name: fewer measurements may rise with the row by chance


def without_row_names(table: Table, names: list[str], meant: set[str]) -> list[str]:
    """Return the columns that may tell clusters apart, and say which are left out and how to use them.

    Parameters
    ----------
    table : Table
        Where the columns are.
    names : list of str
        The columns.
    meant : set of str
        Those of them that are used whatever is in them, as the user named them.

    Raises
    ------
    Refusal
        If no column would be left.
    """
    if len(names) == 1:  # who has no other column means this one
        return names
    reasons = {name: _reason(name, table.parsed(name)) for name in names if name not in meant}
    reasons = {name: reason for name, reason in reasons.items() if reason}
    if not reasons:
        return names
    lines = "".join(f"\n  {name!r} {reason}" for name, reason in reasons.items())
    if len(reasons) == len(names):
        raise Refusal(f"Every column of {table.name} numbers or names its rows:{lines}\nTo use one: --columns")
    if len(reasons) == 1:
        ((name, reason),) = reasons.items()
        warn(f"The column {name!r} is left out: it {reason}.\nTo use it all the same: name it with --columns.")
    else:
        warn(
            f"{len(reasons)} columns are left out, as they number or name the rows:{lines}\n"
            "To use them all the same: name them with --columns."
        )
    return [name for name in names if name not in reasons]


def _reason(name: str, column: pl.Series) -> str:
    """Return why a column is taken to number or name the rows; "" where it is not."""
    if _PANDAS_INDEX.fullmatch(name):
        return "is the index of a pandas table"
    return _reason_of_numbers(name, column) if column.dtype.is_numeric() else ""


def _reason_of_numbers(name: str, column: pl.Series) -> str:
    """Measurements differ in every row too; whole numbers that do nothing but count or rise are none."""
    n_rows = len(column)
    values = (column if column.dtype.is_integer() else column.cast(pl.Float64)).to_numpy()
    if n_rows < _LEAST_ROWS_OF_AN_ID or column.null_count() or not np.isfinite(values).all():
        return ""
    if (values != np.floor(values)).any():
        return ""
    steps = np.diff(np.sort(values))
    if not (steps > 0).all():
        return ""
    if n_rows >= _LEAST_ROWS:
        if (values[1:] > values[:-1]).all():
            return "rises with the row, as numbers of rows do"
        if (values[1:] < values[:-1]).all():
            return "falls with the row, as numbers of rows do"
        if (steps == 1).all():
            return "counts the rows in another order"
    return "differs in every row, as its name says" if _ID_NAME.search(name) else ""
