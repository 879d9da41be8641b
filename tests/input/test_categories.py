"""Columns of categories: how they are coded, what is refused, and metric="hamming" on tables of them."""

import datetime
import decimal
import itertools
import pickle
import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone

import pykmeans
from pykmeans import KMeans, assign, k_means, kmeans_plusplus
from pykmeans._validate.categories import Categories, _matrix
from pykmeans._validate.tables import is_table, opened, table

COLOURS = ["red", "green", "red", "blue", "green", "red", "red", "blue"]
SIZES = ["small", "large", "small", "small", "large", "medium", "small", "large"]
ROWS = list(zip(COLOURS, SIZES, strict=True))
COLOUR_CODES, SIZE_CODES = [2, 1, 2, 0, 1, 2, 2, 0], [2, 0, 2, 2, 0, 1, 2, 0]  # in the order of the alphabet
CODES = np.column_stack([COLOUR_CODES, SIZE_CODES])

# The same table from every maker.
TABLES = {
    "list": [list(row) for row in ROWS],
    "tuples": ROWS,
    "strings": np.array(ROWS),
    "bytes": np.array(ROWS).astype("S"),
    "objects": np.array(ROWS, dtype=object),
    "columns first": np.asfortranarray(np.array(ROWS, dtype=object)),
    "pandas str": pd.DataFrame({"colour": COLOURS, "size": SIZES}),
    "pandas object": pd.DataFrame({"colour": COLOURS, "size": SIZES}, dtype=object),
    "pandas string": pd.DataFrame({"colour": COLOURS, "size": SIZES}, dtype="string"),
    "pandas category": pd.DataFrame({"colour": COLOURS, "size": SIZES}, dtype="category"),
    "pandas without names": pd.DataFrame(ROWS),
    "polars String": pl.DataFrame({"colour": COLOURS, "size": SIZES}),
    "polars Categorical": pl.DataFrame({"colour": COLOURS, "size": SIZES}, schema_overrides={"size": pl.Categorical}),
    "polars Enum": pl.DataFrame(
        {"colour": COLOURS, "size": SIZES}, schema_overrides={"colour": pl.Enum(["blue", "green", "none", "red"])}
    ),
}
if hasattr(np, "dtypes") and hasattr(np.dtypes, "StringDType"):
    TABLES["NumPy's StringDType"] = np.array(ROWS, dtype=np.dtypes.StringDType())


def coded(X):
    """Values of each column in order of their codes, and the codes."""
    X = opened(X)
    assert is_table(X)
    categories, codes = Categories.of(table(X))
    return categories.values, codes


@pytest.mark.parametrize("kind", TABLES)
def test_every_kind_of_table_has_the_same_codes(kind):
    values, codes = coded(TABLES[kind])
    names = [["blue", "green", "red"], ["large", "medium", "small"]]
    assert values == ([[name.encode() for name in column] for column in names] if kind == "bytes" else names)
    assert codes.dtype == np.uint8 and codes.flags.c_contiguous
    np.testing.assert_array_equal(codes, CODES)


@pytest.mark.parametrize("kind", TABLES)
def test_every_kind_of_table_has_the_same_fit(kind):
    X = TABLES[kind]
    model = KMeans(3, metric="hamming", random_state=0, store_medoids=True).fit(X)
    plain = KMeans(3, metric="hamming", random_state=0, store_medoids=True).fit(CODES)
    np.testing.assert_array_equal(model.labels_, plain.labels_)
    np.testing.assert_array_equal(model.medoid_indices_, plain.medoid_indices_)
    assert model.inertia_ == plain.inertia_
    assert model.cluster_centers_.dtype == object and model.cluster_centers_.shape == (3, 2)
    values, _ = coded(X)
    decoded = [[values[j][int(code)] for j, code in enumerate(center)] for center in plain.cluster_centers_]
    assert model.cluster_centers_.tolist() == decoded
    np.testing.assert_array_equal(model.predict(X), model.labels_)
    np.testing.assert_array_equal(model.transform(X), plain.transform(CODES))
    np.testing.assert_array_equal(model.transform(X), clone(model).fit_transform(X))
    assert model.transform(X).dtype == np.float64
    assert -model.score(X) == model.inertia_
    centers, labels, inertia = k_means(X, 3, metric="hamming", random_state=0)
    assert centers.tolist() == decoded and labels.tolist() == model.labels_.tolist() and inertia == model.inertia_
    seeds, rows = kmeans_plusplus(X, 3, metric="hamming", random_state=0)
    np.testing.assert_array_equal(rows, kmeans_plusplus(CODES, 3, metric="hamming", random_state=0)[1])
    assert seeds.tolist() == [[values[j][CODES[row, j]] for j in range(2)] for row in rows]
    labels, distances = assign(X, centers, metric="hamming")
    np.testing.assert_array_equal(labels, model.labels_)
    assert distances.sum() == model.inertia_


