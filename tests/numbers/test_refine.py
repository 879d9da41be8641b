"""Refinement: every bit is that of the slow reference, and what the contract promises holds."""

import numpy as np
import pytest
import reference
import reference_refine
from helpers import Heard, as_points, bits, blobs, some_weights, weights_of

from pykmeans import KMeans, _core

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


# A table from which each step's way is taken; k, the start and the trials follow from its seed.
WAYS = [
    ("swaps", "swap: kept", offset, np.float64, 0, 1),
    ("swaps", "swap: undone", grid, np.float64, 0, 300),
    ("swaps", "swap: failed", offset, np.float64, 0, 300),
    ("swaps", "given up", offset, np.float64, 0, 300),
    ("swaps", "a cluster without weight", far_apart, np.float64, 2, 1),
    ("swaps", "afterwards: kept", far_apart, np.float64, 2, 1),
    ("swaps", "after 1 updates", far_apart, np.float64, 3, 1),
    ("swaps", "moves: undone", offset, np.float32, 33, 1),
    ("splits", "splits: kept", copies, np.float64, 3, 300),
    ("splits", "a cluster without weight", far_apart, np.float64, 0, 300),
    ("splits", "after 1 updates", offset, np.float64, 1, 1),
    ("moves", "moves: kept", copies, np.float64, 1, 300),
    ("moves", "moves: undone", offset, np.float32, 34, 1),
    ("moves", "afterwards: failed", far_apart, np.float64, 17, 1),
]


@pytest.mark.parametrize(("refine", "way", "kind", "dtype", "seed", "max_iter"), WAYS)
def test_every_way_out_of_a_step(refine, way, kind, dtype, seed, max_iter):
    X = kind(np.random.default_rng(seed), 40, 1 + seed % 3).astype(dtype)
    expected = check(X, drawn(X, 2 + seed % 9, seed), refine, seed=seed, max_iter=max_iter)
    assert expected.happened[way]


def test_a_trial_ends_after_ten_updates():
    X = np.random.default_rng(2).uniform(0, 1, (300, 1))
    assert check(X, drawn(X, 6, 2), "swaps", seed=2, tol=0).happened["after 10 updates"]


@pytest.mark.parametrize("seed", [14, 26, 44])
def test_a_trial_without_hope_is_given_up(seed):
    # What is found would be another one with another factor than 3, or where it is asked an iteration later.
    X = np.random.default_rng(seed).uniform(0, 1, (150, 1))
    assert check(X, drawn(X, 12, seed), "swaps", seed=seed, tol=0, n_swaps=20).happened["given up"]


def test_parts_of_a_cluster_are_found_in_five_updates():
    X = np.random.default_rng(244).exponential(1, (100, 1))
    assert check(X, drawn(X, 5, 244), "splits", tol=0, max_iter=1).happened["after 5 updates"]


def test_parts_begin_at_the_first_of_equally_far_rows():
    # The corners of a square are equally far from its middle: which two parts are found depends on where they begin.
    X = np.array([[4, 0], [0, 4], [4, 4], [0, 0], [40, 40], [40, 41]], dtype=np.float64)
    for order in ([0, 1, 2, 3, 4, 5], [5, 2, 1, 3, 4, 0]):
        expected = check(X[order], [[2, 2], [40, 40], [40, 41]], "splits")
        assert expected.happened["splits: kept"]


def test_splits_that_fail():
    X = far_apart(np.random.default_rng(1), 36, 2)
    assert check(X, drawn(X, 12, 1), "splits", max_iter=1).happened["splits: failed"]


def test_exact_ties_of_moves():
    # (0, 3) and (0, 0) are 4.5 around their mean; (0, 3) and (0, 6) are 4.5 too; (0, 3) and (+-2, 4) are 2.5.
    stays = np.array([[0, 0], [0, 3], [0, 6]], dtype=np.float64)
    expected = check(stays, stays[::2], "moves")
    assert expected.n_moves == 0
    assert expected.refinement_history.tolist() == [4.5, 4.5]
    for side in (2, -2):
        moves = np.array([[0, 0], [0, 3], [side, 4], [-side, 4]], dtype=np.float64)
        for first in range(3):
            init = np.roll([[0, 2], [side, 4], [-side, 4]], first, axis=0)
            expected = check(moves, init, "moves")
            assert expected.n_moves == 1
            assert expected.labels[1] == min(expected.labels[2:])


def test_moves_end_before_they_creep():
    X = np.random.default_rng(72).standard_normal((200, 8))
    assert check(X, drawn(X, 2, 72), "moves").happened["too many clusters touched"]


def test_a_row_that_was_a_center_is_measured_as_a_center_again():
    # Directions that differ by rounding: a trial exchanges two of them, and every center is normalized twice.
    rows = [[6, 18], [14, 1], [27, 6], [27, 6], [2, 18], [14, 15], [11, 16], [14, 1], [14, 15], [14, 15]]
    init = [[6, 18], [27, 6], [6, 18], [6, 18], [6, 18], [11, 16]]
    check(np.array(rows, dtype=np.uint8), init, "swaps", metric="cosine", seed=2928620682, tol=0, n_swaps=2)


