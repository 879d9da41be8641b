"""save and load: what a file holds, that every bit comes back, and what is refused."""

import copy
import datetime
import decimal
import io
import json
import math
import os
import re
import stat
import subprocess

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn.datasets
from helpers import bits, some_weights, table
from programs import python
from sklearn.base import clone

import pykmeans
from pykmeans import KMeans, KPrototypes, _core, _json_values, _model_file

OF_ROWS = {"labels_", "medoid_indices_", "steps_"}
FRAME = pd.DataFrame({"colour": ["red", "red", "blue", "blue", "grün"], "size": [1.0, 1.5, 7.1, 8.0, 9.0]})


def same(one, other):
    """Equal in type and value, and arrays bit for bit."""
    if isinstance(one, np.ndarray) and one.dtype != object:
        return isinstance(other, np.ndarray) and bits(one) == bits(other)
    if isinstance(one, np.ndarray):
        return other.dtype == object and one.shape == other.shape and same(one.tolist(), other.tolist())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and repr(one) == repr(other)


def assert_loads(model, path):
    """Save, load, compare all that a file keeps; return the loaded model."""
    before = copy.deepcopy(vars(model))
    model.save(path)
    assert vars(model).keys() == before.keys()
    loaded = type(model).load(path)
    assert type(loaded) is type(model)
    assert set(vars(loaded)) == set(before) - OF_ROWS
    for name, value in vars(loaded).items():
        assert same(value, before[name]), name
    return loaded


# ---------------------------------------------------------------------------------------------------------------------
# Every bit comes back
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.uint8, np.float16, np.float32, np.float64], ids=lambda dtype: dtype.__name__)
@pytest.mark.parametrize("metric", [name for name in _core.METRICS if name != "mixed"])
def test_a_loaded_model_measures_with_the_same_bits(metric, dtype, tmp_path):
    X, _ = table(metric, 400, 5, 7, seed=3, dtype=dtype)
    new, _ = table(metric, 100, 5, 7, seed=4, dtype=dtype)
    weights = some_weights(400, seed=0)
    model = KMeans(7, metric=metric, random_state=0, store_medoids=True, record_steps=True, n_threads=1)
    model.fit(X, sample_weight=weights)
    loaded = assert_loads(model, tmp_path / "model.json")
    assert bits(loaded.predict(new)) == bits(model.predict(new))
    assert bits(loaded.transform(new)) == bits(model.transform(new))
    assert loaded.score(X, sample_weight=weights) == -model.inertia_ == model.score(X, sample_weight=weights)
    assert bits(loaded.fit(X, sample_weight=weights).labels_) == bits(model.labels_)


@pytest.mark.parametrize("refine", _core.REFINEMENTS)
def test_what_refine_found(refine, tmp_path):
    X, _ = table("euclidean", 300, 2, 9, seed=3)
    model = KMeans(9, random_state=0, refine=refine, n_swaps=30).fit(X)
    loaded = assert_loads(model, tmp_path / "model.json")
    assert loaded.unrefined_inertia_ > loaded.inertia_
    assert bits(loaded.fit(X).labels_) == bits(model.labels_)


@pytest.mark.parametrize("name", ["iris", "digits", "wine", "breast_cancer"])
@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, np.asarray], ids=["pandas", "polars", "numpy"])
def test_real_data(name, kind, tmp_path):
    data = getattr(sklearn.datasets, f"load_{name}")()
    X = (
        kind(data.data)
        if kind is np.asarray
        else kind(dict(zip(map(str, data.feature_names), data.data.T, strict=True)))
    )
    model = KMeans(5, random_state=0).fit(X)
    loaded = assert_loads(model, tmp_path / "model.json")
    assert bits(loaded.predict(X)) == bits(model.labels_)
    assert bits(loaded.transform(X)) == bits(model.transform(X))
    assert loaded.score(X) == -model.inertia_


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=lambda dtype: dtype.__name__)
def test_extreme_numbers(dtype, tmp_path):
    """Whatever a fit can end with; the numbers are put in by hand."""
    one, most = dtype(1), np.finfo(dtype)
    model = KMeans(3, random_state=0).fit(np.eye(3, dtype=dtype))
    model.cluster_centers_ = np.array(
        [
            [dtype(-0.0), np.nextafter(one, dtype(2)), most.max],
            [most.smallest_subnormal, dtype(0.1), -most.max],
            [most.tiny, np.nextafter(dtype(0.1), one), dtype(1) / 3],
        ],
        dtype=dtype,
    )
    model.inertia_history_ = np.array([math.inf, 1.7976931348623157e308, 5e-324])
    model.n_iter_ = 3
    assert assert_loads(model, tmp_path / "model.json").cluster_centers_.dtype == dtype


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame], ids=["pandas", "polars"])
def test_tables(frame, tmp_path):
    X = frame({name: FRAME[name].tolist() for name in FRAME})
    new = frame({"colour": ["red", "violet"], "size": [3.0, 4.0]})
    for model in (KPrototypes(2, random_state=0, store_medoids=True), KPrototypes(2, categorical=["colour", "size"])):
        loaded = assert_loads(model.fit(X), tmp_path / "model.json")
        assert bits(loaded.predict(X)) == bits(model.labels_)
        assert bits(loaded.transform(new)) == bits(model.transform(new))
        assert loaded.score(X) == -model.inertia_
        assert "medoid" not in loaded.summary().columns
        assert loaded.summary().equals(model.summary().drop(columns="medoid", errors="ignore"))
    hamming = KMeans(2, metric="hamming", random_state=0).fit(X)
    loaded = assert_loads(hamming, tmp_path / "model.json")
    assert bits(loaded.predict(X)) == bits(hamming.labels_)


