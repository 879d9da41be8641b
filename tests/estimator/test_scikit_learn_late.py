"""scikit-learn is imported when a program uses it, and it makes no difference when that is."""

from collections.abc import Callable
from pathlib import Path

import pytest
from programs import DATA, HIDE, python

HEAVY = "[name for name in sys.modules if name.split('.')[0] in ('sklearn', 'scipy', 'joblib', 'pandas', 'polars')]"


def test_a_program_without_scikit_learn_does_not_import_it(tmp_path: Path) -> None:
    code = (
        "import sys, copy, pickle, pykmeans\n"
        + DATA
        + f"""
for estimator in (pykmeans.KMeans, pykmeans.KPrototypes):
    model = estimator(2, random_state=0).fit(X)
    model.fit_predict(X), model.predict(X), model.fit_transform(X), model.transform(X), model.score(X)
    repr(model), model.set_params(**model.get_params()), model.get_feature_names_out()
    pickle.loads(pickle.dumps(model)), copy.deepcopy(model)
    assert estimator is not pykmeans.KMeans or 'pykmeans._model_file' not in sys.modules
    model.save(sys.argv[1]), estimator.load(sys.argv[1])
pykmeans.k_means(X, 2), pykmeans.kmeans_plusplus(X, 2), pykmeans.assign(X, X[:2])
pykmeans.silhouette_score(X, model.labels_), pykmeans.select_k(X, [2, 3]), pykmeans.elbow(X, [1, 2, 3])
pykmeans.segment_image(np.zeros((4, 4, 3), np.uint8) + np.arange(4, dtype=np.uint8)[:, None], 2)
print({HEAVY})
"""
    )
    assert python(code, str(tmp_path / "model.json")) == "[]"


def test_the_command_line_does_not_import_it(tmp_path: Path) -> None:
    table = tmp_path / "flowers.csv"
    table.write_text("a,b\n" + "".join(f"{i % 2 * 9 + i / 10},{i / 10}\n" for i in range(10)))
    code = f"""
import sys
from pykmeans.__main__ import main
try:
    main(['cluster', sys.argv[1], '-k', '2', '--seed', '0'])
finally:
    assert not {HEAVY.replace(", 'polars'", "")}
"""
    python(code, str(table))


FIRST = {
    "scikit-learn": "import sklearn.base\n",
    "pykmeans": "from pykmeans import KMeans\nearly = KMeans(2, random_state=0)\n",
}
CLASSES = """
import sklearn.base
from pykmeans import KMeans, KPrototypes
for cls in (KMeans, KPrototypes):
    for base in cls.__mro__:
        print(base, sorted(vars(base)))
    print(cls.transform.__qualname__, hasattr(cls.transform, '__wrapped__'), cls._sklearn_auto_wrap_output_keys)
    print(cls()._get_metadata_request(), cls().__sklearn_tags__())
print(sklearn.base.__loader__ is sklearn.base.__spec__.loader, type(sklearn.base.__loader__))
"""


def test_the_classes_are_the_same_whoever_is_imported_first() -> None:
    early, late = (python(first + CLASSES) for first in FIRST.values())
    assert "BaseEstimator" in early
    assert late == early


def test_an_estimator_made_before_becomes_scikit_learns() -> None:
    code = (
        FIRST["pykmeans"]
        + DATA
        + """
early.fit(X)
import sys; assert 'sklearn' not in sys.modules
import pickle; state = pickle.dumps(early)
from sklearn.base import BaseEstimator, TransformerMixin, clone, is_clusterer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
assert isinstance(early, BaseEstimator) and issubclass(KMeans, TransformerMixin) and is_clusterer(early)
assert type(clone(early)) is type(pickle.loads(state)) is type(early) is KMeans
pipeline = make_pipeline(StandardScaler(), early).set_output(transform='pandas')
assert list(pipeline.fit_transform(X).columns) == list(early.transform(X).columns) == ['kmeans0', 'kmeans1']
print(pipeline[-1], pickle.loads(state).predict(X))
"""
    )
    assert python(code) == "KMeans(n_clusters=2, random_state=0) [1 1 1 0 0 0]"