def test_an_inertia_that_falls_by_hundreds_of_digits():
    X = np.array([[-9.2e-33], [-8.4e-149], [-1.4e122], [-3.3e-147]])
    check(X, [[-1.1e-134], [9.1e-190], [-3.3e-147]], "splits", max_iter=1, tol=0)


def test_a_zero_has_the_sign_of_its_sum():
    # A center that was a tiny negative number, -0.0 in float32, loses all rows but one whose value is 0.0.
    rows = [
        [6.172859865197252e-41, -1.712582905189932e-40],
        [-4.44176457415094e-37, 0.0],
        [4.3251539529878706e-39, 1.1960502782551611e-40],
        [-3.076305551193879e-39, -4.155011376306173e-37],
        [-9.431328331299807e-38, -1.6186529722952223e-37],
    ]
    X = np.array(rows, dtype=np.float32)
    weight = np.array([10, 1e25, 1e18, 1e25, 1e6])
    check(X, [[0.0, 1.4433374182545616e-43], X[2], X[4]], "swaps", weight, tol=0, n_swaps=1, seed=2410211160)


def test_a_run_that_was_cut_is_completed_first():
    X = far_apart(np.random.default_rng(35), 16, 1)
    init = drawn(X, 8, 35)
    init[:4] = init[0]
    assert len(np.unique(refined(X, init, "", max_iter=1).labels)) < 8
    expected = check(X, init, "splits", max_iter=1)
    assert expected.inertia < expected.unrefined_inertia


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(24))
@pytest.mark.parametrize(("metric", "refine"), SEARCHES)
def test_the_core_finds_it_at_length(metric, refine, seed):
    rng = np.random.default_rng(seed)
    n, d, k = int(rng.integers(100, 600)), int(rng.choice([1, 2, 3, 8, 40, 64, 100])), int(rng.integers(2, 80))
    X = blobs(n, d, 40, seed, spread=0.4) if seed % 3 else HARD[seed % len(HARD)](rng, n, d)
    if seed % 2 and HARD[seed % len(HARD)] not in (tiny, huge):
        X = X.astype(np.float32)
    X[~X.any(axis=1)] = 1
    loop = {"max_iter": int(rng.choice([1, 3, 300])), "tol": float(rng.choice([0, 1e-4, 0.1]))}
    weight = weights_of(("none", "some", "whole")[seed % 3], n, seed)
    check(X, drawn(X, k, seed), refine, weight, metric, n_threads=1 + seed % 3, seed=seed, **loop)


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


@pytest.mark.parametrize("kind", [grid, tenths, copies])
@pytest.mark.parametrize(("metric", "refine"), SEARCHES)
def test_the_order_of_the_rows_does_not_show(metric, refine, kind):
    for seed in range(40):
        rng = np.random.default_rng(seed)
        X = kind(rng, 60, 2)
        X[~X.any(axis=1)] = 1
        init = drawn(X, 3 + seed % 8, seed)
        how = {"metric": metric, "seed": seed}
        found = refined(X, init, refine, **how)
        order = rng.permutation(60)
        other = refined(X[order], init, refine, **how)
        assert_same(other, found, ARRAYS[1:])
        np.testing.assert_array_equal(other.labels, found.labels[order])


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


def test_no_row_can_do_better(digits, iris):
    rng = np.random.default_rng(0)
    tables = {
        "digits": (digits, 100, None),
        "iris": (iris, 10, None),
        "offset": (offset(rng, 150, 3).astype(np.float32), 12, None),
        "weighted": (blobs(150, 2, 10, seed=3), 12, some_weights(150, seed=3)),
        "copies": (grid(rng, 100, 2), 6, rng.integers(0, 4, 100) / 2),
    }
    for name, (X, k, weight) in tables.items():
        init = drawn(X, k, 1)
        before = improving_moves(X, refined(X, init, "", weight, tol=0).labels, k, weight)
        assert before > (100 if name == "digits" else 0), name
        for refine in EUCLIDEAN:
            found = refined(X, init, refine, weight, tol=0, n_threads=2, seed=3)
            assert found.n_moves > 0 or refine != "moves"
            assert improving_moves(X, found.labels, k, weight) == 0, (name, refine)


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


# ---------------------------------------------------------------- KMeans


def test_runs_and_their_trials_draw_from_one_generator():
    X = blobs(120, 2, 9, seed=8)
    rng = np.random.RandomState(4)
    starts = [X[reference.plus_plus(X, 15, rng)] for _ in range(3)]
    seeds = rng.randint(2**32, size=3, dtype=np.uint32)
    runs = [reference_refine.fit(X, starts[i], "swaps", n_swaps=3, seed=int(seeds[i])) for i in range(3)]
    best = min(runs, key=lambda run: run.inertia)
    assert best is not runs[0]
    model = KMeans(15, n_init=3, refine="swaps", n_swaps=3, random_state=4).fit(X)
    assert bits(model.labels_) == bits(best.labels)
    assert bits(model.cluster_centers_) == bits(best.centers)
    assert bits(model.refinement_history_) == bits(best.refinement_history)
    for name in NUMBERS:
        assert getattr(model, name + "_") == getattr(best, name), name


