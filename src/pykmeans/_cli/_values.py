"""What text in a table stands for: numbers, with signs beside them too, dates and times. Nothing, where it is none."""

import re
from functools import cache
from typing import Any

import polars as pl

# What stands for nothing in a column of numbers, dates or times. In one of categories only an empty field is missing.
_MISSING = ("", "?", "-", "na", "n/a", "#n/a", "nan", "null", "none")
_GLANCE = 1000  # values: most columns that are of another kind are so from the beginning

_DATES = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d"),
    *("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y"),
    *("%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%y", "%m-%d-%y"),
    *("%d %B %Y", "%d-%B-%Y", "%d-%B-%y", "%B %d, %Y", "%d. %B %Y"),
)
_TIMES = ("%H:%M", "%H:%M:%S%.f", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p")
_ZONED = ("%H:%M%#z", "%H:%M:%S%.f%#z", "%H:%M:%S%.f %#z")
FORMATS: dict[str, tuple[str, ...]] = {
    "date": (*_DATES, *(f"{date}{mark}{time}" for date in _DATES for mark in " T" for time in _TIMES + _ZONED)),
    "time": _TIMES,
}
_THOUSANDS = r"^[-+]?[1-9]\d{0,2}(\.\d{3})+$"
_TYPES: dict[str, Any] = {"date": pl.Datetime("us"), "time": pl.Time}
_EARLIEST_YEAR = 1000  # an earlier one is a year of two digits
# What a format may look like, so that only few are tried.
_LOOKS = {
    "%Y": r"\d{4}", "%y": r"\d\d", "%m": r"\d\d?", "%d": r"\d\d?", "%B": "[A-Za-z]{3,9}",
    "%H": r"\d\d?", "%I": r"\d\d?", "%M": r"\d\d", "%S": r"\d\d", "%.f": r"(\.\d+)?", "%p": "[AaPp][Mm]",
    "%#z": r"(Z|[-+]\d\d:?\d\d)",
}  # fmt: skip


def blanked(column: pl.Series, words: tuple[str, ...]) -> pl.Series:
    """Return a column without the values that these words name, in whatever case, or as numbers."""
    if column.dtype.is_numeric():
        numbers = pl.Series(words).cast(pl.Float64, strict=False).drop_nulls()
        return column.set(column.cast(pl.Float64).is_in(numbers.to_list()).fill_null(False), None)
    if column.dtype != pl.String:
        return column
    text = column.str.strip_chars().str.to_lowercase()
    return column.set(text.is_in([word.strip().lower() for word in words]).fill_null(False), None)


def not_blank(text: pl.Series) -> pl.Series:
    """Return where text stands for something."""
    return blanked(text, _MISSING).is_not_null()


def plain(text: pl.Series, decimal: str) -> pl.Series | None:
    """Return text as numbers or booleans if all of it is; ``decimal`` is the mark before decimals, or "." is."""
    numbers = _cast(text)
    if numbers is not None:
        return numbers
    text = blanked(text, _MISSING).str.strip_chars()
    numbers = _cast(text)
    if numbers is None and decimal != "." and not text.str.contains(".", literal=True).any():
        numbers = _cast(text.str.replace(decimal, ".", literal=True))
    if numbers is not None:
        return numbers
    text = text.str.to_lowercase()
    return text == "true" if text.drop_nulls().is_in(["true", "false"]).all() else None


def signed(text: pl.Series, decimal: str) -> tuple[pl.Series, str] | None:
    """Return numbers that have marks between thousands, or one sign beside all of them: "%", a currency's; and it."""
    text = blanked(text, _MISSING).str.strip_chars()
    for part in (text.head(_GLANCE), text):
        found = part.str.extract_groups(_number_pattern(decimal)).struct.unnest()
        if part.is_empty() or found["digits"].null_count() > part.null_count():
            return None
    units = (found["before"] + found["after"]).drop_nulls().unique()
    signs = found["sign"] + found["inner"]
    if len(units) != 1 or (signs.str.len_chars() > 1).any():
        return None
    digits = found["digits"].str.replace_all("[^0-9" + re.escape(decimal) + "]", "")
    numbers = (digits if decimal == "." else digits.str.replace(decimal, ".", literal=True)).cast(pl.Float64)
    negative = signs.is_in(["-", "\u2212"]).fill_null(False)
    return pl.select(pl.when(negative).then(-numbers).otherwise(numbers)).to_series(), str(units[0])


def may_be_thousands(text: pl.Series) -> bool:
    """Whether text is plain numbers with points in some, all of which may stand between thousands: 2.371."""
    text = blanked(text, _MISSING).str.strip_chars()
    for part in (text.head(_GLANCE), text):
        pointed = part.filter(part.str.contains(".", literal=True).fill_null(False))
        if not pointed.str.contains(_THOUSANDS).all():
            return False
    return not pointed.is_empty() and _cast(text) is not None


def has_decimal_commas(text: pl.Series, expected: str) -> bool:
    """Whether text is numbers with commas before decimals, if ``expected`` is what is tried first."""
    if not text.str.contains(",", literal=True).any():
        return False
    return (expected == "," or signed(text, ".") is None) and signed(text, ",") is not None


def formats(text: pl.Series, kind: str) -> list[str]:
    """Return the formats of which each makes all of the text a date, or a time; the first of those that agree."""
    text = blanked(text, _MISSING).str.strip_chars().drop_nulls()
    fitting = [] if text.is_empty() else [each for each in FORMATS[kind] if _look(each).fullmatch(text[0])]
    different: dict[str, pl.Series] = {}
    for format_ in fitting:
        if all(moments(part, kind, format_).null_count() == 0 for part in (text.head(_GLANCE), text)):
            found = moments(text, kind, format_)
            if not any(found.equals(other) for other in different.values()):
                different[format_] = found
    return list(different)


def moments(text: pl.Series, kind: str, format_: str) -> pl.Series:
    """Return text as days since 1970 or as hours of the day, null where it has another format."""
    text = blanked(text, _MISSING).str.strip_chars()
    try:
        found = text.str.strptime(_TYPES[kind], format_, strict=False)
    except pl.exceptions.PolarsError:  # a format that means nothing
        return pl.repeat(None, len(text), dtype=pl.Float64, eager=True)
    numbers = as_number(found)
    return numbers.set((found.dt.year() < _EARLIEST_YEAR).fill_null(False), None) if kind == "date" else numbers


def as_number(column: pl.Series) -> pl.Series:
    """Return dates as days since 1970, times and durations as hours."""
    if column.dtype == pl.Time:
        return column.cast(pl.Int64) / 3_600e9
    if column.dtype == pl.Duration:
        return column.dt.total_microseconds() / 3_600e6
    return column.dt.epoch("us") / 86_400e6


@cache
def _look(format_: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"%(\.f|#z|\w)|\W", lambda part: _LOOKS.get(part[0]) or re.escape(part[0]), format_))


def _number_pattern(decimal: str) -> str:
    groups = "['\u00a0\u202f" + ("," if decimal == "." else ".") + "]"
    mark = re.escape(decimal)
    digits = rf"(?:[1-9]\d{{0,2}}(?:{groups}\d{{3}})+|\d+)(?:{mark}\d+)?|{mark}\d+"
    return (
        rf"^(?P<sign>[-+\u2212]?)\s*(?P<before>\p{{Sc}}?)\s*(?P<inner>[-+\u2212]?)(?P<digits>{digits})\s*"
        rf"(?P<after>[%\p{{Sc}}]?)$"
    )


def _cast(text: pl.Series) -> pl.Series | None:
    """Return text as numbers; None where some of it is something else."""
    for kind in (pl.Int64, pl.Float64):
        for part in (text.head(_GLANCE), text):
            numbers = part.cast(kind, strict=False)
            if numbers.null_count() > part.null_count():
                break
        else:
            return numbers
    return None
