"""Tables in files: CSV, TSV, Parquet, Arrow and JSON lines, by the suffix; "-" is standard input or output.

The fields of CSV and TSV are read as text, so that they are written as they were; ``parsed`` knows what they mean.
"""

import csv
import io
import sys
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from ._messages import Refusal, listed, warn
from ._values import blanked, plain

SUFFIXES = {
    "csv": (".csv",),
    "tsv": (".tsv", ".tab"),
    "parquet": (".parquet", ".pq"),
    "arrow": (".arrow", ".feather", ".ipc"),
    "jsonl": (".jsonl", ".ndjson"),
}
_TEXT = {"csv": ",", "tsv": "\t"}  # formats of fields that are text, and what stands between them


@dataclass(frozen=True)
class Table:
    """A table as it was read."""

    name: str  # for messages
    frame: pl.DataFrame
    format: str
    separator: str = ","
    na: tuple[str, ...] = ()  # what stands for nothing in any column
    _parsed: dict[str, pl.Series] = field(default_factory=dict, repr=False)

    @property
    def decimal(self) -> str:
        """The mark before decimals: spreadsheets that put ";" between fields write 1,5."""
        return "," if self.separator == ";" else "."

    def column(self, name: str) -> pl.Series:
        """Return a column without the values that stand for nothing."""
        return blanked(self.frame[name], self.na) if self.na else self.frame[name]

    def parsed(self, name: str) -> pl.Series:
        """Return a column as numbers or booleans where all of its values are; else as it is."""
        if name not in self._parsed:
            column = self.column(name)
            values = plain(column, self.decimal) if self.format in _TEXT else None
            self._parsed[name] = column if values is None else values
        return self._parsed[name]


def format_of(path: str, chosen: str | None, default: str | None = None) -> str:
    """Return the format of a file, or of a standard stream: the one chosen, else ``default``.

    Raises
    ------
    Refusal
        If the suffix is none of those that are known.
    """
    if chosen is not None:
        return chosen
    if path == "-":
        return default or "csv"
    suffix = Path(path).suffix.lower()
    for name, suffixes in SUFFIXES.items():
        if suffix in suffixes:
            return name
    known = ", ".join(suffix for suffixes in SUFFIXES.values() for suffix in suffixes)
    found = f"and {suffix} is none that is known" if suffix else "and there is none"
    raise Refusal(f"{path}: the suffix says what kind of table it is, {found}.\nKnown are {known}.")


def read(path: str, chosen: str | None) -> Table:
    """Read a table.

    Parameters
    ----------
    path : str
        The file, or "-" for standard input.
    chosen : str or None
        The format; None for the one of the suffix.

    Raises
    ------
    Refusal
        If there is no such file, or it does not hold a table of this format with a row at least.
    """
    kind = format_of(path, chosen)
    name = "standard input" if path == "-" else path
    content = _content(path, name)
    if not content.strip():
        raise Refusal(f"{name} is empty.")
    try:
        if kind in _TEXT:
            table = _read_text(name, content, kind)
        else:
            table = Table(name, _READERS[kind](io.BytesIO(content)), kind)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise Refusal(f"{name} cannot be read as {kind}: {_first_line(error)}") from None
    except pl.exceptions.PanicException:  # polars' own checks end so where they find what a whole file cannot hold
        raise Refusal(f"{name} cannot be read as {kind}: it is damaged.") from None
    if table.frame.is_empty():
        raise Refusal(f"{name} has names of columns, but no rows." if table.frame.width else f"{name} has no columns.")
    return table


def labelled(table: Table, labels: pl.Series, kind: str) -> pl.DataFrame:
    """Return the table with a last column; where text goes into a format that knows types, its values get theirs."""
    frame = table.frame
    if table.format in _TEXT and kind not in _TEXT:
        frame = pl.DataFrame([table.parsed(name) for name in frame.columns])
    return frame.with_columns(labels)


def encoded(frame: pl.DataFrame, kind: str, separator: str | None = None) -> bytes:
    """Return the content of a file with this table."""
    content = io.BytesIO()
    try:
        if kind in _TEXT:
            frame.write_csv(content, separator=separator or _TEXT[kind])
        elif kind == "parquet":
            frame.write_parquet(content)
        elif kind == "arrow":
            frame.write_ipc(content)
        else:
            frame.write_ndjson(content)
    except pl.exceptions.PolarsError as error:  # CSV has no lists, for one
        raise Refusal(f"The table cannot be written as {kind}: {_first_line(error)}") from None
    return content.getvalue()


_READERS: dict[str, Any] = {
    "parquet": pl.read_parquet,
    "arrow": pl.read_ipc,
    "jsonl": partial(pl.read_ndjson, infer_schema_length=None),
}


def _content(path: str, name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except FileNotFoundError:
        raise Refusal(f"There is no file {name}.") from None
    except OSError as error:
        raise Refusal(f"{name} cannot be read: {error.strerror}.") from None


def _read_text(name: str, content: bytes, kind: str) -> Table:
    content = content.strip(b"\r\n")  # lines of nothing before and after the table
    separator = _separator(content, kind)
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Refusal(f"{name} is not UTF-8 text: see line {line}. Save it with the encoding UTF-8.") from None
    # The line of names is read like the others, since polars would give new names to those that are there twice.
    try:
        rows = pl.read_csv(content, has_header=False, infer_schema=False, separator=separator)
    except pl.exceptions.ComputeError:
        _refuse_long_lines(name, content, separator)
        raise
    header = ["" if title is None else title.strip() for title in rows.row(0)]
    _check_names(name, header)
    return Table(name, rows[1:].rename(dict(zip(rows.columns, header, strict=True))), kind, separator)


def _separator(content: bytes, kind: str) -> str:
    """Return what stands between fields: in the first line of a CSV file, spreadsheets of many countries write ";"."""
    first_line = content.split(b"\n", 1)[0]
    if kind == "csv" and b"," not in first_line:
        return next((mark for mark in (";", "\t") if mark.encode() in first_line), ",")
    return _TEXT[kind]


def _check_names(name: str, header: list[str]) -> None:
    twice = [title for title, count in Counter(header).items() if count > 1]
    if twice:
        raise Refusal(f"{name} has several columns of the name {listed(twice)}. Give each column a name of its own.")
    if pl.Series(header).cast(pl.Float64, strict=False).null_count() == 0:
        warn(
            f"The first line of {name} is taken for the names of the columns, and holds numbers: {listed(header)}.\n"
            "If it is a row like the others, put a line of names above it."
        )


def _refuse_long_lines(name: str, content: bytes, separator: str) -> None:
    """Refuse a table for its first line that has more fields than there are columns."""
    lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator)
    n_columns = len(next(lines))
    for line in lines:
        if len(line) > n_columns:
            raise Refusal(f"{name} has {n_columns} columns, but line {lines.line_num} has {len(line)} fields.")


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0].rstrip(".") + "."
