"""Categories: values of any kind, coded as whole numbers column by column, and put back into centers.

Rows are hashed, never sorted: only the different values of a column are. What pandas and polars have coded already is
taken by what their columns can do; neither is imported.
"""

import datetime
import decimal
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from itertools import groupby, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .convert import first
from .tables import Table

_MOST_SHOWN = 8  # categories in an error
# Types of which equal values are written alike, but for the sign of a zero; Decimal("1.0") equals Decimal("1.00").
_ONE_SPELLING = (str, bytes, bool, int, float, datetime.date, type(None), np.number, np.bool_, np.character)


class Categories:
    """The values of each column of a table, in the order of their codes."""

    def __init__(self, values: list[list[Any]]) -> None:
        self.values = values

    @classmethod
    def of(cls, table: Table) -> tuple["Categories", NDArray[Any]]:
        """Return the categories of ``table`` and its codes, as ``encode`` returns them.

        A column whose type has an order of categories keeps it; others are sorted, by the names of the values' types
        first where values of different types have no order. No order of the rows shows.
        """
        columns = [column.take(_order(column, table, j)) for j, column in enumerate(_coded_columns(table))]
        return cls([column.values for column in columns]), _matrix([column.codes for column in columns], table)

    def encode(self, table: Table, strict: bool = False) -> NDArray[Any]:
        """Return the code of each value: uint8 where all fit, else float32, or float64 beyond 2^24.

        A value that is none of its column's has the first code that no value has; with ``strict``, it is refused.
        """
        columns = _coded_columns(table)
        codes = []
        for column, known in zip(columns, self.values, strict=True):
            code_of = {value: code for code, value in enumerate(known)}
            new_codes = np.array([code_of.get(value, len(known)) for value in column.values], dtype=np.intp)
            codes.append(new_codes[column.codes])
        if strict and codes:
            self._refuse_unseen(table, columns, codes)
        return _matrix(codes, table)

    def decode(self, codes: NDArray[Any]) -> NDArray[np.object_]:
        """Return the value of each code."""
        result = np.empty(codes.shape, dtype=object)
        for j, values in enumerate(self.values):
            for i, code in enumerate(codes[:, j]):
                result[i, j] = values[int(code)]
        return result

    def _refuse_unseen(self, table: Table, columns: list["_Column"], codes: list[NDArray[np.intp]]) -> None:
        unseen = np.column_stack([column == len(known) for column, known in zip(codes, self.values, strict=True)])
        if unseen.any():
            row, j = first(unseen)
            value, known = columns[j].values[columns[j].codes[row]], self.values[j]
            listed = ", ".join(map(repr, known[:_MOST_SHOWN])) + (", ..." if len(known) > _MOST_SHOWN else "")
            raise ValueError(
                f"{table.name} holds {value!r} at {table.place(row, j)}, which is not in that column of X: "
                f"it must be one of the column's {len(known)} values ({listed})."
            )


class _Column:
    """A column taken apart: the code of each row, -1 where the value is missing, and the value of each code."""

    def __init__(self, codes: NDArray[np.intp], values: list[Any], is_ordered: bool = False) -> None:
        self.codes = codes
        self.values = values
        self.is_ordered = is_ordered

    def take(self, places: Iterable[int]) -> "_Column":
        """Return the column with the values at ``places`` in that order; values that are left out become missing."""
        places = list(places)
        new_codes = np.full(len(self.values) + 1, -1, dtype=np.intp)  # the last one is that of code -1
        new_codes[places] = np.arange(len(places))
        return _Column(new_codes[self.codes], [self.values[i] for i in places], self.is_ordered)


def _coded_columns(table: Table) -> list[_Column]:
    """Take the columns apart; ValueError where a value is missing."""
    columns = [_coded(table, j) for j in range(len(table.columns))]
    if any(column.codes.min() < 0 for column in columns):
        raise _missing(table, np.column_stack([column.codes < 0 for column in columns]))
    return columns


def _missing(table: Table, missing: NDArray[np.bool_]) -> ValueError:
    row, j = first(missing)
    count = int(missing.sum())
    values = "value is" if count == 1 else "values are"
    return ValueError(
        f"Input {table.name} contains missing values. {count} {values} missing; the first is at "
        f"{table.place(row, j)}, counted from 0. Give them a name to make them a category of their own: "
        "fill them with 'missing', for example."
    )


def _coded(table: Table, j: int) -> _Column:
    column = table.columns[j]
    if isinstance(column, np.ndarray):
        if column.dtype.kind in "mM":  # dates in nanoseconds would become integers in a list
            values, codes = np.unique(column, return_inverse=True)
            return _without_missing(codes, list(values))
        return _hashed(column.tolist(), table, j)
    if not hasattr(column, "iloc"):
        return _coded_by_polars(column, table, j)
    if hasattr(column, "cat"):
        codes = column.cat.codes.to_numpy().astype(np.intp)
        values = column.cat.categories.tolist()
        used = np.bincount(codes[codes >= 0], minlength=len(values))
        return _Column(codes, values, is_ordered=True).take(np.flatnonzero(used))
    if column.dtype == object:  # equal values of different types: pandas would keep the one that comes first
        return _hashed(column.tolist(), table, j)
    try:
        codes, values = column.factorize()
    except NotImplementedError:  # Arrow's lists and structs, in which the first value is named that has no hash
        return _hashed(column.tolist(), table, j)
    return _Column(codes, [_without_sign_of_zero(value) for value in values.tolist()])


