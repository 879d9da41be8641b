"""What the values of a column stand for: what the user or a model says, else what they look like."""

import datetime
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any

import polars as pl

from . import _values
from ._messages import Refusal
from ._tables import Table

KINDS = ("number", "category", "date", "time")
MARKS = {"comma": ",", "point": "."}  # the formats of numbers: which mark stands before decimals
_ASKED = re.compile(rf"(?P<column>.*)=(?P<kind>{'|'.join(KINDS)})(?::(?P<format>.+))?")
_LONGEST_EXAMPLE = 40  # characters
_MOST_WORDS = 3  # that may stand for nothing


@dataclass(frozen=True)
class Meaning:
    """How the values of a column become numbers or categories."""

    kind: str = "number"  # one of KINDS; of what cannot be used as it is, "text" or the name of a type besides
    unit: str = ""  # the sign beside each number in text: "%", or that of a currency
    decimal: str = ""  # the mark before the decimals of numbers in text, where these are not plain
    format: str = ""  # how dates and times are written in text; of numbers, one of MARKS if the user says so

    def written(self) -> dict[str, str]:
        """Return what a model file says of it."""
        return {name: value for name, value in asdict(self).items() if value not in ("", "number", "category")}

    @classmethod
    def read(cls, found: dict[str, Any]) -> "Meaning":
        """Return what a model file says of a column; ValueError where it cannot be."""
        values = {field.name: found[field.name] for field in fields(cls) if field.name in found}
        if not all(isinstance(value, str) for value in values.values()):
            raise ValueError(f"{values} must be text")
        meaning = cls(**{"kind": "category" if "categories" in found else "number", **values})
        is_known = meaning.kind in KINDS and meaning.decimal in ("", ".", ",")
        is_known = is_known and (meaning.kind != "number" or meaning.format in ("", *MARKS))
        if not is_known or (meaning.kind == "category") != ("categories" in found):
            raise ValueError(f"{values} does not describe a column")
        return meaning

    def __str__(self) -> str:
        how = "with a decimal" if self.kind == "number" else "like"
        return f"{self.kind} {how} {self.format}" if self.format else self.kind

    def shown(self, value: float) -> str | None:
        """Return a date or a time of day as one writes it; None for numbers."""
        if self.kind not in ("date", "time"):
            return None
        try:
            if self.kind == "date":
                return f"{datetime.date(1970, 1, 1) + datetime.timedelta(days=value):%Y-%m-%d}"
            hours, minutes = divmod(round(abs(value) * 60), 60)
        except OverflowError:  # beyond the years that there are
            return None
        return f"{'-' if value < 0 else ''}{hours:02}:{minutes:02}"


NUMBER = Meaning()


@dataclass(frozen=True)
class Understood:
    """What is in a column."""

    values: pl.Series | None  # numbers as Float64, categories as text; None where a value does not have this meaning
    meaning: Meaning
    example: str = ""  # a value that does not, with its row; or one that is not plain
    words: tuple[str, ...] = ()  # the few words among numbers
    formats: tuple[str, ...] = ()  # of dates and numbers that may be read in several ways


def asked(items: Iterable[str]) -> dict[str, Meaning]:
    """Return what is said of columns by COLUMN=KIND."""
    found = {}
    for item in items:
        parts = _ASKED.fullmatch(item)
        formats = {"number": (None, *MARKS), "category": (None,)}
        if parts is None or parts["format"] not in formats.get(parts["kind"], (parts["format"],)):
            raise Refusal(
                f"--as {item}: write COLUMN=KIND. Kinds are number, category, date (in days) and time (in hours).\n"
                "Where dates are written in an unusual way: COLUMN=date:%d/%m/%Y"
            )
        found[parts["column"].strip()] = Meaning(parts["kind"], format=parts["format"] or "")
    return found


def understood(table: Table, name: str, meant: Meaning | None) -> Understood:
    """Return what is in a column.

    Parameters
    ----------
    table : Table
        Where it is.
    name : str
        The column.
    meant : Meaning or None
        What its values stand for; None for numbers, if they look like some.
    """
    if meant is None or meant.kind == "number":
        return _numbers(table, name, meant)
    column = table.column(name)
    if meant.kind == "category":
        if column.dtype.is_nested() or column.dtype == pl.Binary:
            return Understood(None, Meaning(_type(column)), _example(column, column.is_not_null()))
        return Understood(column.cast(pl.String), meant)
    return _moments(column, meant)


