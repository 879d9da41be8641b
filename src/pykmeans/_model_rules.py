"""What each value of a fitted model in a file must be: one table, and a function that judges by it.

A file may have been changed by anybody. What passes here is what a fit could have left.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import _core
from ._validate.categories import is_category
from ._validate.convert import LARGEST_EXACT_INTEGER
from ._validate.parameters import LARGEST_GAMMA


class Rule(NamedTuple):
    """What a value must be."""

    accepts: Callable[[Any], bool]
    words: str


class _ArrayRule(NamedTuple):
    """What an array must be."""

    dtypes: tuple[str, ...]
    lengths: tuple[str, ...]  # of its dimensions; one name stands for one number in all rules
    values: Rule


def is_finite(value: Any) -> bool:
    """Whether ``value`` is a float that is finite, or an int that is one."""
    return (type(value) is float and math.isfinite(value)) or (
        type(value) is int and abs(value) <= LARGEST_EXACT_INTEGER
    )


def _one_of(*words: str) -> Rule:
    return Rule(lambda value: type(value) is str and value in words, f"of type str, one of {', '.join(words)}")


def _all_not_negative(array: NDArray[Any]) -> bool:
    return bool(np.isfinite(array).all() and (array >= 0).all())


_REASONS_OF_CONVERGENCE = ("labels", "centers")
_COUNT = Rule(lambda value: type(value) is int and value >= 1, "of type int and >= 1")
_COUNT_FROM_0 = Rule(lambda value: type(value) is int and value >= 0, "of type int and >= 0")
_INERTIA = Rule(lambda value: type(value) is float and 0 <= value < math.inf, "of type float, finite and >= 0")
_HISTORY = Rule(lambda array: bool((array >= 0).all()), ">= 0")
_NOT_NEGATIVE = Rule(_all_not_negative, "finite and >= 0")

_SCALARS = {
    "inertia_": _INERTIA,
    "n_iter_": _COUNT,
    "n_features_in_": _COUNT,
    "stop_reason_": _one_of(*_REASONS_OF_CONVERGENCE, "max_iter", "callback", "max_time"),
    "algorithm_": _one_of(*(name for name in _core.ALGORITHMS if name != "auto")),
    "unrefined_inertia_": _INERTIA,
    "n_swaps_": _COUNT_FROM_0,
    "n_accepted_swaps_": _COUNT_FROM_0,
    "n_moves_": _COUNT_FROM_0,
    "converged_": Rule(lambda value: type(value) is bool, "of type bool"),
    "gamma_": Rule(
        lambda value: type(value) is float and 0 <= value <= LARGEST_GAMMA,
        f"of type float, in the range [0.0, {LARGEST_GAMMA}]",
    ),
}
_ARRAYS = {
    "cluster_centers_": _ArrayRule(
        ("float32", "float64", "object"),
        ("n_clusters", "n_features_in_"),
        Rule(lambda array: array.dtype.kind == "O" or bool(np.isfinite(array).all()), "finite"),
    ),
    "inertia_history_": _ArrayRule(("float64",), ("n_iter_",), _HISTORY),
    "refinement_history_": _ArrayRule(("float64",), ("n_steps",), _HISTORY),
    "cluster_sizes_": _ArrayRule(("float64",), ("n_clusters",), _NOT_NEGATIVE),
    "cluster_inertia_": _ArrayRule(("float64",), ("n_clusters",), _NOT_NEGATIVE),
    "feature_names_in_": _ArrayRule(
        ("object",), ("n_features_in_",), Rule(lambda array: all(isinstance(name, str) for name in array), "text")
    ),
    "categorical_features_": _ArrayRule(
        ("int64",),
        ("n_categorical",),
        Rule(lambda _: True, ""),  # judged with the centers
    ),
}


def check(values: dict[str, Any], rules: dict[str, Rule]) -> None:
    """Raise ValueError for the first of ``values`` that its rule does not accept."""
    for name, rule in rules.items():
        if name in values and not rule.accepts(values[name]):
            raise ValueError(f"{name} is {values[name]!r:.60}, which must be {rule.words}")


def check_fitted(values: dict[str, Any], metric: str) -> None:
    """Raise ValueError unless ``values`` are the attributes of a fit with this metric, and go together."""
    check(values, _SCALARS)
    lengths = {name: values[name] for name in ("n_features_in_", "n_iter_")}
    for name, rule in _ARRAYS.items():
        if name in values:
            _check_array(name, values[name], rule, lengths)
    if values["converged_"] != (values["stop_reason_"] in _REASONS_OF_CONVERGENCE):
        raise ValueError(f"converged_ is {values['converged_']}, but stop_reason_ is {values['stop_reason_']!r}")
    if values["inertia_"] > values.get("unrefined_inertia_", math.inf):
        raise ValueError(f"inertia_ is {values['inertia_']}, but unrefined_inertia_ is {values['unrefined_inertia_']}")
    if values.get("n_accepted_swaps_", 0) > values.get("n_swaps_", 0):
        raise ValueError(f"n_accepted_swaps_ is {values['n_accepted_swaps_']}, but n_swaps_ is {values['n_swaps_']}")
    if not values["cluster_sizes_"].any():
        raise ValueError("cluster_sizes_ are all 0, but some row must have a weight")
    _check_centers(values["cluster_centers_"], values.get("categorical_features_"), metric)


def _check_array(name: str, array: Any, rule: _ArrayRule, lengths: dict[str, int]) -> None:
    is_array = isinstance(array, np.ndarray) and array.dtype in rule.dtypes and array.ndim == len(rule.lengths)
    expected = [lengths.get(length) for length in rule.lengths]
    if not is_array or any(n not in (None, found) for n, found in zip(expected, array.shape, strict=True)):
        words = ", ".join("any" if n is None else str(n) for n in expected)
        raise ValueError(f"{name} must be an array of {' or '.join(rule.dtypes)} of shape ({words})")
    if not rule.values.accepts(array):
        raise ValueError(f"{name} must be {rule.values.words}, but it is {array.tolist()!r:.60}")
    lengths.update(zip(rule.lengths, array.shape, strict=True))


def _check_centers(centers: NDArray[Any], categorical: NDArray[np.int64] | None, metric: str) -> None:
    """Raise ValueError unless the columns of ``centers`` hold what the metric compares."""
    n_features = centers.shape[1]
    is_table = centers.dtype.kind == "O"
    if metric != "hamming" and is_table != (metric == "mixed"):
        dtypes = "object" if metric == "mixed" else "float32 or float64"
        raise ValueError(f"cluster_centers_ must be an array of {dtypes} where the metric is {metric}")
    if metric == "cosine" and not centers.any(axis=1).all():
        raise ValueError("cluster_centers_ must have a value that is not 0 in each row where the metric is cosine")
    positions = list(range(n_features)) if categorical is None else categorical.tolist()
    if positions != sorted(set(positions) & set(range(n_features))):
        raise ValueError(f"categorical_features_ are {positions}, which must be positions of columns in order")
    for (row, column), value in np.ndenumerate(centers) if is_table else ():
        accepts, words = (is_category, "a category") if column in positions else (is_finite, "a finite number")
        if not accepts(value):
            raise ValueError(f"cluster_centers_[{row}, {column}] is {value!r:.60}, which must be {words}")
