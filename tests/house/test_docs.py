"""Every example in the docstrings runs and shows what it says; test_readme.py runs those of the README."""

import doctest
import inspect
import re
from pathlib import Path
from typing import get_args

import pytest
from native import ROOT

import pykmeans
from pykmeans import _core, _words
from pykmeans._criteria import CRITERIA
from pykmeans._validate.parameters import METRICS, check

DOCS = ROOT / "docs"
FUNCTIONS = [value for name in pykmeans.__all__ if inspect.isfunction(value := getattr(pykmeans, name))]
METHODS = {
    method
    for public in (pykmeans.KMeans, pykmeans.KPrototypes, pykmeans.KSelection, pykmeans.Segmentation)
    for name, method in inspect.getmembers(public, inspect.isroutine)
    if not name.startswith("_") and method.__module__.startswith("pykmeans.")
}
WITH_EXAMPLES = [
    pykmeans.KMeans,
    pykmeans.KPrototypes,
    pykmeans.Step,
    pykmeans.KMeans.load,
    pykmeans.KPrototypes.summary,
    pykmeans.KSelection,
    pykmeans.Segmentation,
    *FUNCTIONS,
]


@pytest.mark.parametrize("thing", WITH_EXAMPLES, ids=lambda thing: thing.__name__)
def test_docstring_examples(thing: object) -> None:
    (test,) = doctest.DocTestFinder(recurse=False).find(thing, thing.__name__, module=False, globs={})
    assert test.examples
    assert doctest.DocTestRunner().run(test).failed == 0


def test_there_are_methods() -> None:
    names = {method.__name__ for method in METHODS}
    of_models = {"fit", "fit_predict", "fit_transform", "predict", "transform", "score", "save", "load", "summary"}
    assert names == of_models | {"to_pandas", "to_polars", "plot", "to_pillow"}


@pytest.mark.parametrize(
    "function",
    [*FUNCTIONS, *sorted(METHODS, key=lambda method: method.__name__)],
    ids=lambda function: function.__name__,
)
def test_docstrings_describe_every_argument(function: object) -> None:
    documented = re.findall(r"^(\w+)(?:, \w+)* : ", inspect.getdoc(function), re.MULTILINE)
    for name in inspect.signature(function).parameters:
        if name != "self":
            assert name in documented
    assert ("Returns\n-------" in inspect.getdoc(function)) == (
        inspect.signature(function).return_annotation is not None
    )


@pytest.mark.parametrize("estimator", [pykmeans.KMeans, pykmeans.KPrototypes], ids=lambda estimator: estimator.__name__)
def test_docstrings_describe_every_parameter_and_attribute(estimator: type) -> None:
    documented = re.findall(r"^(\w+) : ", inspect.getdoc(estimator), re.MULTILINE)
    refine = {"refine": "moves"} if estimator is pykmeans.KMeans else {}
    model = estimator(2, store_medoids=True, record_steps=True, **refine).fit([[0.0], [1.0]])
    attributes = [name for name in vars(model) if name.endswith("_")]
    assert sorted(documented) == sorted([*model.get_params(), *attributes, "feature_names_in_"])


def test_the_docstring_of_a_selection_describes_every_attribute() -> None:
    documented = re.findall(r"^(\w+) : ", inspect.getdoc(pykmeans.KSelection).split("See Also")[0], re.MULTILINE)
    selection = pykmeans.elbow([[0.0], [1.0]], k=[1, 2])
    properties = [
        name for name, _ in inspect.getmembers(pykmeans.KSelection, lambda value: isinstance(value, property))
    ]
    assert sorted(documented) == sorted(name for name in [*vars(selection), *properties] if not name.startswith("_"))


def test_the_table_of_metrics() -> None:
    """What works with what is said once, by the core; the documentation repeats it."""
    text = (DOCS / "semantics.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r'^\| ("\w+"|KPrototypes) \|.*\| ([^|]+) \|$', text, re.MULTILINE))
    shown = {"mixed": "KPrototypes"}
    expected = {shown.get(name, f'"{name}"'): ", ".join(way["algorithms"]) for name, way in _core.METRICS.items()}
    assert rows == expected


def test_the_table_of_criteria() -> None:
    text = (DOCS / "semantics.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r'^\| (\w+) \|.*\| (all|"euclidean") \|$', text, re.MULTILINE))
    with_means = {name for name, criterion in CRITERIA.items() if criterion.centers == ("mean",)}
    assert rows == {name: '"euclidean"' if name in with_means else "all" for name in CRITERIA}
    for name in CRITERIA:
        assert f'- "{name}": ' in inspect.getdoc(pykmeans.select_k)


def test_type_checkers_know_the_words_that_are_accepted() -> None:
    assert get_args(_words.MetricWord) == METRICS
    assert get_args(_words.AlgorithmWord) == _core.ALGORITHMS
    assert get_args(_words.RefineWord) == _core.REFINEMENTS
    assert get_args(_words.CriterionWord) == tuple(CRITERIA)
    for word in get_args(_words.StartWord):
        check("KMeans", init=word)


def test_every_public_name_is_listed() -> None:
    stubs = Path(pykmeans.__file__).with_name("__init__.pyi").read_text(encoding="utf-8")
    assert set(pykmeans.__all__) <= set(dir(pykmeans))
    for name in pykmeans.__all__:
        assert getattr(pykmeans, name) is not None
        assert f" as {name}\n" in stubs and f'"{name}"' in stubs
    with pytest.raises(AttributeError, match="module 'pykmeans' has no attribute 'MiniBatchKMeans'"):
        pykmeans.MiniBatchKMeans  # noqa: B018