ASKING = {
    "set_output": "model.set_output(transform='pandas'); assert list(model.fit_transform(X).columns)[0] == 'kmeans0'",
    "_repr_html_": "assert '<style>' in model._repr_html_()",
    "_repr_mimebundle_": "assert 'text/html' in model._repr_mimebundle_()",
}


@pytest.mark.parametrize("name", ASKING)
def test_what_only_scikit_learn_gives_imports_it(name: str) -> None:
    start = DATA + "from pykmeans import KMeans\nmodel = KMeans(2)\n"
    python(start + ASKING[name] + "\nimport sys; assert 'sklearn' in sys.modules")
    assert python(HIDE + start + f"print(hasattr(model, {name!r}), hasattr(KMeans, {name!r}))") == "False False"


def test_a_users_class_has_scikit_learns_bases_from_the_start() -> None:
    code = """
from pykmeans import KMeans
seen = []
class Named:
    def __init_subclass__(cls, name, **others):
        super().__init_subclass__(**others)
        seen.append((name, 'BaseEstimator' in [base.__name__ for base in cls.__mro__]))
class Mine(Named, KMeans, name='mine', auto_wrap_output_keys=None):
    def transform(self, X):
        return super().transform(X)
print(seen, hasattr(Mine.transform, '__wrapped__'))
"""
    assert python(code) == "[('mine', True)] False"
    hidden = code.replace(", auto_wrap_output_keys=None", "")
    assert python(HIDE + hidden) == "[('mine', False)] False"


def test_an_import_that_fails_may_be_tried_again() -> None:
    code = (
        FIRST["pykmeans"]
        + """
import sys
sys.modules['scipy'] = None
try:
    import sklearn.base
except ImportError:
    pass
del sys.modules['scipy']
import sklearn.base
print(isinstance(early, sklearn.base.BaseEstimator))
"""
    )
    assert python(code) == "True"


MIXINS = "class ClassNamePrefixFeaturesOutMixin: ...\nclass ClusterMixin: ...\n"
BASE = (
    MIXINS
    + """
from types import SimpleNamespace
class TransformerMixin: ...
class BaseEstimator:
    told = []
    def __init_subclass__(cls, **others):
        super().__init_subclass__(**others)
        BaseEstimator.told.append(cls.__name__)
    def __setstate__(self, state):
        vars(self).update(state)
    def __sklearn_tags__(self):
        return SimpleNamespace(input_tags=SimpleNamespace(), estimator_type='clusterer')
"""
)


@pytest.fixture
def stand_in(tmp_path: Path) -> Callable[..., str]:
    """Write a package of scikit-learn's name, and return the start of a program that finds it and has `early`."""

    def write(base: str = BASE, first: str = "__version__ = '1.9.0'") -> str:
        package = tmp_path / "sklearn"
        package.mkdir()
        (package / "__init__.py").write_text(f"{first}\nfrom . import base\n")
        (package / "base.py").write_text(base)
        return f"import sys; sys.path.insert(0, {str(tmp_path)!r}); others = sys.meta_path[:]\n" + FIRST["pykmeans"]

    return write


PAST_OUR_FINDER = {
    "another one is first": """
from importlib.machinery import PathFinder
class Front:
    find_spec = PathFinder.find_spec
sys.meta_path.insert(0, Front)
""",
    "ours was removed": "sys.meta_path[:] = others\n",
}
NOTICED = {
    "tags": "assert early.__sklearn_tags__().estimator_type == 'clusterer'",
    "KMeans": "KMeans()",
    "KPrototypes": "from pykmeans import KPrototypes; KPrototypes()",
    "a pickle": "pickle.loads(state)",
}


@pytest.mark.parametrize("way", PAST_OUR_FINDER)
@pytest.mark.parametrize("notice", NOTICED)
def test_an_import_past_our_finder_is_noticed(stand_in: Callable[..., str], way: str, notice: str) -> None:
    code = stand_in() + "import pickle; state = pickle.dumps(early)\n" + PAST_OUR_FINDER[way]
    code += f"import sklearn.base\n{NOTICED[notice]}\nprint(isinstance(early, sklearn.base.BaseEstimator))"
    assert python(code) == "True"