def test_float32_tables(tmp_path):
    X = FRAME.astype({"size": np.float32})
    model = KPrototypes(2, random_state=0).fit(X)
    loaded = assert_loads(model, tmp_path / "model.json")
    assert loaded.transform(X).dtype == np.float32 and bits(loaded.transform(X)) == bits(model.transform(X))


UTC2 = datetime.timezone(datetime.timedelta(hours=2))
CATEGORIES = {
    "text": ["a", 'ü\n"\\\x00\u2028😀', "", "$date", "\ud800"],
    "integers": [1, -(10**30), 2**63, 0],
    "floats": [0.1, -1e300, 5e-324, math.inf, -math.inf],
    "booleans": [True, False],
    "bytes": [b"a", b"\xff\x00"],
    "dates": [datetime.date(2026, 1, 31), datetime.date(1, 1, 1)],
    "moments": [datetime.datetime(2026, 1, 31, 12, 30, 15, 123456), datetime.datetime(1969, 1, 1)],
    "moments with zones": [datetime.datetime(2026, 1, 31, tzinfo=UTC2), datetime.datetime(2026, 1, 30, tzinfo=UTC2)],
    "times": [datetime.time(12, 30), datetime.time(0, 0, 0, 1)],
    "spans": [datetime.timedelta(days=-1, microseconds=5), datetime.timedelta(0)],
    "timestamps": [pd.Timestamp("2026-01-31"), pd.Timestamp(1, unit="ns"), pd.Timestamp("1700-01-01 10:00")],
    "NumPy's dates": [np.datetime64("2026-01-31"), np.datetime64("2026-02-01", "D")],
    "NumPy's nanoseconds": [np.datetime64(1, "ns"), np.datetime64(-5, "ns")],
    "decimals": [decimal.Decimal("1.50"), decimal.Decimal("-1E+50")],
    "mixed": ["a", 1, 2.5, b"a", datetime.date(2026, 1, 31)],
}


@pytest.mark.parametrize("kind", CATEGORIES)
def test_categories_of_every_type(kind, tmp_path):
    values = CATEGORIES[kind]
    column = np.empty(len(values), dtype=object)
    column[:] = values
    X = np.column_stack([column, np.arange(len(values)) * 1.5]).astype(object)
    for model in (KPrototypes(len(X), categorical=[0], init=X), KMeans(len(X), metric="hamming", init=X)):
        loaded = assert_loads(model.fit(X), tmp_path / "model.json")
        assert set(loaded.cluster_centers_[:, 0]) == set(values)
        assert bits(loaded.predict(X)) == bits(model.labels_) and bits(loaded.transform(X)) == bits(model.transform(X))


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(pd.to_datetime(["2026-01-31", "2026-02-01"])),
        pd.Series(pd.to_datetime(["2026-01-31", "2026-02-01"])).dt.tz_localize("Europe/Berlin"),
        pd.Series(["b", "a"], dtype=pd.CategoricalDtype(["b", "a"], ordered=True)),
        pd.Series([1, 2], dtype="Int64"),
        pd.Series([True, False], dtype="boolean"),
        pl.Series([datetime.date(2026, 1, 31), datetime.date(2026, 2, 1)]),
        pl.Series(["a", "b"], dtype=pl.Enum(["b", "a"])),
        pl.Series([1.5, 2.5]),
    ],
    ids=lambda column: str(column.dtype),
)
def test_columns_of_every_type(column, tmp_path):
    X = (pd if isinstance(column, pd.Series) else pl).DataFrame({"c": column, "x": [1.0, 2.0]})
    model = KPrototypes(2, categorical=["c"], random_state=0).fit(X)
    model.save(tmp_path / "model.json")
    loaded = KPrototypes.load(tmp_path / "model.json")
    assert loaded.cluster_centers_.tolist() == model.cluster_centers_.tolist()
    assert bits(loaded.predict(X)) == bits(model.labels_) and bits(loaded.transform(X)) == bits(model.transform(X))