# ---------------------------------------------------------------------------------------------------------------------
# Values and their order
# ---------------------------------------------------------------------------------------------------------------------


def column(values, dtype=object):
    array = np.empty((len(values), 1), dtype=dtype)
    array[:, 0] = values
    return array


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["b", "a", "B"], ["B", "a", "b"]),
        ([3, 1, 2, 1], [1, 2, 3]),
        ([2.5, 1, "x", "a", 2], [2.5, 1, 2, "a", "x"]),  # types by name: float, int, str
        (
            [datetime.date(2020, 2, 1), datetime.date(2020, 1, 1)],
            [datetime.date(2020, 1, 1), datetime.date(2020, 2, 1)],
        ),
        ([decimal.Decimal(2), decimal.Decimal(1)], [decimal.Decimal(1), decimal.Decimal(2)]),
        ([(1, "b"), (1, "a")], [(1, "a"), (1, "b")]),
        ([np.str_("b"), "a", "b"], ["a", "b"]),
        ([b"b", "b"], [b"b", "b"]),
        ([np.inf, -np.inf, 0.5], [-np.inf, 0.5, np.inf]),
    ],
    ids=str,
)
def test_order(values, expected):
    array = np.empty((len(values), 1), dtype=object)
    for i, value in enumerate(values):
        array[i, 0] = value
    (found,), codes = coded(array)
    assert found == expected
    assert [found[code] for code in codes[:, 0]] == values


@pytest.mark.parametrize("values", [[True, 1, 1.0, 0], [0.0, -0.0, 1.5], ["a", True, 1, np.float64(1)]], ids=str)
def test_equal_values_are_one_category_whatever_comes_first(values):
    found = {repr(coded(column(list(order)))[0]) for order in itertools.permutations(values)}
    assert len(found) == 1
    assert "-0.0" not in found.pop()


@pytest.mark.parametrize("make", [np.asarray, pd.DataFrame], ids=["array", "pandas"])
def test_categories_of_equal_value_have_the_first_type_by_name(make):
    (found,), codes = coded(make(column([1, 1.0, True, "x"])))
    assert found[0] is True and found[1] == "x"
    np.testing.assert_array_equal(codes[:, 0], [0, 0, 0, 1])


EQUALS = {
    "Decimal": [decimal.Decimal(text) for text in ("1.00", "1", "1.0", "-0.0", "0")],
    "bools": [np.True_, True, "x", False, np.False_],
    "times of one moment": [
        datetime.datetime(2026, 1, 31, 12 + hours, tzinfo=datetime.timezone(datetime.timedelta(hours=hours)))
        for hours in (2, 0, 1)
    ],
    "tuples": [(1, "b"), (True, "b"), (1.0, "b"), (1, "a")],
}


@pytest.mark.parametrize("case", EQUALS)
def test_no_order_of_rows_and_no_process_shows_in_what_stands_for_equals(case):
    values = EQUALS[case]
    found = {repr(coded(column(list(order)))[0]) for order in itertools.permutations(values)}
    assert len(found) == 1 and "-0" not in found.pop()


def test_the_spelling_that_is_taken():
    assert repr(coded(column(EQUALS["Decimal"][:3]))[0]) == "[[Decimal('1')]]"
    (found,), codes = coded(column(EQUALS["bools"]))
    assert found[0] is False and found[1] is True and found[2] == "x"
    np.testing.assert_array_equal(codes[:, 0], [1, 1, 2, 0, 0])


