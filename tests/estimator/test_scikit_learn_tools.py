"""Our estimators inside scikit-learn: routed weights, frames that come out, names, and what a notebook shows."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.model_selection import GridSearchCV, KFold, cross_validate
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.utils.metadata_routing import get_routing_for_object

from pykmeans import KMeans, KPrototypes

X = np.random.RandomState(0).normal(size=(60, 3)) + np.repeat([[0.0], [5.0], [20.0]], 20, axis=0)
WEIGHTS = np.random.RandomState(1).uniform(0.5, 2, size=60)
FRAME = pd.DataFrame(X, columns=["a", "b", "c"], index=np.arange(60) + 100)
SPLIT = KFold(3, shuffle=True, random_state=0)


@pytest.fixture
def routing() -> Any:
    with sklearn.config_context(enable_metadata_routing=True):
        yield


def requested(model: Any) -> Any:
    return model.set_fit_request(sample_weight=True).set_score_request(sample_weight=True)


# ---------------------------------------------------------------------------------------------------------------------
# Weights
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [KMeans(3, random_state=0), KPrototypes(3, random_state=0)], ids=["KMeans", "mixed"])
def test_weights_are_routed_to_fit_and_score(model: Any, routing: None) -> None:
    model = requested(clone(model))
    pipeline = make_pipeline(StandardScaler().set_fit_request(sample_weight=False), model)
    pipeline.fit(X, sample_weight=WEIGHTS)
    scaled = StandardScaler().fit_transform(X)
    expected = clone(model).fit(scaled, sample_weight=WEIGHTS)
    assert pipeline[-1].inertia_ == expected.inertia_ != clone(model).fit(scaled).inertia_
    assert pipeline.score(X, sample_weight=WEIGHTS) == -expected.inertia_
    assert pipeline.score(X) != -expected.inertia_


def test_grid_search_weighs_the_fits_and_the_scores(routing: None) -> None:
    search = GridSearchCV(requested(KMeans(random_state=0)), {"n_clusters": [1, 2, 3]}, cv=SPLIT)
    search.fit(X, sample_weight=WEIGHTS)
    for i, (train, test) in enumerate(SPLIT.split(X)):
        for n_clusters, score in zip((1, 2, 3), search.cv_results_[f"split{i}_test_score"], strict=True):
            model = KMeans(n_clusters, random_state=0).fit(X[train], sample_weight=WEIGHTS[train])
            assert score == model.score(X[test], sample_weight=WEIGHTS[test])
    assert search.best_estimator_.inertia_ == KMeans(3, random_state=0).fit(X, sample_weight=WEIGHTS).inertia_


def test_cross_validate_weighs(routing: None) -> None:
    weighted = cross_validate(
        requested(KMeans(3, random_state=0)), X, cv=SPLIT, params={"sample_weight": WEIGHTS}, return_estimator=True
    )
    for (train, test), model, score in zip(SPLIT.split(X), weighted["estimator"], weighted["test_score"], strict=True):
        assert model.cluster_sizes_.sum() == pytest.approx(WEIGHTS[train].sum())
        assert score == model.score(X[test], sample_weight=WEIGHTS[test])


def test_weights_that_nobody_asked_for_are_an_error(routing: None) -> None:
    with pytest.raises(UnsetMetadataPassedError, match="sample_weight"):
        make_pipeline(StandardScaler(), KMeans(2)).fit(X, sample_weight=WEIGHTS)
    ignoring = KMeans(2, random_state=0).set_fit_request(sample_weight=False)
    with pytest.raises(TypeError, match="sample_weight"):  # now nobody takes them
        make_pipeline(ignoring).fit(X, sample_weight=WEIGHTS)


def test_requests_are_cloned() -> None:
    with sklearn.config_context(enable_metadata_routing=True):
        copied = clone(KMeans(2).set_fit_request(sample_weight="w"))
        assert get_routing_for_object(copied).fit.requests == {"sample_weight": "w"}
        assert get_routing_for_object(copied).score.requests == {"sample_weight": None}


# ---------------------------------------------------------------------------------------------------------------------
# Frames and names
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [KMeans(2, random_state=0), KPrototypes(2, random_state=0)], ids=["KMeans", "mixed"])
@pytest.mark.parametrize(("kind", "frame"), [("pandas", pd.DataFrame), ("polars", pl.DataFrame)])
def test_frames_come_out(model: Any, kind: str, frame: type) -> None:
    model = clone(model)
    expected = model.fit_transform(FRAME)
    names = model.get_feature_names_out()
    for configured in (model.set_output(transform=kind), clone(model)):
        for found in (configured.fit_transform(FRAME), configured.transform(FRAME)):
            assert isinstance(found, frame)
            assert list(found.columns) == names.tolist()
            np.testing.assert_array_equal(found.to_numpy(), expected)
            assert kind == "polars" or found.index.equals(FRAME.index)
        assert isinstance(configured.fit_predict(FRAME), np.ndarray)  # labels are no transform's result
    assert isinstance(model.set_output(transform="default").transform(FRAME), np.ndarray)


def test_frames_by_configuration_and_in_their_own_width() -> None:
    model = KMeans(2, random_state=0).fit(X.astype(np.float32))
    with sklearn.config_context(transform_output="pandas"):
        found = model.transform(X.astype(np.float32))
    assert isinstance(found, pd.DataFrame) and set(found.dtypes) == {np.dtype(np.float32)}
    assert isinstance(model.transform(X), np.ndarray)


def test_names_in_pipelines_unions_and_column_transformers() -> None:
    pipeline = make_pipeline(StandardScaler(), KMeans(2, random_state=0)).set_output(transform="pandas")
    assert list(pipeline.fit_transform(FRAME).columns) == ["kmeans0", "kmeans1"]
    assert pipeline.get_feature_names_out().tolist() == ["kmeans0", "kmeans1"]
    union = make_union(KMeans(2, random_state=0), FunctionTransformer(feature_names_out="one-to-one"))
    union.set_output(transform="pandas").fit(FRAME)
    assert union.transform(FRAME).columns.tolist() == union.get_feature_names_out().tolist()
    assert union.get_feature_names_out()[:2].tolist() == ["kmeans__kmeans0", "kmeans__kmeans1"]
    columns = make_column_transformer((KMeans(2, random_state=0), ["a", "c"]), remainder="passthrough")
    found = columns.set_output(transform="pandas").fit_transform(FRAME)
    assert found.columns.tolist() == ["kmeans__kmeans0", "kmeans__kmeans1", "remainder__b"]
    assert columns.named_transformers_["kmeans"].feature_names_in_.tolist() == ["a", "c"]


# ---------------------------------------------------------------------------------------------------------------------
# What a notebook shows
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [KMeans(3, tol=0.5), KPrototypes(3, gamma=2)], ids=["KMeans", "mixed"])
def test_the_html_shows_parameters_and_whether_it_is_fitted(model: Any) -> None:
    model = clone(model)
    name = type(model).__name__
    unfitted = model._repr_html_()
    assert name in unfitted and "n_clusters=3" in unfitted and "<span>Not fitted</span>" in unfitted
    fitted = model.fit(X)._repr_html_()
    assert name in fitted and "<span>Fitted</span>" in fitted
    whole = make_pipeline(StandardScaler(), model)._repr_html_()
    assert "StandardScaler" in whole and name in whole
    with sklearn.config_context(display="text"):
        assert model._repr_mimebundle_() == {"text/plain": repr(model)}
