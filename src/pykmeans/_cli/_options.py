"""What the commands that cluster a table ask about it, and what follows from the answers."""

from dataclasses import dataclass

import numpy as np

from .. import _core
from .._words import MetricWord
from ._columns import (
    Selection,
    checked_names,
    names_in,
    refuse_what_is_no_number,
    say_what_was_converted,
    select,
    warn_of_what_says_nothing,
)
from ._labels import LABEL, without_labels
from ._meaning import Meaning, Understood, asked, understood
from ._messages import Refusal, as_typed, counted, listed
from ._missing import Gaps
from ._row_names import without_row_names
from ._tables import Reading, Table, format_to_write, is_written
from ._values import FORMATS


@dataclass(frozen=True)
class ColumnOptions:
    """What the commands that cluster ask about columns."""

    columns: list[str]
    exclude: list[str]
    categorical: list[str]
    kinds: list[str]  # COLUMN=KIND
    weight: str | None
    metric: MetricWord | None
    scale: str | None
    gaps: Gaps
    reading: Reading
    label: str = LABEL  # the name of the column of clusters


def chosen(table: Table, options: ColumnOptions) -> Selection:
    """Return the rows and columns that the options choose; Refusal where they cannot be clustered."""
    weight = options.weight
    named = checked_names(table, names_in(options.columns), "--columns")
    exclude = checked_names(table, names_in(options.exclude), "--exclude")
    meanings = _meanings(table, options)
    checked_names(table, [] if weight is None else [weight], "--weight")
    candidates = without_labels(table, options.label, {*named, *exclude, *meanings, weight})
    names = [name for name in named or candidates if name not in exclude and name != weight]
    if not names:
        raise Refusal(f"No column of {table.name} is left to cluster by. Check --columns and --exclude.")
    unused = set(meanings) - set(names)
    if unused:
        raise Refusal(f"--as or --categorical names {listed(sorted(unused))}, which the other options leave out.")
    columns = {name: understood(table, name, meanings.get(name)) for name in names}
    _refuse_what_is_not_as_asked(columns, meanings)
    columns = without_row_names(table, columns, {*named, *meanings}, options.metric == "hamming")
    if options.metric == "hamming":
        columns = {name: understood(table, name, Meaning("category")) for name in columns}
    refuse_what_is_no_number(table, columns)
    say_what_was_converted(
        {name: column for name, column in columns.items() if name not in meanings},
        " (to treat them as categories: --as COLUMN=category)",
    )
    selection = select(table, columns, weight=weight, gaps=options.gaps)
    warn_of_what_says_nothing(selection)
    if options.metric == "cosine":
        _refuse_rows_of_zeros(selection)
    return selection


def _meanings(table: Table, options: ColumnOptions) -> dict[str, Meaning]:
    """Return what the user says of columns."""
    categorical = checked_names(table, names_in(options.categorical), "--categorical")
    kinds = asked(names_in(options.kinds))
    checked_names(table, kinds, "--as")
    meanings = {**dict.fromkeys(categorical, Meaning("category")), **kinds}
    twice = [name for name in categorical if meanings[name].kind != "category"]
    if twice:
        raise Refusal(f"--categorical and --as {twice[0]}={meanings[twice[0]].kind} contradict each other.")
    for name, meaning in meanings.items():
        if (options.metric == "hamming") != (meaning.kind == "category") and options.metric not in (None, "euclidean"):
            does = "compares categories" if options.metric == "hamming" else "measures numbers"
            raise Refusal(f"--metric {options.metric} {does}, and {name!r} is to be a {meaning.kind}: drop one option.")
    return meanings


def _refuse_what_is_not_as_asked(columns: dict[str, Understood], meanings: dict[str, Meaning]) -> None:
    for name, meaning in meanings.items():
        column = columns[name]
        if column.values is not None:
            continue
        ways = [as_typed([name], f"={meaning.kind}:{each}") for each in column.formats or FORMATS.get(meaning.kind, ())]
        if column.formats:
            why = f"{column.example} may be read in several ways. Say which: --as {' or --as '.join(ways)}"
        else:
            why = f"{column.example} is not a {meaning}."
            why += f"\nSay how it is written: --as {ways[0]}" if ways and not meaning.format else ""
        raise Refusal(f"--as {name}={meaning.kind}: {why}")


def scaling_of(selection: Selection, options: ColumnOptions) -> str:
    """Return how numbers are scaled: as asked for, else by standard deviations where distances add up differences."""
    normalized = _core.METRICS[options.metric or "euclidean"]["normalized"]
    if options.scale is not None and not selection.numbers and options.scale != "none":
        raise Refusal(f"--scale {options.scale}: there are no columns of numbers to scale. Leave out --scale.")
    default = "standard" if selection.numbers and not normalized else "none"
    return options.scale or default


def _refuse_rows_of_zeros(selection: Selection) -> None:
    zeros = np.logical_and.reduce([values == 0 for values in selection.numbers.values()])
    if zeros.any():
        row = int(np.flatnonzero(selection.kept)[zeros.argmax()]) + 1
        raise Refusal(
            f"--metric cosine: {counted(int(zeros.sum()), 'row')} of {selection.table.name} of zeros only, which "
            f"have no direction; the first is row {row}.\nRemove these rows, or choose another --metric."
        )


def output_format(out: str, chosen: str | None) -> str:
    """Return the format of an output: by its suffix; on standard output the one chosen, else CSV, whatever went in."""
    if out != "-":
        return format_to_write(out)
    return chosen if chosen is not None and is_written(chosen) else "csv"