PARTIAL = {
    "sets": [frozenset("a"), frozenset("b"), frozenset("ab")],
    "sets in tuples": [(1, frozenset("a")), (1, frozenset("b"))],
    "sets beside text": [frozenset("a"), "x", frozenset("b")],
}


@pytest.mark.parametrize("case", PARTIAL)
def test_an_order_that_is_none_is_refused_in_every_order_of_rows(case):
    for order in itertools.permutations(PARTIAL[case]):
        with pytest.raises(TypeError, match=r"^The values of column 0 of X cannot be put in an order: neither of"):
            KMeans(1, metric="hamming").fit(column(list(order)))


def test_sets_that_contain_each_other_have_an_order():
    (found,), codes = coded(column([frozenset("abc"), frozenset("a"), frozenset("ab")]))
    assert [len(value) for value in found] == [1, 2, 3]
    np.testing.assert_array_equal(codes[:, 0], [2, 0, 1])


def test_no_zero_has_a_sign():
    frame = pd.DataFrame({"a": [-0.0, 1.0], "b": ["x", "y"]})
    assert str(coded(frame)[0][0]) == "[0.0, 1.0]"
    assert str(coded(frame.astype(object))[0][0]) == "[0.0, 1.0]"


def test_categoricals_keep_their_order_and_lose_what_no_row_has():
    sizes = pd.Categorical(SIZES, categories=["tiny", "small", "medium", "large"], ordered=True)
    (found, _), codes = coded(pd.DataFrame({"size": sizes, "colour": COLOURS}))
    assert found == ["small", "medium", "large"]
    np.testing.assert_array_equal(codes[:, 0], [0, 2, 0, 0, 2, 1, 0, 2])
    enum = pl.Enum(["tiny", "small", "medium", "large"])
    (found,), again = coded(pl.DataFrame({"size": pl.Series(SIZES, dtype=enum)}))
    assert found == ["small", "medium", "large"]
    np.testing.assert_array_equal(again[:, 0], codes[:, 0])
    # Which value is the center at a tie follows: the first of the categories, not of the alphabet.
    model = KMeans(1, metric="hamming").fit(pd.DataFrame({"size": sizes[[0, 1]]}))
    assert model.cluster_centers_.tolist() == [["small"]]
    assert KMeans(1, metric="hamming").fit([["small"], ["large"]]).cluster_centers_.tolist() == [["large"]]


def test_other_columns_of_a_table_with_strings_are_categories_too():
    days = pd.to_datetime(["2024-01-02", "2024-01-01", "2024-01-02"])
    frame = pd.DataFrame(
        {
            "name": ["b", "a", "b"],
            "bool": [True, False, True],
            "int": np.array([3, 1, 3], dtype=np.int16),
            "Int": pd.array([3, 1, 3], dtype="Int64"),
            "float": [0.5, 0.25, 0.5],
            "day": days,
            "range": pd.cut([1.0, 9.0, 2.0], [0, 5, 10]),
        }
    )
    values, codes = coded(frame)
    assert values == [["a", "b"], [False, True], [1, 3], [1, 3], [0.25, 0.5], [days[1], days[0]], values[6]]
    assert values[6] == [pd.Interval(0, 5), pd.Interval(5, 10)]
    assert [type(column[0]) for column in values[:5]] == [str, bool, int, int, float]
    np.testing.assert_array_equal(codes, [[1, 1, 1, 1, 1, 1, 0], [0, 0, 0, 0, 0, 0, 1], [1, 1, 1, 1, 1, 1, 0]])
    of_polars = pl.DataFrame({"name": ["b", "a"], "bool": [True, False], "day": [datetime.date(2024, 1, 2)] * 2})
    assert coded(of_polars)[0] == [["a", "b"], [False, True], [datetime.date(2024, 1, 2)]]


def test_numbers_in_lists_stay_numbers_beside_strings():
    assert coded([["a", 10], ["b", 9]])[0] == [["a", "b"], [9, 10]]


def test_dates_of_numpy():
    days = np.array([["2024-01-02"], ["2024-01-01"]], dtype="datetime64[ns]")
    centers = KMeans(2, metric="hamming", init=days).fit(days).cluster_centers_
    assert centers.tolist() == [[days[0, 0]], [days[1, 0]]]


