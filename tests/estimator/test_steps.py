"""What record_steps keeps: the centers and labels of each iteration of the fit that is returned."""

import pickle

import numpy as np
import pandas as pd
import pytest
import reference
from helpers import assert_same_bits, bits, fitted, some_weights, table

import pykmeans
from pykmeans import KMeans, KPrototypes, _core


def test_steps_worked_by_hand():
    X = np.array([[0.0], [1.0], [2.0], [10.0], [11.0], [12.0]])
    model = KMeans(2, init=[[0], [2]], record_steps=True).fit(X)
    # Row 1 is as far from 0 as from 2: the first has it. The means are 0.5 and 8.75, then 1 and 11; then nothing moves.
    assert [step.centers.ravel().tolist() for step in model.steps_] == [[0, 2], [0.5, 8.75], [1, 11], [1, 11]]
    assert [step.labels.tolist() for step in model.steps_] == [[0, 0, 1, 1, 1, 1]] + [[0, 0, 0, 1, 1, 1]] * 3
    assert [step.inertia for step in model.steps_] == [246, 19.9375, 4, 4]
    assert model.stop_reason_ == "labels" and model.n_iter_ == 3


def test_labels_are_those_before_an_empty_cluster_is_filled():
    X = np.array([[0.0], [1.0], [8.0]])
    model = KMeans(2, init=[[0], [100]], record_steps=True).fit(X)
    # All rows are nearest to 0. The row farthest from it, 8, fills the empty cluster.
    assert model.steps_[0].labels.tolist() == [0, 0, 0] and model.steps_[0].inertia == 65
    assert model.steps_[1].centers.tolist() == [[0.5], [8]] and model.steps_[1].labels.tolist() == [0, 0, 1]


def parts(steps):
    return [bits(part) for step in steps for part in step]


@pytest.mark.parametrize(("d", "weighted", "max_iter"), [(2, False, 30), (3, True, 4), (20, True, 30), (20, False, 2)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64], ids=lambda dtype: dtype.__name__)
@pytest.mark.parametrize("metric", _core.METRICS)
def test_every_way_to_assign_has_the_same_steps(metric, dtype, d, weighted, max_iter):
    """Boxes keep the labels to themselves until somebody asks for them: here, in every iteration."""
    X, how = table(metric, 4500, d, 24, seed=d, dtype=dtype)
    weights = some_weights(4500, seed=d) if weighted else None
    init = np.concatenate([X[:20], X[:4]])  # copies get no row: clusters that are filled
    plain = fitted(X, init, weights, n_threads=1, algorithm="lloyd", max_iter=max_iter, record_steps=True, **how)
    assert len(plain.steps_) == plain.n_iter_ + 1 > 2
    for step in plain.steps_:
        assert bits(step.labels) == bits(reference.nearest(X, step.centers, **how)[0])
    for algorithm in _core.METRICS[metric]["algorithms"]:
        recorded = fitted(X, init, weights, algorithm=algorithm, max_iter=max_iter, record_steps=True, **how)
        assert parts(recorded.steps_) == parts(plain.steps_)
        assert_same_bits(recorded, fitted(X, init, weights, algorithm=algorithm, max_iter=max_iter, **how))


@pytest.mark.parametrize("metric", [name for name in _core.METRICS if name != "mixed"])
def test_centers_are_those_that_a_shorter_fit_returns(metric):
    X, how = table(metric, 300, 4, 6, seed=0)
    model = fitted(X, X[:6], tol=0, record_steps=True, **how)
    assert model.n_iter_ > 3
    assert bits(model.steps_[0].centers) == bits(X[:6])
    for i in range(1, model.n_iter_):
        shorter = fitted(X, X[:6], tol=0, max_iter=i, **how)
        assert bits(shorter.cluster_centers_) == bits(model.steps_[i].centers)
        assert bits(shorter.labels_) == bits(model.steps_[i].labels)


