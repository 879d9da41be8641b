"""Values in JSON that come back as they were: numbers to the last bit, dates as dates.

What JSON has no word for is an object with one key that begins with $: {"$date": "2026-01-31"}, or for an array
{"$float32": [0.5, 2.0]}; the user's own keys that begin with $ get another one. NumPy's scalars become Python's, which
equal them, and tuples lists. Nothing is guessed: anything else is refused.
"""

import datetime
import decimal
import json
import math
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._optional import optional

_WIDTH = 100  # what fits in a line is not broken
_DEEPEST = 32  # lists and objects in each other: more than anything of ours has
# Arrays by their types, and what they may hold in JSON.
_ARRAYS: dict[str, set[type] | None] = {"bool": {bool}, "str": {str}, "object": None}  # None: what _scalar takes
_ARRAYS |= {f"{sign}int{bits}": {int} for sign in ("", "u") for bits in (8, 16, 32, 64)}
_ARRAYS |= {f"float{bits}": {int, float} for bits in (16, 32, 64)}


class _Kind(NamedTuple):
    """A type that JSON lacks, and how it is written."""

    type_name: str  # of exactly this type: a subclass may hold more
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


_KINDS = {
    "$float": _Kind("float", str, float),  # those that are not finite
    "$bytes": _Kind("bytes", bytes.hex, bytes.fromhex),
    "$date": _Kind("datetime.date", datetime.date.isoformat, datetime.date.fromisoformat),
    "$time": _Kind("datetime.time", datetime.time.isoformat, datetime.time.fromisoformat),
    "$datetime": _Kind("datetime.datetime", datetime.datetime.isoformat, datetime.datetime.fromisoformat),
    "$timedelta": _Kind(
        "datetime.timedelta",
        lambda value: [value.days, value.seconds, value.microseconds],
        lambda parts: datetime.timedelta(*parts),
    ),
    "$timestamp": _Kind(
        "pandas.Timestamp",
        lambda value: value.isoformat(),
        lambda text: optional("pandas", "pandas", "a model with a pandas.Timestamp").Timestamp(text),
    ),
    "$datetime64": _Kind(
        "numpy.datetime64",
        lambda value: [str(value), *np.datetime_data(value.dtype)],
        lambda parts: np.datetime64(parts[0], tuple(parts[1:])),
    ),
    "$decimal": _Kind("decimal.Decimal", str, decimal.Decimal),
}
_TAGS = {kind.type_name: tag for tag, kind in _KINDS.items()}


def encoded(value: Any, what: str) -> Any:
    """Return ``value`` in the types of JSON; TypeError, with ``what`` for its name, where it cannot be written."""
    with suppress(RecursionError):
        found = _encoded(value, what)
        if not _is_deep(found):
            return found
    raise TypeError(f"{what} is nested too deeply.")


def _encoded(value: Any, what: str) -> Any:
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"{what} has the key {key!r}, which must be text.")
        return {_escaped(key): _encoded(item, f"{what}[{key!r}]") for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_encoded(item, f"{what}[{i}]") for i, item in enumerate(value)]
    if isinstance(value, np.ndarray):
        name = "str" if value.dtype.kind == "U" else value.dtype.name
        if name not in _ARRAYS:
            raise TypeError(f"{what} is an array of dtype {value.dtype}, which a model file does not hold.")
        return {f"${name}": _rows(value.tolist(), what)}
    return _scalar(value, what)


def _escaped(key: str) -> str:
    return "$" + key if key.startswith("$") else key


def _rows(values: Any, what: str) -> Any:
    """Write what an array holds; tuples, too, are values there, and refused."""
    if isinstance(values, list):
        return [_rows(value, what) for value in values]
    return _scalar(values, what)


def _scalar(value: Any, what: str) -> Any:
    if isinstance(value, np.generic) and value.dtype.kind in "biufSU":
        value = value.item()
    if value is None or isinstance(value, (bool, int, str)) or (type(value) is float and math.isfinite(value)):
        return value
    tag = _TAGS.get(_type_name(value))
    if tag is None:
        raise TypeError(
            f"{what} holds {value!r} of type {_type_name(value)}, which a model file does not: it holds None, bools, "
            "numbers, text, bytes, dates and times, and lists, arrays and dicts of these."
        )
    return {tag: _KINDS[tag].write(value)}


def _type_name(value: Any) -> str:
    module = type(value).__module__
    if module.split(".")[0] == "pandas":
        module = "pandas"
    return type(value).__qualname__ if module == "builtins" else f"{module}.{type(value).__qualname__}"


def text(value: Any) -> str:
    """Return ``value`` (from ``encoded``) as JSON to be read: one line for each row of a matrix."""
    found = _laid_out(value, "", ensure_ascii=False) + "\n"
    try:
        found.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which UTF-8 cannot encode
        return _laid_out(value, "", ensure_ascii=True) + "\n"
    return found


def _laid_out(value: Any, indent: str, ensure_ascii: bool) -> str:
    line = json.dumps(value, ensure_ascii=ensure_ascii, allow_nan=False)
    items = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(items, list) or (indent and len(line) <= _WIDTH):
        return line
    if isinstance(value, list) and not any(isinstance(item, (dict, list)) for item in items):
        return line
    inner = indent + "  "
    lines = [_laid_out(item, inner, ensure_ascii) for item in items]
    if isinstance(value, dict):
        names = [json.dumps(key, ensure_ascii=ensure_ascii) for key in value]
        lines = [f"{name}: {item}" for name, item in zip(names, lines, strict=True)]
    first, last = "{}" if isinstance(value, dict) else "[]"
    return f"{first}\n{inner}" + f",\n{inner}".join(lines) + f"\n{indent}{last}"


def decoded(content: bytes) -> Any:
    """Return what was encoded; ValueError where this is not JSON, or not what ``encoded`` makes."""
    with suppress(RecursionError):
        found = json.loads(content.decode(), object_hook=_from_object, parse_constant=_refuse)
        if not _is_deep(found):
            return found
    raise ValueError("it is nested too deeply")


def _is_deep(tree: Any) -> bool:
    """Whether lists and objects are nested so deeply that Python may not get to the end of them."""
    level = [tree]
    for _ in range(_DEEPEST):
        level = [item for each in level for item in _items(each)]
    return bool(level)


def _items(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _refuse(constant: str) -> Any:
    raise ValueError(f"JSON has no number {constant}")


def _from_object(found: dict[str, Any]) -> Any:
    tag = next(iter(found), "")
    if not tag.startswith("$") or tag.startswith("$$"):
        return {key[1:] if key.startswith("$$") else key: value for key, value in found.items()}
    (value,) = found.values() if len(found) == 1 else (None,)
    try:
        if tag in _KINDS:
            return _KINDS[tag].read(value)
        return _array(tag[1:], value)
    except (ValueError, TypeError, KeyError, IndexError, ArithmeticError) as error:
        raise ValueError(f"{tag} cannot be {json.dumps(value, default=repr)[:60]} ({error})") from None


def _array(name: str, values: Any) -> NDArray[Any]:
    if name not in _ARRAYS:
        raise ValueError("there is no such kind of value")
    found = np.array(values, dtype=object)
    types = set(map(type, found.ravel().tolist()))
    allowed = _ARRAYS[name]
    if not isinstance(values, list) or types & {list, dict, np.ndarray} or not (allowed is None or types <= allowed):
        raise ValueError("it must be a list of values of this type, or rows of equal length")
    with np.errstate(over="ignore"):  # what becomes infinite is for others to judge
        return found.astype(name)