def test_numbers_are_read_as_they_are():
    for X in (CODES, pd.DataFrame(CODES), pl.DataFrame(CODES), CODES.tolist(), pd.DataFrame(CODES, dtype="Int64")):
        assert not is_table(opened(X))
        model = KMeans(3, metric="hamming", random_state=0).fit(X)
        assert model.cluster_centers_.dtype == np.float64
    flags = pd.DataFrame({"a": [True, False], "b": [True, True]})
    assert KMeans(1, metric="hamming").fit(flags).cluster_centers_.tolist() == [[0.0, 1.0]]


@pytest.mark.parametrize(("n_values", "dtype"), [(256, np.uint8), (257, np.float32)])
def test_types_of_codes(n_values, dtype):
    X = column([f"{i:05}" for i in range(n_values)])
    _, codes = coded(X)
    assert codes.dtype == dtype
    np.testing.assert_array_equal(codes[:, 0], np.arange(n_values))
    model = KMeans(n_values, metric="hamming", init=X).fit(X)
    assert model.cluster_centers_.tolist() == X.tolist()
    assert model.transform(X[:1]).dtype == np.float64
    np.testing.assert_array_equal(model.predict([["new"], ["00007"]]), [0, 7])
    assert model.score([["new"], ["00007"]]) == -1


def test_codes_beyond_float32():
    one_row = table(np.array([["a"]]))
    for largest, dtype in [(2**24, np.float32), (2**24 + 1, np.float64)]:
        codes = _matrix([np.array([largest])], one_row)
        assert codes.dtype == dtype and codes[0, 0] == largest


# ---------------------------------------------------------------------------------------------------------------------
# What is refused
# ---------------------------------------------------------------------------------------------------------------------

MISSING = {
    "None": (np.array([["a", "b"], ["c", None]], dtype=object), "1 value is missing; the first is at row 1, column 1,"),
    "NaN": (
        np.array([["a", np.nan], ["c", float("nan")]], dtype=object),
        "2 values are missing; the first is at row 0",
    ),
    "NaT": (np.array([["a", "b"], [np.datetime64("NaT"), "b"]], dtype=object), "row 1, column 0,"),
    "NA": (np.array([["a", "b"], [pd.NA, "b"]], dtype=object), "row 1, column 0,"),
    "list": ([["a", "b"], ["c", None]], "row 1, column 1,"),
    "dates": (np.array([["NaT"], ["2020-01-01"]], dtype="datetime64[D]"), "row 0, column 0,"),
    "pandas str": (pd.DataFrame({"x": ["a", None], "y": ["b", "c"]}), "row 1, column 0 ('x'), counted from 0."),
    "pandas object": (pd.DataFrame({"x": ["a", np.nan]}, dtype=object), "row 1, column 0 ('x')"),
    "pandas category": (pd.DataFrame({"x": pd.Categorical(["a", None, None])}), "2 values are missing"),
    "pandas float": (pd.DataFrame({"x": ["a", "b"], "y": [1, np.nan]}), "row 1, column 1 ('y')"),
    "pandas Int64": (
        pd.DataFrame({"x": ["a", "b"], "y": pd.array([1, pd.NA], dtype="Int64")}),
        "row 1, column 1 ('y')",
    ),
    "pandas dates": (pd.DataFrame({"x": ["a", "b"], "y": pd.to_datetime([None, "2020"])}), "row 0, column 1 ('y')"),
    "polars String": (pl.DataFrame({"x": ["a", "b"], "y": [None, "b"]}), "row 0, column 1 ('y')"),
    "polars Enum": (pl.DataFrame({"x": pl.Series(["a", None], dtype=pl.Enum(["a"]))}), "row 1, column 0 ('x')"),
    "polars Float64": (pl.DataFrame({"x": ["a", "b"], "y": [1.0, float("nan")]}), "row 1, column 1 ('y')"),
    "first in row order": (
        np.array([["a", None], [None, "b"]], dtype=object),
        "2 values are missing; the first is at row 0",
    ),
}

