"""Refinement: every bit is that of the slow reference, and what the contract promises holds."""

import numpy as np
import pytest
import reference
import reference_refine
from helpers import as_points, bits, blobs, some_weights, weights_of

from pykmeans import _core

TYPES = [np.float32, np.float64, np.uint8]
EUCLIDEAN = ["moves", "splits", "swaps"]
SEARCHES = [("euclidean", refine) for refine in EUCLIDEAN] + [("cosine", "splits"), ("cosine", "swaps")]


def refined(X, init, refine, sample_weight=None, metric="euclidean", n_threads=1, **options):
    """What the core finds."""
    points = as_points(X, sample_weight, n_threads, metric)
    init = np.array(init, dtype=reference.center_type(reference.as_points(X)), order="C")
    return _core.fit(points, init, refine=refine, **{"max_iter": 300, "tol": 1e-4, **options})


ARRAYS = ("labels", "centers", "cluster_inertia", "cluster_sizes", "refinement_history")
NUMBERS = ("inertia", "unrefined_inertia", "n_swaps", "n_accepted_swaps", "n_moves", "n_iter", "stop_reason")


def assert_same(found, expected, arrays=ARRAYS, numbers=NUMBERS):
    for name in numbers:
        assert getattr(found, name) == getattr(expected, name), name
    for name in arrays:
        a, b = getattr(found, name), getattr(expected, name)
        np.testing.assert_array_equal(a, b, name)
        assert bits(a) == bits(b), name


def check(X, init, refine, sample_weight=None, metric="euclidean", n_threads=1, **options):
    """Core and reference agree, and the core with itself; what the reference found."""
    how = {"sample_weight": sample_weight, "metric": metric}
    found = refined(X, init, refine, n_threads=n_threads, **how, **options)
    expected = reference_refine.fit(X, init, refine, **how, **options)
    assert_same(found, expected)
    loop = {name: options[name] for name in ("max_iter", "tol") if name in options}
    assert_goes_on_from(found, refined(X, init, "", n_threads=n_threads, **how, **loop))
    points = as_points(X, **how)
    assert bits(_core.nearest(points, found.centers)) == bits(found.labels)
    assert _core.score(points, found.centers) == found.inertia
    return expected


def assert_goes_on_from(found, plain):
    """A refined fit is never worse than the plain one, and says the same of it."""
    assert found.inertia <= found.unrefined_inertia == plain.inertia
    assert bits(found.inertia_history) == bits(plain.inertia_history)
    for name in ("n_iter", "stop_reason", "shift", "tolerance"):
        assert getattr(found, name) == getattr(plain, name)
    if found.inertia == found.unrefined_inertia:
        assert_same(found, plain, ("labels", "centers", "cluster_inertia", "cluster_sizes"), ())


def drawn(X, k, seed):
    """Rows to start from; copies may be among them."""
    return X[np.random.default_rng(seed).choice(len(X), k, replace=False)]


# ---------------------------------------------------------------- the reference


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize(
    ("n", "d", "k"), [(90, 1, 9), (150, 2, 13), (120, 3, 40), (80, 17, 6), (40, 64, 4), (40, 3, 2)]
)
@pytest.mark.parametrize(("metric", "refine"), SEARCHES)
def test_the_core_finds_what_the_reference_finds(metric, refine, n, d, k, dtype):
    X = blobs(n, d, k, seed=n, dtype=dtype, spread=1.5)
    X[~X.any(axis=1)] = 1
    case = TYPES.index(dtype) + k
    weight = weights_of(("none", "whole", "some")[case % 3], n, k)
    check(X, drawn(X, k, n), refine, weight, metric, n_threads=1 + case % 2, seed=n)


def grid(rng, n, d):
    return rng.integers(0, 4, (n, d)).astype(np.float64)


def tenths(rng, n, d):
    return rng.integers(0, 4, (n, d)) / 10


