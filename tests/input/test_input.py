"""What is taken as X, weights, centers and parameters, and how everything else is refused."""

import decimal
import re
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp

import pykmeans
from pykmeans import KMeans, KPrototypes, assign, k_means, kmeans_plusplus
from pykmeans._validate.arrays import matrix

VALUES = np.array([[0.0, 1.0], [2.0, 3.0], [10.0, 11.0], [12.0, 13.0], [1.0, 0.0]])
CENTERS = np.array([[1.0, 1.0], [11.0, 12.0]])


def unaligned(array: np.ndarray) -> np.ndarray:
    """The same values one byte off their alignment."""
    raw = np.zeros(array.nbytes + 1, dtype=np.uint8)
    result = raw[1:].view(array.dtype).reshape(array.shape)
    result[...] = array
    assert not result.flags.aligned
    return result


def every_other_row(array: np.ndarray) -> np.ndarray:
    return np.repeat(array, 2, axis=0)[::2]


def left_columns(array: np.ndarray) -> np.ndarray:
    return np.hstack([array, array])[:, : array.shape[1]]


def backwards(array: np.ndarray) -> np.ndarray:
    return array[::-1].copy()[::-1]


# ---------------------------------------------------------------------------------------------------------------------
# What is read in place and what is copied
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("layout", [np.copy, every_other_row, left_columns, backwards])
def test_read_in_place(dtype: type, layout: Any) -> None:
    X = layout(VALUES.astype(dtype))
    assert matrix(X) is X


def test_repeated_row_and_memory_map_are_read_in_place(tmp_path: Any) -> None:
    repeated = np.broadcast_to(VALUES[0], (5, 2))
    assert matrix(repeated) is repeated
    np.save(tmp_path / "values.npy", VALUES)
    mapped = np.load(tmp_path / "values.npy", mmap_mode="r")
    assert np.shares_memory(matrix(mapped), mapped)
    np.testing.assert_array_equal(KMeans(2, init=CENTERS).fit(mapped).labels_, [0, 0, 1, 1, 0])


def test_any_stride_of_a_single_column_is_read_in_place() -> None:
    column = VALUES[:, 1:]
    assert matrix(column) is column
    one_of_many = np.asfortranarray(VALUES)[:, :1]
    assert matrix(one_of_many) is one_of_many