# ---------------------------------------------------------------------------------------------------------------------
# Parameters
# ---------------------------------------------------------------------------------------------------------------------


def test_parameters_come_back(tmp_path):
    X = np.arange(12.0).reshape(6, 2)
    model = KMeans(3, n_init=2, max_iter=7, tol=0.1, verbose=False, random_state=4, copy_x=False, algorithm="lloyd")
    model.set_params(n_threads=2, metric="manhattan", store_medoids=True, record_steps=True)
    assert assert_loads(model.fit(X), tmp_path / "m").get_params() == model.get_params()
    assert clone(KMeans.load(tmp_path / "m")).get_params() == model.get_params()
    numpy = KMeans(np.int64(2), n_init=np.int32(1), tol=np.float32(0.5), random_state=np.uint8(3)).fit(X)
    numpy.save(tmp_path / "m")
    found = KMeans.load(tmp_path / "m").get_params()
    assert found == numpy.get_params() and {type(found[name]) for name in ("n_clusters", "tol")} == {int, float}


@pytest.mark.parametrize(
    "init",
    [
        np.array([[0.1, 1.0], [4.0, 5.0]]),
        np.array([[0.1, 1.0], [4.0, 5.0]], dtype=np.float32),
        np.array([[0, 1], [4, 5]], dtype=np.uint16)[:, ::-1],
        [[0.5, 1], [4, 5]],
    ],
    ids=["float64", "float32", "uint16", "lists"],
)
def test_starting_centers_come_back(init, tmp_path):
    X = np.arange(12.0).reshape(6, 2)
    loaded = assert_loads(KMeans(2, init=init, n_init=1).fit(X), tmp_path / "m")
    assert bits(loaded.fit(X).cluster_centers_) == bits(KMeans(2, init=init, n_init=1).fit(X).cluster_centers_)


def test_starting_tables_come_back_as_rows(tmp_path):
    for frame in (FRAME, pl.DataFrame(FRAME.to_dict("list"))):
        model = KPrototypes(2, init=frame[:2], categorical=pd.Index(["colour"])).fit(frame)
        model.save(tmp_path / "m")
        loaded = KPrototypes.load(tmp_path / "m")
        assert loaded.init == [["red", 1.0], ["red", 1.5]] and loaded.categorical == ["colour"]
        assert bits(loaded.fit(frame).labels_) == bits(model.labels_)
    masked = KPrototypes(2, categorical=np.array([True, False])).fit(FRAME)
    assert assert_loads(masked, tmp_path / "m").categorical.dtype == bool


def test_a_subclass_with_a_parameter_of_its_own(tmp_path):
    class Named(KMeans):
        def __init__(self, n_clusters=2, *, name="", note=None):
            super().__init__(n_clusters, random_state=0)
            self.name, self.note = name, note

    Named.__module__ = __name__
    model = Named(name="ants", note={"$x": [1.5, None]}).fit(np.eye(3))
    model.save(tmp_path / "m")
    assert Named.load(tmp_path / "m").get_params() == {"n_clusters": 2, "name": "ants", "note": {"$x": [1.5, None]}}
    with pytest.raises(ValueError, match="its \"estimator\" is 'Named', not KMeans"):
        KMeans.load(tmp_path / "m")


def a_start(X, n_clusters, random_state):
    return X[:n_clusters]


REFUSED = {
    "callable": ({"init": a_start, "n_init": 1}, "init holds <function a_start"),
    "generator": ({"random_state": np.random.RandomState(0)}, "random_state holds RandomState(MT19937)"),
    "long double": ({"init": np.eye(2, dtype=np.longdouble)}, "init is an array of dtype "),
}


