"""Fits to compare with, and how two fits are compared."""

import json
import os
import re
import subprocess
import sys
import warnings

import numpy as np
import reference

from pykmeans import KMeans, Step, _core


def blobs(n, d, k, seed, dtype=np.float64, spread=1.0):
    """n points around k places; uint8 data cover 0..255."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(-4, 4, (k, d))
    X = places[rng.integers(0, k, n)] + spread * rng.standard_normal((n, d))
    if dtype == np.uint8:
        return np.clip(X * 16 + 128, 0, 255).astype(np.uint8)
    return X.astype(dtype)


def table(metric, n, d, k, seed, dtype=np.float64):
    """n rows around k places, as the metric wants them, and how to measure them: the metric and what goes with it."""
    rng = np.random.default_rng(seed)
    X = blobs(n, d, k, seed, dtype, spread=1.5)
    codes = rng.integers(0, 5, (k, d))[rng.integers(0, k, n)]
    codes = np.where(rng.random((n, d)) < 0.3, rng.integers(0, 7, (n, d)), codes).astype(dtype)
    if metric == "hamming":
        return codes, {"metric": metric}
    if metric == "mixed":
        p = (d + 1) // 2
        return np.hstack([X[:, :p], codes[:, p:]]), {"metric": metric, "n_numeric": p, "gamma": 0.7}
    if metric == "cosine":
        X[~X.any(axis=1)] = 1
    return X, {"metric": metric}


def some_weights(n, seed, zeros=True):
    """Weights that no float holds briefly (so that w * x must be kept exactly), whole ones, and zeros among them."""
    rng = np.random.default_rng(seed)
    w = np.where(rng.random(n) < 0.5, rng.uniform(0.1, 3.0, n), rng.integers(1, 4, n))
    if zeros:
        w[rng.random(n) < 0.2] = 0.0
        w[rng.integers(n)] = 1.5
    return w


def weights_of(kind, n, seed):
    """Weights of a kind, by its name."""
    if kind == "none":
        return None
    if kind == "whole":
        return np.random.default_rng(seed).integers(1, 5, n).astype(np.float64)
    return some_weights(n, seed)


# Kinds of values that are hard to tell apart, or to add.


def tenths(rng, n, d):
    return rng.integers(0, 11, (n, d)) / 10


def offset(rng, n, d):
    return 1e6 + rng.standard_normal((n, d))


def heavy_tailed(rng, n, d):
    return rng.standard_t(1, (n, d)) ** 3


def far_apart(rng, n, d):
    return rng.standard_normal((n, d)) * 10.0 ** rng.integers(-30, 30, (n, 1))


def tiny(rng, n, d):
    return rng.standard_normal((n, d)) * 2.0 ** rng.integers(-149, -120, (n, d))


def huge(rng, n, d):
    return rng.standard_normal((n, d)) * 2.0 ** rng.integers(90, 124, (n, d))


def as_points(X, sample_weight=None, n_threads=None, metric="euclidean", n_numeric=0, gamma=1.0):
    """X in the hands of the core."""
    return _core.Points(reference.as_points(X), sample_weight, n_threads or 0, metric, n_numeric, gamma)


class Heard:
    """A callback that keeps what it is told, and says True when it is called for this time, from 0."""

    def __init__(self, last=None):
        self.last = last
        self.told = []

    def __call__(self, *told):
        self.told.append(told)
        return len(self.told) - 1 == self.last


class MixedFit:
    """What KMeans is for the other metrics: "mixed" has no such name in public."""

    def __init__(self, X, init, sample_weight, n_threads, n_numeric, gamma, record_steps=False, **loop):
        self.how = {"metric": "mixed", "n_numeric": n_numeric, "gamma": gamma}
        init = np.array(init, dtype=reference.center_type(reference.as_points(X)))
        points = as_points(X, sample_weight, n_threads, **self.how)
        fit = _core.fit(points, init, record_steps=record_steps, **{"max_iter": 300, "tol": 1e-4, **loop})
        for name in ("labels", "inertia", "cluster_inertia", "cluster_sizes", "inertia_history", "n_iter"):
            setattr(self, name + "_", getattr(fit, name))
        self.cluster_centers_ = fit.centers
        self.stop_reason_ = fit.stop_reason
        self.steps_ = [Step(*step) for step in fit.steps] + [Step(fit.centers, fit.labels, fit.inertia)]
        self.converged_ = fit.stop_reason != "max_iter"

    def predict(self, X):
        return _core.nearest(as_points(X, **self.how), self.cluster_centers_)

    def transform(self, X):
        return _core.transform(as_points(X, **self.how), self.cluster_centers_)

    def score(self, X, sample_weight=None):
        return -_core.score(as_points(X, sample_weight, **self.how), self.cluster_centers_)


def fitted(X, init, sample_weight=None, n_threads=None, metric="euclidean", **parameters):
    """KMeans fitted from a given array. Warnings of too few clusters are not what these tests are about."""
    if metric == "mixed":
        return MixedFit(X, init, sample_weight, n_threads, **parameters)
    parameters = {"n_init": 1, "n_threads": n_threads, "metric": metric, **parameters}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*distinct clusters|.*a single cluster")
        return KMeans(len(init), init=np.asarray(init), **parameters).fit(X, sample_weight=sample_weight)


def bits(a):
    """Shape, type and bytes: -0.0 differs from 0.0."""
    a = np.ascontiguousarray(a)
    return a.shape, a.dtype, a.tobytes()


def assert_same_bits(a, b, labels_too=True):
    """Two fitted estimators are equal in all that the contract lists."""
    if labels_too:
        assert bits(a.labels_) == bits(b.labels_)
    assert bits(a.cluster_centers_) == bits(b.cluster_centers_)
    assert a.inertia_ == b.inertia_
    assert bits(a.cluster_inertia_) == bits(b.cluster_inertia_)
    assert bits(a.cluster_sizes_) == bits(b.cluster_sizes_)
    assert bits(a.inertia_history_) == bits(b.inertia_history_)
    assert a.n_iter_ == b.n_iter_
    assert a.stop_reason_ == b.stop_reason_


def assert_fit_is(model, expected, X, sample_weight=None, metric="euclidean"):
    """A fitted estimator equals the oracle's fit, and agrees with itself."""
    X = np.asarray(X)
    assert model.n_iter_ == expected.n_iter
    assert model.stop_reason_ == expected.stop_reason
    assert model.converged_ == (expected.stop_reason != "max_iter")
    assert model.labels_.dtype == np.int32
    np.testing.assert_array_equal(model.labels_, expected.labels)
    np.testing.assert_array_equal(model.cluster_centers_, expected.centers)
    assert bits(model.cluster_centers_) == bits(expected.centers)
    assert model.inertia_ == expected.inertia
    np.testing.assert_array_equal(model.cluster_inertia_, expected.cluster_inertia)
    np.testing.assert_array_equal(model.cluster_sizes_, expected.cluster_sizes)
    assert_history_is(model, expected, X, sample_weight, metric)
    assert bits(model.predict(X)) == bits(model.labels_)
    assert model.score(X, sample_weight=sample_weight) == -model.inertia_