@pytest.mark.parametrize(
    "change",
    [np.asfortranarray, unaligned, lambda a: a[:, ::-1].copy()[:, ::-1], lambda a: a.astype(a.dtype.newbyteorder())],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_other_layouts_are_copied_once(dtype: type, change: Any) -> None:
    X = change(VALUES.astype(dtype))
    read = matrix(X)
    assert not np.shares_memory(read, X)
    assert read.dtype == np.dtype(dtype) and read.dtype.isnative
    assert read.flags.carray
    np.testing.assert_array_equal(read, VALUES)


def test_bytes_stay_bytes_when_they_are_copied() -> None:
    read = matrix(np.asfortranarray(VALUES.astype(np.uint8)))
    assert read.dtype == np.uint8 and read.flags.carray
    np.testing.assert_array_equal(read, VALUES)
    assert matrix(pd.DataFrame(VALUES.astype(np.uint8))).dtype == np.uint8
    assert matrix(pl.DataFrame(VALUES.astype(np.uint8))).dtype == np.uint8


@pytest.mark.parametrize(
    ("dtype", "centers_dtype"),
    [
        (np.uint8, np.float64),
        (np.float16, np.float32),
        (np.float32, np.float32),
        (np.float64, np.float64),
        (np.longdouble, np.float64),
        (np.int8, np.float64),
        (np.int16, np.float64),
        (np.uint16, np.float64),
        (np.int32, np.float64),
        (np.uint32, np.float64),
        (np.int64, np.float64),
        (np.uint64, np.float64),
        (object, np.float64),
    ],
)
def test_types(dtype: type, centers_dtype: type) -> None:
    X = VALUES.astype(dtype)
    model = KMeans(2, init=CENTERS).fit(X)
    assert model.cluster_centers_.dtype == centers_dtype
    assert model.transform(X).dtype == centers_dtype
    assert model.labels_.dtype == model.predict(X).dtype == np.int32
    assert kmeans_plusplus(X, 2, random_state=0)[0].dtype == centers_dtype
    np.testing.assert_array_equal(model.labels_, [0, 0, 1, 1, 0])
    np.testing.assert_array_equal(model.cluster_centers_[1], [11, 12])


def test_booleans() -> None:
    X = np.array([[True, False], [True, True], [False, False]])
    labels, distances = assign(X, [[1, 0], [0, 0]])
    np.testing.assert_array_equal(labels, [0, 0, 1])
    np.testing.assert_array_equal(distances, [0, 1, 0])


def test_uint8_differences_do_not_wrap() -> None:
    X = np.array([[0], [255], [250]], dtype=np.uint8)
    labels, distances = assign(X, [[255.0]])
    np.testing.assert_array_equal(labels, 0)
    np.testing.assert_array_equal(distances, [255.0**2, 0, 25])


class OnlyArray:
    """Nothing but ``__array__``."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return VALUES.astype(dtype or np.float64)


@pytest.mark.parametrize(
    "X",
    [
        VALUES.tolist(),
        tuple(map(tuple, VALUES)),
        list(VALUES),
        VALUES.astype(object),
        np.array([[decimal.Decimal(int(v)) for v in row] for row in VALUES]),
        OnlyArray(),
        np.ma.masked_array(VALUES, mask=False),
        pd.DataFrame(VALUES),
        pd.DataFrame(VALUES.astype(np.float32), columns=["a", "b"]),
        pd.DataFrame(VALUES, dtype="Float64"),
        pd.DataFrame(VALUES.astype(int), dtype="Int64"),
        pd.DataFrame({"a": VALUES[:, 0].astype(np.int16), "b": VALUES[:, 1]}),
        pd.DataFrame({"a": pd.Series(VALUES[:, 0], dtype="Float32"), "b": VALUES[:, 1].astype(np.uint8)}),
        pd.DataFrame({"a": pd.Categorical(VALUES[:, 0]), "b": VALUES[:, 1]}),
        pd.DataFrame(VALUES.astype(object)),
        pl.DataFrame(VALUES, schema=["a", "b"]),
        pl.DataFrame({"a": VALUES[:, 0].astype(np.int16), "b": VALUES[:, 1]}),
        pl.DataFrame({"a": [decimal.Decimal(int(v)) for v in VALUES[:, 0]], "b": VALUES[:, 1]}),
    ],
    ids=lambda X: type(X).__name__,
)
def test_kinds_of_containers(X: Any) -> None:
    labels, distances = assign(X, CENTERS)
    expected_labels, expected_distances = assign(VALUES, CENTERS)
    np.testing.assert_array_equal(labels, expected_labels)
    np.testing.assert_array_equal(distances, expected_distances)
    np.testing.assert_array_equal(KMeans(2, init=CENTERS).fit(X).labels_, expected_labels)


def test_columns_of_different_types_are_brought_to_one() -> None:
    narrow = pd.DataFrame({"a": np.arange(4, dtype=np.float32), "b": np.arange(4, dtype=np.float16)})
    assert KMeans(2, random_state=0).fit(narrow).cluster_centers_.dtype == np.float32
    with_flags = pd.DataFrame({"a": [0.5, 1.5, 8.0], "b": [True, False, True]})
    np.testing.assert_array_equal(assign(with_flags, [[0.5, 1], [8, 1]])[1], [0, 2, 0])
    np.testing.assert_array_equal(
        assign(pl.DataFrame({"a": [0.5, 8.0], "b": [True, False]}), [[0.5, 1]])[1], [0, 57.25]
    )


def test_x_is_never_changed() -> None:
    for copy_x in (True, False):
        X = VALUES.copy()
        KMeans(2, init=CENTERS, copy_x=copy_x).fit(X)
        np.testing.assert_array_equal(X, VALUES)
        frozen = VALUES.copy()
        frozen.flags.writeable = False
        KMeans(2, init=CENTERS, copy_x=copy_x).fit(frozen)


# ---------------------------------------------------------------------------------------------------------------------
# What is refused as X, by every way in
# ---------------------------------------------------------------------------------------------------------------------

NOT_A_NUMBER = np.array([[1.0, 2.0], [3.0, np.nan], [np.inf, 4.0]])
BAD_X = {
    "one dimension": ([1.0, 2.0], ValueError, "Expected 2D array, got 1D array instead"),
    "one dimension, what to do": ([1.0, 2.0], ValueError, "Reshape your data"),
    "empty list": ([], ValueError, "Expected 2D array, got 1D array instead"),
    "scalar": (3.0, ValueError, "Expected 2D array, got scalar array instead"),
    "None": (None, ValueError, "from NoneType"),
    "set": ({1, 2}, ValueError, "from set"),
    "three dimensions": (np.zeros((2, 2, 2)), ValueError, "Found array with dim 3, while dim <= 2 is required: X"),
    "no rows": (np.zeros((0, 2)), ValueError, "0 sample(s) (shape=(0, 2)) while a minimum of 1 is required"),
    "no columns": (np.zeros((3, 0)), ValueError, "0 feature(s) (shape=(3, 0)) while a minimum of 1 is required"),
    "ragged": ([[1, 2], [3]], ValueError, "X must be an array or rows of equal length"),
    "text": ([["a", "b"]], ValueError, "could not convert string to float: X has dtype <U1 (its first value is 'a')"),
    "text of digits": ([["1", "2"]], ValueError, "could not convert string to float"),
    "bytes": (np.array([[b"1"]]), ValueError, "could not convert string to float"),
    "text among objects": (np.array([[1, "2"]], dtype=object), ValueError, "'2' at row 0, column 1 of X"),
    "complex": (np.ones((2, 2)) * 1j, ValueError, "Complex data not supported"),
    "complex among objects": (np.array([[1, 2j]], dtype=object), ValueError, "Complex data not supported"),
    "complex frame": (pd.DataFrame({"a": [1j], "b": [2.0]}), ValueError, "Complex data not supported: X['a']"),
    "dates": (np.zeros((2, 2), dtype="datetime64[s]"), TypeError, "X must hold numbers, got dtype datetime64[s]"),
    "records": (np.zeros((2, 2), dtype=[("a", float)]), TypeError, "X must hold numbers"),
    "matrix": (np.matrix([[1.0, 2.0]]), TypeError, "np.matrix is not supported"),
    "masked": (np.ma.masked_array([[1.0, 2.0]], mask=[[True, False]]), ValueError, "1 values are masked"),
    "dict among objects": (np.array([[{}, 1]], dtype=object), TypeError, "argument must be a string or a real number"),
    "sparse": (sp.csr_matrix(np.eye(2)), TypeError, "Sparse data was passed for X, but dense data is required"),
    "sparse array": (sp.coo_array(np.eye(2)), TypeError, "Sparse data was passed for X, but dense data is required"),
    "sparse frame": (pd.DataFrame.sparse.from_spmatrix(sp.eye(2)), TypeError, "Sparse data was passed for X[0]"),
    "NaN": (NOT_A_NUMBER, ValueError, "Input X contains NaN."),
    "NaN, count and place": (
        NOT_A_NUMBER,
        ValueError,
        "2 values are not finite; the first, nan, is at row 1, column 1",
    ),
    "infinity": (
        np.array([[1.0, -np.inf]]),
        ValueError,
        "Input X contains infinity or a value too large for dtype('float64'). 1 value is not finite; the first, -inf",
    ),
    "infinity in float32": (np.array([[np.inf]], dtype=np.float32), ValueError, "too large for dtype('float32')"),
    "infinity in float16": (np.array([[np.inf]], dtype=np.float16), ValueError, "contains infinity"),
    "beyond float64": (np.array([[np.longdouble("1e4000")]]), ValueError, "too large for dtype('float64')"),
    "None among objects": (np.array([[None, 1]], dtype=object), ValueError, "Input X contains NaN."),
    "NA": (pd.DataFrame({"a": [1, pd.NA], "b": [1, 2]}), ValueError, "row 1, column 0 ('a')"),
    "NA, nullable": (pd.DataFrame({"a": [1, 2], "b": [1, pd.NA]}, dtype="Int64"), ValueError, "row 1, column 1 ('b')"),
    "null": (pl.DataFrame({"a": [1, 2], "b": [None, 2]}), ValueError, "row 0, column 1 ('b')"),
    "null among booleans": (pl.DataFrame({"a": [None, True]}), ValueError, "Input X contains NaN."),
    "integer": (np.array([[0], [2**53 + 1]]), ValueError, "X holds the integer 9007199254740993 at row 1, column 0"),
    "negative integer": (np.array([[0, -(2**53) - 1]]), ValueError, "-9007199254740993 at row 0, column 1"),
    "unsigned integer": (np.array([[2**63 + 1]], dtype=np.uint64), ValueError, "9223372036854775809 at row 0"),
    "integer among objects": (np.array([[1.5, 2**53 + 1]], dtype=object), ValueError, "9007199254740993 at row 0"),
    "long integer": (
        [[0, 10**30]],
        ValueError,
        "X holds the integer 1000000000000000000000000000000 at row 0, column 1",
    ),
    "integer in pandas": (pd.DataFrame({"a": [0, 2**60], "b": [0.5, 1]}), ValueError, "X['a'] holds the integer"),
    "integer in polars": (pl.DataFrame({"a": [0, 2**60], "b": [0.5, 1]}), ValueError, "X['a'] holds the integer"),
    "text in pandas": (pd.DataFrame({"a": ["x"], "b": [1]}), ValueError, "could not convert string to float: 'x'"),
    "advice in pandas": (pd.DataFrame({"a": ["x"], "b": [1]}), ValueError, "KPrototypes takes them beside numbers"),
    "advice": ([["a", "b"]], ValueError, 'metric="hamming" where all columns are categories'),
    "text in polars": (pl.DataFrame({"a": ["x"], "b": [1]}), ValueError, "could not convert string to float: 'x'"),
    "dates in pandas": (pd.DataFrame({"a": pd.to_datetime(["2020"]), "b": [1]}), TypeError, "X['a'] must hold numbers"),
    "series": (pd.Series([1.0, 2.0]), ValueError, "Expected a 2-dimensional container but got"),
    "polars series": (pl.Series([1.0, 2.0]), ValueError, "Expected a 2-dimensional container but got"),
    "names of two types": (pd.DataFrame({"a": [1.0], 2: [1.0]}), TypeError, "Feature names are only supported if all"),
}


def fitted(n_features: int = 2) -> KMeans:
    return KMeans(1, init=np.zeros((1, n_features))).fit(np.zeros((1, n_features)))


ENTRIES = {
    "fit": lambda X: KMeans(1).fit(X),
    "fit_predict": lambda X: KMeans(1).fit_predict(X),
    "fit_transform": lambda X: KMeans(1).fit_transform(X),
    "predict": lambda X: fitted().predict(X),
    "transform": lambda X: fitted().transform(X),
    "score": lambda X: fitted().score(X),
    "k_means": lambda X: k_means(X, 1),
    "kmeans_plusplus": lambda X: kmeans_plusplus(X, 1),
    "assign": lambda X: assign(X, [[0.0, 0.0]]),
}


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("case", BAD_X)
@pytest.mark.filterwarnings("ignore:X has feature names:UserWarning")
def test_bad_x(case: str, entry: str) -> None:
    X, error, phrase = BAD_X[case]
    if entry in ("predict", "transform", "score") and getattr(X, "shape", (0, 2))[1:] == (1,):
        entry = "fit"  # the number of columns would be refused first
    with pytest.raises(error, match=re.escape(phrase)):
        ENTRIES[entry](X)


def test_integers_up_to_2_53_are_taken() -> None:
    X = np.array([[2**53], [-(2**53)]])
    np.testing.assert_array_equal(
        np.sort(KMeans(2, random_state=0).fit(X).cluster_centers_[:, 0]), [-(2.0**53), 2.0**53]
    )


@pytest.mark.parametrize("name", ["Int128", "UInt128"])
@pytest.mark.filterwarnings("ignore:X has feature names:UserWarning")
def test_integers_of_128_bits(name: str) -> None:
    """NumPy has no such type; the numbers are taken as others are."""
    if not hasattr(pl, name):
        pytest.skip("this polars has no such type")
    wide = pl.Series([0, 1, 2**53], dtype=getattr(pl, name))
    X = pl.DataFrame({"a": wide})
    assert k_means(X, 1, sample_weight=wide)[0] == k_means(X.cast(pl.Int64), 1, sample_weight=[0, 1, 2**53])[0]
    with_text = X.with_columns(b=pl.Series(["x", "y", "y"]))
    assert KMeans(1, metric="hamming").fit(with_text).cluster_centers_.tolist() == [[0, "y"]]
    assert KPrototypes(1).fit(with_text[:2]).cluster_centers_.tolist() == [[0.5, "x"]]
    with pytest.raises(ValueError, match=re.escape("X['a'] holds the integer 9007199254740993 at index 1")):
        KMeans(1).fit(pl.DataFrame({"a": pl.Series([0, 2**53 + 1], dtype=wide.dtype)}))
    with pytest.raises(ValueError, match="Input X contains NaN"):
        KMeans(1).fit(pl.DataFrame({"a": pl.Series([0, None], dtype=wide.dtype)}))
    with pytest.raises(ValueError, match="Expected a 2-dimensional container"):
        KMeans(1).fit(wide)


@pytest.mark.parametrize("method", ["predict", "transform", "score"])
def test_another_number_of_features(method: str) -> None:
    with pytest.raises(ValueError, match="X has 3 features, but KMeans is expecting 4 features as input"):
        getattr(fitted(4), method)(np.zeros((2, 3)))


# ---------------------------------------------------------------------------------------------------------------------
# Weights
# ---------------------------------------------------------------------------------------------------------------------

BAD_WEIGHTS = {
    "negative": (
        [1, 1, -2, 1, 1],
        "Negative values in data passed to `sample_weight`: weights must be >= 0, got -2.0 at",
    ),
    "place": ([1, 1, -2, 1, 1], "index 2"),
    "NaN": (
        [1, np.nan, 1, 1, 1],
        "Input sample_weight contains NaN. 1 value is not finite; the first, nan, is at index 1",
    ),
    "infinite": ([1, 1, 1, 1, np.inf], "Input sample_weight contains infinity"),
    "all zero": ([0, 0, 0, 0, 0], "Sample weights must contain at least one non-zero number"),
    "zero": (0, "Sample weights must contain at least one non-zero number"),
    "negative number": (-1.5, "weights must be >= 0"),
    "NaN number": (np.nan, "Input sample_weight contains NaN"),
    "too few": ([1, 1], "sample_weight.shape == (2,), expected (5,)"),
    "two dimensions": (np.ones((5, 1)), "Sample weights must be 1D array or scalar, got 2D array"),
    "text": (["a"] * 5, "could not convert string to float: sample_weight"),
    "complex": (np.ones(5) * 1j, "Complex data not supported: sample_weight"),
    "complex number": (1j, "Complex data not supported: sample_weight"),
    "integer": ([1, 1, 1, 2**53 + 1, 1], "sample_weight holds the integer 9007199254740993 at index 3"),
    "sum": ([1e308] * 5, "The sum of sample_weight must be a finite float64"),
    "sum of a number": (1e308, "The sum of sample_weight must be a finite float64"),
}
WEIGHT_ENTRIES = {
    "fit": lambda w: KMeans(1).fit(VALUES, sample_weight=w),
    "score": lambda w: fitted().score(VALUES, sample_weight=w),
    "k_means": lambda w: k_means(VALUES, 1, sample_weight=w),
    "kmeans_plusplus": lambda w: kmeans_plusplus(VALUES, 1, sample_weight=w),
}


@pytest.mark.parametrize("entry", WEIGHT_ENTRIES)
@pytest.mark.parametrize("case", BAD_WEIGHTS)
def test_bad_weights(case: str, entry: str) -> None:
    weights, phrase = BAD_WEIGHTS[case]
    with pytest.raises(ValueError, match=re.escape(phrase)):
        WEIGHT_ENTRIES[entry](weights)


@pytest.mark.parametrize(
    "weights",
    [
        [1, 2, 3, 4, 0],
        np.array([1, 2, 3, 4, 0], dtype=np.uint8),
        np.array([1, 2, 3, 4, 0], dtype=np.float16),
        np.array([1, 2, 3, 4, 0], dtype=">f8"),
        np.repeat([1.0, 2.0, 3.0, 4.0, 0.0], 2)[::2],
        unaligned(np.array([1.0, 2.0, 3.0, 4.0, 0.0])),
        pd.Series([1, 2, 3, 4, 0]),
        pd.Series([1, 2, 3, 4, 0], dtype="Int64"),
        pl.Series([1, 2, 3, 4, 0]),
    ],
    ids=lambda w: f"{type(w).__name__} {getattr(w, 'dtype', '')}",
)
def test_kinds_of_weights(weights: Any) -> None:
    model = KMeans(2, init=CENTERS).fit(VALUES, sample_weight=weights)
    np.testing.assert_array_equal(model.cluster_sizes_, [3.0, 7.0])
    np.testing.assert_array_equal(model.cluster_centers_, [[4 / 3, 7 / 3], [78 / 7, 85 / 7]])


def test_a_number_weighs_every_row() -> None:
    model = KMeans(2, init=CENTERS).fit(VALUES, sample_weight=2.5)
    np.testing.assert_array_equal(model.cluster_sizes_, [7.5, 5.0])


# ---------------------------------------------------------------------------------------------------------------------
# Centers
# ---------------------------------------------------------------------------------------------------------------------

BAD_INIT = {
    "rows": (np.zeros((3, 2)), ValueError, "(3, 2) does not match the number of clusters 2"),
    "columns": (np.zeros((2, 3)), ValueError, "(2, 3) does not match the number of features of the data 2"),
    "one dimension": (np.zeros(2), ValueError, "Expected 2D array, got 1D array instead: init"),
    "NaN": (
        [[0, 0], [0, np.nan]],
        ValueError,
        "Input init contains NaN. 1 value is not finite; the first, nan, is at row 1",
    ),
    "infinite": ([[0, 0], [0, np.inf]], ValueError, "Input init contains infinity"),
    "text": ([["a", "b"], ["c", "d"]], ValueError, "could not convert string to float: init"),
    "complex": (np.ones((2, 2)) * 1j, ValueError, "Complex data not supported: init"),
}


@pytest.mark.parametrize("case", BAD_INIT)
def test_bad_init(case: str) -> None:
    init, error, phrase = BAD_INIT[case]
    with pytest.raises(error, match=re.escape(phrase)):
        KMeans(2, init=init).fit(VALUES)
    with pytest.raises(error, match=re.escape(re.sub(r"\binit\b", "init(...)", phrase))):
        KMeans(2, init=lambda X, k, random_state: init).fit(VALUES)


def test_init_beyond_float32() -> None:
    init = [[0.0, 0.0], [1e39, 0.0]]
    with pytest.raises(
        ValueError, match=re.escape("init holds 1e+39 at row 1, column 0, which is too large for float32")
    ):
        KMeans(2, init=init).fit(VALUES.astype(np.float32))
    assert KMeans(2, init=init, max_iter=1).fit(VALUES).n_iter_ == 1


def test_init_is_rounded_to_the_type_of_the_centers() -> None:
    third = KMeans(1, init=[[1 / 3]], max_iter=1).fit(np.float32([[0.0], [1.0]]))
    assert third.inertia_history_[0] == float(np.float32(1 / 3)) ** 2 + (1 - float(np.float32(1 / 3))) ** 2


def test_init_is_not_changed() -> None:
    init = CENTERS.copy()
    model = KMeans(2, init=init).fit(VALUES + 0.5)
    np.testing.assert_array_equal(init, CENTERS)
    assert not np.shares_memory(model.cluster_centers_, init)


def test_callable_init() -> None:
    calls = []

    def first_rows(X: np.ndarray, n_clusters: int, random_state: np.random.RandomState) -> np.ndarray:
        calls.append((X, n_clusters, random_state))
        return X[:n_clusters]

    generator = np.random.RandomState(0)
    model = KMeans(2, init=first_rows, random_state=generator, n_init=3).fit(VALUES)
    assert len(calls) == 3
    assert all(np.shares_memory(X, VALUES) and n_clusters == 2 and state is generator for X, n_clusters, state in calls)
    np.testing.assert_array_equal(model.labels_, KMeans(2, init=VALUES[:2]).fit(VALUES).labels_)


@pytest.mark.parametrize(
    ("centers", "error", "phrase"),
    [
        (np.zeros((2, 3)), ValueError, "centers has 3 features (shape=(2, 3)), but X has 2: they must be equal"),
        (np.zeros(2), ValueError, "Expected 2D array, got 1D array instead: centers"),
        (np.zeros((0, 2)), ValueError, "0 sample(s) (shape=(0, 2)) while a minimum of 1 is required for centers"),
        (
            [[0, np.nan]],
            ValueError,
            "Input centers contains NaN. 1 value is not finite; the first, nan, is at row 0, column 1",
        ),
        ([["a", "b"]], ValueError, "could not convert string to float: centers"),
        (sp.csr_matrix(np.eye(2)), TypeError, "Sparse data was passed for centers, but dense data is required"),
    ],
)
def test_bad_centers_of_assign(centers: Any, error: type[Exception], phrase: str) -> None:
    with pytest.raises(error, match=re.escape(phrase)):
        assign(VALUES, centers)


def test_assign_takes_centers_of_any_kind() -> None:
    labels, distances = assign(VALUES, CENTERS)
    np.testing.assert_array_equal(labels, [0, 0, 1, 1, 0])
    np.testing.assert_array_equal(distances, [1, 5, 2, 2, 1])
    for centers in (
        CENTERS.tolist(),
        CENTERS.astype(np.uint8),
        CENTERS.astype(np.float32),
        np.asfortranarray(CENTERS),
        every_other_row(CENTERS),
        pd.DataFrame(CENTERS),
    ):
        np.testing.assert_array_equal(assign(VALUES, centers)[1], distances)


# ---------------------------------------------------------------------------------------------------------------------
# Parameters
# ---------------------------------------------------------------------------------------------------------------------


class Parameters:
    """Values that a parameter must not have, and the rule as the message states it."""

    BAD: ClassVar = {
        "n_clusters": ([0, -1, 2.0, "2", None], "an int in the range [1, inf)"),
        "init": (
            ["kmeans", 3, None, sp.csr_matrix(np.eye(2))],
            "a str among {'k-means++', 'random'}, a callable or an",
        ),
        "n_init": ([0, "many", 1.5, None], "a str among {'auto'} or an int in the range [1, inf)"),
        "max_iter": ([0, 10.0, None], "an int in the range [1, inf)"),
        "tol": ([-1e-9, np.nan, np.inf, 10**400, "small", None], "a float in the range [0.0, inf)"),
        "verbose": ([-1, "yes", None], "an int in the range [0, inf) or an instance of 'bool'"),
        "random_state": ([-1, 2**32, 1.5, "seed", np.random.default_rng(0)], "an int in the range [0, 4294967295]"),
        "copy_x": ([1, None], "an instance of 'bool'"),
        "algorithm": (["full", None], "a str among {'auto', 'lloyd', 'elkan', 'tiles', 'boxes'}"),
        "refine": (["merges", "", "none", True, 1], "a str among {'moves', 'splits', 'swaps'} or None"),
        "n_swaps": ([0, -1, "many", 1.5, None], "a str among {'auto'} or an int in the range [1, inf)"),
        "n_threads": ([0, -1, 1.0, "all"], "an int in the range [1, 1024] or None"),
        "callback": ([3, "print", [print], True], "a callable or None"),
        "max_time": (
            [-1e-9, -np.inf, np.nan, "1 s", 1j, 10**400],
            "a float in the range [0.0, inf] or None",
        ),
    }


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, (values, _) in Parameters.BAD.items() for value in values]
)
def test_bad_parameters(name: str, value: Any) -> None:
    rule = Parameters.BAD[name][1]
    values = {"n_clusters": 2, name: value}
    for caller, call in (("KMeans", KMeans(**values).fit), ("k_means", lambda X: k_means(X, **values))):
        with pytest.raises(pykmeans.InvalidParameterError) as caught:
            call(VALUES)
        assert isinstance(caught.value, ValueError) and isinstance(caught.value, TypeError)
        message = str(caught.value)
        assert message.startswith(f"The {name!r} parameter of {caller} must be {rule}")
        assert message.endswith(f"Got {value!r} instead.")


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("n_clusters", 0, "an int in the range [1, inf)"),
        ("n_local_trials", 0, "an int in the range [1, inf) or None"),
        ("random_state", -1, "an int in the range [0, 4294967295]"),
        ("n_threads", 0, "an int in the range [1, 1024] or None"),
    ],
)
def test_bad_parameters_of_kmeans_plusplus(name: str, value: Any, rule: str) -> None:
    with pytest.raises(
        pykmeans.InvalidParameterError, match=re.escape(f"The {name!r} parameter of kmeans_plusplus must be {rule}")
    ):
        kmeans_plusplus(VALUES, **{"n_clusters": 2, name: value})


def test_bad_parameters_of_the_other_functions() -> None:
    with pytest.raises(pykmeans.InvalidParameterError, match="The 'return_n_iter' parameter of k_means must be"):
        k_means(VALUES, 2, return_n_iter="yes")
    with pytest.raises(pykmeans.InvalidParameterError, match="The 'n_threads' parameter of assign must be"):
        assign(VALUES, CENTERS, n_threads=0)
    with pytest.raises(ValueError, match=re.escape("The length of x_squared_norms (3,) should be equal")):
        kmeans_plusplus(VALUES, 2, x_squared_norms=[1, 2, 3])
    model = fitted().set_params(n_threads=-2)
    with pytest.raises(pykmeans.InvalidParameterError, match="The 'n_threads' parameter of KMeans must be"):
        model.predict(VALUES)


def test_more_clusters_than_rows() -> None:
    message = re.escape("n_samples=5 should be >= n_clusters=9")
    for call in (KMeans(9).fit, lambda X: k_means(X, 9), lambda X: kmeans_plusplus(X, 9)):
        with pytest.raises(ValueError, match=message):
            call(VALUES)


def test_random_needs_as_many_positive_weights_as_clusters() -> None:
    with pytest.raises(
        ValueError, match=re.escape("init='random' picks n_clusters=3 different rows of positive weight")
    ):
        KMeans(3, init="random").fit(VALUES, sample_weight=[1, 0, 0, 2, 0])


def test_numbers_of_numpy_are_parameters_too() -> None:
    model = KMeans(
        np.int64(2),
        n_init=np.int32(2),
        max_iter=np.uint8(9),
        tol=np.float32(0),
        random_state=np.int64(3),
        n_threads=np.int8(1),
        refine="swaps",
        n_swaps=np.uint8(3),
    ).fit(VALUES)
    assert model.inertia_ == KMeans(2, n_init=2, max_iter=9, tol=0, random_state=3).fit(VALUES).inertia_
    assert model.n_swaps_ == 3


def test_more_than_an_int_holds() -> None:
    assert KMeans(2, init=CENTERS, max_iter=10**30, n_swaps=10**30).fit(VALUES).converged_


def test_errors_come_before_any_draw() -> None:
    generator = np.random.RandomState(0)
    for bad in (
        lambda: k_means(NOT_A_NUMBER, 2, random_state=generator),
        lambda: k_means(VALUES, 9, random_state=generator),
    ):
        with pytest.raises(ValueError):
            bad()
    assert generator.random_sample() == np.random.RandomState(0).random_sample()


def test_none_is_the_global_generator() -> None:
    np.random.seed(12)
    rows = kmeans_plusplus(VALUES, 3)[1]
    np.testing.assert_array_equal(rows, kmeans_plusplus(VALUES, 3, random_state=12)[1])
    np.testing.assert_array_equal(rows, kmeans_plusplus(VALUES, 3, random_state=np.random.RandomState(12))[1])


def test_a_callable_init_cannot_change_x():
    X = np.arange(12.0).reshape(6, 2)

    def spoil(X, n_clusters, random_state):
        X[0] = -1
        return X[:n_clusters]

    with pytest.raises(ValueError, match="read-only"):
        pykmeans.KMeans(2, init=spoil, n_init=1).fit(X)
    np.testing.assert_array_equal(X, np.arange(12.0).reshape(6, 2))


@pytest.mark.parametrize("n_threads", [1025, 10**6, 10**12])
def test_more_threads_than_can_be_made(n_threads):
    with pytest.raises(pykmeans.InvalidParameterError, match=rf"'n_threads'.*\[1, 1024\].*Got {n_threads}"):
        KMeans(2, n_threads=n_threads).fit(VALUES)


@pytest.mark.parametrize(("dtype", "far"), [(np.float32, 3e38), (np.float64, 1.7e308)])
def test_distances_beyond_their_type(dtype, far):
    X = np.array([[far], [-far]], dtype=dtype)
    model = KMeans(2, init=X, n_init=1).fit(X)
    with pytest.raises(ValueError, match="distance of row"):
        model.transform(X)


def test_a_column_of_arrays_is_refused_by_name():
    frame = pl.DataFrame({"a": [[1.0, 2], [3, 4]]}, schema={"a": pl.Array(pl.Float64, 2)})
    with pytest.raises(ValueError, match=r"setting an array element with a sequence: X\['a'\]"):
        KMeans(2).fit(frame)


def test_the_warning_of_a_needless_n_init_comes_before_any_work(capsys):
    with pytest.raises(RuntimeWarning, match="performing only one init"):  # pytest makes errors of warnings
        KMeans(2, init=VALUES[:2], n_init=3, verbose=1).fit(VALUES)
    assert capsys.readouterr().out == ""