# The least inertias that are published, of k = 2 to 10. Those of iris are proven: O. du Merle, P. Hansen, B. Jaumard
# and N. Mladenovic, "An interior point algorithm for minimum sum-of-squares clustering", SIAM J. Sci. Comput. 21, 2000.
KNOWN = {
    "iris": [152.348, 78.8514, 57.2285, 46.4462, 39.0400, 34.2982, 29.9889, 27.7861, 25.8341],
    "ruspini": [89337.8, 51063.5, 12881.1, 10126.7, 8575.41, 7126.20, 6149.64, 5181.65, 4446.28],
}


@pytest.mark.parametrize("k", range(2, 11))
@pytest.mark.parametrize("name", KNOWN)
def test_ten_refined_runs_find_the_least_inertia_that_is_known(name, k, iris):
    X = iris if name == "iris" else ruspini()
    model = KMeans(k, n_init=10, refine="swaps", random_state=2).fit(X)
    assert f"{model.inertia_:.6g}" == f"{KNOWN[name][k - 2]:.6g}"


def ruspini():
    """(75, 2): E. H. Ruspini, "Numerical methods for fuzzy clustering", Information Sciences 2 (1970)."""
    x = """
        4 5 10 9 13 13 12 15 18 19 22 27 28 24 27 28 30 31 32 36 28 32 35 33 38 41 38 38 32 34 44 44 44 46 47 49 50 53
        52 55 54 60 63 86 85 85 78 74 97 98 98 99 99 101 108 110 108 111 115 117 70 77 83 61 69 78 66 58 64 69 66 61
        76 72 64"""
    y = """
        53 63 59 77 49 69 88 75 61 65 74 72 76 58 55 60 52 60 61 72 147 149 153 154 151 150 145 143 143 141 156 149
        143 142 149 152 142 144 152 155 124 136 139 132 115 96 94 96 122 116 124 119 128 115 111 111 116 126 117 115
        4 12 21 15 15 16 18 13 20 21 23 25 27 31 30"""
    return np.array([x.split(), y.split()], dtype=np.float64).T


# ---------------------------------------------------------------- ends from outside


def search_to_stop():
    """A table whose fit takes iterations, more iterations to the end, trials, and rounds of moves."""
    X = blobs(200, 2, 12, seed=9, spread=0.8)
    return X, drawn(X, 10, 4), {"refine": "swaps", "seed": 2, "n_swaps": 6, "tol": 0.05}


def test_a_callback_hears_of_every_step():
    X, init, how = search_to_stop()
    heard = Heard()
    found = refined(X, init, on_update=heard, **how)
    expected = reference_refine.fit(X, init, **how)
    assert_same(found, expected)
    lloyd = expected.n_iter + expected.n_iter_to_the_end
    steps = found.refinement_history[2:]
    assert min(expected.n_iter_to_the_end, expected.n_moves, len(steps) - expected.n_swaps) > 0
    numbers, inertias, shifts = zip(*heard.told, strict=True)
    assert numbers == tuple(range(lloyd + len(steps)))
    assert inertias[: found.n_iter] == tuple(found.inertia_history)
    assert inertias[lloyd:] == tuple(steps)
    assert not any(shifts[lloyd:])


def test_a_callback_ends_the_search_where_it_is():
    X, init, how = search_to_stop()
    points = as_points(X)
    whole = reference_refine.fit(X, init, **how)
    lloyd = whole.n_iter + whole.n_iter_to_the_end
    for last in range(lloyd + len(whole.refinement_history) - 2):
        found = refined(X, init, on_update=Heard(last), **how)
        assert found.stop_reason == "callback"
        assert found.inertia == _core.score(points, found.centers)
        assert bits(found.labels) == bits(_core.nearest(points, found.centers))
        n_steps = max(0, last - lloyd + 1)
        assert found.n_swaps == min(6, n_steps)
        if last < whole.n_iter:
            cut = refined(X, init, "", max_iter=last + 1, tol=0.0)
            assert_same(found, cut, ARRAYS, ("inertia", "n_iter"))
        elif last >= lloyd - 1:
            expected = whole.refinement_history[: n_steps + 2]
            np.testing.assert_array_equal(found.refinement_history, expected)
            assert found.inertia == min(expected)


def test_what_a_callback_raises_ends_the_search():
    X, init, how = search_to_stop()
    trial = len(refined(X, init, "", tol=0).inertia_history) + 2

    def fails(number, inertia, shift):
        if number == trial:
            raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        refined(X, init, on_update=fails, **how)
