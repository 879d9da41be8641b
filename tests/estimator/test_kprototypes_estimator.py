"""KPrototypes as an estimator: what it refuses, what scikit-learn expects of it, the summary."""

import copy
import datetime
import inspect
import pickle
import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from programs import python
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from table_kinds import COLUMNS, FRAME, TABLES

import pykmeans
from pykmeans import KPrototypes

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
    "record_steps": ([1, None], "an instance of 'bool'"),
    "callback": (["print"], "a callable or None"),
    "max_time": ([-1], "a float in the range [0.0, inf] or None"),
    "max_memory": ([0, "2 G"], "an int in the range [1, inf), a str such as '2 GB' or None"),
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


def scaled(frame):
    numbers = frame[["age", "height"]]
    return frame.assign(**(numbers - numbers.mean()) / numbers.std())


@pytest.mark.parametrize("weight", [None, [1, 1, 3, 0, 0.5, 1]])
def test_summary_in_the_units_of_the_frame_before_it_was_scaled(weight):
    model = KPrototypes(2, random_state=0).fit(scaled(FRAME), sample_weight=weight)
    found, w = model.summary(FRAME, weight), np.ones(6) if weight is None else np.array(weight)
    for cluster in (0, 1):
        for name in ("age", "height"):
            members = model.labels_ == cluster
            mean = np.average(FRAME[name][members], weights=w[members])
            np.testing.assert_allclose(found[name][cluster], mean, rtol=1e-12)
    others = ["size", "share", "inertia", "name", "flag"]
    assert found[others].equals(model.summary()[others])
    assert found["size"].dtype == (np.int64 if weight is None else np.float64)  # 0.5 is no number of rows


def test_a_summary_of_an_empty_cluster_has_no_mean():
    rows = pd.DataFrame({"a": [1.0, 1.0, 5.0], "b": ["x", "x", "y"]})
    with pytest.warns(pykmeans.ConvergenceWarning):
        model = KPrototypes(3, random_state=0).fit(rows)
    found = model.summary(rows)
    assert sorted(found["size"]) == [0, 1, 2] and found["a"][found["size"] == 0].isna().all()


def test_summary_refuses_what_is_not_of_the_fit(tmp_path):
    model = KPrototypes(2, random_state=0).fit(scaled(FRAME))
    with pytest.raises(ValueError, match="X of summary must have the 6 rows of fit, got 3"):
        model.summary(FRAME[:3])
    with pytest.raises(ValueError, match="sample_weight of summary must be that of fit"):
        model.summary(FRAME, [1, 1, 1, 2, 2, 1])
    with pytest.raises(ValueError, match="unseen at fit time:\n- years"):
        model.summary(FRAME.rename(columns={"age": "years"}))
    model.save(tmp_path / "model.json")
    with pytest.raises(ValueError, match=r"summary\(X\) needs the labels of fit, which a file does not keep"):
        KPrototypes.load(tmp_path / "model.json").summary(FRAME)


def test_summary():
    model = KPrototypes(2, gamma=1, random_state=0).fit(FRAME, sample_weight=[1, 1, 1, 2, 2, 1])
    summary = model.summary()
    assert summary.columns.tolist() == ["size", "share", "inertia", "name", "age", "flag", "height"]
    assert summary.index.tolist() == [0, 1] and summary.index.name == "cluster"
    assert (
        summary["size"].tolist() == [5, 3]
        and summary["size"].dtype == np.int64
        and summary["share"].tolist() == [5 / 8, 3 / 8]
    )
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
    assert python(code) == "summary() needs pandas, which is not installed: pip install 'pykmeans[pandas]'."


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
    assert python(code) == "[]"


def test_verbose_prints_the_inertia(capsys):
    KPrototypes(2, random_state=0, verbose=1).fit(FRAME)
    assert "Initialization complete\nIteration 0, inertia " in capsys.readouterr().out
