"""Tables in files of many formats, by the suffix; "-" is standard input or output.

The fields of CSV and TSV are read as text, so that they are written as they were; ``parsed`` knows what they mean.
"""

import gzip
import io
import json
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import polars as pl

from .._optional import optional
from ._messages import Refusal
from ._text import read_text, utf8
from ._values import blanked, has_decimal_commas, may_be_thousands, plain

SUFFIXES = {
    "csv": (".csv",),
    "tsv": (".tsv", ".tab"),
    "txt": (".txt",),
    "parquet": (".parquet", ".pq"),
    "arrow": (".arrow", ".feather", ".ipc"),
    "jsonl": (".jsonl", ".ndjson"),
    "json": (".json",),
    "xlsx": (".xlsx", ".xls", ".xlsb", ".ods"),
}
_TEXT = {"csv": ",", "tsv": "\t", "txt": "\t"}  # formats of fields that are text, and what is written between them
_BINARY = ("parquet", "arrow", "xlsx")
_GZIP = b"\x1f\x8b"  # what such a file begins with
_NOT_WRITTEN = ("xlsx",)


@dataclass(frozen=True)
class Reading:
    """How a file is read."""

    format: str | None = None  # None for that of the suffix
    encoding: str | None = None  # of text; None for UTF-8
    na: tuple[str, ...] = ()  # what stands for nothing in any column


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

    @cached_property
    def _has_decimal_commas(self) -> bool:
        columns = (self.column(name) for name in self.frame.columns)
        return any(column.dtype == pl.String and has_decimal_commas(column, self.decimal) for column in columns)

    def is_ambiguous(self, name: str) -> bool:
        """Whether a column may have points between thousands or before decimals, as another has decimal commas."""
        column = self.column(name)
        return column.dtype == pl.String and may_be_thousands(column) and self._has_decimal_commas

    def column(self, name: str) -> pl.Series:
        """Return a column without the values that stand for nothing."""
        column = self.frame[name]
        if column.dtype in (pl.Categorical, pl.Enum):
            column = column.cast(pl.String)
        return blanked(column, self.na) if self.na else column

    def parsed(self, name: str) -> pl.Series:
        """Return a column as numbers or booleans where all of its values are; else as it is."""
        if name not in self._parsed:
            column = self.column(name)
            values = plain(column, self.decimal) if self.format in _TEXT else None
            if values is None or (values.dtype.is_float() and self.is_ambiguous(name)):
                values = column
            self._parsed[name] = blanked(values, self.na)
        return self._parsed[name]


def is_written(kind: str) -> bool:
    """Whether tables of this format are written, and not only read."""
    return kind not in _NOT_WRITTEN


def format_to_write(path: str) -> str:
    """Return the format of a file to be written; Refusal if it is one that is only read."""
    kind = format_of(path, None)
    if not is_written(kind):
        known = ", ".join(suffixes[0] for name, suffixes in SUFFIXES.items() if is_written(name))
        raise Refusal(f"{path}: this format can be read, but not written. Use one of {known}.")
    return kind


def format_of(path: str, chosen: str | None) -> str:
    """Return the format of a file, or of a standard stream: the one chosen, else CSV.

    Raises
    ------
    Refusal
        If the suffix is none of those that are known.
    """
    if chosen is not None:
        return chosen
    if path == "-":
        return "csv"
    suffix = Path(path.removesuffix(".gz")).suffix.lower()
    for name, suffixes in SUFFIXES.items():
        if suffix in suffixes:
            return name
    known = ", ".join(suffix for suffixes in SUFFIXES.values() for suffix in suffixes)
    found = f"the suffix {suffix} is not known" if suffix else "the name has no suffix"
    raise Refusal(f"{path}: the suffix must tell the format, but {found}.\nUse one of {known}.")


def read(path: str, reading: Reading) -> Table:
    """Read a table.

    Parameters
    ----------
    path : str
        The file, or "-" for standard input. It may be compressed by gzip.
    reading : Reading
        How it is read.

    Raises
    ------
    Refusal
        If there is no such file, or it does not hold a table of this format with a row at least.
    """
    kind = format_of(path, reading.format)
    name = "standard input" if path == "-" else path
    if kind in _BINARY and reading.encoding is not None:
        raise Refusal(f"--encoding {reading.encoding}: {name} is {kind}, not text. Leave out --encoding.")
    content = _content(path, name)
    if not content.strip():
        raise Refusal(f"{name} is empty.")
    if kind not in _BINARY:
        content = utf8(name, content, reading.encoding)
    separator = ","
    try:
        if kind in _TEXT:
            frame, separator = read_text(name, content, kind)
        else:
            frame = _READERS[kind](content)
    except (pl.exceptions.PolarsError, OSError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Refusal(f"{name} cannot be read as {kind}: {_first_line(error)}") from None
    except ImportError as error:
        raise Refusal(f"{name}: {error}") from None
    except pl.exceptions.PanicException:  # how polars fails on some damaged files
        raise Refusal(f"{name} cannot be read as {kind}: it is damaged.") from None
    if frame.is_empty():
        raise Refusal(f"{name} has column names, but no rows." if frame.width else f"{name} has no columns.")
    return Table(name, frame, kind, separator, reading.na)


def labelled(table: Table, labels: pl.Series, kind: str) -> pl.DataFrame:
    """Return the table with these labels; where text goes into a format that knows types, its values get theirs."""
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
        elif kind == "json":
            frame.write_json(content)
        else:
            frame.write_ndjson(content)
    except pl.exceptions.PolarsError as error:  # CSV has no lists, for one
        raise Refusal(f"The table cannot be written as {kind}: {_first_line(error)}") from None
    return content.getvalue()


def _read_json(content: bytes) -> pl.DataFrame:
    """Read rows as objects, in a list or a line each, or columns as lists or as objects of the rows' names."""
    if content.lstrip().startswith(b"["):
        return pl.read_json(content, infer_schema_length=None)
    try:
        columns = json.loads(content)
    except json.JSONDecodeError:
        return _read_json_lines(content)
    if isinstance(columns, dict) and all(isinstance(values, list | dict) for values in columns.values()):
        lists = {
            name: list(values.values()) if isinstance(values, dict) else values for name, values in columns.items()
        }
        return pl.DataFrame(lists, strict=False, infer_schema_length=None)
    return _read_json_lines(content)  # one line


def _read_json_lines(content: bytes) -> pl.DataFrame:
    return pl.read_ndjson(content, infer_schema_length=None)


def _read_excel(content: bytes) -> pl.DataFrame:
    """Read the first sheet."""
    fastexcel = optional("fastexcel", "excel", "reading it")
    try:
        return pl.read_excel(io.BytesIO(content), engine="calamine")
    except fastexcel.FastExcelError as error:
        raise ValueError(str(error)) from None
    except IndexError:  # in polars
        raise ValueError("it has no sheet") from None


_READERS: dict[str, Callable[[bytes], pl.DataFrame]] = {
    "parquet": lambda content: pl.read_parquet(io.BytesIO(content)),
    "arrow": lambda content: pl.read_ipc(io.BytesIO(content)),
    "jsonl": _read_json_lines,
    "json": _read_json,
    "xlsx": _read_excel,
}


def _content(path: str, name: str) -> bytes:
    try:
        content = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return gzip.decompress(content) if content.startswith(_GZIP) else content
    except FileNotFoundError:
        raise Refusal(f"There is no file {name}.") from None
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise Refusal(f"{name} cannot be decompressed: it is damaged.") from None
    except OSError as error:
        raise Refusal(f"{name} cannot be read: {error.strerror}.") from None


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0].rstrip(".") + "."
