"""Kneedle: where a falling curve stops falling steeply.

V. Satopää, J. Albrecht, D. Irwin and B. Raghavan (2011). Finding a "kneedle" in a haystack: detecting knee points in
system behavior. 31st international conference on distributed computing systems workshops, 166-171.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def knee(x: ArrayLike, y: ArrayLike) -> tuple[int | None, NDArray[np.float64]]:
    """Find the elbow of a convex, decreasing curve, with sensitivity 1.

    Parameters
    ----------
    x : array-like of shape (n,)
        Increasing.
    y : array-like of shape (n,)
        The curve.

    Returns
    -------
    position : int or None
        Where the elbow is; None where the curve has none.
    heights : ndarray of shape (n,), float64
        How far the curve is below the straight line between its ends, both axes scaled to [0, 1]; NaN for a curve
        without extent.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if np.ptp(x) == 0 or not np.isfinite(np.ptp(y)) or np.ptp(y) == 0:
        return None, np.full(x.shape, np.nan)
    across = _scaled(x)
    heights = (1 - _scaled(y)) - across
    fall = np.diff(across).mean()  # a peak counts once the heights are lower by this
    before, after = heights[[0, *range(len(x) - 1)]], heights[[*range(1, len(x)), -1]]
    is_peak = (heights >= before) & (heights >= after)
    peak: int | None = None  # the last one: whatever falls, falls from there
    for i in range(len(x) - 1):
        if is_peak[i]:
            peak = i
        if peak is not None and heights[i + 1] < heights[peak] - fall:
            return peak, heights
    return None, heights


def _scaled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    least = values.min()
    scaled: NDArray[np.float64] = (values - least) / (values.max() - least)
    return scaled
