"""Which columns are clustered, and whether one can cluster them: the judge of tables.

Every problem of a table is found before it is reported, so that one message says all that there is to change.
"""

import csv
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ._messages import Refusal, counted, listed, warn
from ._tables import Table

_MOST_PROBLEMS = 8  # columns that a message names, each on a line


@dataclass(frozen=True)
class Selection:
    """The rows and columns of a table that are clustered."""

    table: Table
    numbers: dict[str, NDArray[np.float64]]  # of each column of numbers, the rows that are kept
    categories: dict[str, pl.Series]  # of each column of categories, likewise, as text
    weight: NDArray[np.float64] | None
    kept: NDArray[np.bool_]  # of all rows

    @property
    def names(self) -> list[str]:
        """The columns in their order in the table."""
        return [name for name in self.table.frame.columns if name in self.numbers or name in self.categories]

    @property
    def n_rows(self) -> int:
        """How many rows are kept."""
        return int(self.kept.sum())


def names_in(options: Iterable[str]) -> list[str]:
    """Return the names in options of lists; a name with a comma stands in double quotes."""
    found = [name.strip() for option in options for name in next(csv.reader([option], skipinitialspace=True), [])]
    return list(dict.fromkeys(found))


def checked_names(table: Table, names: Iterable[str], option: str) -> list[str]:
    """Return ``names`` if they are columns of the table; Refusal, with what may have been meant, if not."""
    names = list(names)
    unknown = [name for name in names if name not in table.frame.columns]
    if unknown:
        near = difflib.get_close_matches(unknown[0], table.frame.columns, n=1)
        meant = f" Did you mean {near[0]!r}?" if near else ""
        raise Refusal(
            f"{option} names {listed(unknown)}, but {table.name} has no such column.{meant}\n"
            f"Its columns are {listed(table.frame.columns)}."
        )
    return names


def select(
    table: Table,
    names: list[str],
    *,
    is_category: "set[str]",
    weight: str | None,
    drop_missing: bool,
) -> Selection:
    """Take columns out of a table.

    Parameters
    ----------
    table : Table
        Where from.
    names : list of str
        The columns.
    is_category : set of str
        Those of them that are categories.
    weight : str or None
        The column of weights.
    drop_missing : bool
        Whether rows with missing values are left out; they are refused if not.

    Raises
    ------
    Refusal
        If there are values that cannot be clustered; the message says where and what to do.
    """
    columns = {name: _category(table, name) if name in is_category else table.parsed(name) for name in names}
    _refuse_what_are_no_numbers(table, {name: column for name, column in columns.items() if name not in is_category})
    judged = columns if weight is None else {**columns, weight: table.parsed(weight)}
    kept = _kept_rows(table, judged, drop_missing)
    mask = pl.Series(kept)
    columns = {name: column.filter(mask) for name, column in columns.items()}
    return Selection(
        table,
        {name: _float64(column) for name, column in columns.items() if name not in is_category},
        {name: column for name, column in columns.items() if name in is_category},
        None if weight is None else _weights(table, weight, kept),
        kept,
    )


def warn_of_what_says_nothing(selection: Selection) -> None:
    """Warn of columns that are constant, and of categories that no two rows share."""
    constant, different = [], []
    for name in selection.names:
        values = selection.categories[name] if name in selection.categories else pl.Series(selection.numbers[name])
        n_different = values.n_unique()
        if n_different == 1:
            constant.append(name)
        elif n_different == len(values) > 2 and name in selection.categories:
            different.append(name)
    for names, what in ((constant, "the same in every row"), (different, "different in every row")):
        if names:
            each = "is" if len(names) == 1 else "are"
            warn(
                f"{_columns(names)} {each} {what} and so cannot tell clusters apart.\n"
                f"To leave {'it' if len(names) == 1 else 'them'} out: --exclude {_quoted(names)}"
            )


def _columns(names: list[str]) -> str:
    return f"The column{'' if len(names) == 1 else 's'} {listed(names)}"


def _category(table: Table, name: str) -> pl.Series:
    column = table.frame[name]
    if column.dtype.is_nested() or column.dtype == pl.Binary:
        raise Refusal(
            f"The column {name!r} of {table.name} holds values of type {column.dtype}: --exclude {_quoted([name])}"
        )
    return column.cast(pl.String)


