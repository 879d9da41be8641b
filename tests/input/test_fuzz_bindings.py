"""Arrays of any type, shape, order and values in the hands of any function: a result that holds together, or a
ValueError or TypeError; never a crash, and X as it was.
"""

import warnings
from contextlib import suppress

import numpy as np
import pytest
from budget import examples
from helpers import assert_same_bits, bits
from hypothesis import given, note
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import pykmeans
from pykmeans import _core

NUMBERS = ["u1", "i1", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "g", ">f4", ">f8", ">i2", "?"]
OTHERS = ["c8", "c16", "U3", "S2", "O", "M8[s]", "m8[D]", [("a", "f8"), ("b", "u1")]]
PLAIN = ["u1", "f4", "f8"]

odd_values = st.sampled_from(
    [0.0, -0.0, 1.0, 255.0, 5e-324, 1e-40, 1e-300, 1e25, 3.4e38, 1e160, 1.7e308, -1e300, np.nan, np.inf, -np.inf]
)
likely_values = st.one_of(st.integers(0, 5).map(float), st.floats(-10, 10, width=16))


def elements(dtype):
    """Values of a type: mostly harmless ones, so that some arrays are good."""
    if dtype.kind == "f":
        limit = float(np.finfo(dtype).max) if dtype.itemsize < 8 else np.inf
        inside = odd_values.filter(lambda v: not np.isfinite(v) or abs(v) <= limit)
        return st.one_of(likely_values, likely_values, likely_values, inside).map(lambda v: dtype.type(v))
    if dtype.kind == "O":
        return st.one_of(likely_values, st.none(), st.text(max_size=2), st.booleans())
    if dtype.names:
        return None
    return arrays.from_dtype(dtype)


@st.composite
def layouts(draw, array):
    """The same values, or some of them, in another place."""
    how = draw(st.sampled_from(["as is"] * 4 + ["fortran", "backwards", "every other", "same row", "odd", "locked"]))
    if how == "fortran":
        return np.asfortranarray(array)
    if how == "backwards":
        return array[(slice(None, None, -1),) * array.ndim]
    if how == "every other":
        return array[(slice(None, None, 2),) * array.ndim]
    if how == "same row" and array.ndim and len(array):
        return np.broadcast_to(array[0], array.shape)
    if how == "odd" and array.dtype.kind in "fiu":  # not aligned
        memory = bytearray(array.nbytes + 1)
        moved = np.ndarray(array.shape, array.dtype, memory, offset=1)
        moved[...] = array
        return moved
    if how == "locked":
        array.flags.writeable = False
    return array


@st.composite
def any_array(draw, dtypes=(*NUMBERS, *PLAIN * 4, *OTHERS), max_side=8, dimensions=(2, 2, 2, 2, 2, 2, 1, 3, 0)):
    dtype = np.dtype(draw(st.sampled_from(list(dtypes))))
    ndim = draw(st.sampled_from(dimensions))
    low = draw(st.sampled_from([1, 1, 1, 0]))
    shape = draw(st.tuples(*[st.integers(low, max_side)] * ndim))
    if dtype.names:
        return np.zeros(shape, dtype)
    return draw(layouts(draw(arrays.arrays(dtype, shape, elements=elements(dtype)))))


@st.composite
def vectors(draw, dtypes=("f8", "f8", "f4", "i8", "u1", "?", "O", "U3")):
    """Weights or labels, or what somebody takes for them."""
    return draw(st.one_of(st.none(), any_array(dtypes, max_side=8, dimensions=(1, 1, 1, 2, 0)), st.just("weights")))


counts = st.one_of(st.integers(1, 4), st.sampled_from([0, -1, 9, 2**31, 2**70, True, 2.0, "2", None, np.int8(2)]))
floats = st.one_of(st.sampled_from([0.0, 1e-4]), st.sampled_from([-1.0, np.nan, np.inf, 1e308, 10**400, "0", None]))


def mostly(strategy, usual):
    return st.one_of(st.just(usual), st.just(usual), st.just(usual), strategy)


def optional(**strategies):
    return st.fixed_dictionaries({}, optional=strategies)