ENTRIES = {
    "fit": lambda X: KMeans(1, metric="hamming").fit(X),
    "init": lambda X: KMeans(len(X), metric="hamming", init=X).fit([["a"] * np.shape(X)[1]] * len(X)),
    "predict": lambda X: KMeans(1, metric="hamming").fit([["a"] * np.shape(X)[1]]).predict(X),
    "transform": lambda X: KMeans(1, metric="hamming").fit([["a"] * np.shape(X)[1]]).transform(X),
    "score": lambda X: KMeans(1, metric="hamming").fit([["a"] * np.shape(X)[1]]).score(X),
    "k_means": lambda X: k_means(X, 1, metric="hamming"),
    "kmeans_plusplus": lambda X: kmeans_plusplus(X, 1, metric="hamming"),
    "assign": lambda X: assign(X, [["a"] * np.shape(X)[1]], metric="hamming"),
    "centers of assign": lambda X: assign([["a"] * np.shape(X)[1]], X, metric="hamming"),
}


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("case", MISSING)
@pytest.mark.filterwarnings("ignore:X has feature names:UserWarning")
def test_missing_values(case, entry):
    X, phrase = MISSING[case]
    with pytest.raises(ValueError, match=re.escape(phrase)) as caught:
        ENTRIES[entry](X)
    name = {"init": "init", "centers of assign": "centers"}.get(entry, "X")
    assert str(caught.value).startswith(f"Input {name} contains missing values.")
    assert str(caught.value).endswith("fill them with 'missing', for example.")


@pytest.mark.parametrize(
    ("X", "error", "phrase"),
    [
        (["a", "b"], ValueError, "Expected 2D array, got 1D array instead: X must have shape (n_samples, n_features)"),
        (np.array([["a"]])[:0], ValueError, "0 sample(s) (shape=(0, 1)) while a minimum of 1 is required for X"),
        (pd.DataFrame({"a": ["x"]})[[]], ValueError, "0 feature(s) (shape=(1, 0)) while a minimum of 1 is required"),
        (pd.Series(["a", "b"]), ValueError, "Expected a 2-dimensional container but got"),
        (np.array([["a"]])[np.newaxis], ValueError, "Found array with dim 3, while dim <= 2 is required: X"),
        ([["a", "b"], ["c"]], ValueError, "X must be an array or rows of equal length"),
        (np.array([["a", []]], dtype=object), TypeError, "X holds [] at row 0, column 1: a category must be hashable"),
        (pl.DataFrame({"x": ["a"], "y": [[1]]}), TypeError, "X holds [1] at row 0, column 1 ('y'): a category must be"),
        (column([1j, 2j, "a"]), TypeError, "The values of column 0 of X cannot be put in an order: '<' not supported"),
        (pd.DataFrame({"x": [1j, 2j], "y": "a"}), TypeError, "The values of X['x'] cannot be put in an order"),
        (pd.DataFrame({"x": pd.arrays.SparseArray([0, 1]), "y": "a"}), TypeError, "Sparse data was passed for X['x']"),
        (pd.DataFrame({"x": ["a"], 2: ["b"]}), TypeError, "Feature names are only supported if all input features"),
        (np.zeros((2, 2), dtype=[("a", float)]), TypeError, "X must hold numbers, got dtype [('a', '<f8')]"),
    ],
)
def test_bad_tables(X, error, phrase):
    for entry in ("fit", "k_means", "kmeans_plusplus"):
        with pytest.raises(error, match=re.escape(phrase)):
            ENTRIES[entry](X)


def test_lists_and_structs_of_arrow_are_refused_as_others_are():
    arrow = pytest.importorskip("pyarrow")
    kinds = {
        "X holds [1] at row 0, column 0 ('a'): a category must be hashable": arrow.array([[1], [2]]),
        "X holds {'b': 1} at row 0, column 0 ('a'): a category must be hashable": arrow.array([{"b": 1}, {"b": 2}]),
    }
    for phrase, values in kinds.items():
        X = pd.DataFrame({"a": pd.arrays.ArrowExtensionArray(values), "c": ["x", "y"]})
        for estimator in (KMeans(1, metric="hamming"), pykmeans.KPrototypes(1, categorical=["a", "c"])):
            with pytest.raises(TypeError, match=re.escape(phrase)):
                estimator.fit(X)


def test_tables_are_for_hamming():
    for metric in ("euclidean", "manhattan", "cosine"):
        with pytest.raises(ValueError, match="could not convert string to float: X has dtype <U6"):
            KMeans(2, metric=metric).fit(np.array(ROWS))