# Packages that we cannot use: their base, what comes before it, and what is to be said.
UNUSABLE = {
    "too old": (BASE, "__version__ = '1.5.2'", ""),
    "without a version": (BASE, "", ""),
    "of an unknown version": (BASE, "__version__ = 'unknown'", ""),
    "without a name": (MIXINS + "class BaseEstimator: ...\n", "__version__ = '1.9.0'", "TransformerMixin"),
    "with other rules": (BASE.replace("cls.__name__", "cls.rule"), "__version__ = '1.9.0'", "no attribute 'rule'"),
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_a_scikit_learn_that_is_of_no_use_is_left_alone(stand_in: Callable[..., str], kind: str) -> None:
    base, first, words = UNUSABLE[kind]
    code = stand_in(base, first) + DATA
    code += """
import warnings
with warnings.catch_warnings(record=True) as found:
    warnings.simplefilter('always')
    import sklearn.base
    for model in (early, KMeans(2, random_state=0)):
        assert model.fit(X).predict(X).tolist() == [1, 1, 1, 0, 0, 0]
    assert len(found) == (sys.argv[1] != '') and all(sys.argv[1] in str(warning.message) for warning in found), found
    print(isinstance(early, sklearn.base.BaseEstimator), hasattr(early, 'set_output'))
"""
    assert python(code, words) == "False False"


def test_no_is_not_remembered(stand_in: Callable[..., str]) -> None:
    code = stand_in() + "sys.modules['sklearn'] = None\nassert not hasattr(early, 'set_output')\n"
    code += "del sys.modules['sklearn']\nimport sklearn.base\nprint(isinstance(early, sklearn.base.BaseEstimator))"
    assert python(code) == "True"


def test_our_loader_can_be_copied_and_does_not_stay(stand_in: Callable[..., str]) -> None:
    code = (
        stand_in()
        + """
import copy, importlib.util
spec = importlib.util.find_spec('sklearn.base')  # this imports the package
assert copy.copy(spec.loader).path == spec.origin
import sklearn.base
assert type(sklearn.base.__loader__) is type(sklearn.base.__spec__.loader) is type(sklearn.__loader__)
print(isinstance(early, sklearn.base.BaseEstimator), isinstance(early, importlib.reload(sklearn.base).BaseEstimator))
"""
    )
    assert python(code) == "True True"


def test_another_thread_waits_until_all_classes_have_joined(stand_in: Callable[..., str]) -> None:
    waiting = """
        if len(BaseEstimator.told) == 1:
            import threading, pykmeans
            seen = lambda: (pykmeans.KMeans(), print(BaseEstimator.told))
            threading.Thread(target=seen).start()
            threading.Event().wait(0.2)
"""
    base = BASE.replace("told.append(cls.__name__)\n", f"told.append(cls.__name__){waiting}")
    code = stand_in(base) + PAST_OUR_FINDER["ours was removed"] + "import sklearn.base\nKMeans()"
    assert python(code) == "['Clusterer', 'KMeans']"


def test_ctrl_c_leaves_all_classes_as_they_were(stand_in: Callable[..., str]) -> None:
    interrupted = "import sys\n" + BASE.replace(
        "told.append(cls.__name__)\n",
        """told.append(cls.__name__)
        if len(BaseEstimator.told) == 1 and not hasattr(sys, 'interrupted'):
            sys.interrupted = True
            raise KeyboardInterrupt
""",
    )
    code = (
        stand_in(interrupted)
        + """
try:
    import sklearn.base
except KeyboardInterrupt:
    print([base.__name__ for base in KMeans.__mro__ if base.__module__ == 'sklearn.base'])
import sklearn.base
print(sklearn.base.BaseEstimator.told, isinstance(early, sklearn.base.BaseEstimator))
"""
    )
    assert python(code).splitlines() == ["[]", "['Clusterer', 'KMeans'] True"]