def _numbers(table: Table, name: str, meant: Meaning | None) -> Understood:
    format_ = "" if meant is None else meant.format
    column = table.column(name) if format_ else table.parsed(name)
    if holds_numbers(column) or (column.dtype == pl.String and column.null_count() == len(column)):
        return Understood(column.cast(pl.Float64).fill_nan(None), NUMBER)
    if column.dtype != pl.String:
        return Understood(None, Meaning(_type(column)), _example(column, column.is_not_null()))
    if not format_ and table.is_ambiguous(name):
        if meant is None or not meant.decimal:
            return _ambiguous(column)
        format_ = next(each for each, mark in MARKS.items() if mark == meant.decimal)  # as in the fit
    said = MARKS[format_] if format_ else "" if meant is None else meant.decimal
    decimals = [said] if said else sorted(",.", key=table.decimal.__ne__)
    # In a format that has numbers as well; where the user says that commas are decimal, points are not.
    written_as_text = None if format_ == "comma" else _values.plain(column, "." if format_ else table.decimal)
    if written_as_text is not None:
        values = written_as_text.cast(pl.Float64).fill_nan(None)
        meaning = Meaning(format=format_)
        return Understood(None if meant is None else values, meaning, _example(column, column.is_not_null()))
    for decimal in decimals:
        found = _values.signed(column, decimal)
        if found is not None:
            values, unit = found
            row = int(values.is_not_null().arg_max() or 0)
            return Understood(
                values, Meaning("number", unit, decimal, format_), f"{column[row]!r} as {values[row]:.12g}"
            )
    kind = next((kind for kind in _values.FORMATS if _values.formats(column, kind)), "text")
    no_number = column.str.strip_chars().cast(pl.Float64, strict=False).is_null() & _values.not_blank(column)
    words = column.filter(no_number).unique(maintain_order=True).to_list()
    few = len(words) <= _MOST_WORDS and 2 * no_number.sum() < len(column)
    return Understood(None, Meaning(kind), _example(column, no_number), tuple(words) if few else ())


def _ambiguous(column: pl.Series) -> Understood:
    row = int(column.str.contains(".", literal=True).arg_max() or 0)
    value = column[row].strip()
    example = f"{value!r} in row {row + 1} ({value.replace('.', '')}, or {value} with a decimal point)"
    return Understood(None, NUMBER, example, formats=tuple(MARKS))


def _moments(column: pl.Series, meant: Meaning) -> Understood:
    if column.dtype.is_temporal():
        if _type(column) != meant.kind:
            return Understood(None, Meaning(_type(column)), _example(column, column.is_not_null()))
        return Understood(_values.as_number(column), meant)
    text = column.cast(pl.String)
    formats = [meant.format] if meant.format else _values.formats(text, meant.kind)
    if len(formats) > 1:
        return Understood(None, meant, _example(text, _values.not_blank(text)), formats=tuple(formats))
    if not formats:
        return Understood(None, Meaning(_type(column)), _example(text, text.is_not_null()))
    values = _values.moments(text, meant.kind, formats[0])
    wrong = values.is_null() & _values.not_blank(text)
    if wrong.any():
        return Understood(None, Meaning(_type(column)), _example(text, wrong))
    return Understood(values, Meaning(meant.kind, format=formats[0]))


def holds_numbers(column: pl.Series) -> bool:
    """Whether a column holds numbers, truth values or nothing at all."""
    return column.dtype.is_numeric() or column.dtype in (pl.Boolean, pl.Null)


def _type(column: pl.Series) -> str:
    if column.dtype == pl.String:
        return "text"
    if column.dtype.is_temporal():
        return "time" if column.dtype in (pl.Time, pl.Duration) else "date"
    return f"values of type {column.dtype}"


def _example(column: pl.Series, rows: pl.Series) -> str:
    row = int(rows.arg_max() or 0)
    return f"{str(column[row])[:_LONGEST_EXAMPLE]!r} in row {row + 1}"