def _refuse_what_are_no_numbers(table: Table, columns: dict[str, pl.Series]) -> None:
    wrong = {name: column for name, column in columns.items() if not _holds_numbers(column)}
    if not wrong:
        return
    lines = [f"the column {name!r} holds {_kind(column)}{_example(column)}" for name, column in wrong.items()]
    names = _quoted(wrong)
    raise Refusal(
        f"{table.name}: only numbers can be clustered as they are, but\n"
        + _shortened(lines)
        + f"\nTo take them as categories: --categorical {names}\nTo leave them out: --exclude {names}"
    )


def _kept_rows(table: Table, columns: dict[str, pl.Series], drop_missing: bool) -> NDArray[np.bool_]:
    missing = {name: _missing(column) for name, column in columns.items()}
    any_missing: NDArray[np.bool_] = np.logical_or.reduce(list(missing.values()))
    if not any_missing.any():
        return ~any_missing
    if any_missing.all():
        raise Refusal(f"{table.name}: every row lacks a value in one of the columns {listed(columns)}.")
    if drop_missing:
        n_dropped = int(any_missing.sum())
        it = "it gets" if n_dropped == 1 else "they get"
        warn(f"{counted(n_dropped, 'row')} of {len(any_missing):,} left out, as values are missing; {it} no cluster.")
        return ~any_missing
    wrong = {name: rows for name, rows in missing.items() if rows.any()}
    lines = [
        f"{name!r} lacks {counted(int(rows.sum()), 'value')}, "
        + ("in" if rows.sum() == 1 else "the first in")
        + f" row {_first(rows)}"
        for name, rows in wrong.items()
    ]
    raise Refusal(
        f"{table.name}: values are missing (rows are counted from 1, without the line of names)\n"
        + _shortened(lines)
        + f"\nTo leave out {counted(int(any_missing.sum()), 'row')} of {len(any_missing):,}: --drop-missing"
        + f"\nTo leave out {'this column' if len(wrong) == 1 else 'these columns'}: --exclude {_quoted(wrong)}"
    )


def _weights(table: Table, name: str, kept: NDArray[np.bool_]) -> NDArray[np.float64]:
    column = table.parsed(name)
    if not _holds_numbers(column):
        raise Refusal(f"--weight {name}: the column holds {_kind(column)}{_example(column)}; weights must be numbers.")
    weight = _float64(column.filter(pl.Series(kept)))
    if (weight < 0).any():
        row = _first(_float64(column.fill_null(0)) < 0)
        raise Refusal(f"--weight {name}: weights must be 0 or more, but row {row} has {column[row - 1]}.")
    if not weight.any():
        raise Refusal(f"--weight {name}: all weights are 0.")
    return weight


def _float64(column: pl.Series) -> NDArray[np.float64]:
    return np.asarray(column.cast(pl.Float64).to_numpy(), dtype=np.float64)


def _holds_numbers(column: pl.Series) -> bool:
    return column.dtype.is_numeric() or column.dtype in (pl.Boolean, pl.Null)


def _missing(column: pl.Series) -> NDArray[np.bool_]:
    missing = column.is_null()
    if column.dtype.is_float():
        missing = missing | ~column.is_finite().fill_null(True)
    return np.asarray(missing.to_numpy(), dtype=np.bool_)


def _kind(column: pl.Series) -> str:
    if column.dtype in (pl.String, pl.Categorical, pl.Enum):
        return "text"
    return "dates or times" if column.dtype.is_temporal() else f"values of type {column.dtype}"


def _example(column: pl.Series) -> str:
    """Return where the first value is that is no number, and what it is."""
    rows = column.is_not_null()
    if column.dtype == pl.String:
        rows = rows & column.str.strip_chars().cast(pl.Float64, strict=False).is_null()
    row = _first(rows.to_numpy())
    return f": {str(column[row - 1])[:40]!r} in row {row}"


def _first(rows: NDArray[np.bool_]) -> int:
    """Return the number of the first row that is true, from 1."""
    return int(rows.argmax()) + 1


def _shortened(lines: list[str]) -> str:
    if len(lines) > _MOST_PROBLEMS:
        lines = [*lines[: _MOST_PROBLEMS - 1], f"and {len(lines) - _MOST_PROBLEMS + 1} columns more"]
    return "\n".join(f"  {line}" for line in lines)


def _quoted(names: Iterable[str]) -> str:
    """Return a list of names as one types it after an option."""
    fields = [f'"{name}"' if "," in name or '"' in name else name for name in names]
    words = ",".join(fields)
    return words if re.fullmatch(r"[\w,.\-]+", words) else "'" + words.replace("'", "'\\''") + "'"
