"""The column of clusters that ``--out`` writes, and that a later run recognizes."""

from collections.abc import Container

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ._columns import Selection
from ._messages import Refusal, listed, warn
from ._tables import Table, encoded, labelled

LABEL = "cluster"  # where --name does not say otherwise


def without_labels(table: Table, label: str, named: Container[str | None]) -> list[str]:
    """Return the columns of a table but for those that an earlier run wrote, and say which these are.

    What options name needs no guess.
    """
    ours = [name for name in dict.fromkeys([LABEL, label]) if name not in named and _is_ours(table, name)]
    if ours:
        columns, are, it = ("column", "is", "it") if len(ours) == 1 else ("columns", "are", "them")
        warn(
            f"The {columns} {listed(ours)} of {table.name} {are} taken for clusters that pykmeans wrote, and left "
            "out.\n"
            f"To use {it} anyway: --columns, with the names of all columns to use."
        )
    return [name for name in table.frame.columns if name not in ours]


def check_label(table: Table, label: str, force: bool) -> None:
    """Refuse a name that the column of clusters cannot have in a table."""
    if not label:
        raise Refusal("--name: the column of clusters needs a name.")
    if label not in table.frame.columns:
        return
    if not force:
        raise Refusal(
            f"{table.name} already has a column {label!r}, and the column of clusters needs that name.\n"
            "To give the new one another name: --name NAME\nTo replace it: --force"
        )
    if not _is_ours(table, label):
        warn(f"The column {label!r} of {table.name} is replaced in what --out writes.")


def with_labels(selection: Selection, labels: NDArray[np.int32], label: str, kind: str) -> bytes:
    """Return the file of a table with its clusters: empty where a row was left out."""
    table = selection.table
    places = np.cumsum(selection.kept) - 1
    column = pl.Series(label, labels[places]).set(~pl.Series(selection.kept), None)
    separator = table.separator if kind == table.format else None
    return encoded(labelled(table, column, kind), kind, separator)


def _is_ours(table: Table, name: str) -> bool:
    """Whether a column of this name holds what clusters are: whole numbers from 0 on, or nothing."""
    if name not in table.frame.columns:
        return False
    column = table.parsed(name)
    return column.dtype.is_integer() and bool((column.drop_nulls() >= 0).all())
