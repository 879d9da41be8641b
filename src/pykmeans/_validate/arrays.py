"""Arrays from the user: points, weights and centers, each brought to what the compiled core reads."""

from collections.abc import Callable
from numbers import Number
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import _core
from .convert import converted, first, place, refuse_unless_numeric
from .frames import is_frame, is_wide, series_values, to_array
from .parameters import EUCLIDEAN, Metric

_RESHAPE = (
    "Reshape your data either using array.reshape(-1, 1) if your data has a single feature "
    "or array.reshape(1, -1) if it contains a single sample."
)


def matrix(X: Any, name: str = "X") -> NDArray[Any]:
    """``X`` as the core reads it: in place where it can be, else one copy. Whether it is finite, the core finds out."""
    array = X if type(X) is np.ndarray else as_array(X, name)
    if array.ndim != 2:
        refuse_unless_numeric(array, name)
    check_shape(X, array.shape, name)
    dtype = array.dtype
    if (
        dtype.char in "Bfd"
        and dtype.isnative
        and array.flags.aligned
        and (array.shape[1] == 1 or array.strides[1] == dtype.itemsize)
    ):
        return array
    return converted(array, name)


def points(
    X: NDArray[Any],
    sample_weight: NDArray[np.float64] | None,
    n_threads: int,
    feature_names: NDArray[np.object_] | None,
    metric: Metric = EUCLIDEAN,
) -> _core.Points:
    """Return what the core computes with; ValueError if ``X`` (from ``matrix``) is not what the metric takes."""
    found = _core.Points(X, sample_weight, n_threads, *metric)
    if found.n_nonfinite:
        where = found.first_nonfinite
        column = f" ({feature_names[where[1]]!r})" if feature_names is not None else ""
        raise _not_finite(X, "X", found.n_nonfinite, where, place(where) + column)
    return found


def weights(sample_weight: Any, n_samples: int) -> NDArray[np.float64] | None:
    """Weights as the core reads them; None for ones."""
    if sample_weight is None:
        return None
    array = _weights_array(sample_weight, n_samples)
    refuse_non_finite(array, "sample_weight")
    negative = array < 0
    if negative.any():
        where = first(negative)
        raise ValueError(
            f"Negative values in data passed to `sample_weight`: weights must be >= 0, "
            f"got {array[where]} at {place(where)}."
        )
    with np.errstate(over="ignore"):
        total = array.sum()
    if total == 0:
        raise ValueError("Sample weights must contain at least one non-zero number: all of sample_weight is zero.")
    if np.isinf(total):
        raise ValueError(f"The sum of sample_weight must be a finite float64; its largest value is {array.max()}.")
    return array


def _weights_array(sample_weight: Any, n_samples: int) -> NDArray[np.float64]:
    if isinstance(sample_weight, Number):
        array = np.asarray(sample_weight).reshape(1)
    else:
        array = as_array(sample_weight, "sample_weight")
        refuse_unless_numeric(array, "sample_weight")
        if array.ndim != 1:
            raise ValueError(
                f"Sample weights must be 1D array or scalar, got {array.ndim}D array. Expected either a scalar value "
                f"or a 1D array of length {n_samples}; sample_weight has shape {array.shape}."
            )
        if array.shape != (n_samples,):
            raise ValueError(f"sample_weight.shape == {array.shape}, expected {(n_samples,)}: one weight per row of X.")
    if array.dtype != np.float64 or not (array.flags.c_contiguous and array.flags.aligned):
        array = converted(array, "sample_weight")
    if isinstance(sample_weight, Number):
        return np.full(n_samples, array[0], dtype=np.float64)
    return array.astype(np.float64, order="C", copy=False)


def as_core_centers(array: NDArray[Any]) -> NDArray[Any]:
    """C-contiguous float32 or float64, as the core takes centers.

    float32 stays float32: the core converts it itself, since NumPy would lose subnormal values where another library
    has left flush-to-zero on.
    """
    return np.ascontiguousarray(array, dtype=np.float32 if array.dtype == np.float32 else np.float64)


def centers(value: Any, name: str, n_features: int) -> NDArray[Any]:
    """Centers to measure distances to, as the core takes them: finite, of shape (any, ``n_features``)."""
    array = matrix(value, name)
    check_centers_width(array.shape, name, n_features)
    refuse_non_finite(array, name)
    return as_core_centers(array)


