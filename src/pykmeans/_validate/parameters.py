"""Parameters: what each may be, in one table that the checks and the messages read."""

import math
import time
from collections.abc import Callable
from itertools import islice
from numbers import Integral, Real
from typing import Any, NamedTuple

import numpy as np

from .. import _core, _errors
from .memory import number_of_bytes

_LARGEST_INT = 2**31 - 1  # more iterations than these cannot happen
LARGEST_GAMMA = 1e200  # so that no sum of distances overflows
_LARGEST_SPATIAL_WEIGHT = 1e25  # so that no coordinate is too large for float32, in 2^31 pixels either
_MOST_COUNTS = 10**6  # a range may have more numbers than memory holds
_MOST_THREADS = 1024  # thousands more than there are processors end in failures to create them


class _Rule(NamedTuple):
    accepts: Callable[[Any], bool]
    words: str


class Metric(NamedTuple):
    """How distance is measured, as the core takes it."""

    name: str = "euclidean"
    n_numeric: int = 0  # "mixed": the leading columns that are numbers
    gamma: float = 1.0  # "mixed": what a category that differs adds


EUCLIDEAN = Metric()
METRICS = tuple(name for name in _core.METRICS if name != "mixed")
_ALGORITHMS = {name: traits["algorithms"] for name, traits in _core.METRICS.items()}
_REFINEMENTS = {name: (None, *traits["refinements"]) for name, traits in _core.METRICS.items()}


class FitParameters(NamedTuple):
    """The parameters of a fit, judged by ``fit_parameters``."""

    n_clusters: int
    init: Any
    n_init: int | None  # None for "auto"
    max_iter: int
    tol: float
    verbose: bool
    random_state: Any  # what borrowed_generator takes
    algorithm: str
    n_threads: int
    record_steps: bool
    callback: Callable[[int, float, float], Any] | None
    deadline: float  # of time.monotonic()
    max_memory: int  # bytes; 0 for half of what is free
    refine: str  # "" for none
    n_swaps: int  # 0 for "auto"


def _is_integer(value: Any) -> bool:
    return type(value) is int or isinstance(value, Integral)  # the first is quick


def _is_integer_from(low: int) -> Callable[[Any], bool]:
    return lambda value: _is_integer(value) and int(value) >= low