METRIC = st.sampled_from([*pykmeans._core.METRICS, "minkowski", 3])
LOOP = {
    "init": st.one_of(st.sampled_from(["k-means++", "random", "first", 3]), any_array(PLAIN, max_side=4)),
    "n_init": st.sampled_from([1, 2, "auto", 0, "2"]),
    "max_iter": mostly(counts, 3),
    "tol": floats,
    "random_state": mostly(st.sampled_from([None, -1, 2**32, "seed", 1.5]), 0),
    "n_threads": mostly(st.sampled_from([0, -1, 1, 2, 3, 2**40, "all"]), None),
}
K_MEANS = {
    **LOOP,
    "algorithm": st.sampled_from([*_core.ALGORITHMS, "hamerly"]),
    "metric": METRIC,
    "refine": mostly(st.sampled_from([*_core.REFINEMENTS, "merges", 1]), None),
    "n_swaps": mostly(st.sampled_from([1, 5, 0, 2.0]), "auto"),
}


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class Refused(Exception):
    """A function said no, in the way that it may."""


def call(function, *arguments, **options):
    """The function's result; Refused where it refuses. The arguments stay as they are."""
    note(f"{function} {arguments!r} {options!r}")
    given = [a for a in [*arguments, *options.values()] if isinstance(a, np.ndarray) and a.dtype.kind != "O"]
    before = [bits(array) for array in given]
    try:
        return function(*arguments, **options)
    except (ValueError, TypeError) as error:
        assert str(error)
        raise Refused from error
    finally:
        assert [bits(array) for array in given] == before


def assert_holds_together(model, X, sample_weight, k):
    n = len(X)
    labels, centers = model.labels_, model.cluster_centers_
    assert labels.shape == (n,) and labels.dtype == np.int32
    assert labels.min() >= 0 and labels.max() < k
    assert centers.shape == (k, X.shape[1])
    assert model.inertia_ >= 0 and np.isfinite(model.inertia_)
    assert (model.cluster_sizes_ >= 0).all()
    if sample_weight is None:
        assert model.cluster_sizes_.sum() == n
    assert len(model.inertia_history_) == model.n_iter_
    assert model.inertia_ <= getattr(model, "unrefined_inertia_", model.inertia_)
    assert bits(model.predict(X)) == bits(labels)
    assert model.score(X, sample_weight=sample_weight) == -model.inertia_


@examples(300)
@given(any_array(), vectors(), mostly(counts, 2), optional(**K_MEANS, record_steps=st.booleans()), any_array())
def test_k_means(X, sample_weight, k, options, other):
    model = pykmeans.KMeans(k, **options)
    try:
        call(model.fit, X, sample_weight=sample_weight)
    except Refused:
        assert not hasattr(model, "labels_")
        return
    assert_holds_together(model, X, sample_weight, int(k))
    assert np.isfinite(model.cluster_centers_).all()
    plain = np.array(X, order="C", dtype=X.dtype.newbyteorder("="))  # nothing depends on where and how values lie
    if options.get("random_state") is not None:
        again = pykmeans.KMeans(k, **options).fit(plain, sample_weight=sample_weight)
        assert_same_bits(again, model)
    for method in (model.predict, model.transform, model.score):
        with suppress(Refused):
            call(method, other)


@examples(150)
@given(
    any_array([*NUMBERS, "O", "O", "U3", "f8"]),
    vectors(),
    mostly(counts, 2),
    optional(**LOOP, gamma=st.sampled_from(["auto", 0, 0.5, -1, 1e300, "much"])),
    st.one_of(st.lists(st.integers(-3, 8), max_size=4), st.sampled_from([None, "all", [True, False], ["a"]])),
    any_array(["O", "f8", "U3"]),
)
def test_k_prototypes(X, sample_weight, k, options, categorical, other):
    model = pykmeans.KPrototypes(k, categorical=categorical, **options)
    try:
        call(model.fit, X, sample_weight=sample_weight)
    except Refused:
        assert not hasattr(model, "labels_")
        return
    assert_holds_together(model, X, sample_weight, int(k))
    for method in (model.predict, model.transform, model.score):
        with suppress(Refused):
            call(method, other)


