"""Every metric where clusters are empty, at the edges of blocks and tiles, and on every instruction set."""

import numpy as np
import pytest
import reference
from helpers import assert_assigned, assert_same_bits, check, fitted, on_every_instruction_set, some_weights, table

from pykmeans import kmeans_plusplus

TYPES = [np.float32, np.float64, np.uint8]

ALL = ["manhattan", "cosine", "hamming", "mixed"]


# ---------------------------------------------------------------- empty clusters


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("k", [2, 5, 9])
@pytest.mark.parametrize("metric", ALL)
def test_all_centers_equal(metric, k, dtype):
    X, how = table(metric, 60, 3, 4, seed=k, dtype=dtype)
    for w in (None, some_weights(60, seed=k)):
        expected = check(X, np.repeat(X[:1], k, axis=0), w, **how)
        assert expected.moved >= k - 1


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("metric", ALL)
def test_more_clusters_than_distinct_rows(metric, dtype):
    X = np.repeat(np.array([[1, 1], [2, 9], [8, 3]], dtype=dtype), [4, 1, 3], axis=0)
    how = {"metric": metric} | ({"n_numeric": 1, "gamma": 0.5} if metric == "mixed" else {})
    for k in (3, 4, 6, 8):
        for seed in range(3):
            init = X[np.random.default_rng(seed).choice(len(X), k, replace=False)]
            check(X, init, **how)
            check(X, init + np.array([[1, 0]] * k, dtype=dtype), **how)
    if metric != "mixed":
        rows = kmeans_plusplus(X, 6, random_state=0, metric=metric)[1]
        np.testing.assert_array_equal(rows, reference.plus_plus(X, 6, 0, metric=metric))


def test_what_an_empty_cluster_takes():
    # Manhattan, from 5: 5, 4, 1, 0, 5; 0 and 10 tie, the smaller value is taken.
    X = np.array([[0.0], [1.0], [4.0], [5.0], [10.0]])
    model = fitted(X, [[5.0], [100.0]], metric="manhattan", max_iter=1)
    np.testing.assert_array_equal(model.cluster_centers_, [[4.0], [0.0]])
    # Hamming, from (0, 0): both (1, 1) and its copy go; (1, 0) and (0, 3) are nearer.
    X = np.array([[0, 0], [1, 1], [1, 1], [1, 0], [0, 3], [0, 0]])
    model = fitted(X, [[0, 0], [9, 9]], metric="hamming", max_iter=1)
    np.testing.assert_array_equal(model.cluster_centers_, [[0, 0], [1, 1]])
    # Cosine: the directions (-1, 0) of rows 2 and 3 are equal, so both go.
    X = np.array([[1.0, 0.0], [2.0, 0.1], [-1.0, 0.0], [-4.0, 0.0]])
    model = fitted(X, [[1.0, 0.0], [1.0, 0.0]], metric="cosine", max_iter=1)
    np.testing.assert_array_equal(model.labels_, [0, 0, 1, 1])
    np.testing.assert_array_equal(model.cluster_centers_[1], [-1.0, 0.0])


@pytest.mark.parametrize("metric", ALL)
def test_rows_of_no_weight_do_nothing(metric):
    for dtype in TYPES:
        X, how = table(metric, 200, 3, 5, seed=4, dtype=dtype)
        w = some_weights(200, seed=4)
        init = X[w > 0][:6]
        init[1] = init[0]
        with_them = fitted(X, init, w, tol=0, **how)
        without = fitted(X[w > 0], init, w[w > 0], tol=0, **how)
        np.testing.assert_array_equal(with_them.labels_[w > 0], without.labels_)
        assert_same_bits(with_them, without, labels_too=False)


# ---------------------------------------------------------------- edges of blocks and tiles

EDGES_N = [1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 127, 129, 257, 513, 1025]
EDGES_D = [*range(1, 21), 31, 32, 33, 63, 64, 65, 127, 128, 129]
EDGES_K = [*range(1, 20), 31, 32, 33, 63, 64, 65]


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("d", EDGES_D)
@pytest.mark.parametrize("metric", ALL)
def test_labels_at_every_edge_of_d_and_k(metric, d, dtype):
    X, how = table(metric, 67, d, 5, seed=d, dtype=dtype)
    centers = table(metric, 65, d, 5, seed=d + 1, dtype=dtype)[0]
    for k in EDGES_K[:: 1 if d < 6 else 4]:
        assert_assigned(X, centers[:k], **how)


@pytest.mark.parametrize("metric", ALL)
def test_edges_together(metric):
    rng = np.random.default_rng(0)
    for trial in range(60):
        n, d, k = (int(rng.choice(edges)) for edges in (EDGES_N, EDGES_D, EDGES_K))
        k = min(n, k)
        X, how = table(metric, n, d, 5, seed=trial, dtype=TYPES[trial % 3])
        init = X[rng.choice(n, k, replace=False)]
        w = some_weights(n, seed=n) if trial % 2 else None
        check(X, init, w, max_iter=2, n_threads=1 + trial % 3, **how)


# ---------------------------------------------------------------- instruction sets

DIGEST = """
import hashlib, json
import numpy as np
from pykmeans import _core

digests = []
for d in (1, 2, 4, 15, 16, 17, 33, 100, 300):
    rng = np.random.default_rng(d)
    grid = rng.integers(1, 4, (130, d))
    plain = rng.standard_normal((201, d))
    w = rng.random(201)
    codes = rng.integers(0, 4, (201, d)).astype(float)
    numbers = [
        (grid.astype(np.uint8), w[:130]), (grid.astype(np.float32), None), (plain, w), (plain.astype(np.float32), w),
        ((plain + 1e4).astype(np.float32), None), (plain * 1e300, None), (plain * 1e-300, None),
    ]
    categories = [(codes.astype(np.uint8), w), (codes.astype(np.float32), None), (codes, w)]
    p = d // 2
    mixed = [(np.hstack([x[:, :p], codes[:len(x), p:]]).astype(x.dtype), w) for x, w in numbers[:5]]
    problems = [(metric, *data) for metric in ("manhattan", "cosine") for data in numbers]
    problems += [("hamming", *data) for data in categories] + [("mixed", *data) for data in mixed]
    for metric, X, weights in problems:
        points = _core.Points(X, weights, 2, metric, p if metric == "mixed" else 0, 0.7)
        for k in (1, 3, 8, 33):
            centers = X[:k].astype(np.float32 if X.dtype == np.float32 else np.float64)
            found = [*_core.assign(points, centers), _core.plus_plus(points, k, rng.random(4 * k - 3), 4)]
            for algorithm in _core.METRICS[metric]["algorithms"]:
                m = _core.fit(points, centers, max_iter=3, tol=0, algorithm=algorithm)
                found += [m.labels, m.centers, m.inertia_history, m.cluster_inertia, np.array([m.inertia])]
            digests.append(hashlib.sha256(b"".join(a.tobytes() for a in found)).hexdigest()[:16])
print(json.dumps([_core.info()["instruction_set"], digests]))
"""


def test_instruction_sets_never_show():
    results = on_every_instruction_set(DIGEST)
    for name, result in results.items():
        assert result == results["baseline"], name