def _is_one_of(*words: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in words


def _is_boolean(value: Any) -> bool:
    return isinstance(value, (bool, np.bool_))


def _is_not_negative(value: Any) -> bool:
    try:
        return (type(value) is float or isinstance(value, Real)) and float(value) >= 0
    except OverflowError:  # an integer beyond float64
        return False


def _is_finite_and_not_negative(value: Any) -> bool:
    return _is_not_negative(value) and float(value) < math.inf


def is_array_like(value: Any) -> bool:
    """Whether ``value`` is worth reading as an array of centers."""
    if type(value) is np.ndarray:
        return True
    shaped = hasattr(value, "__len__") or hasattr(value, "shape") or hasattr(value, "__array__")
    return shaped and not np.isscalar(value) and not isinstance(value, type) and not hasattr(value, "tocsr")


def is_list_of_columns(value: Any) -> bool:
    """Whether ``value`` has one dimension, and names, positions or booleans in it."""
    if isinstance(value, (str, bytes, dict, set)) or not hasattr(value, "__len__"):
        return False
    return len(getattr(value, "shape", (0,))) == 1 and all(
        isinstance(column, (str, Integral, np.bool_)) for column in value
    )


def _is_list_of_counts(value: Any) -> bool:
    if isinstance(value, (str, bytes, dict)) or not hasattr(value, "__len__") or not getattr(value, "shape", (0,)):
        return False
    found = list(islice(value, _MOST_COUNTS + 1))
    if not 0 < len(found) <= _MOST_COUNTS:
        return False
    return all(_is_integer(k) and int(k) >= 1 for k in found) and len(set(found)) == len(found)


def _is_list_of_names(value: Any) -> bool:
    if not isinstance(value, (list, tuple)):
        return False
    return bool(value) and all(isinstance(name, str) for name in value) and len(set(value)) == len(value)


_is_positive = _is_integer_from(1)
_is_natural = _is_integer_from(0)
_is_start = _is_one_of("k-means++", "random")
_is_auto = _is_one_of("auto")
_is_refinement = _is_one_of(*_core.REFINEMENTS)

_POSITIVE = _Rule(_is_positive, "an int in the range [1, inf)")
_POSITIVE_OR_AUTO = _Rule(
    lambda v: _is_positive(v) or _is_auto(v), "a str among {'auto'} or an int in the range [1, inf)"
)
_POSITIVE_OR_NONE = _Rule(lambda v: v is None or _is_positive(v), "an int in the range [1, inf) or None")
_BOOLEAN = _Rule(_is_boolean, "an instance of 'bool'")
_RULES = {
    "n_clusters": _POSITIVE,
    "init": _Rule(
        lambda v: _is_start(v) or callable(v) or is_array_like(v),
        "a str among {'k-means++', 'random'}, a callable or an array-like",
    ),
    "n_init": _POSITIVE_OR_AUTO,
    "max_iter": _POSITIVE,
    "tol": _Rule(_is_finite_and_not_negative, "a float in the range [0.0, inf)"),
    "verbose": _Rule(
        lambda v: _is_boolean(v) or _is_natural(v), "an int in the range [0, inf) or an instance of 'bool'"
    ),
    "random_state": _Rule(
        lambda v: v is None or isinstance(v, np.random.RandomState) or (_is_integer(v) and 0 <= int(v) < 2**32),
        "an int in the range [0, 4294967295], an instance of 'numpy.random.mtrand.RandomState' or None",
    ),
    "copy_x": _BOOLEAN,
    "algorithm": _Rule(_is_one_of(*_core.ALGORITHMS), "a str among {" + ", ".join(map(repr, _core.ALGORITHMS)) + "}"),
    "metric": _Rule(_is_one_of(*METRICS), "a str among {" + ", ".join(map(repr, METRICS)) + "}"),
    "refine": _Rule(
        lambda v: v is None or _is_refinement(v),
        "a str among {" + ", ".join(map(repr, _core.REFINEMENTS)) + "} or None",
    ),
    "n_swaps": _POSITIVE_OR_AUTO,
    "store_medoids": _BOOLEAN,
    "record_steps": _BOOLEAN,
    "callback": _Rule(lambda v: v is None or callable(v), "a callable or None"),
    "max_time": _Rule(lambda v: v is None or _is_not_negative(v), "a float in the range [0.0, inf] or None"),
    "max_memory": _Rule(
        lambda v: v is None or ((isinstance(v, str) or _is_positive(v)) and number_of_bytes(v) is not None),
        "an int in the range [1, inf), a str such as '2 GB' or None",
    ),
    "categorical": _Rule(
        lambda v: v is None or is_list_of_columns(v), "a list of column names or positions, a mask of bools or None"
    ),
    "gamma": _Rule(
        lambda v: _is_auto(v) or (_is_finite_and_not_negative(v) and float(v) <= LARGEST_GAMMA),
        f"a str among {{'auto'}} or a float in the range [0.0, {LARGEST_GAMMA}]",
    ),
    "n_threads": _Rule(
        lambda v: v is None or (_is_positive(v) and int(v) <= _MOST_THREADS),
        f"an int in the range [1, {_MOST_THREADS}] or None",
    ),
    "n_local_trials": _POSITIVE_OR_NONE,
    "return_n_iter": _BOOLEAN,
    "kind": _Rule(_is_one_of("auto", "pca", "pair"), "a str among {'auto', 'pca', 'pair'}"),
    "regions": _BOOLEAN,
    "max_points": _POSITIVE,
    "simplified": _BOOLEAN,
    "max_features": _POSITIVE,
    "max_panels": _Rule(_is_integer_from(2), "an int in the range [2, inf)"),
    "k": _Rule(
        _is_list_of_counts,
        f"a range or list of different ints in the range [1, n_samples], at most {_MOST_COUNTS}",
    ),
    "criteria": _Rule(_is_list_of_names, "a list or tuple of different names of criteria"),
    "n_references": _POSITIVE,
    "progress": _Rule(lambda v: v is None or _is_boolean(v), "an instance of 'bool' or None"),
    "n_colors": _POSITIVE,
    "space": _Rule(_is_one_of("lab", "rgb"), "a str among {'lab', 'rgb'}"),
    "spatial_weight": _Rule(
        lambda v: _is_finite_and_not_negative(v) and float(v) <= _LARGEST_SPATIAL_WEIGHT,
        f"a float in the range [0.0, {_LARGEST_SPATIAL_WEIGHT}]",
    ),
}


# The value that was last accepted for each parameter. Most fits of a program repeat it, and comparing identities is
# faster than judging. Only immutable values are kept.
_accepted: dict[str, Any] = dict.fromkeys(_RULES, object())
_CONSTANTS = frozenset((type(None), bool, int, float, str))


def check(caller: str, **values: Any) -> None:
    """Raise InvalidParameterError for the first value that its rule does not accept."""
    for name, value in values.items():
        if value is _accepted[name]:
            continue
        rule = _RULES[name]
        if not rule.accepts(value):
            raise _errors.InvalidParameterError(
                f"The {name!r} parameter of {caller} must be {rule.words}. Got {value!r} instead."
            )
        if type(value) in _CONSTANTS:
            _accepted[name] = value


def fit_parameters(caller: str, values: dict[str, Any]) -> FitParameters:
    """Judge the parameters of an estimator, by name, and bring them to the types that the fit computes with.

    The time of a fit begins here.
    """
    check(caller, **values)
    algorithm, refine = values.get("algorithm", "auto"), values.get("refine")
    if "metric" in values:
        _check_combination("algorithm", algorithm, values["metric"], _ALGORITHMS)
        _check_combination("refine", refine, values["metric"], _REFINEMENTS)
    n_init, n_swaps = values["n_init"], values.get("n_swaps", "auto")
    max_time = values.get("max_time")
    max_memory = values.get("max_memory")
    return FitParameters(
        n_clusters=int(values["n_clusters"]),
        init=values["init"],
        n_init=None if n_init == "auto" else int(n_init),
        max_iter=min(int(values["max_iter"]), _LARGEST_INT),
        tol=float(values["tol"]),
        verbose=bool(values["verbose"]),
        random_state=values["random_state"],
        algorithm=algorithm,
        n_threads=threads(caller, values["n_threads"]),
        record_steps=bool(values.get("record_steps", False)),
        callback=values.get("callback"),
        deadline=math.inf if max_time is None else time.monotonic() + float(max_time),
        max_memory=0 if max_memory is None else number_of_bytes(max_memory) or 0,
        refine=refine or "",
        n_swaps=0 if n_swaps == "auto" else min(int(n_swaps), _LARGEST_INT),
    )


def _check_combination(name: str, value: Any, metric: str, that_work: dict[str, tuple[Any, ...]]) -> None:
    """Raise ValueError unless ``value`` of a parameter is one of those that work with ``metric``."""
    if value not in that_work[metric]:
        others = [other for other in METRICS if value in that_work[other]]
        raise ValueError(
            f"{name}={value!r} works with metric {_listed(others)} only, got metric={metric!r}, which works "
            f"with {name} {_listed(that_work[metric])}."
        )


def check_center(what: str, metric: str, centers: tuple[str, ...]) -> None:
    """Raise ValueError where ``what`` needs a metric with one of ``centers``, as ``_core.METRICS`` calls them."""
    if _core.METRICS[metric]["center"] in centers:
        return
    named = [name for name in METRICS if _core.METRICS[name]["center"] in centers]
    words = [f"metric {_listed(named)}"] if named else []
    if _core.METRICS["mixed"]["center"] in centers:
        words.append("KPrototypes")
    got = "KPrototypes" if metric == "mixed" else f"metric={metric!r}"
    raise ValueError(f"{what} works with {' or '.join(words)} only, got {got}.")


def centers_with(**facts: bool) -> tuple[str, ...]:
    """Return the centers of the metrics of which ``_core.METRICS`` says so; without facts, of all."""
    return tuple(traits["center"] for traits in _core.METRICS.values() if facts.items() <= traits.items())


def _listed(names: Any) -> str:
    return " or ".join(map(repr, names))


_spare_generators: list[np.random.RandomState] = []  # to make one takes longer than a small fit


def borrowed_generator(seed: Any) -> np.random.RandomState:
    """Return the generator that ``random_state`` stands for; None is NumPy's global one, as in scikit-learn.

    Whoever is done with it calls ``give_back``. Somebody else may use it afterwards, so it must go to no user.
    """
    if not _is_integer(seed):
        return new_generator(seed)
    try:
        generator = _spare_generators.pop()
    except IndexError:
        generator = np.random.RandomState()
    generator.seed(int(seed))
    return generator


def give_back(seed: Any, generator: np.random.RandomState) -> None:
    """End the use of ``borrowed_generator(seed)``."""
    if _is_integer(seed):
        _spare_generators.append(generator)


def new_generator(seed: Any) -> np.random.RandomState:
    """Return the same generator to keep."""
    if seed is None:
        return np.random.mtrand._rand
    return seed if isinstance(seed, np.random.RandomState) else np.random.RandomState(int(seed))


def threads(caller: str, n_threads: Any) -> int:
    """Return the number of threads as the core takes it: 0 for what the machine grants."""
    check(caller, n_threads=n_threads)
    return 0 if n_threads is None else int(n_threads)


def check_cluster_count(n_clusters: int, n_samples: int) -> None:
    """Raise ValueError where there are fewer rows than clusters."""
    if n_samples < n_clusters:
        raise ValueError(f"n_samples={n_samples} should be >= n_clusters={n_clusters}: X needs a row for each cluster.")