# ---------------------------------------------------------------------------------------------------------------------
# Centers
# ---------------------------------------------------------------------------------------------------------------------


def test_init_has_values_of_x():
    X = pd.DataFrame({"colour": COLOURS, "size": SIZES})
    start = [["red", "small"], ["blue", "large"]]
    model = KMeans(2, metric="hamming", init=start).fit(X)
    plain = KMeans(2, metric="hamming", init=[[2, 2], [0, 0]]).fit(CODES)
    np.testing.assert_array_equal(model.labels_, plain.labels_)
    np.testing.assert_array_equal(model.inertia_history_, plain.inertia_history_)
    same = [np.array(start), pd.DataFrame(start, columns=["colour", "size"]), lambda X, k, random_state: start]
    for init in same:
        assert KMeans(2, metric="hamming", init=init, n_init=1).fit(X).inertia_ == model.inertia_
    bad = {
        "pink": (
            [["red", "small"], ["pink", "large"]],
            "init holds 'pink' at row 1, column 0, which is not in that column of X: it must be one of the column's 3 "
            "values ('blue', 'green', 'red').",
        ),
        "other column": ([["red", "red"], ["blue", "large"]], "init holds 'red' at row 0, column 1, which is not in"),
        "name": (pd.DataFrame([["red", "x"]] * 2, columns=X.columns), "init holds 'x' at row 0, column 1 ('size'),"),
        "rows": ([["red", "small"]], "(1, 2) does not match the number of clusters 2: init must have shape (2, 2)"),
        "columns": ([["red"], ["red"]], "(2, 1) does not match the number of features of the data 2"),
        "names": (
            pd.DataFrame({"size": ["small", "large"], "colour": ["red", "blue"]}),
            "init has the columns ['size', 'colour'], but X has ['colour', 'size'], in this order.",
        ),
    }
    for init, phrase in bad.values():
        with pytest.raises(ValueError, match=re.escape(phrase)):
            KMeans(2, metric="hamming", init=init).fit(X)
        with pytest.raises(ValueError, match=re.escape(phrase.replace("init", "init(...)"))):
            KMeans(2, metric="hamming", init=lambda X, k, random_state, init=init: init).fit(X)
    many = column([f"{i:02}" for i in range(20)])
    with pytest.raises(ValueError, match=re.escape("20 values ('00', '01', '02', '03', '04', '05', '06', '07', ...)")):
        KMeans(1, metric="hamming", init=[["x"]]).fit(many)


def test_a_category_of_a_type_that_no_row_has_is_not_in_x():
    sizes = pd.DataFrame({"size": pd.Categorical(["small", "large"], categories=["small", "medium", "large"])})
    with pytest.raises(ValueError, match="init holds 'medium' at row 0, column 0"):
        KMeans(1, metric="hamming", init=[["medium"]]).fit(sizes)


def test_a_callable_init_gets_what_fit_got():
    X = pd.DataFrame({"colour": COLOURS, "size": SIZES})
    seen = []

    def first_rows(data, n_clusters, random_state):
        seen.append(data)
        return data.iloc[:n_clusters]

    model = KMeans(2, metric="hamming", init=first_rows, n_init=1).fit(X)
    assert seen[0] is X
    assert model.inertia_ == KMeans(2, metric="hamming", init=X[:2]).fit(X).inertia_


def test_an_unseen_value_differs_from_every_center():
    model = KMeans(2, metric="hamming", init=[["red", "small"], ["blue", "large"]], max_iter=1).fit(ROWS)
    assert model.cluster_centers_.tolist() == [["red", "small"], ["green", "large"]]
    new = [["pink", "large"], ["red", "tiny"], ["pink", "tiny"], ["large", "red"], [1, 2]]
    np.testing.assert_array_equal(model.transform(new), [[2, 1], [1, 2], [2, 2], [2, 2], [2, 2]])
    np.testing.assert_array_equal(model.predict(new), [1, 0, 0, 0, 0])
    assert model.score(new) == -8
    labels, distances = assign([["a"], ["b"]], [["c"], ["d"], ["b"]], metric="hamming")
    np.testing.assert_array_equal(labels, [0, 2])
    np.testing.assert_array_equal(distances, [1, 0])


