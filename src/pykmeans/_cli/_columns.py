"""Which columns are clustered, and whether one can cluster them: the judge of tables.

Every problem of a table is found before it is reported, so that one message says all that there is to change.
"""

import csv
import difflib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ._messages import Refusal, as_typed, listed, shortened, warn
from ._missing import Fill, Gaps, fill_values, filled, kept_rows
from ._tables import Table


@dataclass(frozen=True)
class Selection:
    """The rows and columns of a table that are clustered."""

    table: Table
    numbers: dict[str, NDArray[np.float64]]  # of each column of numbers, the rows that are kept
    categories: dict[str, pl.Series]  # of each column of categories, likewise, as text
    weight: NDArray[np.float64] | None
    kept: NDArray[np.bool_]  # of all rows
    fills: dict[str, Fill]  # what was filled in, or would have been, for values that are missing

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


def select(table: Table, names: list[str], *, is_category: "set[str]", weight: str | None, gaps: Gaps) -> Selection:
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
    gaps : Gaps
        What becomes of rows with missing values.

    Raises
    ------
    Refusal
        If there are values that cannot be clustered; the message says where and what to do.
    """
    columns = {name: _category(table, name) if name in is_category else table.parsed(name) for name in names}
    numbers = {name: column for name, column in columns.items() if name not in is_category}
    _refuse_what_are_no_numbers(table, numbers, in_a_fit=gaps.known is None)
    columns.update({name: column.cast(pl.Float64).fill_nan(None) for name, column in numbers.items()})
    weights = None if weight is None else _weights(table, weight)
    fills = gaps.known or {}
    if gaps.fill is not None:
        fills = fill_values(columns, gaps.fill, None if weights is None else weights.fill_null(0).to_numpy())
    columns = filled(columns, fills)
    kept = kept_rows(table.name, columns if weights is None else {**columns, weights.name: weights}, weight, gaps)
    mask = pl.Series(kept)
    columns = {name: column.filter(mask) for name, column in columns.items()}
    return Selection(
        table,
        {name: _float64(column) for name, column in columns.items() if name not in is_category},
        {name: column for name, column in columns.items() if name in is_category},
        None if weights is None else _some_weight(weights.filter(mask)),
        kept,
        fills,
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
                f"To leave {'it' if len(names) == 1 else 'them'} out: --exclude {as_typed(names)}"
            )


def _columns(names: list[str]) -> str:
    return f"The column{'' if len(names) == 1 else 's'} {listed(names)}"


def _category(table: Table, name: str) -> pl.Series:
    column = table.frame[name]
    if column.dtype.is_nested() or column.dtype == pl.Binary:
        raise Refusal(
            f"The column {name!r} of {table.name} holds values of type {column.dtype}: --exclude {as_typed([name])}"
        )
    return column.cast(pl.String)


def _refuse_what_are_no_numbers(table: Table, columns: dict[str, pl.Series], in_a_fit: bool) -> None:
    wrong = {name: column for name, column in columns.items() if not _holds_numbers(column)}
    if not wrong:
        return
    lines = [f"the column {name!r} holds {_kind(column)}{_example(column)}" for name, column in wrong.items()]
    names = as_typed(wrong)
    if in_a_fit:
        why = "only numbers can be clustered as they are"
        choices = f"To take them as categories: --categorical {names}\nTo leave them out: --exclude {names}"
    else:
        why = "the model was made with numbers"
        choices = "Correct these values, or make a model without such columns: pykmeans cluster --exclude"
    raise Refusal(f"{table.name}: {why}, but\n{shortened(lines)}\n{choices}")


def _weights(table: Table, name: str) -> pl.Series:
    """Return the weights of all rows, null where there is none."""
    column = table.parsed(name)
    if not _holds_numbers(column):
        raise Refusal(f"--weight {name}: the column holds {_kind(column)}{_example(column)}; weights must be numbers.")
    weights = column.cast(pl.Float64).fill_nan(None).alias(name)
    negative = (weights < 0).fill_null(False).to_numpy()
    if negative.any():
        row = _first(negative)
        raise Refusal(f"--weight {name}: weights must be 0 or more, but row {row} has {column[row - 1]}.")
    return weights


def _some_weight(weights: pl.Series) -> NDArray[np.float64]:
    if not (weights > 0).any():
        raise Refusal(f"--weight {weights.name}: all weights are 0.")
    return _float64(weights)


def _float64(column: pl.Series) -> NDArray[np.float64]:
    return np.asarray(column.to_numpy(), dtype=np.float64)


def _holds_numbers(column: pl.Series) -> bool:
    return column.dtype.is_numeric() or column.dtype in (pl.Boolean, pl.Null)


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
