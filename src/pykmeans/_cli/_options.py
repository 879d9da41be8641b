"""What the commands that cluster a table ask about it, and what follows from the answers."""

from dataclasses import dataclass

import numpy as np

from .. import _core
from ._columns import Selection, checked_names, names_in, select, warn_of_what_says_nothing
from ._messages import Refusal, counted, listed
from ._missing import Gaps
from ._row_names import without_row_names
from ._tables import Table, format_of


@dataclass(frozen=True)
class ColumnOptions:
    """What the commands that cluster ask about columns."""

    columns: list[str]
    exclude: list[str]
    categorical: list[str]
    weight: str | None
    metric: str | None
    scale: str | None
    gaps: Gaps
    format: str | None


def chosen(table: Table, options: ColumnOptions) -> Selection:
    """Return the rows and columns that the options choose; Refusal where they cannot be clustered."""
    weight = options.weight
    named = checked_names(table, names_in(options.columns), "--columns")
    exclude = checked_names(table, names_in(options.exclude), "--exclude")
    categorical = set(checked_names(table, names_in(options.categorical), "--categorical"))
    checked_names(table, [] if weight is None else [weight], "--weight")
    names = [name for name in named or table.frame.columns if name not in exclude and name != weight]
    names = without_row_names(table, names, set(named) | categorical) if names else names
    if not names:
        raise Refusal(f"No column of {table.name} is left to cluster by.")
    unused = categorical - set(names)
    if unused:
        raise Refusal(f"--categorical names {listed(sorted(unused))}, which the other options leave out.")
    if options.metric == "hamming":
        categorical = set(names)
    elif options.metric not in (None, "euclidean") and categorical:
        raise Refusal(
            f"--metric {options.metric} measures numbers, and --categorical names {listed(sorted(categorical))}: leave "
            "out --metric, or these columns."
        )
    selection = select(table, names, is_category=categorical, weight=weight, gaps=options.gaps)
    warn_of_what_says_nothing(selection)
    if options.metric == "cosine":
        _refuse_rows_of_zeros(selection)
    return selection


def scaling_of(selection: Selection, options: ColumnOptions) -> str:
    """Return how numbers are scaled: as asked for, else by standard deviations where distances add up differences."""
    normalized = _core.METRICS[options.metric or "euclidean"]["normalized"]
    if options.scale is not None and not selection.numbers and options.scale != "none":
        raise Refusal(f"--scale {options.scale}: there are no columns of numbers to scale.")
    default = "standard" if selection.numbers and not normalized else "none"
    return options.scale or default


def _refuse_rows_of_zeros(selection: Selection) -> None:
    zeros = np.logical_and.reduce([values == 0 for values in selection.numbers.values()])
    if zeros.any():
        row = int(np.flatnonzero(selection.kept)[zeros.argmax()]) + 1
        raise Refusal(
            f"--metric cosine: {counted(int(zeros.sum()), 'row')} of {selection.table.name} hold nothing but zeros and "
            f"so have no direction; the first is row {row}."
        )


def output_format(out: str, data: str, chosen: str | None) -> str:
    """Return the format of an output: by its suffix; on standard output the one chosen, else that of the input."""
    if out != "-":
        return format_of(out, None)
    return chosen or format_of(data, None)