@pytest.mark.parametrize("case", [case for case in REFUSED if case != "long double" or np.longdouble(1).nbytes > 8])
def test_parameters_that_no_file_holds(case, tmp_path):
    parameters, phrase = REFUSED[case]
    model = KMeans(2, **parameters).fit(np.eye(2))
    with pytest.raises(TypeError, match=re.escape(phrase)) as caught:
        model.save(tmp_path / "m")
    (name,) = set(parameters) - {"n_init"}
    assert str(caught.value).endswith(f"Set another {name} before: only another fit would use it.")
    assert list(tmp_path.iterdir()) == []
    assert_loads(model.set_params(init="k-means++", random_state=None), tmp_path / "m")


@pytest.mark.parametrize(
    "value",
    [pd.Interval(0, 1), pd.Period("2026"), ("a", 1), 1j, object(), pd.Timedelta(1)],
    ids=lambda value: type(value).__name__,
)
def test_categories_that_no_file_holds(value, tmp_path):
    X = np.empty((2, 1), dtype=object)
    X[0, 0] = X[1, 0] = value
    model = KMeans(1, metric="hamming").fit(X)
    (tmp_path / "m").write_text("as it was")
    with pytest.raises(TypeError, match=re.escape("cluster_centers_ holds ")) as caught:
        model.save(tmp_path / "m")
    assert repr(value) in str(caught.value) and "which a model file does not" in str(caught.value)
    assert (tmp_path / "m").read_text() == "as it was" and len(list(tmp_path.iterdir())) == 1


def test_not_fitted(tmp_path):
    for cls in (KMeans, KPrototypes):
        with pytest.raises(pykmeans.NotFittedError, match=f"This {cls.__name__} instance is not fitted yet"):
            cls().save(tmp_path / "m")
    assert list(tmp_path.iterdir()) == []


def test_wrong_parameters_are_not_saved(tmp_path):
    model = KMeans(2, random_state=0).fit(np.eye(2)).set_params(tol=-1)
    with pytest.raises(pykmeans.InvalidParameterError, match="The 'tol' parameter of KMeans must be"):
        model.save(tmp_path / "m")
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------------------------------------------------------------
# The file
# ---------------------------------------------------------------------------------------------------------------------


def test_it_is_json_to_be_read(tmp_path):
    model = KPrototypes(2, gamma=1, init=[["red", 1.0], ["blue", 8.0]]).fit(FRAME)
    model.save(tmp_path / "m")
    written = (tmp_path / "m").read_bytes()
    found = json.loads(written)
    assert list(found) == ["format", "version", "pykmeans", "estimator", "parameters", "fitted"]
    assert (found["format"], found["version"], found["estimator"]) == ("pykmeans model", 1, "KPrototypes")
    assert found["pykmeans"] == pykmeans.__version__
    assert found["parameters"]["init"] == [["red", 1.0], ["blue", 8.0]] and found["parameters"]["n_threads"] is None
    assert found["fitted"]["cluster_centers_"] == {"$object": model.cluster_centers_.tolist()}
    assert found["fitted"]["feature_names_in_"] == {"$object": ["colour", "size"]}
    assert not OF_ROWS & set(found["fitted"])
    assert written.endswith(b"}\n") and b"\r" not in written


def test_a_row_of_centers_is_a_line(tmp_path):
    KMeans(3, random_state=0).fit(np.eye(40)).save(tmp_path / "m")
    lines = (tmp_path / "m").read_text().splitlines()
    assert sum(line.startswith("        [") and line.count(",") >= 39 for line in lines) == 3


def test_letters_are_themselves(tmp_path):
    model = KMeans(2, metric="hamming").fit(np.array([["grün"], ["日本"]], dtype=object))
    model.save(tmp_path / "m")
    assert "grün" in (tmp_path / "m").read_text(encoding="utf-8")


def test_paths(tmp_path, monkeypatch):
    model = KMeans(2, random_state=0).fit(np.eye(2))
    monkeypatch.chdir(tmp_path)
    for path in ("model", b"model", tmp_path / "model", "./model", str(tmp_path / "größe.json")):
        model.save(path)
        assert same(KMeans.load(path).cluster_centers_, model.cluster_centers_)
    for path in (3, None, io.BytesIO()):
        for call in (model.save, KMeans.load):
            with pytest.raises(TypeError, match=r"str, bytes or os\.PathLike object, not"):
                call(path)
    for path, error in (("none/model", FileNotFoundError), (tmp_path, IsADirectoryError)):
        for call in (model.save, KMeans.load):
            with pytest.raises(error) as caught:
                call(path)
            assert caught.value.filename == str(path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["größe.json", "model"]


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "m"
    KMeans(2, random_state=0).fit(np.eye(2)).save(path)
    before = path.read_bytes()
    other = KMeans(1).fit(np.eye(3))

    def fail(*_):
        raise OSError(28, "No space left on device", "somewhere")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", fail)
        with pytest.raises(OSError, match="No space left on device") as caught:
            other.save(path)
    assert caught.value.filename == str(path)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]
    other.save(path)
    assert KMeans.load(path).n_clusters == 1 and list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="modes, links and pipes as POSIX has them")
