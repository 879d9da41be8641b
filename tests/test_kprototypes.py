"""KPrototypes: tables of numbers and categories."""

import copy
import datetime
import decimal
import inspect
import math
import pickle
import re
import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from helpers import bits
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import pykmeans
from pykmeans import KMeans, KPrototypes

WORDS = np.array(["ant", "bee", "cat", "dog"], dtype=object)


def mixture(n, seed, n_numbers=2, n_categories=2):
    """A frame with numbers x0, x1, ... and categories c0, c1, ..., which follow hidden groups."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 3, n)
    columns = {f"x{j}": 3 * group + rng.normal(size=n) for j in range(n_numbers)}
    for j in range(n_categories):
        columns[f"c{j}"] = WORDS[np.where(rng.random(n) < 0.7, group, rng.integers(0, 4, n))]
    return pd.DataFrame(columns)


def distances(X, centers, gamma):
    """What the definition says, in plain Python: numbers are floats, categories strings."""
    return np.array(
        [
            [
                sum(
                    (x - c) ** 2 if isinstance(c, float) else gamma * (x != c) for x, c in zip(row, center, strict=True)
                )
                for center in centers
            ]
            for row in X.to_numpy(dtype=object).tolist()
        ]
    )


def lloyd(X, init, gamma, weights):
    """K-prototypes in plain Python from a table of centers, until no label changes."""
    centers, labels = init.to_numpy(dtype=object).tolist(), None
    while True:
        found = distances(X, centers, gamma)
        if labels is not None and (found.argmin(axis=1) == labels).all():
            return centers, labels, (weights * found.min(axis=1)).sum()
        labels = found.argmin(axis=1)
        for i in range(len(centers)):
            members, w = X[labels == i], weights[labels == i]
            assert w.sum() > 0
            for j, name in enumerate(X.columns):
                if isinstance(centers[i][j], float):
                    centers[i][j] = float((w * members[name]).sum() / w.sum())
                else:
                    counts = pd.Series(w).groupby(members[name].to_numpy()).sum()
                    centers[i][j] = min(counts[counts == counts.max()].index)


# ---------------------------------------------------------------------------------------------------------------------
# What it computes
# ---------------------------------------------------------------------------------------------------------------------


def test_a_fit_worked_by_hand():
    X = [[0, "a"], [2, "a"], [4, "b"], [10, "b"], [12, "b"], [14, "a"]]
    model = KPrototypes(2, gamma=10, init=[[0, "a"], [14, "a"]], store_medoids=True).fit(X)
    # Iteration 0: rows 0, 1, 2 are 0, 4 and 16 + 10 from (0, a); rows 3, 4, 5 are 16 + 10, 4 + 10 and 0 from (14, a).
    # The centers become (2, a) and (12, b). Iteration 1: 4, 0, 4 + 10 and 4, 0, 4 + 10; no label changes.
    assert model.labels_.tolist() == [0, 0, 0, 1, 1, 1]
    assert model.cluster_centers_.tolist() == [[2.0, "a"], [12.0, "b"]]
    assert model.inertia_history_.tolist() == [70, 36]
    assert model.inertia_ == 36 and model.cluster_inertia_.tolist() == [18, 18]
    assert (model.n_iter_, model.stop_reason_, model.converged_) == (2, "labels", True)
    assert model.cluster_sizes_.tolist() == [3, 3]
    assert model.medoid_indices_.tolist() == [1, 4]
    assert model.categorical_features_.tolist() == [1] and model.n_features_in_ == 2 and model.gamma_ == 10
    # (7, b) is 25 + 10 from the first and 25 from the second; (7, c) is as far from both, so the first has it.
    assert model.transform([[7, "b"], [7, "c"], [2, "a"]]).tolist() == [[35, 25], [35, 35], [0, 110]]
    assert model.predict([[7, "b"], [7, "c"], [2, "a"]]).tolist() == [1, 0, 0]
    assert model.score([[7, "b"], [7, "c"], [2, "a"]], sample_weight=[1, 2, 3]) == -95
    # With a weight of 2, row 2 makes "a" and "b" equally frequent in the first cluster: the least stays. With 3, "b".
    for weight, centers in [(2, [[2.5, "a"], [12.0, "b"]]), (3, [[2.8, "b"], [12.0, "b"]])]:
        model = clone(model).fit(X, sample_weight=[1, 1, weight, 1, 1, 1])
        assert model.cluster_centers_.tolist() == centers


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_it_does_what_the_definition_says(seed, weighted):
    X = mixture(80, seed, n_numbers=1 + seed % 3, n_categories=1 + seed % 4)
    weights = np.random.default_rng(seed).integers(1, 5, 80) if weighted else np.ones(80)
    model = KPrototypes(4, init=X[:4], tol=0, max_iter=1000, store_medoids=True).fit(
        X, sample_weight=weights if weighted else None
    )
    assert model.gamma_ == pytest.approx(0.5 * X.select_dtypes("number").std(ddof=0).mean(), rel=1e-14)
    centers, labels, inertia = lloyd(X, X[:4], model.gamma_, weights)
    np.testing.assert_array_equal(model.labels_, labels)
    assert model.inertia_ == pytest.approx(inertia, rel=1e-12)
    for ours, theirs in zip(model.cluster_centers_.tolist(), centers, strict=True):
        assert [value for value in ours if type(value) is not float] == [v for v in theirs if type(v) is not float]
        numbers = [value for value in ours if type(value) is float]
        assert numbers == pytest.approx([value for value in theirs if type(value) is float], rel=1e-13)
    np.testing.assert_allclose(model.transform(X), distances(X, centers, model.gamma_), rtol=1e-9)
    np.testing.assert_array_equal(model.predict(X), model.labels_)
    assert -model.score(X, sample_weight=weights) == model.inertia_
    assert (np.diff(model.inertia_history_) <= 0).all()
    for i, row in enumerate(model.medoid_indices_):
        members = np.flatnonzero(labels == i)
        assert row == members[model.transform(X)[members, i].argmin()]


# The example of kmodes (examples/stocks.csv): the ten largest companies and two more, market cap, sector and country.
STOCKS = [
    [738.5, "tech", "USA"],
    [369.5, "nrg", "USA"],
    [368.2, "tech", "USA"],
    [346.7, "tech", "USA"],
    [343.5, "fin", "USA"],
    [282.4, "fin", "USA"],
    [282.1, "tel", "CN"],
    [279.7, "cons", "USA"],
    [257.2, "cons", "USA"],
    [205.2, "tel", "USA"],
    [192.1, "tech", "USA"],
    [195.7, "nrg", "NL"],
]


@pytest.mark.parametrize(
    ("rows", "cost", "labels"),
    [
        ([0, 1, 2, 3], 11515.51216717644, [0, 1, 1, 2, 2, 3, 3, 3, 3, 3, 3, 3]),
        ([0, 4, 6, 11], 1664.4708549504871, [0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3]),
        ([1, 2, 4, 6], 11515.512167176443, [0, 1, 1, 2, 2, 3, 3, 3, 3, 3, 3, 3]),
        ([0, 5, 8, 10], 1664.4708549504871, [0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3]),
    ],
)
def test_stocks_cost_what_kmodes_says(rows, cost, labels):
    """kmodes 0.12.2, with the table as X, and codes in the order of the alphabet of its categories.

    m = KPrototypes(4, init=[X[rows, :1].astype(float), codes[rows]], n_init=1).fit(X, categorical=[1, 2]): cost_ and
    labels_. gamma is its default, and 1664.47... is also the cost of its own example, init="Cao".
    """
    model = KPrototypes(4, init=[STOCKS[row] for row in rows]).fit(STOCKS)
    assert model.gamma_ == pytest.approx(69.90333603547751, rel=1e-15)  # m.gamma
    assert model.inertia_ == pytest.approx(cost, rel=1e-14)
    assert model.labels_.tolist() == labels


def test_stocks_are_predicted_as_kmodes_predicts_them():
    """kmodes/tests/test_kprototypes.py, test_kprotoypes_predict_stocks: clusters of [1, 1, 3, 1] beside its labels."""
    new = [[134.1, "fin", "USA"], [190.2, "cons", "USA"], [389.1, "nrg", "CA"], [150.4, "mat", "USA"]]
    model = KPrototypes(4, init=[STOCKS[row] for row in [5, 11, 0, 4]]).fit(STOCKS)
    assert model.labels_.tolist() == [2, 3, 3, 3, 3, 0, 0, 0, 0, 1, 1, 1]
    assert model.predict(new).tolist() == [1, 1, 3, 1]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("n_threads", [1, 2, 3])
def test_threads_and_order_change_nothing(seed, n_threads):
    X = mixture(300, seed, n_numbers=3, n_categories=3)
    weights = np.random.default_rng(seed).uniform(0, 2, 300)
    model = KPrototypes(5, init=X[:5]).fit(X, sample_weight=weights)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(300), rng.permutation(6)
    other = KPrototypes(5, init=X.iloc[:5, columns], n_threads=n_threads)
    other.fit(X.iloc[rows, columns], sample_weight=weights[rows])
    assert other.gamma_ == pytest.approx(model.gamma_, rel=1e-15)
    np.testing.assert_array_equal(other.labels_, model.labels_[rows])
    same_columns = KPrototypes(5, init=X[:5], n_threads=n_threads).fit(X.iloc[rows], sample_weight=weights[rows])
    assert same_columns.gamma_ == model.gamma_
    assert same_columns.inertia_ == model.inertia_
    assert same_columns.cluster_centers_.tolist() == model.cluster_centers_.tolist()
    for name in ("inertia_history_", "cluster_inertia_", "cluster_sizes_"):
        assert bits(getattr(same_columns, name)) == bits(getattr(model, name))


@pytest.mark.parametrize("seed", range(3))
def test_weights_are_copies(seed):
    X = mixture(60, seed)
    weights = np.random.default_rng(seed).integers(1, 4, 60)
    parameters = {"n_clusters": 4, "init": X[:4], "gamma": 2.5}
    weighted = KPrototypes(**parameters).fit(X, sample_weight=weights)
    copied = KPrototypes(**parameters).fit(X.loc[np.repeat(np.arange(60), weights)])
    assert weighted.inertia_ == copied.inertia_
    assert weighted.cluster_centers_.tolist() == copied.cluster_centers_.tolist()
    np.testing.assert_array_equal(weighted.cluster_sizes_, copied.cluster_sizes_)
    np.testing.assert_array_equal(np.repeat(weighted.labels_, weights), copied.labels_)


def test_runs():
    X = mixture(100, 0)
    one = [KPrototypes(5, init="random", n_init=1, random_state=seed).fit(X).inertia_ for seed in range(5)]
    assert len(set(one)) > 1
    assert KPrototypes(5, init="random", random_state=0).fit(X).inertia_ <= one[0]
    again = KPrototypes(5, n_init=3, random_state=0).fit(X)
    assert again.inertia_ == KPrototypes(5, n_init=3, random_state=0).fit(X).inertia_
    with pytest.warns(RuntimeWarning, match="performing only one init in KPrototypes instead of n_init=4"):
        KPrototypes(2, init=X[:2], n_init=4).fit(X)
    with pytest.warns(pykmeans.ConvergenceWarning, match=re.escape("(1) found smaller than n_clusters (2)")):
        KPrototypes(2).fit([[1.0, "a"]] * 3)


# ---------------------------------------------------------------------------------------------------------------------
# Gamma
# ---------------------------------------------------------------------------------------------------------------------


def test_gamma():
    X = pd.DataFrame({"x": [1.0, 3.0], "y": [10.0, 20.0], "c": ["a", "b"]})
    assert KPrototypes(1).fit(X).gamma_ == 0.5 * (1 + 5) / 2
    assert KPrototypes(1).fit(X, sample_weight=[1, 100]).gamma_ == 1.5
    assert KPrototypes(1).fit(X.astype({"x": np.float32, "y": np.float32})).gamma_ == 1.5
    assert KPrototypes(1).fit(X[["c"]]).gamma_ == 1
    assert KPrototypes(1).fit(X.assign(x=7, y=7)).gamma_ == 1
    assert KPrototypes(1, gamma=0.25).fit(X).inertia_ == 2 + 50 + 0.25
    assert KPrototypes(1, gamma=np.float32(0.25)).fit(X).gamma_ == 0.25
    assert KPrototypes(1, gamma=0).fit(X).inertia_ == 52


def test_gamma_is_exact_whatever_the_order():
    values = np.random.default_rng(0).lognormal(sigma=8, size=400)
    expected = 0.5 * math.sqrt(math.fsum((v - math.fsum(values) / 400) ** 2 for v in values) / 400)
    found = {
        KPrototypes(1).fit(pd.DataFrame({"x": np.random.default_rng(seed).permutation(values), "c": "a"})).gamma_
        for seed in range(5)
    }
    assert len(found) == 1 and found.pop() == pytest.approx(expected, rel=1e-15)


# ---------------------------------------------------------------------------------------------------------------------
# Tables
# ---------------------------------------------------------------------------------------------------------------------

AGES, NAMES = [31, 35, 33, 62, 60, 67], ["ant", "ant", "bee", "cat", "cat", "bee"]
HEIGHTS, FLAGS = [1.5, 1.75, 1.25, 2.0, 1.5, 1.75], [True, True, False, False, False, False]
COLUMNS = {"name": NAMES, "age": AGES, "flag": FLAGS, "height": HEIGHTS}
FRAME = pd.DataFrame(COLUMNS)
TABLES = {
    "list": [list(row) for row in zip(*COLUMNS.values(), strict=True)],
    "objects": FRAME.to_numpy(dtype=object),
    "pandas": FRAME,
    "pandas objects": FRAME.astype(object),
    "pandas categories": FRAME.astype({"name": "category", "flag": "category"}),
    "pandas nullable": FRAME.astype({"name": "string", "age": "Int64", "flag": "boolean", "height": "Float64"}),
    "polars": pl.DataFrame(COLUMNS),
    "polars categories": pl.DataFrame(
        COLUMNS, schema_overrides={"name": pl.Enum(["ant", "bee", "cat"]), "age": pl.Int8}
    ),
    "polars integers": pl.DataFrame(COLUMNS, schema_overrides={"name": pl.Categorical, "age": pl.Int8}),
    "polars decimal": pl.DataFrame({**COLUMNS, "height": [decimal.Decimal(str(height)) for height in HEIGHTS]}),
}


@pytest.mark.parametrize("kind", TABLES)
def test_every_kind_of_table_has_the_same_fit(kind):
    X = TABLES[kind]
    model = KPrototypes(2, random_state=0, store_medoids=True).fit(X)
    assert model.categorical_features_.tolist() == [0, 2]
    assert model.labels_.tolist() == [1, 1, 1, 0, 0, 0]
    assert model.cluster_centers_.tolist() == [["cat", 63.0, False, 1.75], ["ant", 33.0, True, 1.5]]
    assert [type(value) for value in model.cluster_centers_[0]] == [str, float, bool, float]
    assert model.gamma_ == KPrototypes(2).fit(FRAME).gamma_
    np.testing.assert_array_equal(model.predict(X), model.labels_)
    np.testing.assert_array_equal(model.transform(X), clone(model).fit_transform(X))
    np.testing.assert_array_equal(clone(model).fit_predict(X), model.labels_)
    assert model.transform(X).dtype == np.float64
    assert -model.score(X) == model.inertia_
    assert hasattr(model, "feature_names_in_") == ("list" not in kind and kind != "objects")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for other in TABLES.values():
            np.testing.assert_array_equal(model.predict(other), model.labels_)
            np.testing.assert_array_equal(model.transform(other), model.transform(X))
            assert KPrototypes(2, init=pd.DataFrame(other)[:2].to_numpy(dtype=object)).fit(X).n_iter_ > 1


@pytest.mark.parametrize(
    ("categorical", "positions"),
    [
        (None, [0, 2]),
        (["name", "flag"], [0, 2]),
        (["flag", "age", "name"], [0, 1, 2]),
        ([2, 0], [0, 2]),
        (np.array([0, 2]), [0, 2]),
        (("name", 2), [0, 2]),
        (pd.Index(["name"]), [0]),
        ([True, False, True, False], [0, 2]),
        (np.array([True, True, True, True]), [0, 1, 2, 3]),
        (["name", "name"], [0]),
    ],
    ids=str,
)
def test_categorical(categorical, positions):
    model = KPrototypes(2, categorical=categorical, gamma=1, random_state=0).fit(FRAME)
    assert model.categorical_features_.tolist() == positions
    for j, name in enumerate(FRAME.columns):
        for value in model.cluster_centers_[:, j]:
            assert value in FRAME[name].tolist() if j in positions else type(value) is float
    np.testing.assert_array_equal(model.predict(FRAME), model.labels_)


def test_numbers_can_be_categories():
    X = np.array([[1, 7], [2, 7], [10, 8], [11, 8], [12, 7]])
    model = KPrototypes(2, categorical=[1], gamma=1, init=X[[0, 2]]).fit(X)
    assert model.cluster_centers_.tolist() == [[1.5, 7], [11.0, 8]]
    assert [type(value) for value in model.cluster_centers_[0]] == [float, int]
    assert model.inertia_ == 0.5 + 2 + 1
    wide = KPrototypes(2, categorical=[1], gamma=1, init=X[[0, 2]].astype(float)).fit(X.astype(np.float32))
    assert wide.cluster_centers_.tolist() == model.cluster_centers_.tolist() and wide.inertia_ == model.inertia_
    assert wide.transform(X.astype(np.float32)).dtype == np.float32


def test_objects_are_numbers_if_all_of_them_are():
    X = np.array([[1, 1.5, True, True, "a", decimal.Decimal(1)], [2.5, 2, False, 2, 1, 2]], dtype=object)
    for table in (X, pd.DataFrame(X)):
        model = KPrototypes(2, init=X).fit(table)
        assert model.categorical_features_.tolist() == [2, 3, 4]
        assert model.cluster_centers_.tolist() == X.tolist()
        np.testing.assert_array_equal(model.predict(X), [0, 1])


def test_numbers_alone():
    X = np.random.default_rng(0).normal(size=(50, 3))
    model = KPrototypes(4, init=X[:4]).fit(X)
    plain = KMeans(4, init=X[:4]).fit(X)
    assert model.categorical_features_.tolist() == []
    np.testing.assert_array_equal(model.labels_, plain.labels_)
    assert model.cluster_centers_.tolist() == plain.cluster_centers_.tolist()
    assert model.inertia_ == plain.inertia_
    np.testing.assert_array_equal(
        model.transform(X), np.array([pykmeans.assign(X, c[None])[1] for c in plain.cluster_centers_]).T
    )


@pytest.mark.parametrize("gamma", ["auto", 0.1])
def test_categories_alone(gamma):
    X = mixture(50, 0, n_numbers=0, n_categories=3)
    model = KPrototypes(4, init=X[:4], gamma=gamma).fit(X)
    plain = KMeans(4, metric="hamming", init=X[:4]).fit(X)
    assert model.gamma_ == (1 if gamma == "auto" else 0.1)
    np.testing.assert_array_equal(model.labels_, plain.labels_)
    assert model.cluster_centers_.tolist() == plain.cluster_centers_.tolist()
    assert model.inertia_ == pytest.approx(model.gamma_ * plain.inertia_, rel=1e-15)
    np.testing.assert_array_equal(model.transform(X), model.gamma_ * plain.transform(X))
    one = KPrototypes(2, init=[["ant"], ["bee"]]).fit(X[["c0"]])
    assert one.cluster_centers_.tolist() == [["ant"], ["bee"]]


def test_many_categories():
    X = pd.DataFrame({"x": np.arange(700) % 7, "c": [f"{i:03}" for i in range(700)], "d": "one"})
    model = KPrototypes(7, init=X[:7]).fit(X)
    np.testing.assert_array_equal(model.labels_, X.x)
    assert model.inertia_ == pytest.approx(model.gamma_ * (700 - 7), rel=1e-15)
    assert model.transform(X).dtype == np.float64
    assert KPrototypes(7, init=X[:7]).fit(X.astype({"x": np.float32})).transform(X[:1]).dtype == np.float64
    only = KPrototypes(7, init=X[:7].iloc[:, 1:]).fit(X.iloc[:, 1:])
    assert only.inertia_ == 693 and only.transform(X.iloc[:, 1:]).dtype == np.float64


def test_float32():
    X = mixture(100, 3).astype({"x0": np.float32, "x1": np.float32})
    narrow, wide = (
        KPrototypes(3, init=X[:3]).fit(X),
        KPrototypes(3, init=X[:3]).fit(X.astype({"x0": float, "x1": float})),
    )
    assert narrow.gamma_ == wide.gamma_
    np.testing.assert_array_equal(narrow.labels_, wide.labels_)
    assert narrow.transform(X).dtype == np.float32 and wide.transform(X.astype({"x0": float})).dtype == np.float64
    assert all(value == float(np.float32(value)) for value in narrow.cluster_centers_[:, 0])
    assert any(value != float(np.float32(value)) for value in wide.cluster_centers_[:, 0])
    np.testing.assert_array_equal(narrow.predict(X), narrow.labels_)
    assert -narrow.score(X.astype({"x0": float})) == narrow.inertia_
    with pytest.raises(
        ValueError, match=re.escape("init holds 1e+39 at row 1, column 1 ('x1'), which is too large for float32")
    ):
        KPrototypes(3, init=X[:3].astype({"x1": float}).assign(x1=[0, 1e39, 0])).fit(X)


def test_an_unseen_category_differs_from_every_center():
    model = KPrototypes(2, gamma=10, init=[[0, "a"], [14, "b"]]).fit([[0, "a"], [14, "b"], [1, "c"]])
    assert model.cluster_centers_.tolist() == [[0.5, "a"], [14.0, "b"]]
    assert model.transform([[14, "z"], [14, "c"], [14, "b"]]).tolist() == [[192.25, 10], [192.25, 10], [192.25, 0]]


def test_centers_of_the_user():
    model = KPrototypes(2, gamma=10, init=[[0, "a"], [14, "b"]]).fit([[0, "a"], [14, "b"]])
    model.cluster_centers_ = np.array([["1", "z"]], dtype=object)
    model.cluster_centers_[0, 0] = 1.0
    assert model.transform([[1, "z"], [2, "a"]]).tolist() == [[0], [11]]


def test_a_callable_init_gets_what_fit_got():
    seen = []

    def first_rows(X, n_clusters, random_state):
        seen.append(X)
        return X[:n_clusters]

    model = KPrototypes(2, init=first_rows, n_init=2).fit(FRAME)
    assert len(seen) == 2 and seen[0] is FRAME
    assert model.inertia_ == KPrototypes(2, init=FRAME[:2]).fit(FRAME).inertia_


def test_x_is_not_changed():
    for X in (FRAME.copy(), FRAME.to_numpy(dtype=object)):
        before = copy.deepcopy(X)
        KPrototypes(2, random_state=0).fit(X).predict(X)
        assert (np.asarray(X, dtype=object) == np.asarray(before, dtype=object)).all()


# ---------------------------------------------------------------------------------------------------------------------
# What is refused
# ---------------------------------------------------------------------------------------------------------------------

BAD_X = {
    "missing name": (
        FRAME.assign(name=[None, "b", None, "c", "d", "e"]),
        "Input X contains missing values. 2 values are",
    ),
    "its place": (
        FRAME.assign(flag=pd.array([True, True, None] * 2)),
        "the first is at row 2, column 2 ('flag'), counted",
    ),
    "missing number": (
        FRAME.assign(height=[1, np.nan] * 3),
        "Input X contains NaN. 3 values are not finite; the first, nan",
    ),
    "its place too": (FRAME.assign(height=[1, np.nan] * 3), "row 1, column 3 ('height'), counted from 0"),
    "None among numbers": ([["a", 1], ["b", None]], "the first, nan, is at row 1, column 1, counted from 0"),
    "infinity": (
        FRAME.assign(height=[1, -np.inf] * 3),
        "Input X contains infinity or a value too large for dtype('float64')",
    ),
    "null": (pl.DataFrame({**COLUMNS, "age": [1, None, 3, 4, 5, 6]}), "row 1, column 1 ('age')"),
    "integer": (FRAME.assign(age=2**60), "X['age'] holds the integer 1152921504606846976 at index 0"),
    "complex": (FRAME.assign(age=1j), "Complex data not supported: X['age']"),
    "dates": (
        FRAME.assign(day=pd.to_datetime("2020-01-01")),
        "X['day'] must hold numbers, or be named in categorical to be taken as categories; its type is datetime64[",
    ),
    "dates in polars": (
        pl.DataFrame({"a": [1], "b": [datetime.date(2020, 1, 1)]}),
        "X['b'] must hold numbers, or be named in categorical to be taken as categories; its type is Date.",
    ),
    "one dimension": ([1, "a"], "Expected 2D array, got 1D array instead: X"),
    "no rows": (FRAME[:0], "0 sample(s) (shape=(0, 4)) while a minimum of 1 is required for X"),
    "series": (FRAME["age"], "Expected a 2-dimensional container but got"),
    "unhashable": ([[1, "a"], [2, {}]], "X holds {} at row 1, column 1: a category must be hashable"),
    "ragged": ([[1, "a"], [2]], "X must be an array or rows of equal length"),
    "sparse": (pd.DataFrame({"a": pd.arrays.SparseArray([0, 1]), "b": "a"}), "Sparse data was passed for X['a']"),
}


@pytest.mark.parametrize("case", BAD_X)
def test_bad_x(case):
    X, phrase = BAD_X[case]
    with pytest.raises((ValueError, TypeError), match=re.escape(phrase)):
        KPrototypes(1).fit(X)
    if case in ("missing name", "its place", "missing number", "None among numbers", "null", "its place too"):
        model = KPrototypes(1).fit(FRAME if len(np.shape(X)) and np.shape(X)[1] == 4 else [["a", 1]])
        for method in (model.predict, model.transform, model.score):
            with pytest.raises(ValueError, match=re.escape(phrase)):
                method(X)


def test_strings_that_are_not_named():
    for X in (FRAME, pl.DataFrame(COLUMNS)):
        with pytest.raises(TypeError, match=re.escape("X['name'] must hold numbers, or be named in categorical")):
            KPrototypes(2, categorical=["flag"]).fit(X)
    with pytest.raises(TypeError, match="column 0 of X must hold numbers, or be named in categorical"):
        KPrototypes(2, categorical=[2]).fit(FRAME.to_numpy(dtype=object))
    flags = KPrototypes(2, categorical=["name"], random_state=0).fit(FRAME)
    assert type(flags.cluster_centers_[0, 2]) is float


@pytest.mark.parametrize(
    ("categorical", "phrase"),
    [
        (["colour"], "categorical names the column 'colour', but X has the columns ['name', 'age', 'flag', 'height']."),
        ([4], "categorical holds 4: a position of a column must be an int from 0 to 3."),
        ([-1], "categorical holds -1: a position of a column must be an int from 0 to 3."),
        ([True, False], "categorical is a mask of 2 bools, but X has 4 columns."),
        ([True, 2], "categorical holds True: a position of a column must be an int from 0 to 3."),
    ],
)
def test_columns_that_are_not_there(categorical, phrase):
    with pytest.raises(ValueError, match=re.escape(phrase)):
        KPrototypes(2, categorical=categorical).fit(FRAME)


def test_a_name_of_two_columns_names_none():
    pandas = pytest.importorskip("pandas")
    X = pandas.DataFrame([["a", 1.0], ["c", 2.0]], columns=["u", "u"])
    with pytest.raises(ValueError, match="categorical names the column 'u', but 2 columns of X have this name"):
        KPrototypes(2, categorical=["u"]).fit(X)
    assert KPrototypes(2, categorical=[0]).fit(X).categorical_features_.tolist() == [0]


def test_names_need_a_frame():
    with pytest.raises(ValueError, match=re.escape("names the column 'name', but X has no column names.")):
        KPrototypes(2, categorical=["name"]).fit(TABLES["list"])


BAD_PARAMETERS = {
    "n_clusters": ([0, 2.0, None], "an int in the range [1, inf)"),
    "categorical": (
        ["name", b"name", 3, [1.5], [None], {"name"}, [["name"]], FRAME],
        "a list of column names or positions, a mask of bools or None",
    ),
    "gamma": ([-1, np.nan, np.inf, 1e201, "many", None], "a str among {'auto'} or a float in the range [0.0, 1e+200]"),
    "init": (["huang", 3, None], "a str among {'k-means++', 'random'}, a callable or an array-like"),
    "n_init": ([0, None], "a str among {'auto'} or an int in the range [1, inf)"),
    "max_iter": ([0], "an int in the range [1, inf)"),
    "tol": ([-1], "a float in the range [0.0, inf)"),
    "verbose": ([-1], "an int in the range [0, inf) or an instance of 'bool'"),
    "random_state": ([-1], "an int in the range [0, 4294967295]"),
    "n_threads": ([0], "an int in the range [1, 1024] or None"),
    "store_medoids": ([1, None], "an instance of 'bool'"),
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, (values, _) in BAD_PARAMETERS.items() for value in values], ids=str
)
def test_bad_parameters(name, value):
    with pytest.raises(pykmeans.InvalidParameterError) as caught:
        KPrototypes(**{"n_clusters": 2, name: value}).fit(FRAME)
    assert str(caught.value).startswith(f"The {name!r} parameter of KPrototypes must be {BAD_PARAMETERS[name][1]}")


def test_every_parameter_is_judged():
    assert set(BAD_PARAMETERS) == set(inspect.signature(KPrototypes).parameters)


@pytest.mark.parametrize(
    ("init", "phrase"),
    [
        (
            [["ant", 1, True, 1], ["dog", 1, True, 1]],
            "init holds 'dog' at row 1, column 0, which is not in that column of X",
        ),
        (
            [["ant", 1, True, 1], ["ant", np.nan, True, 1]],
            "Input init contains NaN. 1 value is not finite; the first, nan",
        ),
        ([["ant", 1, True, 1], ["ant", 1, True, None]], "row 1, column 3, counted from 0"),
        (
            [["ant", 1, True, 1], [None, 1, True, 1]],
            "Input init contains missing values. 1 value is missing; the first is",
        ),
        (
            [["ant", "x", True, 1], ["ant", 1, True, 1]],
            "could not convert string to float: 'x' at index 0 of column 1 of",
        ),
        (FRAME[:3], "(3, 4) does not match the number of clusters 2: init must have shape (2, 4)"),
        (FRAME.iloc[:2, :3], "(2, 3) does not match the number of features of the data 4: init must have shape (2, 4)"),
        (
            FRAME.iloc[:2, ::-1],
            "init has the columns ['height', 'flag', 'age', 'name'], but X has ['name', 'age', 'flag',",
        ),
        (["ant", 1], "Expected 2D array, got 1D array instead: init"),
    ],
)
def test_bad_init(init, phrase):
    with pytest.raises(ValueError, match=re.escape(phrase)):
        KPrototypes(2, init=init).fit(FRAME)


def test_more_clusters_than_rows():
    with pytest.raises(ValueError, match=re.escape("n_samples=6 should be >= n_clusters=8")):
        KPrototypes().fit(FRAME)


# ---------------------------------------------------------------------------------------------------------------------
# The estimator
# ---------------------------------------------------------------------------------------------------------------------

OURS = {
    "check_sample_weight_equivalence_on_dense_data": "seeds pick other rows in another order",
}


@parametrize_with_checks(
    [KPrototypes(n_clusters=2, n_init=2, max_iter=5)], expected_failed_checks=lambda estimator: OURS
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


def test_not_fitted():
    for call in (KPrototypes().predict, KPrototypes().transform, KPrototypes().score):
        with pytest.raises(pykmeans.NotFittedError, match="This KPrototypes instance is not fitted yet"):
            call(FRAME)
    for call in (KPrototypes().summary, KPrototypes().get_feature_names_out):
        with pytest.raises(pykmeans.NotFittedError, match="This KPrototypes instance is not fitted yet"):
            call()


def test_names():
    model = KPrototypes(2, random_state=0).fit(FRAME)
    assert model.feature_names_in_.tolist() == list(FRAME.columns)
    assert model.get_feature_names_out().tolist() == ["kprototypes0", "kprototypes1"]
    assert list(model.set_output(transform="pandas").transform(FRAME).columns) == ["kprototypes0", "kprototypes1"]
    with pytest.raises(ValueError, match="must be in the same order as they were in fit"):
        model.predict(FRAME[["age", "name", "flag", "height"]])
    with pytest.raises(
        ValueError, match="unseen at fit time:\n- size\nFeature names seen at fit time, yet now missing:\n- age"
    ):
        model.predict(FRAME.rename(columns={"age": "size"}))
    with pytest.warns(UserWarning, match="X does not have valid feature names, but KPrototypes was fitted with"):
        model.predict(TABLES["list"])
    with pytest.raises(ValueError, match="X has 3 features, but KPrototypes is expecting 4 features as input"):
        KPrototypes(2, random_state=0).fit(TABLES["list"]).predict([["ant", 1, True]])


def test_parameters_pickles_and_clones():
    model = KPrototypes(2, categorical=["name", "flag"], gamma=2, random_state=0).fit(FRAME)
    assert repr(model).startswith("KPrototypes(categorical=['name', 'flag'], gamma=2, n_clusters=2, random_state=0)")
    assert clone(model).get_params() == model.get_params() and not hasattr(clone(model), "labels_")
    for twin in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert vars(twin).keys() == vars(model).keys()
        assert twin.cluster_centers_.tolist() == model.cluster_centers_.tolist()
        np.testing.assert_array_equal(twin.predict(FRAME), model.labels_)
    assert (KPrototypes.__module__, KPrototypes.__qualname__) == ("pykmeans", "KPrototypes")
    assert b"_kprototypes" not in pickle.dumps(model)


def test_a_failed_fit_leaves_the_estimator_as_it_was():
    model = KPrototypes(2, random_state=0).fit(FRAME)
    before = copy.deepcopy(vars(model))
    for bad in (FRAME.assign(age=np.nan), FRAME[:1], FRAME.assign(name=None)):
        with pytest.raises(ValueError):
            model.fit(bad)
    assert vars(model).keys() == before.keys()
    assert all(np.array_equal(before[name], value) for name, value in vars(model).items())
    model.set_params(store_medoids=True).fit(FRAME).set_params(store_medoids=False).fit(TABLES["list"])
    assert not hasattr(model, "feature_names_in_") and not hasattr(model, "medoid_indices_")


def test_a_pipeline_that_scales_the_numbers():
    scale = make_column_transformer(
        (StandardScaler(), ["age", "height"]), remainder="passthrough", verbose_feature_names_out=False
    ).set_output(transform="pandas")
    pipeline = make_pipeline(scale, KPrototypes(2, random_state=0)).fit(FRAME)
    assert pipeline[-1].gamma_ == pytest.approx(0.5)
    assert pipeline[-1].summary().columns.tolist() == ["size", "share", "inertia", "age", "height", "name", "flag"]
    np.testing.assert_array_equal(pipeline.predict(FRAME), pipeline[-1].labels_)


# ---------------------------------------------------------------------------------------------------------------------
# The summary
# ---------------------------------------------------------------------------------------------------------------------


def test_summary():
    model = KPrototypes(2, gamma=1, random_state=0).fit(FRAME, sample_weight=[1, 1, 1, 2, 2, 1])
    summary = model.summary()
    assert summary.columns.tolist() == ["size", "share", "inertia", "name", "age", "flag", "height"]
    assert summary.index.tolist() == [0, 1] and summary.index.name == "cluster"
    assert summary["size"].tolist() == [5, 3] and summary["share"].tolist() == [5 / 8, 3 / 8]
    assert summary["inertia"].tolist() == model.cluster_inertia_.tolist()
    assert summary["name"].tolist() == ["cat", "ant"] and summary["flag"].tolist() == [False, True]
    assert summary["age"].tolist() == model.cluster_centers_[:, 1].tolist()
    assert (summary["age"].dtype, summary["height"].dtype, summary["flag"].dtype) == (float, float, bool)
    assert (
        model.set_params(store_medoids=True).fit(FRAME).summary()["medoid"].tolist() == model.medoid_indices_.tolist()
    )


def test_summary_of_columns_without_names_and_with_ours():
    summary = KPrototypes(2, random_state=0).fit(TABLES["list"]).summary()
    assert summary.columns.tolist() == ["size", "share", "inertia", "x0", "x1", "x2", "x3"]
    sizes = FRAME.rename(columns={"name": "size", "flag": "size_", "age": "inertia"})
    summary = KPrototypes(2, random_state=0).fit(sizes).summary()
    assert summary.columns.tolist() == ["size__", "share", "inertia_", "size", "inertia", "size_", "height"]
    assert summary["size"].tolist() == ["cat", "ant"] and summary["size__"].tolist() == [3, 3]
    of_polars = KPrototypes(2, random_state=0).fit(pl.DataFrame(COLUMNS)).summary()
    assert isinstance(of_polars, pd.DataFrame) and of_polars["name"].tolist() == ["cat", "ant"]


def test_without_pandas_and_scikit_learn():
    code = """
