"""_core.moments: mean and variance from exact sums, which tolerances, gamma="auto" and --scale standard rest on."""

from fractions import Fraction

import numpy as np
import pytest
from reference_exact import round53

from pykmeans import _core


def columns():
    rng = np.random.default_rng(4)
    x = rng.normal(size=300)
    yield "centered", x
    yield "far from 0", x + 1e6
    yield "of every size", x * 10.0 ** rng.uniform(-140, 140, 300)
    yield "whose squares vanish unscaled", x * 1e-170
    yield "subnormal", rng.integers(1, 9, 300) * 5e-324
    yield "one value", x[:1]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("name", "x"), columns(), ids=lambda value: value if isinstance(value, str) else "")
def test_each_sum_is_exact_and_rounded_once(name, x, weighted):
    w = np.arange(1, len(x) + 1) % 4 * 0.3 if weighted else np.ones(len(x))
    terms = [(Fraction(value), Fraction(weight)) for value, weight in zip(x, w, strict=True)]
    weight = sum(w for _, w in terms)
    (mean,), variance = _core.moments(_core.Points(x[:, np.newaxis], w if weighted else None))
    assert mean == float(round53(sum(w * v for v, w in terms)) / round53(weight))
    exact = float(sum(w * (v - Fraction(mean)) ** 2 for v, w in terms) / weight)
    assert variance == pytest.approx(exact, rel=2**-50, abs=1e-323)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_the_rows_are_one_cluster(dtype, weighted):
    rng = np.random.default_rng(1)
    X = (rng.random((5000, 3)) * 255).astype(dtype)
    points = _core.Points(X, rng.integers(0, 4, len(X)) / 3 if weighted else None)
    fit = _core.fit(points, np.zeros((1, 3)), max_iter=1, tol=0.0)
    mean, variance = _core.moments(points)
    np.testing.assert_array_equal(mean, fit.centers[0])
    assert variance == fit.inertia / fit.cluster_sizes[0]


def test_what_has_no_variance():
    (mean,), variance = _core.moments(_core.Points(np.full((9, 1), 1e200)))
    assert (mean, variance) == (1e200, 0.0)
    with pytest.raises(ValueError, match="inertia of X is beyond the largest float64"):
        _core.moments(_core.Points(np.array([[1e200], [-1e200]])))
    with pytest.raises(ValueError, match="X has 1 values that are NaN or infinite"):
        _core.moments(_core.Points(np.array([[1.0], [np.nan]])))
    with pytest.raises(ValueError, match="metric=manhattan must be euclidean"):
        _core.moments(_core.Points(np.ones((2, 2)), metric="manhattan"))
