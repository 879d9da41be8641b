"""Data frames by what they can do, not by what they are: neither pandas nor polars is imported."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import _errors
from .convert import converted, refuse_unless_numeric, target_dtype


def is_frame(X: Any) -> bool:
    """Whether ``X`` has named columns and can become an array (pandas, polars)."""
    return hasattr(X, "to_numpy") and hasattr(X, "columns") and hasattr(X, "dtypes")


def feature_names(X: Any) -> NDArray[np.object_] | None:
    """Return the column names of a frame if they are strings, as scikit-learn keeps them; else None."""
    if isinstance(X, (np.ndarray, list, tuple)) or not is_frame(X) or not len(X.columns):
        return None
    names = np.asarray(list(X.columns), dtype=object)
    types = sorted({type(name).__qualname__ for name in names})
    if types == ["str"]:
        return names
    if "str" in types:
        raise TypeError(
            "Feature names are only supported if all input features have string names, but the columns of X have names "
            f"of the types {types}. Make them all strings, or none."
        )
    return None


def to_array(X: Any, name: str) -> NDArray[Any]:
    """Return the values of a frame; columns of different types are brought to one in a single copy."""
    if hasattr(X, "iloc") and _one_numpy_dtype(X):
        return np.asarray(X.to_numpy())
    labels = [f"{name}[{label!r}]" for label in X.columns]
    columns = [numbers(series(X, j, label), label) for j, label in enumerate(labels)]
    if not columns:
        return np.empty(X.shape)
    result = np.empty(X.shape, dtype=common_dtype(columns))
    for j, (column, label) in enumerate(zip(columns, labels, strict=True)):
        result[:, j] = converted(column, label)
    return result


def _one_numpy_dtype(X: Any) -> bool:
    """Whether all columns of a pandas frame have the same NumPy type of numbers."""
    dtypes = set(X.dtypes)
    return len(dtypes) == 1 and all(isinstance(dtype, np.dtype) and dtype.kind in "biufc" for dtype in dtypes)


def common_dtype(columns: list[NDArray[Any]]) -> np.dtype[Any]:
    """Return the type that columns of numbers (and objects that are) are read as together."""
    dtypes = [np.dtype(np.float64) if column.dtype.kind == "O" else column.dtype for column in columns]
    return target_dtype(np.result_type(*dtypes))


def series(X: Any, j: int, label: str) -> Any:
    """Return column ``j`` of a frame as the frame's maker has it."""
    column = X.iloc[:, j] if hasattr(X, "iloc") else X[:, j]
    if type(column.dtype).__name__ == "SparseDtype":
        raise TypeError(f"Sparse data was passed for {label}, but dense data is required.")
    return column


def numbers(column: Any, label: str) -> NDArray[Any]:
    """Return the numbers of a ``series`` as an array, of the type that they have there."""
    # The nullable types of pandas name the NumPy type of their values; to_numpy() alone would make objects of them.
    values_dtype = getattr(column.dtype, "numpy_dtype", None)
    if values_dtype is None or values_dtype.kind not in "biuf":
        array = series_values(column)
    elif column.isna().any():
        array = column.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        array = column.to_numpy(dtype=values_dtype)
    refuse_unless_numeric(array, label)
    if array.ndim != 1:
        raise ValueError(f"setting an array element with a sequence: {label} has values of shape {array.shape[1:]}.")
    return array


def series_values(column: Any) -> NDArray[Any]:
    """Return the values of a series as an array; integers of 128 bits, which NumPy lacks, as objects."""
    if is_wide(column):
        return np.array(column.to_list(), dtype=object)
    return np.asarray(column.to_numpy())


def is_wide(column: Any) -> bool:
    """Whether this is a series of polars' integers of 128 bits."""
    return str(getattr(column, "dtype", "")) in ("Int128", "UInt128")


def checked_feature_names(X: Any, expected: NDArray[np.object_] | None, caller: str) -> NDArray[np.object_] | None:
    """Return ``feature_names(X)``; names other than those ``expected`` from fit raise, missing names warn."""
    names = feature_names(X)
    if names is None and expected is None:
        return None
    if expected is None:
        _errors.warn(f"X has feature names, but {caller} was fitted without feature names", UserWarning)
    elif names is None:
        _errors.warn(f"X does not have valid feature names, but {caller} was fitted with feature names", UserWarning)
    elif names.tolist() != expected.tolist():
        raise ValueError(_difference(names.tolist(), expected.tolist()))
    return names


def _difference(names: list[str], expected: list[str]) -> str:
    unseen = sorted(set(names) - set(expected))
    missing = sorted(set(expected) - set(names))
    message = "The feature names should match those that were passed during fit.\n"
    if unseen:
        message += f"Feature names unseen at fit time:\n{_listed(unseen)}"
    if missing:
        message += f"Feature names seen at fit time, yet now missing:\n{_listed(missing)}"
    if not unseen and not missing:
        message += "Feature names must be in the same order as they were in fit.\n"
    return message


def _listed(names: list[str]) -> str:
    lines = [f"- {name}\n" for name in names[:5]]
    return "".join(lines) + ("- ...\n" if len(names) > 5 else "")