import sys
sys.modules['pandas'] = sys.modules['sklearn'] = sys.modules['polars'] = None
import pickle, pykmeans
from pykmeans import KPrototypes
X = [[20, 'red'], [22, 'red'], [24, 'blue'], [60, 'blue'], [62, 'blue'], [64, 'green']]
model = KPrototypes(2, random_state=0).fit(X)
assert model.labels_.tolist() == model.predict(X).tolist() == model.fit_predict(X).tolist() == [1, 1, 1, 0, 0, 0]
assert model.get_feature_names_out().tolist() == ['kprototypes0', 'kprototypes1']
assert repr(model) == 'KPrototypes(n_clusters=2, random_state=0)'
assert pickle.loads(pickle.dumps(model)).cluster_centers_.tolist() == [[62.0, 'blue'], [22.0, 'red']]
try:
    KPrototypes().summary()
except pykmeans.NotFittedError:
    pass
try:
    model.summary()
except ImportError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ("summary() needs pandas, which is not installed: pip install 'pykmeans[pandas]'.")


def test_neither_pandas_nor_polars_is_imported():
    code = """
import sys
sys.modules['sklearn'] = None
from pykmeans import KMeans, KPrototypes
X = [[20, 'red'], [22, 'red'], [24, 'blue'], [60, 'blue']]
KPrototypes(2).fit(X).predict(X)
KMeans(2, metric='hamming').fit(X).predict(X)
print([name for name in ('pandas', 'polars', 'scipy') if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_verbose_prints_the_inertia(capsys):
    KPrototypes(2, random_state=0, verbose=1).fit(FRAME)
    assert "Initialization complete\nIteration 0, inertia " in capsys.readouterr().out
