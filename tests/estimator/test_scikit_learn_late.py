"""scikit-learn is imported when a program uses it, and it makes no difference when that is."""

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


def test_a_scikit_learn_that_is_too_old_is_left_alone(tmp_path: Path) -> None:
    old = tmp_path / "sklearn"
    old.mkdir()
    (old / "__init__.py").write_text("__version__ = '1.5.2'\nfrom . import base\n")
    (old / "base.py").write_text("class BaseEstimator: ...\n")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n" + FIRST["pykmeans"]
    code += "import sklearn.base\nprint(isinstance(early, sklearn.base.BaseEstimator), hasattr(early, 'set_output'))"
    assert python(code) == "False False"
