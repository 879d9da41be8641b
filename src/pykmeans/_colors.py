"""CIELAB, in which equal distances look about equally far apart, and sRGB.

sRGB is that of IEC 61966-2-1, CIELAB that of CIE 15 for the white point D65 and the observer of 2 degrees.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_XYZ_FROM_RGB = np.array(
    [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])
_RGB_FROM_XYZ = np.linalg.inv(_XYZ_FROM_RGB)
_KNEE = 6 / 29  # below its cube, the cube root is replaced by a line


def lab_from_rgb(rgb: NDArray[Any]) -> NDArray[np.float64]:
    """CIELAB of sRGB colors, (n, 3) from 0 to 1: lightness from 0 to 100, then a and b.

    Grays, (n, 1), have a lightness only.
    """
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    if rgb.shape[1] == 1:
        return 116 * _root(linear) - 16
    x, y, z = _root(linear @ _XYZ_FROM_RGB.T / _WHITE).T
    return np.column_stack([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def rgb_from_lab(lab: NDArray[Any]) -> NDArray[np.float64]:
    """Colors of sRGB for CIELAB colors, as far as it reaches: (n, 3) or (n, 1), from 0 to 1."""
    y = (lab[:, 0] + 16) / 116
    if lab.shape[1] == 1:
        linear = _cube(y[:, None])
    else:
        xyz = np.column_stack([y + lab[:, 1] / 500, y, y - lab[:, 2] / 200])
        linear = _cube(xyz) * _WHITE @ _RGB_FROM_XYZ.T
    linear = np.clip(linear, 0.0, 1.0)
    rgb: NDArray[np.float64] = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return rgb.clip(0.0, 1.0)


def _root(ratio: NDArray[Any]) -> NDArray[Any]:
    return np.where(ratio > _KNEE**3, np.cbrt(ratio), ratio / (3 * _KNEE**2) + 4 / 29)


def _cube(root: NDArray[Any]) -> NDArray[Any]:
    return np.where(root > _KNEE, root**3, 3 * _KNEE**2 * (root - 4 / 29))


def counted(palette: NDArray[Any]) -> str:
    """Say how many colors there are, and in how many segments where some have equal ones."""
    n_segments, n_colors = len(palette), len(np.unique(palette, axis=0))
    words = f"{n_colors} color" + "s" * (n_colors != 1)
    return words if n_segments == n_colors else f"{n_segments} segments in {words}"
