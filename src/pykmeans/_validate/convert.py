"""Types: which are read in place, what the others are copied to, and which are refused.

uint8, float32 and float64 are read in place where they are aligned, in native byte order and with a unit column
stride. Everything else is copied once: float16 to float32, other numbers to float64.
"""

from contextlib import suppress
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Every integer up to here is a float64; 2^53 + 1 is not.
LARGEST_EXACT_INTEGER = 2**53


class TextError(ValueError):
    """Text stands where a number must."""


def place(index: tuple[int, ...]) -> str:
    """Words for where a value stands in an array of one or two dimensions."""
    return f"row {index[0]}, column {index[1]}" if len(index) == 2 else f"index {index[0]}"


def first(mask: NDArray[np.bool_]) -> tuple[int, ...]:
    """Index of the first True in row order."""
    return tuple(int(i) for i in np.unravel_index(int(mask.argmax()), mask.shape))


def target_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the type that values of a numeric ``dtype`` are read as."""
    if dtype.kind == "u" and dtype.itemsize == 1:
        return np.dtype(np.uint8)
    if dtype.kind == "f" and dtype.itemsize <= 4:
        return np.dtype(np.float32)
    return np.dtype(np.float64)


def refuse_unless_numeric(array: NDArray[Any], name: str) -> None:
    """Raise unless ``array`` holds real numbers (or objects, which ``converted`` looks at one by one)."""
    kind = array.dtype.kind
    if kind in "biufO":
        return
    if kind == "c":
        raise ValueError(f"Complex data not supported: {name} has dtype {array.dtype}, only real numbers are accepted.")
    if kind in "UST":
        text = str(array.flat[0]) if array.size else ""
        raise TextError(
            f"could not convert string to float: {name} has dtype {array.dtype} (its first value is {text!r}), "
            "only numbers are accepted."
        )
    raise TypeError(f"{name} must hold numbers, got dtype {array.dtype}.")


def converted(array: NDArray[Any], name: str) -> NDArray[Any]:
    """One C-contiguous copy of ``array`` in the type that it is read as."""
    refuse_unless_numeric(array, name)
    if array.dtype.kind == "O":
        return _from_objects(array, name)
    if array.dtype.kind in "iu":
        refuse_inexact_integers(array, name)
    with np.errstate(over="ignore"):  # a long double may be too large; the finite check names it
        return array.astype(target_dtype(array.dtype), order="C")


def refuse_inexact_integers(array: NDArray[Any], name: str) -> None:
    """Raise for the first integer that float64 may not hold."""
    if array.dtype.itemsize < 8 or not array.size:
        return
    if array.max() > LARGEST_EXACT_INTEGER:
        where = first(array > LARGEST_EXACT_INTEGER)
    elif array.dtype.kind == "i" and array.min() < -LARGEST_EXACT_INTEGER:
        where = first(array < -LARGEST_EXACT_INTEGER)
    else:
        return
    raise _inexact(name, int(array[where]), where)


def _inexact(name: str, value: int, where: tuple[int, ...]) -> ValueError:
    return ValueError(
        f"{name} holds the integer {value} at {place(where)}; float64 is exact for integers from -2^53 to 2^53 only. "
        "Convert to float64 to accept the rounding."
    )


def _from_objects(array: NDArray[Any], name: str) -> NDArray[np.float64]:
    types = set(map(type, array.ravel().tolist()))
    if types <= {float, int}:
        with suppress(OverflowError):
            found = array.astype(np.float64, order="C")
            if int not in types or np.abs(found).max(initial=0) < LARGEST_EXACT_INTEGER:
                return found
    result = np.empty(array.shape, dtype=np.float64)
    for where, value in np.ndenumerate(array):
        result[where] = _from_object(value, name, where)
    return result


def _from_object(value: Any, name: str, where: tuple[int, ...]) -> float:
    if isinstance(value, (str, bytes)):
        raise TextError(f"could not convert string to float: {value!r} at {place(where)} of {name}.")
    if isinstance(value, (complex, np.complexfloating)):
        raise ValueError(f"Complex data not supported: {name} holds {value!r} at {place(where)}.")
    if isinstance(value, Integral) and abs(int(value)) > LARGEST_EXACT_INTEGER:
        raise _inexact(name, int(value), where)
    if value is None or type(value).__name__ == "NAType":  # how object columns of pandas and polars say missing
        return float("nan")
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise type(error)(f"{error}: {name} holds {value!r} at {place(where)}.") from None
