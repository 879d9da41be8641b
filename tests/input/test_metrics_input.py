"""What each metric refuses."""

import numpy as np
import pytest
import reference
from helpers import blobs, fitted

import pykmeans
from pykmeans import KMeans, _core, kmeans_plusplus

TYPES = [np.float32, np.float64, np.uint8]
METRICS = ["manhattan", "cosine", "hamming"]


@pytest.mark.parametrize("dtype", TYPES)
def test_cosine_refuses_rows_of_zeros(dtype):
    X = blobs(50, 3, 4, seed=0, dtype=dtype)
    X[~X.any(axis=1)] = 1
    model = fitted(X, X[:4], metric="cosine")
    X[[17, 30, 49]] = 0
    starts = X[:4].astype(reference.center_type(X))
    for refused in (
        lambda: KMeans(4, metric="cosine", random_state=0).fit(X),
        lambda: pykmeans.k_means(X, 4, metric="cosine"),
        lambda: kmeans_plusplus(X, 4, metric="cosine"),
        lambda: pykmeans.assign(X, starts, metric="cosine"),
        lambda: model.predict(X),
        lambda: model.transform(X),
        lambda: model.score(X),
    ):
        with pytest.raises(ValueError, match=r"(?s)3 rows.*zero.*row 17"):
            refused()
    X[[17, 30, 49]] = 1
    starts[2] = 0
    with pytest.raises(ValueError, match=r"(?s)init.*zero|zero.*init"):
        fitted(X, starts, metric="cosine")
    with pytest.raises(ValueError, match=r"(?s)centers.*zero|zero.*centers"):
        pykmeans.assign(X, starts, metric="cosine")


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_hamming_refuses_what_is_not_whole(dtype):
    X = np.random.default_rng(0).integers(0, 4, (40, 3)).astype(dtype)
    model = fitted(X, X[:4], metric="hamming")
    X[21, 2] = 0.5
    X[33, 0] = -1.25
    starts = X[:4].astype(reference.center_type(reference.as_points(X)))
    for refused in (
        lambda: KMeans(4, metric="hamming", random_state=0).fit(X),
        lambda: kmeans_plusplus(X, 4, metric="hamming"),
        lambda: pykmeans.assign(X, starts, metric="hamming"),
        lambda: model.predict(X),
        lambda: model.score(X),
    ):
        with pytest.raises(ValueError, match=r"(?s)X.*2.*whole"):
            refused()


@pytest.mark.parametrize("metric", METRICS)
def test_values_that_are_not_finite_are_refused(metric):
    X = np.ones((20, 3))
    for value in (np.nan, np.inf):
        X[7, 1] = value
        with pytest.raises(ValueError, match=r"NaN|infinite|finite"):
            KMeans(2, metric=metric).fit(X)


def test_metrics_and_algorithms_that_do_not_go_together(iris):
    with pytest.raises(ValueError, match=r"metric.*'chebyshev'"):
        KMeans(3, metric="chebyshev").fit(iris)
    with pytest.raises(ValueError, match="metric"):
        KMeans(3, metric="mixed").fit(iris)  # no public name
    for metric, traits in _core.METRICS.items():
        if metric != "mixed":
            X = np.round(iris)
            for algorithm in _core.ALGORITHMS:
                model = KMeans(3, metric=metric, algorithm=algorithm, random_state=0)
                if algorithm in traits["algorithms"]:
                    model.fit(X)
                else:
                    with pytest.raises(ValueError, match=f"(?s)algorithm.*{algorithm}.*{metric}|{metric}.*{algorithm}"):
                        model.fit(X)


def test_metrics_and_refinements_that_do_not_go_together(iris):
    X = np.round(iris)
    for metric, traits in _core.METRICS.items():
        for refine in _core.REFINEMENTS if metric != "mixed" else ():
            if refine in traits["refinements"]:
                KMeans(3, metric=metric, refine=refine, random_state=0).fit(X)
                continue
            known = " or ".join(map(repr, [None, *traits["refinements"]]))
            with pytest.raises(ValueError) as caught:
                pykmeans.k_means(X, 3, metric=metric, refine=refine)
            assert str(caught.value).startswith(f"refine={refine!r} works with metric 'euclidean'")
            assert str(caught.value).endswith(f"only, got metric={metric!r}, which works with refine {known}.")
    assert _core.METRICS["cosine"]["refinements"] == ("splits", "swaps")
    assert not any(_core.METRICS[metric]["refinements"] for metric in ("manhattan", "hamming", "mixed"))
    with pytest.raises(TypeError, match="refine"):
        pykmeans.KPrototypes(2, refine="swaps")


def test_hamming_refuses_fractions_in_init():
    X = [[1, 2], [2, 1], [3, 3]]
    with pytest.raises(ValueError, match=r"init holds 0\.5 at row 0, column 1; .* must be whole numbers"):
        KMeans(2, metric="hamming", init=[[1, 0.5], [1, 2]]).fit(X)
    assert KMeans(2, metric="hamming", init=[[7.0, 9.0], [1, 2]]).fit(X).n_iter_ > 0  # a code that no row has