def copies(rng, n, d):
    return rng.standard_normal((n // 4, d))[rng.integers(0, n // 4, n)]


def offset(rng, n, d):
    return 1e6 + rng.standard_normal((n, d))


def tiny(rng, n, d):
    return 1e-150 * rng.standard_normal((n, d))


def huge(rng, n, d):
    return 1e150 * rng.standard_normal((n, d))


def far_apart(rng, n, d):
    return rng.standard_normal((n, d)) * 10.0 ** rng.integers(-18, 18, (n, 1))


HARD = [grid, tenths, copies, offset, tiny, huge, far_apart]


@pytest.mark.parametrize("kind", HARD)
@pytest.mark.parametrize(("metric", "refine"), SEARCHES)
def test_the_core_finds_it_in_hard_numbers(metric, refine, kind):
    for seed in range(4):
        X = kind(np.random.default_rng(seed), 40, 1 + seed % 3)
        if seed % 2 and kind not in (tiny, huge):
            X = X.astype(np.float32)
        X[~X.any(axis=1)] = 1
        weight = weights_of(("none", "some", "whole")[seed % 3], 40, seed)
        check(X, drawn(X, 3 + 2 * seed, seed), refine, weight, metric, n_threads=1 + seed % 2, seed=2**32 - 1 - seed)


@pytest.mark.parametrize(("metric", "refine"), SEARCHES)
@pytest.mark.parametrize("dtype", TYPES)
def test_clusters_of_one_row(metric, refine, dtype):
    X = blobs(12, 2, 12, seed=3, dtype=dtype)
    for k in (1, 2, 10, 11, 12):
        check(X, X[:k], refine, metric=metric, seed=k)
        check(X, X[:k], refine, np.r_[np.zeros(5), np.ones(7)], metric, seed=k)  # fewer rows of weight than clusters
    equal = np.repeat(X[:3], 4, axis=0)
    check(equal, X[:3], refine, metric=metric)
    check(equal, X[:4], refine, metric=metric)  # a cluster stays empty


@pytest.mark.parametrize(("metric", "weights"), [("euclidean", "none"), ("euclidean", "some"), ("cosine", "whole")])
def test_a_long_search(metric, weights):
    X = blobs(160, 2, 30, seed=5, spread=0.3)
    weight = weights_of(weights, 160, 1)
    expected = check(X, drawn(X, 20, 7), "swaps", weight, metric, n_threads=2, seed=11, n_swaps=40)
    assert expected.n_swaps == 40
    assert expected.n_accepted_swaps > 2


# Each needs its own way out of a step, so the reference says whether it was taken.
WAYS = {
    "swap: kept": ("swaps", (24, 2, 4, 0)),
    "swap: undone": ("swaps", (24, 2, 4, 0)),
    "given up": ("swaps", (24, 2, 4, 0)),
    "a cluster without weight": ("swaps", (24, 2, 4, 0)),
}

# ---------------------------------------------------------------- what the contract promises


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_without_a_refinement_there_is_none(metric):
    X = blobs(70, 3, 5, seed=1)
    plain = refined(X, X[:5], "", metric=metric)
    assert_same(plain, reference.fit(X, X[:5], metric=metric), ARRAYS[:4], ("inertia", "n_iter", "stop_reason"))
    assert plain.unrefined_inertia == plain.inertia
    assert len(plain.refinement_history) == 0
    assert plain.n_swaps == plain.n_accepted_swaps == plain.n_moves == 0


@pytest.mark.parametrize(("metric", "refine"), SEARCHES)
@pytest.mark.parametrize("dtype", TYPES)
def test_no_path_shows(metric, refine, dtype):
    # Enough rows for several threads, and blocks of rows; test_every_path.py has the instruction sets.
    X = blobs(3000, 3, 40, seed=2, dtype=dtype, spread=0.4)
    X[~X.any(axis=1)] = 1
    init = drawn(X, 30, 1)
    weight = some_weights(3000, seed=3)
    how = {"metric": metric, "seed": 5, "n_swaps": 25 * (refine == "swaps")}
    expected = refined(X, init, refine, weight, **how)
    for n_threads in (1, 2, 4):
        for algorithm in _core.METRICS[metric]["algorithms"]:
            assert_same(refined(X, init, refine, weight, n_threads=n_threads, algorithm=algorithm, **how), expected)
    wide = np.zeros((3000, 7), dtype=dtype)
    wide[::-1, 2:5] = X
    assert_same(refined(wide[::-1, 2:5], init, refine, weight, n_threads=2, **how), expected)
    order = np.random.default_rng(0).permutation(3000)
    other = refined(X[order], init, refine, weight[order], n_threads=2, **how)
    assert_same(other, expected, ARRAYS[1:])
    np.testing.assert_array_equal(other.labels, expected.labels[order])


@pytest.mark.parametrize(("metric", "refine"), SEARCHES)
def test_a_weight_is_so_many_copies(metric, refine):
    for seed in range(4):
        X = (grid, tenths)[seed % 2](np.random.default_rng(seed), 60, 2) + 0.5
        weight = np.random.default_rng(seed).integers(0, 4, 60)
        how = {"metric": metric, "seed": seed}
        init = drawn(X, 6, seed)
        found = refined(X, init, refine, weight.astype(np.float64), **how)
        copied = refined(np.repeat(X, weight, axis=0), init, refine, n_threads=2, **how)
        counts = [name for name in NUMBERS if name != "n_moves"]  # those of the copies are more
        assert_same(copied, found, ARRAYS[1:], counts)
        np.testing.assert_array_equal(copied.labels, np.repeat(found.labels, weight))


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_more_trials_begin_with_the_same_ones(metric):
    X = blobs(300, 2, 20, seed=4, spread=0.5)
    init = drawn(X, 16, 2)
    found = [refined(X, init, "swaps", metric=metric, n_swaps=m, seed=7, n_threads=1 + m % 2) for m in range(1, 16)]
    auto = refined(X, init, "swaps", metric=metric, seed=7)
    for m, fit in enumerate(found, start=1):
        assert fit.n_swaps == m
        np.testing.assert_array_equal(fit.refinement_history[: m + 2], found[-1].refinement_history[: m + 2])
        kept = np.diff(fit.refinement_history[1 : m + 2]) < 0
        assert fit.n_accepted_swaps == kept.sum()
        if m <= auto.n_swaps:
            np.testing.assert_array_equal(fit.refinement_history[: m + 2], auto.refinement_history[: m + 2])
    kept = np.diff(auto.refinement_history[1 : auto.n_swaps + 2]) < 0
    assert not kept[-10:].any()
    assert kept[-11]
    assert auto.n_accepted_swaps == kept.sum() > 2
    assert (
        refined(X, init, "swaps", metric=metric, n_swaps=15, seed=8).refinement_history[5]
        != found[-1].refinement_history[5]
    )


# ---------------------------------------------------------------- no single row can do better


def improving_moves(X, labels, k, sample_weight=None):
    """How many (row, other cluster) there are such that the inertia around the exact means would fall; in integers.

    The inertia of a cluster of weight m, sum S and sum of squares Q is Q - |S|^2 / m. Equal rows are tried one by one
    and all together.
    """
    x = reference_refine.whole(np.asarray(X, dtype=np.float64))
    w = reference_refine.whole(np.ones(len(X)) if sample_weight is None else sample_weight)
    m = np.array([sum(w[labels == c]) for c in range(k)], dtype=object)
    S = np.array([(w[:, None] * x)[labels == c].sum(axis=0) for c in range(k)], dtype=object)
    x_S, x_x, S_S = x @ S.T, (x * x).sum(axis=1), (S * S).sum(axis=1)
    group = np.unique(X, axis=0, return_inverse=True)[1].ravel()
    count = 0
    for i in np.flatnonzero(w > 0):
        a = labels[i]
        for part in {w[i], sum(w[group == group[i]])} - {m[a]}:
            # What |S|^2 / m of a loses without the part, and what that of each other cluster gains, as fractions.
            lost = S_S[a] * (m[a] - part) - (S_S[a] - 2 * part * x_S[i, a] + part**2 * x_x[i]) * m[a]
            gained = (S_S + 2 * part * x_S[i] + part**2 * x_x[i]) * m - S_S * (m + part)
            better = gained * (m[a] * (m[a] - part)) > lost * (m * (m + part))
            better[a] = False
            count += int(better.sum())
    return count
