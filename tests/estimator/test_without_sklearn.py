"""pykmeans where there is no scikit-learn, or one that is too old; and what is imported when."""

import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
from programs import DATA, HIDE, python

from pykmeans import KMeans

NO_PICTURES = "sys.modules['matplotlib'] = None\n"
OLD = "import sys, types; sys.modules['sklearn'] = old = types.ModuleType('sklearn'); old.__version__ = '1.5.2'\n"


def test_import_takes_only_numpy() -> None:
    standard = set(sys.stdlib_module_names)
    code = """
import sys
before = set(sys.modules)
import pykmeans
dir(pykmeans), pykmeans.__all__, pykmeans.__version__, pykmeans.info()
new = {name.split('.')[0] for name in set(sys.modules) - before}
print(*(name for name in new if getattr(sys.modules[name], '__file__', None)))  # Cython's helpers have no file
"""
    assert set(python(code).split()) - standard == {"numpy", "pykmeans"}


def test_functions_do_not_import_scikit_learn() -> None:
    code = (
        DATA
        + """
import sys, pykmeans
pykmeans.k_means(X, 2); pykmeans.kmeans_plusplus(X, 2); pykmeans.assign(X, X[:2]); pykmeans.k_means(X.tolist(), 2)
try:
    pykmeans.k_means(X, 7)
except ValueError:
    pass
print([name for name in sys.modules if name.split('.')[0] in ('sklearn', 'pandas', 'polars', 'scipy')])
"""
    )
    assert python(code) == "[]"


def test_the_command_line_does_not_need_scikit_learn() -> None:
    code = HIDE + NO_PICTURES + "from pykmeans.__main__ import main; main(['demo'])"
    assert "134 of 150 flowers (89.3%)" in python(code)


def test_k_is_chosen_on_numpy_alone() -> None:
    absent = "import sys\nfor name in ('sklearn', 'tqdm', 'pandas', 'polars', 'matplotlib'): sys.modules[name] = None\n"
    code = "from pykmeans import select_k\nprint(select_k(X, [2, 3, 4], criteria=['silhouette', 'gap', 'bic']).best_k)"
    assert python(absent + DATA + code) == "2"


@pytest.mark.parametrize("absent", [HIDE, OLD], ids=["hidden", "too old"])
def test_the_estimator_on_numpy_alone(absent: str) -> None:
    code = (
        absent
        + DATA
        + """
from pykmeans import KMeans
model = KMeans(n_clusters=2, random_state=0)
assert not any('sklearn' in base.__module__ for base in KMeans.__mro__)
assert model.fit(X) is model
assert model.labels_.tolist() == model.predict(X).tolist() == model.fit_predict(X).tolist() == [1, 1, 1, 0, 0, 0]
assert model.inertia_ == -model.score(X) == 16
assert model.fit_transform(X).tolist() == model.transform(X).tolist()
names = model.get_feature_names_out()
assert names.tolist() == model.get_feature_names_out(['a', 'b']).tolist() == ['kmeans0', 'kmeans1']
assert repr(model) == 'KMeans(n_clusters=2, random_state=0)', model
assert repr(KMeans(init=X[:1], n_clusters=1)).startswith('KMeans(init=array('), KMeans(init=X[:1])
assert model.set_params(n_clusters=3, tol=0) is model
assert (model.n_clusters, model.tol) == (3, 0)
assert model.get_params() == dict(algorithm='auto', callback=None, copy_x=True, init='k-means++', max_iter=300,
                                  max_memory=None, max_time=None, metric='euclidean', n_clusters=3, n_init='auto',
                                  n_swaps='auto', n_threads=None, random_state=0, record_steps=False,
                                  refine=None, store_medoids=False, tol=0, verbose=0)
assert not hasattr(model, 'set_output')
print('done')
"""
    )
    assert python(code) == "done"


@pytest.mark.parametrize("absent", [HIDE, OLD], ids=["hidden", "too old"])
def test_errors_and_warnings_on_numpy_alone(absent: str) -> None:
    code = (
        absent
        + DATA
        + """
import warnings, pykmeans
from pykmeans import KMeans

def caught(call, kind, phrase):
    try:
        call()
    except kind as error:
        assert phrase in str(error), error
        assert 'sklearn' not in type(error).__module__
    else:
        raise AssertionError(phrase)

caught(lambda: KMeans().predict(X), pykmeans.NotFittedError, 'This KMeans instance is not fitted yet')
caught(lambda: KMeans().predict(X), ValueError, 'not fitted')
caught(lambda: KMeans().predict(X), AttributeError, 'not fitted')
caught(lambda: KMeans().get_feature_names_out(), pykmeans.NotFittedError, 'not fitted')
caught(lambda: KMeans(0).fit(X), pykmeans.InvalidParameterError, "The 'n_clusters' parameter of KMeans must be")
caught(lambda: KMeans(0).fit(X), TypeError, 'Got 0 instead')
caught(lambda: KMeans(0).fit(X), ValueError, 'Got 0 instead')
caught(lambda: KMeans().set_params(tol=1, k=3), ValueError, "Invalid parameter 'k' for estimator KMeans()")
caught(lambda: KMeans(2).fit(X).get_feature_names_out(['a']), ValueError, 'input_features should have length')
with warnings.catch_warnings(record=True) as found:
    warnings.simplefilter('always')
    KMeans(3).fit(X[[0, 0, 3, 3]])
assert [w.category for w in found] == [pykmeans.ConvergenceWarning]
assert 'Number of distinct clusters (2) found smaller than n_clusters (3)' in str(found[0].message)
assert found[0].filename == '<string>'
assert issubclass(pykmeans.ConvergenceWarning, UserWarning)
print('done')
"""
    )
    assert python(code) == "done"


def test_set_params_changes_nothing_when_a_name_is_wrong() -> None:
    code = (
        HIDE
        + """
from pykmeans import KMeans
model = KMeans()
try:
    model.set_params(tol=1, k=3)
except ValueError:
    print(model.tol)
"""
    )
    assert python(code) == "0.0001"


PICKLED = DATA + "import pickle, pathlib; from pykmeans import KMeans; path = pathlib.Path(sys.argv[1])\n"
SAVE = PICKLED + "path.write_bytes(pickle.dumps(KMeans(2, random_state=0).fit(X)))"
LOAD = """
for path in sys.argv[1:]:
    model = pickle.loads(pathlib.Path(path).read_bytes())
    print(model, model.predict(X), model.score(X))
"""
SHOWN = "KMeans(n_clusters=2, random_state=0) [1 1 1 0 0 0] -16.0"


def test_a_pickle_loads_with_and_without(tmp_path: Path) -> None:
    paths = [str(tmp_path / name) for name in ("saved with", "saved without")]
    ways = ["import sys\n", HIDE]
    for path, way in zip(paths, ways, strict=True):
        python(way + SAVE, path)
    for way in ways:
        assert python(way + PICKLED + LOAD, *paths).splitlines() == [SHOWN, SHOWN]


def test_one_qualified_name() -> None:
    assert (KMeans.__module__, KMeans.__qualname__) == ("pykmeans", "KMeans")
    assert pickle.loads(pickle.dumps(KMeans)) is KMeans
    assert b"pykmeans" in pickle.dumps(KMeans())
    assert b"_kmeans" not in pickle.dumps(KMeans(2).fit(np.eye(2)))
