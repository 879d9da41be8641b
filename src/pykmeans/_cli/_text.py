"""Tables of text: their encoding, what stands between fields, and what is wrong with a line."""

import csv
import io
import re
from collections import Counter
from contextlib import suppress

import polars as pl

from ._messages import Refusal, counted, listed, warn

_BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_SEPARATORS = {"csv": ",;\t|", "tsv": "\t", "txt": "\t;,|"}  # the first one of these that is in the first line
_LONGEST_SHOWN = 60  # characters


def utf8(name: str, content: bytes, encoding: str | None) -> bytes:
    """Return text as UTF-8, without a byte order mark.

    Parameters
    ----------
    name : str
        The file, for messages.
    content : bytes
        What is in it.
    encoding : str or None
        A name that Python knows; None for UTF-8.

    Raises
    ------
    Refusal
        If it has another encoding; the message guesses which.
    """
    try:
        return content.decode(encoding or "utf-8-sig").encode()
    except LookupError:
        raise Refusal(f"--encoding {encoding}: there is no such encoding. Try cp1252 or utf-16.") from None
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = content.count(b"\n", 0, start)
        said = f"{name} is not {encoding or 'UTF-8'} text: see line {line + 1}."
        raise Refusal(said + _guess(content, line, encoding)) from None


def _guess(content: bytes, line: int, tried: str | None) -> str:
    """Return in which encoding a line that is wrong can be read, and what it would say."""
    marked = _BYTE_ORDER_MARKS.get(content[:2])
    for encoding in [marked] if marked else ["cp1252", "latin-1"]:
        try:
            text = content.decode(encoding).split("\n")[line].strip()[:_LONGEST_SHOWN]
        except (UnicodeError, IndexError):
            continue
        if encoding != tried and "\0" not in text:
            return f"\nRead as {encoding}, that line says {text!r}. If that is right: --encoding {encoding}"
    return "\nSave it with the encoding UTF-8, or say which it has: --encoding"


def read_text(name: str, content: bytes, kind: str) -> tuple[pl.DataFrame, str]:
    """Return a table of text, all fields as they are, and what stands between them."""
    content = content.strip(b"\r\n")  # lines of nothing before and after the table
    separator = _separator(content, kind)
    if separator == " ":
        content = re.sub(rb"(?m)^ +| +$", b"", re.sub(rb" +", b" ", content))
    # The line of names is read like the others, since polars would give new names to those that are there twice.
    try:
        rows = pl.read_csv(content, has_header=False, infer_schema=False, separator=separator)
    except pl.exceptions.ComputeError:
        with suppress(csv.Error):  # a field that is too long for Python's reader
            _refuse_long_lines(name, content, separator)
        raise
    header = ["" if title is None else title.strip() for title in rows.row(0)]
    _check_names(name, header)
    return rows[1:].rename(dict(zip(rows.columns, header, strict=True))), separator


def _separator(content: bytes, kind: str) -> str:
    """Return what stands between fields: spreadsheets of many countries write ";" into CSV."""
    lines = content.split(b"\n", 2)[:2]
    mark = next((mark for mark in _SEPARATORS[kind] if mark.encode() in lines[0]), None)
    if mark is None and kind == "txt" and 1 < len(lines[0].split()) == len(lines[-1].split()):
        return " "
    return mark or _SEPARATORS[kind][0]


def _check_names(name: str, header: list[str]) -> None:
    twice = [title for title, count in Counter(header).items() if count > 1]
    if twice:
        raise Refusal(f"{name} has several columns named {listed(twice)}. Give each column its own name.")
    if pl.Series(header).cast(pl.Float64, strict=False).null_count() == 0:
        warn(
            f"The first line of {name} was read as names of columns, but holds only numbers: {listed(header)}.\n"
            "If it is a row of data, put a line of names above it."
        )


def _refuse_long_lines(name: str, content: bytes, separator: str) -> None:
    """Refuse a table for its first line that has more fields than there are columns."""
    lines = csv.reader(io.StringIO(content.decode(), newline=""), delimiter=separator)
    n_columns = len(next(lines))
    for line in lines:
        if len(line) > n_columns:
            raise Refusal(
                f"{name} has {counted(n_columns, 'column')}, but line {lines.line_num} has {len(line)} fields."
            )