FUNCTIONS = {
    "k_means": st.tuples(any_array(), mostly(counts, 2), optional(**K_MEANS, sample_weight=vectors())),
    "kmeans_plusplus": st.tuples(
        any_array(),
        mostly(counts, 2),
        optional(sample_weight=vectors(), n_local_trials=counts, metric=METRIC, random_state=LOOP["random_state"]),
    ),
    "assign": st.tuples(any_array(), any_array(), optional(metric=METRIC, n_threads=LOOP["n_threads"])),
    "silhouette_samples": st.tuples(any_array(), vectors(), optional(metric=METRIC, sample_weight=vectors())),
    "silhouette_score": st.tuples(any_array(), vectors(), optional(metric=METRIC, sample_weight=vectors())),
    "select_k": st.tuples(
        any_array(),
        st.one_of(st.lists(counts, max_size=3), st.just(range(1, 4)), st.just(3)),
        optional(
            criteria=st.lists(st.sampled_from(["elbow", "silhouette", "gap", "bic", "luck"]), max_size=2),
            sample_weight=vectors(),
            random_state=LOOP["random_state"],
            n_references=st.sampled_from([1, 0, "ten"]),
        ),
    ),
    "segment_image": st.tuples(
        any_array(dimensions=(3, 3, 2, 1)),
        mostly(counts, 2),
        optional(space=st.sampled_from(["lab", "rgb", "hsv"]), spatial_weight=floats, n_init=LOOP["n_init"]),
    ),
    "palette_from": st.tuples(
        any_array(dimensions=(3, 3, 2, 1)), mostly(counts, 2), optional(n_threads=LOOP["n_threads"])
    ),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@examples(60)
@given(st.data())
def test_functions(name, data):
    *arguments, options = data.draw(FUNCTIONS[name])
    with suppress(Refused):
        call(getattr(pykmeans, name), *arguments, **options)


# The core trusts _validate for what a number means, and nobody for what memory it may read.

core_array = st.one_of(any_array(PLAIN), any_array(), st.none())
core_vector = st.one_of(any_array(["f8", "f8", "i4", "i8", "u1", "u2"], dimensions=(1, 1, 1, 2)), st.none())
sizes = st.one_of(st.integers(0, 9), st.sampled_from([-1, 2**31, 2**63, 2**64]))
points = st.tuples(
    core_array,
    st.one_of(st.none(), core_vector),
    st.sampled_from([0, 1, 2, 3, -1, 10**6]),
    st.sampled_from([*_core.METRICS, "none"]),
    st.one_of(st.integers(0, 4), sizes),
    st.sampled_from([0.0, 0.7, -1.0, np.nan, 1e300]),
)
CORE = {
    "plus_plus": st.tuples(sizes, core_vector, sizes),
    "nearest": st.tuples(core_array),
    "assign": st.tuples(core_array),
    "transform": st.tuples(core_array),
    "medoids": st.tuples(core_array, core_vector),
    "score": st.tuples(core_array),
    "silhouette": st.tuples(core_vector, sizes),
    "simplified_silhouette": st.tuples(core_vector, core_array),
}


@examples(400)
@given(points, st.sampled_from(list(CORE)), st.data())
def test_the_core(how, name, data):
    try:
        made = call(_core.Points, *how)
        call(getattr(_core, name), made, *data.draw(CORE[name]))
    except Refused:
        pass


@examples(200)
@given(points, core_array, sizes, st.sampled_from([0.0, 1e-4, -1.0, np.nan]), st.sampled_from([*_core.ALGORITHMS, ""]))
def test_the_loop_of_the_core(how, init, max_iter, tol, algorithm):
    try:
        made = call(_core.Points, *how)
        fit = call(_core.fit, made, init, max_iter=min(max_iter, 9), tol=tol, algorithm=algorithm, record_steps=True)
    except Refused:
        return
    assert fit.labels.min() >= 0 and fit.labels.max() < len(init)
    assert fit.centers.shape == init.shape


@examples(100)
@given(any_array(["u1", "u1", "u1", "f8"]), core_vector, sizes)
def test_distinct_rows(X, each, n_threads):
    try:
        rows = call(_core.DistinctRows, X, n_threads)
        assert rows.counts.sum() == len(X)
        numbers = np.arange(len(rows.counts), dtype=np.int32)
        assert bits(rows.values[rows.spread(numbers)]) == bits(X)
        call(rows.spread, each)
        weighted = call(_core.Points, rows.values, rows.counts, occurrences=rows)
        call(_core.plus_plus, weighted, 2, np.array([0.3, 0.6]), 1)
    except Refused:
        pass