def test_predict_takes_the_values_in_any_type():
    model = KMeans(3, metric="hamming", random_state=0).fit(TABLES["pandas category"])
    for kind in ("pandas object", "pandas string", "polars String", "polars Enum"):
        np.testing.assert_array_equal(model.predict(TABLES[kind]), model.labels_)
    mixed = KMeans(2, metric="hamming", init=[["a", 1], ["b", 2]]).fit([["a", 1], ["b", 2]])
    np.testing.assert_array_equal(mixed.transform(np.array([[1, 1], [1, 2], [1, 3]])), [[1, 2], [2, 1], [2, 2]])
    numbers = KMeans(2, metric="hamming", random_state=0).fit(CODES.astype(object))
    for X in (CODES, CODES.astype(np.float32), pd.DataFrame(CODES, dtype="Int64").to_numpy(), CODES.tolist()):
        np.testing.assert_array_equal(numbers.predict(X), numbers.labels_)


def test_centers_of_the_user():
    model = KMeans(2, metric="hamming", random_state=0).fit(ROWS)
    for centers in (
        np.array([["pink", "small"], ["blue", "large"]]),
        np.array([["pink", "small"], ["blue", "large"]], object),
    ):
        model.cluster_centers_ = centers
        np.testing.assert_array_equal(model.transform([["pink", "small"], ["blue", "x"]]), [[0, 2], [2, 1]])


def test_columns_are_those_of_fit():
    X = pd.DataFrame({"colour": COLOURS, "size": SIZES})
    model = KMeans(2, metric="hamming", random_state=0).fit(X)
    assert model.feature_names_in_.tolist() == ["colour", "size"] and model.n_features_in_ == 2
    with pytest.raises(ValueError, match="must be in the same order as they were in fit"):
        model.predict(X[["size", "colour"]])
    with pytest.raises(ValueError, match="X has 1 features, but KMeans is expecting 2 features as input"):
        KMeans(2, metric="hamming", random_state=0).fit(ROWS).predict([["red"]])
    with pytest.raises(ValueError, match=re.escape("centers has 1 features (shape=(1, 1)), but X has 2")):
        assign(ROWS, [["red"]], metric="hamming")


# ---------------------------------------------------------------------------------------------------------------------
# The fit
# ---------------------------------------------------------------------------------------------------------------------

WORDS = np.array(["ant", "bee", "cat", "dog", "eel"], dtype=object)


def words(n, d, seed):
    return WORDS[np.random.default_rng(seed).integers(0, 5, (n, d))]


@pytest.mark.parametrize("seed", range(5))
def test_order_of_rows_and_columns(seed):
    rng = np.random.default_rng(seed)
    X = words(60, 4, seed)
    start = X[:5]
    model = KMeans(5, metric="hamming", init=start).fit(X)
    rows, columns = rng.permutation(60), rng.permutation(4)
    other = KMeans(5, metric="hamming", init=start[:, columns]).fit(X[rows][:, columns])
    np.testing.assert_array_equal(other.labels_, model.labels_[rows])
    np.testing.assert_array_equal(other.cluster_centers_, model.cluster_centers_[:, columns])
    np.testing.assert_array_equal(other.inertia_history_, model.inertia_history_)


@pytest.mark.parametrize("seed", range(5))
def test_weights_are_copies(seed):
    X = words(40, 3, seed)
    weights = np.random.default_rng(seed).integers(0, 4, 40)
    start = X[:4]
    weighted = KMeans(4, metric="hamming", init=start).fit(X, sample_weight=weights)
    copied = KMeans(4, metric="hamming", init=start).fit(
        np.concatenate([np.repeat(X, weights, axis=0), start]), sample_weight=[1] * weights.sum() + [0] * 4
    )
    assert weighted.inertia_ == copied.inertia_
    np.testing.assert_array_equal(weighted.cluster_centers_, copied.cluster_centers_)
    np.testing.assert_array_equal(weighted.cluster_sizes_, copied.cluster_sizes_)


