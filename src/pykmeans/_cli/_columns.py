"""Which columns are clustered, and whether one can cluster them: the judge of tables.

Every problem of a table is found before it is reported, so that one message says all that there is to change.
"""

import csv
import difflib
import io
from collections.abc import Iterable, Sized
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ._meaning import MARKS, Meaning, Understood, understood
from ._messages import Refusal, as_typed, its_columns, listed, say, shortened, warn
from ._missing import Fill, Gaps, fill_values, filled, kept_rows
from ._tables import Table

_KINDS = {"number": "numbers as text", "date": "dates", "time": "times"}  # in words
# How each kind of what cannot be used as it is can be used: {0} stands for the columns, {1} for what --as takes.
_WAYS = {
    "text": "To treat text as categories: --categorical {0}",
    "number": "To read text as numbers: --as {1}",
    "date": "To turn dates into days: --as {1}",
    "time": "To turn times into hours: --as {1}",
}


@dataclass(frozen=True)
class Selection:
    """The rows and columns of a table that are clustered."""

    table: Table
    numbers: dict[str, NDArray[np.float64]]  # of each column of numbers, the rows that are kept
    categories: dict[str, pl.Series]  # of each column of categories, likewise, as text
    weight: NDArray[np.float64] | None
    kept: NDArray[np.bool_]  # of all rows
    meanings: dict[str, Meaning]  # what the values of each column stand for
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
    found = [
        name if f'"{name}"' in option else name.strip()
        for option in options
        for name in next(csv.reader(io.StringIO(option, newline=""), skipinitialspace=True), [])
    ]
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
            + its_columns(table.frame.columns)
        )
    return names


def select(table: Table, columns: dict[str, Understood], *, weight: str | None, gaps: Gaps) -> Selection:
    """Take columns out of a table.

    Parameters
    ----------
    table : Table
        Where from.
    columns : dict of Understood
        The columns, all of which have values.
    weight : str or None
        The column of weights.
    gaps : Gaps
        What becomes of rows with missing values.

    Raises
    ------
    Refusal
        If there are values that cannot be clustered; the message says where and what to do.
    """
    values = {name: column.values for name, column in columns.items() if column.values is not None}
    weights = None if weight is None else _weights(table, weight)
    fills = gaps.known or {}
    if gaps.fill is not None:
        fills = fill_values(values, gaps.fill, None if weights is None else weights.fill_null(0).to_numpy())
    values = filled(values, fills)
    kept = kept_rows(table.name, values if weights is None else {**values, weights.name: weights}, weight, gaps)
    mask = pl.Series(kept)
    values = {name: column.filter(mask) for name, column in values.items()}
    return Selection(
        table,
        {name: _float64(column) for name, column in values.items() if column.dtype != pl.String},
        {name: column for name, column in values.items() if column.dtype == pl.String},
        None if weights is None else _some_weight(weights.filter(mask)),
        kept,
        {name: column.meaning for name, column in columns.items()},
        fills,
    )


def refuse_what_is_no_number(table: Table, columns: dict[str, Understood]) -> None:
    """Refuse to cluster columns that cannot be used as they are, with all that one may do about it."""
    wrong = {name: column for name, column in columns.items() if column.values is None}
    if not wrong:
        return
    choices = []
    for kind, way in _WAYS.items():
        names = [name for name, column in wrong.items() if column.meaning.kind == kind]
        unclear = [name for name in names if wrong[name].formats]
        for mark, what in zip(MARKS if unclear else (), ("marks between thousands", "decimal points"), strict=False):
            choices.append(f"To take points as {what}: --as {as_typed(unclear, f'=number:{mark}')}")
        names = [name for name in names if name not in unclear]
        if names:
            choices.append(way.format(as_typed(names), as_typed(names, f"={kind}")))
    words = list(dict.fromkeys(word for column in wrong.values() for word in column.words))
    if words:
        choices.insert(0, f"To count {listed(words)} as missing: --na {as_typed(words)}")
    lines = [f"the column {name!r} holds {_held(column)}" for name, column in wrong.items()]
    raise Refusal(
        f"{table.name}: only numbers can be clustered as they are, but\n{shortened(lines)}\n"
        + "\n".join([*choices, f"To leave {_them(wrong)} out: --exclude {as_typed(wrong)}"])
    )


def refuse_what_differs(table: Table, columns: dict[str, Understood], meanings: dict[str, Meaning]) -> None:
    """Refuse a table with columns that do not hold what a model was made with; warn of signs that differ."""
    wrong = {name: column for name, column in columns.items() if column.values is None}
    if wrong:
        lines = [
            f"the column {name!r} holds {_held(column)}" + ("" if column.formats else f", not a {meanings[name]}")
            for name, column in wrong.items()
        ]
        raise Refusal(
            f"{table.name}: it does not hold what the model needs\n{shortened(lines)}\n"
            "Correct these values, or say which of them count as missing: --na"
        )
    say_what_was_converted(
        {name: column for name, column in columns.items() if column.meaning.decimal != meanings[name].decimal}
    )
    for name, column in columns.items():
        if column.meaning.unit != meanings[name].unit:
            before, now = (repr(each.unit) if each.unit else "nothing" for each in (meanings[name], column.meaning))
            warn(f"Numbers in {name!r} had {before} beside them in the fit and have {now} now; they are not converted.")


def say_what_was_converted(columns: dict[str, Understood], unless: str = "") -> None:
    """Say of numbers that have signs in them what they were taken for."""
    lines = [f"{name!r}: {column.example}" for name, column in columns.items() if column.meaning.decimal]
    if lines:
        say("Note", f"Read as numbers{unless}:\n{shortened(lines)}")


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
                f"To leave {_them(names)} out: --exclude {as_typed(names)}"
            )


def _columns(names: list[str]) -> str:
    return f"The column{'' if len(names) == 1 else 's'} {listed(names)}"


def _weights(table: Table, name: str) -> pl.Series:
    """Return the weights of all rows, null where there is none."""
    column = understood(table, name, None)
    if column.values is None:
        raise Refusal(f"--weight {name}: the column holds {_held(column)}; weights must be numbers.")
    negative = (column.values < 0).fill_null(False)
    if negative.any():
        row = int(negative.arg_max() or 0)
        value = table.column(name)[row]
        raise Refusal(f"--weight {name}: weights must be 0 or more, but row {row + 1} has {value}.")
    return column.values.alias(name)


def _some_weight(weights: pl.Series) -> NDArray[np.float64]:
    if not (weights > 0).any():
        raise Refusal(f"--weight {weights.name}: all weights are 0.")
    return _float64(weights)


def _float64(column: pl.Series) -> NDArray[np.float64]:
    return np.asarray(column.to_numpy(), dtype=np.float64)


def _held(column: Understood) -> str:
    kind = column.meaning.kind
    ways = " that may be read in several ways" if column.formats else ""
    return f"{_KINDS.get(kind, kind)}{ways}: {column.example}"


def _them(names: Sized) -> str:
    return "it" if len(names) == 1 else "them"
