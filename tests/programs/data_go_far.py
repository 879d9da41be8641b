"""Data that go farther away, between seeding and fit, than what has a place far away from everything."""

import numpy as np

from pykmeans import _core

X = np.random.default_rng(0).normal(size=(8000, 1))
start, points = X[:7].copy(), _core.Points(X, n_threads=1)
X[:] = 3.2e150  # farther away than what has a place far away from everything
try:
    assert _core.fit(points, start, max_iter=1, tol=0.0, algorithm="boxes").labels.min() >= 0
except (ValueError, RuntimeError) as error:
    assert "finite" in str(error) or "beyond the largest" in str(error), error
print("fine")