def starting_centers(value: Any, name: str, shape: tuple[int, int], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Centers to start from, of ``shape`` (n_clusters, n_features), which the core rounds to the centers' ``dtype``."""
    array = matrix(value, name)
    check_centers_shape(array.shape, name, shape)
    refuse_non_finite(array, name)
    refuse_too_large(array, name, dtype)
    return as_core_centers(array)


def check_centers_shape(found: tuple[int, ...], name: str, shape: tuple[int, int]) -> None:
    """Raise ValueError unless centers to start from have the ``shape`` (n_clusters, n_features)."""
    if found[0] != shape[0]:
        raise ValueError(
            f"The shape of the initial centers {found} does not match the number of clusters {shape[0]}: "
            f"{name} must have shape {shape}."
        )
    if found[1] != shape[1]:
        raise ValueError(
            f"The shape of the initial centers {found} does not match the number of features of the data "
            f"{shape[1]}: {name} must have shape {shape}."
        )


def check_centers_width(found: tuple[int, ...], name: str, n_features: int) -> None:
    """Raise ValueError unless centers to measure distances to have ``n_features``."""
    if found[1] != n_features:
        raise ValueError(f"{name} has {found[1]} features (shape={found}), but X has {n_features}: they must be equal.")


def refuse_too_large(
    array: NDArray[Any], name: str, dtype: np.dtype[Any], words: Callable[[tuple[int, ...]], str] = place
) -> None:
    """Raise ValueError for the first value that is infinite in ``dtype``, the type of the centers."""
    if array.dtype.itemsize <= dtype.itemsize:
        return
    with np.errstate(over="ignore"):
        too_large = np.isinf(array.astype(dtype))
    if too_large.any():
        where = first(too_large)
        raise ValueError(
            f"{name} holds {array[where]} at {words(where)}, which is too large for {dtype}, the type of the centers."
        )


def as_array(X: Any, name: str) -> NDArray[Any]:
    """Return a plain ndarray of ``X``, which is one already or is turned into one by whoever made it."""
    if isinstance(X, np.matrix):
        raise TypeError(f"np.matrix is not supported: {name} must be an array. Convert it with np.asarray.")
    if isinstance(X, np.ma.MaskedArray) and np.ma.is_masked(X):
        raise ValueError(
            f"{name} is a masked array in which {np.ma.getmaskarray(X).sum()} values are masked, none may be missing."
        )
    if isinstance(X, np.ndarray):
        return np.asarray(X)
    if hasattr(X, "tocsr"):
        raise TypeError(
            f"Sparse data was passed for {name}, but dense data is required. Use '.toarray()' to convert it."
        )
    if is_frame(X) and len(X.shape) == 2:
        return to_array(X, name)
    if is_wide(X):
        return series_values(X)
    try:
        return np.asarray(X)
    except ValueError as error:  # rows of different lengths
        raise ValueError(f"{name} must be an array or rows of equal length: {error}") from None


def check_shape(X: Any, shape: tuple[int, ...], name: str) -> None:
    """Raise ValueError unless ``shape``, that of ``X``, is one of rows and columns, with one of each at least."""
    if len(shape) != 2:
        raise _not_two_dimensional(X, shape, name)
    if 0 in shape:
        what = "sample(s)" if shape[0] == 0 else "feature(s)"
        raise ValueError(f"Found array with 0 {what} (shape={shape}) while a minimum of 1 is required for {name}.")


def _not_two_dimensional(X: Any, shape: tuple[int, ...], name: str) -> ValueError:
    if len(shape) > 2:
        return ValueError(f"Found array with dim {len(shape)}, while dim <= 2 is required: {name} has shape {shape}.")
    if hasattr(X, "to_frame"):
        return ValueError(
            f"Expected a 2-dimensional container but got {type(X)} instead. Pass a DataFrame containing a single row "
            f"(i.e. single sample) or a single column (i.e. single feature) for {name}."
        )
    kind = "1D" if len(shape) == 1 else "scalar"
    return ValueError(
        f"Expected 2D array, got {kind} array instead: {name} must have shape (n_samples, n_features), "
        f"got shape {shape} from {type(X).__name__}. {_RESHAPE}"
    )


def refuse_non_finite(array: NDArray[Any], name: str, words: Callable[[tuple[int, ...]], str] = place) -> None:
    """Raise ValueError for the first value that is not finite; ``words`` say where it stands."""
    finite = np.isfinite(array)
    if np.count_nonzero(finite) < finite.size:  # quicker than all()
        bad = ~finite
        where = first(bad)
        raise _not_finite(array, name, int(bad.sum()), where, words(where))


def _not_finite(array: NDArray[Any], name: str, count: int, where: tuple[int, ...], words: str) -> ValueError:
    """Return the error for ``count`` values of ``array``, of which the first stands ``where``, in words that say so."""
    kind = "NaN" if np.isnan(array).any() else f"infinity or a value too large for {array.dtype!r}"
    values = "value is" if count == 1 else "values are"
    return ValueError(
        f"Input {name} contains {kind}. {count} {values} not finite; the first, {array[where]}, is at "
        f"{words}, counted from 0."
    )
