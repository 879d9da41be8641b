"""One problem, every algorithm, one to three threads, every instruction set of this CPU: the same bits."""

import numpy as np
import pytest
from budget import examples
from every_path import Elsewhere, Problem
from helpers import some_weights
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pykmeans import _core

TYPES = [np.uint8, np.float32, np.float64]


@pytest.fixture(scope="module")
def processes():
    """{instruction set: the process that has it}"""
    running = {name: Elsewhere(name) for name in _core.info()["instruction_sets"]}
    yield running
    for process in running.values():
        process.close()


# What tables are made of: (random numbers, n, d, where crowds are) -> values.


def grid(rng, n, d, places):
    return rng.integers(0, rng.integers(2, 6), (n, d))


def crowds(rng, n, d, places):
    return places[rng.integers(0, len(places), n)] + rng.uniform(0.01, 2) * rng.standard_normal((n, d))


def copies(rng, n, d, places):
    return crowds(rng, n, d, places)[rng.integers(0, min(n, rng.integers(1, 40)), n)]


def halfway(rng, n, d, places):
    between = (places[rng.integers(0, len(places), n)] + places[rng.integers(0, len(places), n)]) / 2
    return between + 1e-9 * rng.standard_normal((n, d)) * rng.integers(0, 2, (n, 1))


def offset(rng, n, d, places):
    return 10.0 ** rng.integers(2, 9) + crowds(rng, n, d, places)


def outliers(rng, n, d, places):
    far = 10.0 ** rng.integers(1, 15) * (rng.random((n, 1)) < 0.02)
    return crowds(rng, n, d, places) * (1 + far)


def uneven(rng, n, d, places):
    return crowds(rng, n, d, places) * 10.0 ** rng.integers(-12, 12, d)


def flat(rng, n, d, places):
    return np.where(rng.random(d) < 0.7, 7, crowds(rng, n, d, places))


KINDS = [grid, crowds, copies, halfway, offset, outliers, uneven, flat]
SCALES = [0] * 6 + [-300, -149, -60, 60, 100, 140]  # powers of ten that float64 has; float32 ends at 38