def _coded_by_polars(column: Any, table: Table, j: int) -> _Column:
    found = _hashed(column.to_list(), table, j, are_alike=type(column.dtype).__name__ != "Object")
    if type(column.dtype).__name__ != "Enum":
        return found
    found.is_ordered = True
    place = {category: i for i, category in enumerate(column.dtype.categories)}
    return found.take(sorted(range(len(found.values)), key=lambda i: place[found.values[i]]))


def _hashed(rows: list[Any], table: Table, j: int, are_alike: bool = False) -> _Column:
    """Take a column of objects apart; where they ``are_alike``, equal ones are written alike but for a zero's sign."""
    code_of: defaultdict[Any, int] = defaultdict()
    code_of.default_factory = code_of.__len__
    try:
        codes = np.fromiter(map(code_of.__getitem__, rows), dtype=np.intp, count=len(rows))
    except TypeError as error:
        raise _unhashable(rows, table, j, error) from None
    values = list(code_of)
    if any(type(value) is not str for value in values):
        values = [_without_sign_of_zero(value) for value in (values if are_alike else _spelled(values, rows))]
    return _without_missing(codes, values)


def _without_missing(codes: NDArray[np.intp], values: list[Any]) -> _Column:
    return _Column(codes, values).take(i for i, value in enumerate(values) if not _is_missing(value))


def _unhashable(rows: list[Any], table: Table, j: int, error: TypeError) -> TypeError:
    for row, value in enumerate(rows):
        try:
            hash(value)
        except TypeError:
            return TypeError(
                f"{table.name} holds {value!r} at {table.place(row, j)}: a category must be hashable, as strings, "
                f"numbers and dates are ({error})."
            )
    return error


def _spelled(values: list[Any], rows: list[Any]) -> list[Any]:
    """Return, for each value, which of its equals stands for all of them, whatever row comes first.

    True, 1 and 1.0 are equal, and so are 0.0 and -0.0, Decimal("1.0") and Decimal("1.00"). The least by the name of its
    type is taken, then by its repr.
    """
    types = set(map(type, rows))
    plain = {type_ for type_ in types if _has_one_spelling(type_)}
    if len(types) > 1 or types != plain:
        candidates = [value for _, value in {(type(value), value) for value in rows if type(value) in plain}]
        candidates += {(type(value), repr(value)): value for value in rows if type(value) not in plain}.values()
        least: dict[Any, Any] = {}
        for value in sorted(candidates, key=lambda value: (*_type_name(value), repr(value))):
            least.setdefault(value, value)
        values = [least[value] for value in values]
    return values


def _has_one_spelling(type_: type) -> bool:
    if issubclass(type_, np.generic):
        return issubclass(type_, _ONE_SPELLING) and not issubclass(type_, np.timedelta64)
    return type_ in _ONE_SPELLING


def _type_name(value: Any) -> tuple[str, str]:
    """Return the name of the type and its module: NumPy's bool is called bool, too."""
    return type(value).__name__, type(value).__module__


def _without_sign_of_zero(value: Any) -> Any:
    return abs(value) if isinstance(value, (float, np.floating, decimal.Decimal)) and value == 0 else value


def is_category(value: Any) -> bool:
    """Whether ``value`` can be one of the values of a column of categories."""
    try:
        hash(value)
    except TypeError:
        return False
    return not _is_missing(value)


def _is_missing(value: Any) -> bool:
    return value is None or type(value).__name__ == "NAType" or bool(value != value)


def _order(column: _Column, table: Table, j: int) -> list[int]:
    """Return the places of the values, in the order that their codes get."""
    values, places = column.values, list(range(len(column.values)))
    if column.is_ordered:
        return places
    if all(type(value) is str for value in values):
        return sorted(places, key=values.__getitem__)
    places.sort(key=lambda i: type(values[i]).__name__)
    groups = [list(group) for _, group in groupby(places, key=lambda i: type(values[i]).__name__)]
    try:
        by_type = [i for group in groups for i in _sorted(group, values)]
    except TypeError as error:
        raise TypeError(f"The values of {table.column_name(j)} cannot be put in an order: {error}.") from None
    with suppress(TypeError):
        return _sorted(by_type, values)
    return by_type


def _sorted(places: list[int], values: list[Any]) -> list[int]:
    """Return places by their values; TypeError unless there is one order: sets, say, are less only where contained."""
    found = sorted(places, key=values.__getitem__)
    for i, k in pairwise(found):
        if not values[i] < values[k]:
            raise TypeError(f"neither of {values[i]!r} and {values[k]!r} is less than the other")
    return found


def _matrix(columns: list[NDArray[np.intp]], table: Table) -> NDArray[Any]:
    """Return the codes in the smallest type that the core reads and that holds all of them."""
    largest = max((int(column.max()) for column in columns), default=0)
    dtype = np.uint8 if largest < 256 else np.float32 if largest <= 2**24 else np.float64
    result = np.empty((table.n_rows, len(columns)), dtype=dtype)
    for j, column in enumerate(columns):
        result[:, j] = column
    return result