def test_modes_links_and_pipes(tmp_path):
    model = KMeans(2, random_state=0).fit(np.eye(2))
    (tmp_path / "plain").touch()
    model.save(tmp_path / "m")
    assert (tmp_path / "m").stat().st_mode == (tmp_path / "plain").stat().st_mode
    (tmp_path / "link").symlink_to(tmp_path / "m")
    model.set_params(tol=0.5).save(tmp_path / "link")
    assert (tmp_path / "link").is_symlink() and KMeans.load(tmp_path / "m").tol == 0.5
    (tmp_path / "m").chmod(0o600)
    model.save(tmp_path / "m")
    assert stat.S_IMODE((tmp_path / "m").stat().st_mode) == 0o600
    os.mkfifo(tmp_path / "pipe")
    reader = subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE)
    model.save(tmp_path / "pipe")
    assert reader.communicate()[0] == (tmp_path / "m").read_bytes()
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


# ---------------------------------------------------------------------------------------------------------------------
# What the command line adds
# ---------------------------------------------------------------------------------------------------------------------


def test_something_beside_the_model(tmp_path):
    model = KPrototypes(2, random_state=0).fit(FRAME)
    extra = {
        "columns": ["colour", "size"],
        "scaling": {"size": {"mean": np.float64(0.1), "scale": 1e-300}, "$price": {"mean": 1}},
        "$float": "of the user",
        "$$": {"$date": 1},
        "categories": {"colour": ["red", None, 3, True, 2.5, datetime.date(2026, 1, 31)]},
        "empty": [{}, [], ""],
    }
    _model_file.write(tmp_path / "m", model, extra)
    loaded, found = _model_file.read(tmp_path / "m")
    assert found == extra and type(loaded) is KPrototypes
    assert same(loaded.cluster_centers_, KPrototypes.load(tmp_path / "m").cluster_centers_)
    _model_file.write(tmp_path / "m", KMeans(2, random_state=0).fit(np.eye(2)))
    loaded, found = _model_file.read(tmp_path / "m")
    assert found is None and type(loaded) is KMeans
    for bad, phrase in (
        ({1: 2}, "table has the key 1, which must be text."),
        ({"a": [{1}]}, "table['a'][0] holds {1} of"),
    ):
        with pytest.raises(TypeError, match=re.escape(phrase)):
            _model_file.write(tmp_path / "m", model, bad)
    (tmp_path / "m").write_text((tmp_path / "m").read_text().replace('"KMeans"', '"os.system"'))
    with pytest.raises(
        ValueError, match=re.escape("its \"estimator\" is 'os.system', which must be KMeans or KPrototypes")
    ):
        _model_file.read(tmp_path / "m")


def test_values_of_json_alone():
    value = {"a": [1, 2.5, None, True, "x"], "b": {"c": [[1, 2], [3, 4]]}, "long": list(range(100))}
    assert _json_values.encoded(value, "value") == value
    assert _json_values.decoded(_json_values.text(value).encode()) == value == json.loads(_json_values.text(value))


def test_pandas_is_asked_for_by_its_own_dates_only(tmp_path):
    code = """
import sys
sys.modules["pandas"] = sys.modules["sklearn"] = sys.modules["polars"] = None
from pykmeans import KMeans, KPrototypes
print(KPrototypes.load(sys.argv[1]).predict([["red", 1.0], ["blue", 8.0]]).tolist())
try:
    KMeans.load(sys.argv[2])
except ImportError as error:
    print(error)
"""
    KPrototypes(2, init=FRAME[1:3]).fit(FRAME).save(tmp_path / "m")
    X = pd.DataFrame({"day": pd.to_datetime(["2026-01-31", "2026-02-01"])})
    KMeans(2, metric="hamming").fit(X).save(tmp_path / "dates")
    needs = "a model with a pandas.Timestamp needs pandas, which is not installed: pip install 'pykmeans[pandas]'."
    assert python(code, tmp_path / "m", tmp_path / "dates").splitlines() == ["[0, 1]", needs]