def test_the_last_step_is_what_the_fit_returns():
    X, _ = table("euclidean", 300, 4, 6, seed=0)
    for parameters in ({}, {"max_iter": 2}, {"tol": 0.1}, {"tol": 0}):
        model = KMeans(6, random_state=0, record_steps=True, **parameters).fit(X)
        assert len(model.steps_) == model.n_iter_ + 1
        centers, labels, inertia = model.steps_[-1]
        assert centers is model.cluster_centers_ and labels is model.labels_ and inertia == model.inertia_
        assert [step.inertia for step in model.steps_[:-1]] == model.inertia_history_.tolist()


def test_the_steps_are_those_of_the_best_run():
    X, _ = table("euclidean", 300, 4, 6, seed=1)
    starts = [X[6 * i : 6 * i + 6] for i in range(5)]
    given = iter(starts)
    model = KMeans(6, init=lambda X, k, random_state: next(given), n_init=5, record_steps=True).fit(X)
    inertias = [KMeans(6, init=start).fit(X).inertia_ for start in starts]
    best = int(np.argmin(inertias))
    assert best > 0 and len(set(inertias)) > 1
    assert bits(model.steps_[0].centers) == bits(starts[best])
    assert parts(model.steps_) == parts(KMeans(6, init=starts[best], record_steps=True).fit(X).steps_)


def test_centers_have_the_values_of_the_user():
    X = pd.DataFrame({"colour": ["red", "red", "blue", "blue", "blue", "green"], "age": [20, 22, 24, 60, 62, 64]})
    model = KPrototypes(2, init=X.iloc[[0, 5]], record_steps=True).fit(X)
    assert model.steps_[0].centers.tolist() == [["red", 20.0], ["green", 64.0]]
    assert model.steps_[-1].centers.tolist() == model.cluster_centers_.tolist() == [["red", 22.0], ["blue", 62.0]]
    colours = KMeans(2, metric="hamming", init=[["red"], ["blue"]], record_steps=True).fit(X[["colour"]])
    assert colours.steps_[0].centers.tolist() == [["red"], ["blue"]]
    assert (
        KMeans(2, init=np.eye(2, dtype=np.float32), record_steps=True).fit(np.eye(2)).steps_[0].centers.dtype == float
    )
    single = KMeans(2, init=np.eye(2), record_steps=True).fit(np.eye(2, dtype=np.float32))
    assert {step.centers.dtype for step in single.steps_} == {np.dtype(np.float32)}


def test_a_step_is_a_public_tuple():
    model = KMeans(2, random_state=0, record_steps=True).fit(np.eye(2))
    assert type(model.steps_[0]) is pykmeans.Step and pykmeans.Step._fields == ("centers", "labels", "inertia")
    assert model.steps_[0].labels.dtype == np.int32 and type(model.steps_[0].inertia) is float
    assert (pykmeans.Step.__module__, pykmeans.Step.__qualname__) == ("pykmeans", "Step")
    twin = pickle.loads(pickle.dumps(model))
    assert parts(twin.steps_) == parts(model.steps_)
    assert b"_clusterer" not in pickle.dumps(model.steps_)


def test_steps_come_and_go_with_the_parameter():
    model = KMeans(2, random_state=0).fit(np.eye(2))
    assert model.record_steps is False and not hasattr(model, "steps_")
    assert len(model.set_params(record_steps=True).fit(np.eye(2)).steps_) == model.n_iter_ + 1
    with pytest.raises(ValueError):
        model.fit(np.full((2, 2), np.nan))
    assert hasattr(model, "steps_")
    assert not hasattr(model.set_params(record_steps=False).fit(np.eye(2)), "steps_")
    with pytest.raises(
        pykmeans.InvalidParameterError, match="The 'record_steps' parameter of KMeans must be an instance"
    ):
        KMeans(2, record_steps=1).fit(np.eye(2))


def test_steps_are_recorded_and_printed_at_once(capsys):
    X, _ = table("euclidean", 5000, 2, 6, seed=1)
    model = KMeans(6, random_state=0, verbose=1, record_steps=True).fit(X)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Iteration")]
    assert lines == [f"Iteration {i}, inertia {step.inertia}." for i, step in enumerate(model.steps_[:-1])]