def assert_history_is(model, expected, X, sample_weight=None, metric="euclidean"):
    history = model.inertia_history_
    assert len(history) == model.n_iter_
    # atol is one unit of the subnormal range, where no number is within 1e-9 of another.
    np.testing.assert_allclose(history, expected.inertia_history, rtol=1e-9, atol=5e-324)
    # Sum, weight and quotient are each rounded: a center off by two ulps at most adds weight * d * (2 ulps)**2 at most.
    # Directions are of length 1; medians and modes are values of members, without any rounding.
    largest = {"manhattan": 0.0, "hamming": 0.0, "cosine": 1.0}.get(metric, np.abs(X.astype(np.float64)).max())
    weight = len(X) if sample_weight is None else np.sum(sample_weight)
    step = np.finfo(model.cluster_centers_.dtype).eps * 2 * largest
    with np.errstate(over="ignore"):
        slack = np.square(np.sqrt(weight) * np.sqrt(X.shape[1]) * step)
    assert np.all(np.diff(history) <= slack + 2e-9 * history[:-1])


def assert_steps_are(model, expected):
    """The steps of a fit that recorded them equal the oracle's."""
    assert len(model.steps_) == len(expected.steps) == model.n_iter_ + 1
    for step, (centers, labels) in zip(model.steps_, expected.steps, strict=True):
        assert bits(step.centers) == bits(centers)
        assert bits(step.labels) == bits(labels)
    assert [step.inertia for step in model.steps_] == [*model.inertia_history_, model.inertia_]


def check(X, init, sample_weight=None, n_threads=None, max_iter=300, tol=1e-4, **how):
    """Fit with the package, by each algorithm, and with the oracle; compare, and return the oracle's fit.

    "auto" is fitted twice: to record the steps must not change anything.
    """
    metric = how.get("metric", "euclidean")
    loop = {"max_iter": max_iter, "tol": tol}
    model = fitted(X, init, sample_weight, n_threads, **loop, **how)
    expected = reference.fit(X, init, sample_weight, **loop, **how)
    for algorithm in _core.METRICS[metric]["algorithms"]:
        recorded = {"algorithm": algorithm, "record_steps": algorithm == "auto"}
        other = fitted(X, init, sample_weight, n_threads, **recorded, **loop, **how)
        assert_same_bits(model, other)
        if algorithm == "auto":
            assert_steps_are(other, expected)
    assert_fit_is(model, expected, X, sample_weight, metric)
    return expected


def assert_assigned(X, centers, **how):
    """Labels and distances by the core are the oracle's."""
    centers = np.asarray(centers).astype(reference.center_type(reference.as_points(X)))
    labels, distances = reference.assign(X, centers, **how)
    points = as_points(X, **how)
    found = _core.assign(points, centers)
    np.testing.assert_array_equal(found[0], labels)
    assert bits(found[1]) == bits(distances)
    np.testing.assert_array_equal(_core.nearest(points, centers), labels)
    return labels


def on_every_instruction_set(code):
    """What ``code`` prints as JSON, by the instruction set that PYKMEANS_ISA names.

    It prints [the instruction set that ran, anything].
    """

    def run(name, code):
        environment = {key: value for key, value in os.environ.items() if key != "PYKMEANS_ISA"}
        if name is not None:
            environment["PYKMEANS_ISA"] = name
        command = [sys.executable, "-W", "ignore", "-c", code]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)

    # A wrong name is refused, and the message lists those that this CPU runs, the best first.
    which = "from pykmeans import _core; print(_core.info()['instruction_set'])"
    refused = run("of another machine", which)
    assert refused.returncode != 0
    names = re.search(r"must be one of what this CPU runs: (.*)", refused.stderr).group(1).split(", ")
    assert "baseline" in names
    assert run(None, which).stdout.strip() == names[0]  # the best, if none is asked for
    results = {}
    for name in names:
        done = run(name, code)
        assert done.returncode == 0, done.stderr
        running, results[name] = json.loads(done.stdout)
        assert running == name
    return results