@st.composite
def tables(draw, metric):
    """Tables of every size and kind, drawn by a few numbers, so that they may be large enough for several threads."""
    dtype = draw(st.sampled_from(TYPES))
    n = draw(st.one_of(st.integers(1, 80), st.integers(200, 700), st.integers(2000, 5000)))
    d = draw(st.one_of(st.integers(1, 4), st.integers(5, 40), st.integers(41, 140)))
    n = min(n, 200_000 // d)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    X = draw(st.sampled_from(KINDS))(rng, n, d, rng.uniform(-4, 4, (draw(st.integers(1, 30)), d))).astype(np.float64)
    if dtype == np.uint8:
        X = np.clip(X * 16 + 128, 0, 255)
    else:
        scale = draw(st.sampled_from(SCALES))
        X *= 10.0 ** (np.clip(scale, -38, 15) if dtype == np.float32 else scale)
    categories = {"hamming": 0, "mixed": (d + 1) // 2}.get(metric, d)
    X[:, categories:] = np.floor(np.abs(np.fmod(X[:, categories:], draw(st.integers(2, 12)))))
    return X.astype(dtype)


@st.composite
def small_tables(draw, metric):
    """Tables of which each value is drawn: what shrinks to the least example."""
    whole = st.integers(0, 5).map(float)
    numbers = st.one_of(whole, st.floats(-1e3, 1e3), st.floats(-1e150, 1e150))
    n, d = draw(st.integers(1, 12)), draw(st.integers(1, 5))
    X = draw(arrays.arrays(np.float64, (n, d), elements=numbers))
    categories = {"hamming": 0, "mixed": (d + 1) // 2}.get(metric, d)
    X[:, categories:] = draw(arrays.arrays(np.float64, (n, d - categories), elements=whole))
    return X


def weights(draw, n):
    kind = draw(st.sampled_from(["none", "none", "whole", "some", "tiny", "huge"]))
    if kind == "none":
        return None
    seed = draw(st.integers(0, 99))
    if kind == "whole":
        return np.random.default_rng(seed).integers(1, 5, n).astype(np.float64)
    return some_weights(n, seed) * {"some": 1.0, "tiny": 1e-300, "huge": 1e150}[kind]


@st.composite
def problems(draw):
    metric = draw(st.sampled_from([*_core.METRICS, "euclidean", "euclidean"]))
    X = draw(st.one_of(tables(metric), tables(metric), small_tables(metric)))
    n, d = X.shape
    if metric == "cosine":
        X[~X.any(axis=1)] = 1
    most = min(n, 4_000_000 // X.size + 2, 300)
    k = draw(st.integers(1, most))
    trials = draw(st.integers(1, 4))
    return Problem(
        X=X,
        weights=weights(draw, n),
        metric=metric,
        n_numeric=(d + 1) // 2,
        gamma=draw(st.sampled_from([0.0, 0.7, 1e10])),
        n_clusters=k,
        max_iter=draw(st.integers(1, 8)),
        tol=draw(st.sampled_from([0.0, 1e-4])),
        uniforms=np.random.default_rng(k).random(1 + (k - 1) * trials),
        refine=draw(st.sampled_from(["", *_core.METRICS[metric]["refinements"]])),
    )


def assert_no_path_shows(processes, problem):
    for process in processes.values():  # all work at once
        process.ask(problem)
    answers = {name: process.answer() for name, process in processes.items()}
    for name, answer in answers.items():
        assert answer["differs"] == [], name
        assert answer == answers["baseline"], name


@examples(150)
@given(problems())
def test_no_path_shows(processes, problem):
    assert_no_path_shows(processes, problem)


def signs(rng, n, d, places):
    """Values that are equal except for their signs: these fill sums of 16 bits the most."""
    return np.sign(places)[rng.integers(0, len(places), n)] + 1e-3 * rng.standard_normal((n, d))


def half_signs(rng, n, d, places):
    """The same in two of each four features: one sum of 16 bits gets all products, and its neighbor none."""
    return signs(rng, n, d, places) * (np.arange(d) % 4 < 2)


def one_large(rng, n, d, places):
    return crowds(rng, n, d, places) * np.where(np.arange(d) == d // 2, 1000, 1)


def heavy(rng, n, d, places):
    return places[rng.integers(0, len(places), n)] + rng.standard_cauchy((n, d))


def two_blobs(rng, n, d, places):
    return crowds(rng, n, d, places) + 1e6 * rng.integers(0, 2, (n, 1))


def mostly_tiny(rng, n, d, places):
    """In float32, the squares of most values vanish beside the rest."""
    return crowds(rng, n, d, places) * np.where(rng.random((n, 1)) < 0.9, 1e-20, 1)


def a_few_huge(rng, n, d, places):
    """Squares of some rows are too large for float32."""
    return crowds(rng, n, d, places) * np.where(rng.random((n, 1)) < 0.01, 1e35, 1)


@pytest.mark.parametrize(
    "kind", [signs, half_signs, one_large, heavy, two_blobs, mostly_tiny, a_few_huge, halfway, grid]
)
@pytest.mark.parametrize(("n", "d", "k"), [(420, 45, 64), (420, 128, 50)])
def test_no_path_shows_in_8_bits(processes, kind, n, d, k):
    rng = np.random.default_rng(d)
    X = kind(rng, n, d, rng.uniform(-4, 4, (70, d))).astype(np.float32)
    uniforms = rng.random(1 + (k - 1) * 5)
    weight = some_weights(n, seed=1) if d == 45 else None
    problem = Problem(X, weight, "euclidean", d, 0.0, k, max_iter=6, tol=0.0, uniforms=uniforms, refine="")
    assert_no_path_shows(processes, problem)