def test_x_is_not_changed():
    X = pd.DataFrame({"colour": COLOURS, "size": pd.Categorical(SIZES)})
    before = X.copy()
    KMeans(2, metric="hamming", random_state=0).fit(X).predict(X)
    pd.testing.assert_frame_equal(X, before)


def test_pickles():
    model = KMeans(3, metric="hamming", random_state=0).fit(TABLES["pandas category"])
    twin = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(twin.cluster_centers_, model.cluster_centers_)
    np.testing.assert_array_equal(twin.predict(TABLES["pandas category"]), model.labels_)
    assert not hasattr(clone(model), "cluster_centers_")


def test_as_many_values_as_rows():
    X = column([f"{i}" for i in range(300)])
    with pytest.warns(pykmeans.ConvergenceWarning, match=re.escape("(1) found smaller than n_clusters (2)")):
        KMeans(2, metric="hamming", random_state=0).fit(np.repeat(X[:1], 5, axis=0))
    assert KMeans(2, metric="hamming", random_state=0).fit(X).inertia_ == 298


# ---------------------------------------------------------------------------------------------------------------------
# A public set
# ---------------------------------------------------------------------------------------------------------------------

# The small soybean data (Michalski and Chilausky 1980, UCI Machine Learning Repository) as kmodes has them among its
# examples: 47 plants, 35 features of a digit each. Diseases D1 to D4 are 10, 10, 10 and 17 rows.
SOYBEAN = """
40211101021102200010311100004000000 50210311121102200011301100004000000 30210202111102200010301100004000000
60210111001102200011311100004000000 40210302021102200010311100004000000 50210201101102200011311100004000000
30210211011102200011301100004000000 30210102121102200010301100004000000 60210301111102200010311100004000000
60210101021102200010311100004000000 60021021001102200011030002104000000 40010231111102200010030002104000000
50020321021102200010030002104000000 60011331101102200010030002104000000 30021021011102200010030002104000000
40011131111102200011030002104000000 30010121001102200010030002104000000 50021221021102200011030002104000000
60020131101102200010030002104000000 50021331121102200010030002104000000 01200111111002200010110110034000000
21200312011002200010110100034000000 21200211021002200010110110034000000 01200011121002200010110100034000000
01200211111002200010110100034000000 40201012021102200011110110034000000 21200312021002200010110110034000000
01200011011002200010110100034000001 30201312011002200011110110034000000 01200112121002200010110100034000000
21211312121102200010220100034000001 01110111001102200010120000034000001 31200112101102200010220000034000001
21211112021102200010120100034000001 11200311121102200010220000034000001 11210012111102200010220000034000001
01210311001102200010120000034000001 21200112001102200010120000034000001 31200212111102200010220000034000001
31100212121102200010220000034000001 01211111001102200010120100034000001 11211312011102200011120100034000001
11200012101102200010220000034000001 11211231111102200010220100034000001 21100312021102200010120000034000001
01111212101102200011220100034000001 01210311021102200010120000034000001
"""


def test_soybean_costs_what_kmodes_says():
    """kmodes 0.12.2, KModes(n_clusters=4, init="Cao", n_init=1).fit(x) of examples/soybean.py: cost_ is 199.0."""
    X = np.array([list(row) for row in SOYBEAN.split()])
    model = KMeans(4, metric="hamming", init=X[[46, 15, 2, 28]]).fit(X)  # the rows that its init_cao(x, 4) returns
    assert model.inertia_ == 199
    np.testing.assert_array_equal(model.labels_, np.repeat([2, 1, 3, 0], [10, 10, 10, 17]))  # its labels_, the diseases
    # KModes(n_clusters=4, init=x[[0, 10, 20, 30]], n_init=1).fit(x).cost_ and init=x[[5, 15, 25, 35]]. From other rows
    # the two may part: kmodes moves a mode as soon as a row changes sides, not after all rows.
    assert KMeans(4, metric="hamming", init=X[[0, 10, 20, 30]]).fit(X).inertia_ == 199
    assert KMeans(4, metric="hamming", init=X[[5, 15, 25, 35]]).fit(X).inertia_ == 199
    for dtype in (np.uint8, np.float32, np.float64):
        assert KMeans(4, metric="hamming", init=X[[46, 15, 2, 28]].astype(int)).fit(X.astype(dtype)).inertia_ == 199
