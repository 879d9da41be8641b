"""Models that are pickled, copied, or written by joblib."""

import copy
import pickle
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pickled
import pytest
from programs import python
from sklearn.exceptions import InconsistentVersionWarning

import pykmeans
from pykmeans import KMeans, KPrototypes

X = np.random.RandomState(0).normal(size=(60, 3)) + np.repeat([[0.0], [5.0], [20.0]], 20, axis=0)
FRAME = pd.DataFrame(X, columns=["a", "b", "c"])


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal, arrays bit for bit and steps in each part."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and bool(one == other)


def assert_twins(twin: Any, model: Any) -> None:
    assert type(twin) is type(model)
    assert list(vars(twin)) == list(vars(model))
    for name, value in vars(model).items():
        assert same(getattr(twin, name), value), name


MODELS = {
    "plain": KMeans(3, random_state=0, init=X[:3]).fit(FRAME),
    "all": KMeans(3, random_state=0, store_medoids=True, record_steps=True).set_output(transform="pandas").fit(FRAME),
    "categories": KMeans(2, metric="hamming", random_state=0).fit([["a", "b"], ["c", "d"], ["a", "d"]]),
    "mixed": KPrototypes(2, categorical=[1], random_state=0).fit([[1.0, "a"], [5.0, "b"], [2.0, "a"]]),
    "not fitted": KMeans(3, tol=0.5),
}


@pytest.mark.parametrize("name", MODELS)
def test_every_protocol_and_copy(name: str) -> None:
    model = MODELS[name]
    before = dict(vars(model))
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert_twins(pickle.loads(pickle.dumps(model, protocol)), model)
    assert_twins(copy.deepcopy(model), model)
    shallow = copy.copy(model)
    assert_twins(shallow, model)
    shallow.n_clusters += 1
    assert vars(model) is not vars(shallow) and all(vars(model)[key] is value for key, value in before.items())


def test_pickles_of_the_same_model_are_the_same_bytes() -> None:
    first, second = (KMeans(3, random_state=0, n_threads=n).fit(X).set_params(n_threads=None) for n in (1, 2))
    assert pickle.dumps(first) == pickle.dumps(second)


@pytest.mark.parametrize(("compress", "mmap_mode"), [(0, None), (3, None), (0, "r"), (0, "c")])
def test_joblib(compress: int, mmap_mode: str | None, tmp_path: Path) -> None:
    for name in ("all", "categories", "mixed"):
        model = MODELS[name]
        joblib.dump(model, tmp_path / "model", compress=compress)
        twin = joblib.load(tmp_path / "model", mmap_mode=mmap_mode)
        mapped = isinstance(twin.labels_, np.memmap)
        assert mapped == (mmap_mode is not None)
        assert_twins(twin, model)
        data = {"all": FRAME, "categories": [["a", "b"], ["x", "d"]], "mixed": [[3.0, "b"], [0.0, "x"]]}[name]
        np.testing.assert_array_equal(twin.predict(data), model.predict(data))
        np.testing.assert_array_equal(twin.transform(data), model.transform(data))
        assert twin.score(data) == model.score(data)


def test_another_process_reads_them(tmp_path: Path) -> None:
    for action in ("write", "read"):
        done = subprocess.run(
            [sys.executable, pickled.__file__, action, str(tmp_path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert pickled.read(tmp_path) == len(pickled.PROTOCOLS) * len(pickled.MODELS)


def test_a_process_that_only_reads_obeys_set_output(tmp_path: Path) -> None:
    path = tmp_path / "model.pickle"
    path.write_bytes(pickle.dumps(MODELS["all"]))
    code = "import pathlib, pickle, sys; model = pickle.loads(pathlib.Path(sys.argv[1]).read_bytes())\n"
    code += "print(*model.transform(model.cluster_centers_).columns)"
    assert python(code, path) == "kmeans0 kmeans1 kmeans2"


def of_version(model: Any, version: str | None, without: tuple[str, ...] = ()) -> bytes:
    """A pickle of ``model`` as another version would have written it: ``without`` parameters that it did not know."""
    function, arguments, state = model.__reduce_ex__(1)
    state = {name: value for name, value in state.items() if name not in without}
    del state["_pykmeans_version"]
    if version is not None:
        state["_pykmeans_version"] = version

    class Stand:
        def __reduce__(self) -> Any:
            return function, arguments, state

    return pickle.dumps(Stand())


def test_a_pickle_knows_its_version() -> None:
    model = MODELS["plain"]
    assert model.__getstate__()["_pykmeans_version"] == pykmeans.__version__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_twins(pickle.loads(of_version(model, pykmeans.__version__)), model)


@pytest.mark.parametrize(("version", "named"), [("0.0.9", "0.0.9"), (None, "unknown")])
def test_a_pickle_of_another_version(version: str | None, named: str) -> None:
    model = KMeans(3, random_state=0).fit(X)
    words = f"Trying to unpickle estimator KMeans from version {named} when using version {pykmeans.__version__}."
    with pytest.warns(InconsistentVersionWarning) as found:
        twin = pickle.loads(of_version(model, version, without=("metric", "record_steps")))
    assert len(found) == 1 and words in str(found[0].message)
    assert found[0].filename == __file__
    assert twin.get_params() == model.get_params()  # what that version did not know has its default
    np.testing.assert_array_equal(twin.predict(X), model.labels_)
    np.testing.assert_array_equal(twin.fit(X).labels_, model.labels_)


class Tagged(KMeans):
    """A subclass with a parameter that has no default, which passes others on."""

    def __init__(self, tag: str, **others: Any) -> None:
        super().__init__(**others)
        self.tag = tag


def test_a_subclass_in_a_pickle_of_another_version() -> None:
    model = Tagged("mine", n_clusters=3, random_state=0)
    with pytest.warns(InconsistentVersionWarning):
        twin = pickle.loads(of_version(model, "0.0.9", without=("tag", "max_time")))
    assert not hasattr(twin, "tag") and not hasattr(twin, "others")
    assert twin.max_time is None and twin.n_clusters == 3
    np.testing.assert_array_equal(twin.fit(X).labels_, model.fit(X).labels_)


def test_a_pickle_of_another_version_on_numpy_alone(tmp_path: Path) -> None:
    path = tmp_path / "model.pickle"
    path.write_bytes(of_version(KMeans(3, random_state=0).fit(X), "0.0.9", without=("metric",)))
    code = """
import sys; sys.modules['sklearn'] = None
import pathlib, pickle, warnings
data = pathlib.Path(sys.argv[1]).read_bytes()
with warnings.catch_warnings(record=True) as found:
    warnings.simplefilter('always')
    model = pickle.loads(data)
(warning,) = found
assert issubclass(warning.category, UserWarning) and warning.filename == '<string>'
print(warning.message, model, model.metric)
"""
    shown = python(code, path)
    assert shown.startswith("Trying to unpickle estimator KMeans from version 0.0.9 when using version ")
    assert shown.endswith("KMeans(n_clusters=3, random_state=0) euclidean")
