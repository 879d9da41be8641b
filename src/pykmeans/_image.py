"""The colors of an image: k-means on its pixels."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import _core, _errors
from ._colors import lab_from_rgb, rgb_from_lab
from ._fit import best_run
from ._segmentation import Segmentation
from ._validate.arrays import matrix
from ._validate.data import Counted, Numbers
from ._validate.images import Picture, read_image
from ._validate.parameters import EUCLIDEAN, FitParameters, check, fit_parameters
from ._words import AutoNumber

_MOST_COUNTED = 2**28  # pixels whose different colors can be told apart


def segment_image(
    image: Any,
    n_colors: int = 8,
    *,
    space: str = "lab",
    spatial_weight: float = 0.0,
    random_state: int | np.random.RandomState | None = None,
    n_init: AutoNumber = "auto",
    max_iter: int = 300,
    tol: float = 1e-4,
    n_threads: int | None = None,
) -> Segmentation:
    """Paint an image in few colors, those that k-means finds in its pixels.

    Parameters
    ----------
    image : array, Pillow image or path
        An array of shape (height, width) or (height, width, 1) for gray, (height, width, 3) for RGB, (height, width, 4)
        for RGB with alpha, in uint8, uint16 or floats from 0 to 1; a Pillow image of any mode; or the path of a file
        that Pillow reads, which is turned upright if it says how it was held. Other integers from 0 to 255 are taken as
        uint8, and bool as black and white.
    n_colors : int, default=8
        Number of colors. Exactly so many different ones come out, but for an image that has fewer, or with
        ``spatial_weight``, where different segments may have equal colors.
    space : {"lab", "rgb"}, default="lab"
        Where distance is measured: CIELAB, in which it is about what the eye sees (the image is taken as sRGB), or the
        values as they are.
    spatial_weight : float, default=0.0
        How much it counts where a pixel lies, against its color. The side of a square that holds an n_colors-th of the
        pixels counts as much as this many hundredths of the way from black to white: 10 is a common choice, and 0 is
        for colors alone.
    random_state : int, RandomState or None, default=None
        Source of the random numbers; an int makes the result reproducible.
    n_init : "auto" or int, default="auto"
        Number of runs from different starts, of which the best is kept; "auto" is 1.
    max_iter : int, default=300
        Largest number of iterations of a run.
    tol : float, default=1e-4
        Stop when the centers move by no more than this, relative to the variance of the features.
    n_threads : int or None, default=None
        Number of threads; None for what the machine grants. The result is the same.

    Returns
    -------
    segmentation : Segmentation
        The image in its new colors, the label of each pixel, the palette and its shares.

    Raises
    ------
    ValueError, TypeError
        If an argument is not what is described; the message names it, its value and the rule.
    ImportError
        If image is a path and Pillow is not installed.

    Warns
    -----
    ConvergenceWarning
        If the image has fewer than n_colors different colors, or pixels with ``spatial_weight``: fewer come out.

    See Also
    --------
    pykmeans.palette_from : The colors alone.

    Notes
    -----
    It is what :class:`KMeans` does with the pixels, in the order of their rows: for "rgb",
    ``KMeans(n_colors, refine="swaps").fit(pixels)``. Pixels that are fully transparent have no say, but get a label and
    the color that comes with it.

    References
    ----------
    CIE 15:2004, Colorimetry, 3rd edition.

    Achanta, R. et al. (2012). SLIC superpixels compared to state-of-the-art superpixel methods. IEEE Transactions on
    Pattern Analysis and Machine Intelligence 34(11), 2274-2282.

    Examples
    --------
    >>> import numpy as np
    >>> from pykmeans import segment_image
    >>> image = np.array([[[250, 0, 0], [254, 0, 0], [0, 0, 90]]], dtype=np.uint8)
    >>> segmentation = segment_image(image, 2, space="rgb", random_state=0)
    >>> segmentation.palette
    array([[252,   0,   0],
           [  0,   0,  90]], dtype=uint8)
    >>> segmentation.labels
    array([[0, 0, 1]], dtype=uint8)
    """
    check("segment_image", n_colors=n_colors, space=space, spatial_weight=spatial_weight)
    parameters = _parameters("segment_image", n_colors, random_state, n_init, max_iter, tol, n_threads)
    picture = read_image(image, "segment_image")
    colors = _cluster("segment_image", picture, space, float(spatial_weight), parameters)
    labels = colors.labels()
    painted = _painted(picture, colors.palette, labels)
    labels = labels.reshape(picture.array.shape[:2])
    return Segmentation(painted, labels, colors.palette, colors.shares, colors.inertia, picture.array)


def palette_from(
    image: Any,
    n_colors: int = 8,
    *,
    space: str = "lab",
    random_state: int | np.random.RandomState | None = None,
    n_init: AutoNumber = "auto",
    max_iter: int = 300,
    tol: float = 1e-4,
    n_threads: int | None = None,
) -> NDArray[Any]:
    """Find the colors of an image, as ``segment_image`` does.

    Parameters
    ----------
    image : array, Pillow image or path
        As for :func:`segment_image`.
    n_colors : int, default=8
        Number of colors.
    space : {"lab", "rgb"}, default="lab"
        Where distance is measured.
    random_state : int, RandomState or None, default=None
        Source of the random numbers; an int makes the result reproducible.
    n_init : "auto" or int, default="auto"
        Number of runs from different starts, of which the best is kept; "auto" is 1.
    max_iter : int, default=300
        Largest number of iterations of a run.
    tol : float, default=1e-4
        Stop when the centers move by no more than this, relative to the variance of the features.
    n_threads : int or None, default=None
        Number of threads; None for what the machine grants. The result is the same.

    Returns
    -------
    palette : ndarray of shape (n_colors, 1 or 3)
        The colors in the type of the image, the most frequent one first; fewer where the image has fewer.

    Raises
    ------
    ValueError, TypeError, ImportError
        As :func:`segment_image` does.

    Warns
    -----
    ConvergenceWarning
        If the image has fewer than n_colors different colors.

    Examples
    --------
    >>> import numpy as np
    >>> from pykmeans import palette_from
    >>> palette_from(np.array([[0, 1, 200, 201, 202]], dtype=np.uint8), 2, space="rgb", random_state=0)
    array([[201],
           [  0]], dtype=uint8)
    """
    check("palette_from", n_colors=n_colors, space=space)
    parameters = _parameters("palette_from", n_colors, random_state, n_init, max_iter, tol, n_threads)
    picture = read_image(image, "palette_from")
    return _cluster("palette_from", picture, space, 0.0, parameters).palette


class _Colors(NamedTuple):
    palette: NDArray[Any]  # (n_colors, channels), the most frequent one first
    shares: NDArray[np.float64]  # (n_colors,)
    labels: Callable[[], NDArray[Any]]  # makes those of all pixels, (height * width)
    inertia: float


def _parameters(
    caller: str, n_colors: int, random_state: Any, n_init: Any, max_iter: int, tol: float, n_threads: int | None
) -> FitParameters:
    values = {"n_clusters": n_colors, "init": "k-means++", "n_init": n_init, "max_iter": max_iter, "tol": tol}
    values["refine"] = "swaps"
    return fit_parameters(caller, {**values, "verbose": 0, "random_state": random_state, "n_threads": n_threads})


def _cluster(caller: str, picture: Picture, space: str, spatial_weight: float, parameters: FitParameters) -> _Colors:
    wanted = parameters.n_clusters
    rows = _rows(picture, space, spatial_weight, parameters)
    parameters = parameters._replace(n_clusters=min(wanted, len(rows.colors)))
    fit = best_run(caller, rows.data, rows.weight, parameters).run
    n_found = int(np.count_nonzero(fit.cluster_sizes))
    if n_found < wanted:
        what = "different color" if spatial_weight == 0 else "pixel"  # each pixel lies elsewhere
        _errors.warn(
            f"The image has {n_found} {what}{'s' * (n_found != 1)}, fewer than n_colors={wanted}.",
            _errors.ConvergenceWarning,
        )
    order = np.argsort(-fit.cluster_sizes, kind="stable")[:n_found]
    centers = fit.centers[order]
    place = np.zeros(len(fit.centers), dtype=_label_dtype(n_found))
    place[order] = np.arange(n_found)
    labels = _taken(place, fit.labels)
    palette = _palette(centers, picture, space)
    _keep_single(palette, rows.colors, labels)
    if spatial_weight == 0:
        _make_different(palette, rows.colors, labels)
    shares = fit.cluster_sizes[order] / fit.cluster_sizes.sum()
    return _Colors(palette, shares, lambda: _labels_of_all(picture, rows, labels, centers, parameters), fit.inertia)


class _Rows(NamedTuple):
    """What is clustered: different colors and their counts where there are few of them, else all pixels."""

    data: Numbers
    weight: NDArray[np.float64] | None
    colors: NDArray[Any]  # (n_rows, 1 or 3) of the image
    distinct: _core.DistinctRows | None  # which of the rows each visible pixel is
    hidden: NDArray[Any] | None  # what the pixels would be that have no say


def _rows(picture: Picture, space: str, spatial_weight: float, parameters: FitParameters) -> _Rows:
    visible = picture.visible
    if spatial_weight == 0 and picture.colors.dtype == np.uint8 and len(picture.colors) < _MOST_COUNTED:
        colors = picture.colors if visible is None else picture.colors[visible]
        distinct = _core.DistinctRows(colors, parameters.n_threads)
        colors = distinct.values
        hidden = None if visible is None else _features(picture.colors[~visible], picture, space)
        return _Rows(Counted(_features(colors, picture, space), distinct), distinct.counts, colors, distinct, hidden)
    features = _features(picture.colors, picture, space)
    if spatial_weight > 0:
        features = _with_places(features, picture, space, spatial_weight, parameters.n_clusters)
    if visible is None:
        return _Rows(Numbers(features, EUCLIDEAN, None), None, picture.colors, None, None)
    seen = Numbers(features[visible], EUCLIDEAN, None)
    return _Rows(seen, None, picture.colors[visible], None, features[~visible])


def _features(colors: NDArray[Any], picture: Picture, space: str) -> NDArray[Any]:
    """Return colors as they lie, or CIELAB in float32."""
    if space == "rgb":
        return matrix(colors)
    features = np.empty(colors.shape, dtype=np.float32)
    dtype = np.float32 if colors.dtype == np.float16 else colors.dtype  # float16 would make one color of several
    for block in _blocks(len(colors)):
        features[block] = lab_from_rgb(colors[block].astype(dtype, copy=False) / picture.full)
    return features


def _with_places(
    colors: NDArray[Any], picture: Picture, space: str, spatial_weight: float, n_colors: int
) -> NDArray[np.float32]:
    """Return colors and weighted coordinates, (n_pixels, channels + 2)."""
    height, width = picture.array.shape[:2]
    white = 100 if space == "lab" else picture.full
    unit = spatial_weight / 100 * white / np.sqrt(height * width / n_colors)
    features = np.empty((height, width, colors.shape[1] + 2), dtype=np.float32)
    features[:, :, :-2] = colors.reshape(height, width, -1)
    features[:, :, -2] = (np.arange(height) * unit)[:, None]
    features[:, :, -1] = np.arange(width) * unit
    return features.reshape(height * width, -1)


def _palette(centers: NDArray[Any], picture: Picture, space: str) -> NDArray[Any]:
    """Return centers as colors of the image's type."""
    colors = centers[:, : picture.colors.shape[1]].astype(np.float64)
    if space == "lab":
        colors = rgb_from_lab(colors) * picture.full
    dtype = picture.array.dtype
    return (colors if dtype.kind == "f" else np.rint(colors)).astype(dtype)


def _keep_single(palette: NDArray[Any], colors: NDArray[Any], labels: NDArray[Any]) -> None:
    """Give each cluster of one color that color: its mean, and the way back from CIELAB, may be rounded."""
    some = palette.copy()  # a color of each cluster
    is_single = np.ones(len(palette), dtype=np.bool_)
    for block in _blocks(len(colors)):
        some[labels[block]] = colors[block]
    for block in _blocks(len(colors)):
        is_single[labels[block][(colors[block] != some[labels[block]]).any(axis=1)]] = False
    palette[is_single] = some[is_single]


def _make_different(palette: NDArray[Any], colors: NDArray[Any], labels: NDArray[Any]) -> None:
    """Give colors that rounding has made equal, but for one of them, to the nearest colors of their clusters.

    Clusters have no color in common. So one that finds none of its own free takes the nearest all the same, and whoever
    had that has others; a color that was taken so stays where it is.
    """
    owned: set[int] = set()
    while (label := _one_of_equals(palette, owned)) is not None:
        own = np.unique(colors[labels == label], axis=0)
        free = own[[not (palette == color).all(axis=1).any() for color in own]]
        own = free if len(free) else own
        distance = ((own.astype(np.float64) - palette[label]) ** 2).sum(axis=1)
        palette[label] = own[distance.argmin()]
        owned.add(label)


def _one_of_equals(palette: NDArray[Any], owned: set[int]) -> int | None:
    """Return the last color that equals another and may change, or None."""
    _, kind, counts = np.unique(palette, axis=0, return_inverse=True, return_counts=True)
    equal = np.flatnonzero(counts[kind.reshape(-1)] > 1)
    return max((int(label) for label in equal if label not in owned), default=None)


def _labels_of_all(
    picture: Picture, rows: _Rows, labels: NDArray[Any], centers: NDArray[Any], parameters: FitParameters
) -> NDArray[Any]:
    """Return the labels of all pixels: from those of the rows, and the nearest center where a pixel has no say."""
    seen = labels if rows.distinct is None else rows.distinct.spread(labels)
    if rows.hidden is None or picture.visible is None:
        return seen
    result = np.empty(len(picture.colors), dtype=labels.dtype)
    result[picture.visible] = seen
    hidden = Numbers(rows.hidden, EUCLIDEAN, None).points(None, parameters.n_threads)
    result[~picture.visible] = _core.nearest(hidden, centers)
    return result


def _painted(picture: Picture, palette: NDArray[Any], labels: NDArray[Any]) -> NDArray[Any]:
    image = picture.array.copy()
    pixels = image.reshape(len(labels), -1)
    for block in _blocks(len(pixels)):
        pixels[block, : palette.shape[1]] = palette[labels[block]]
    return image


def _label_dtype(n_colors: int) -> type[np.generic]:
    return np.uint8 if n_colors <= 2**8 else np.uint16 if n_colors <= 2**16 else np.int32


def _taken(table: NDArray[Any], labels: NDArray[Any]) -> NDArray[Any]:
    """Return table[labels], without an index of 8 bytes for each."""
    result = np.empty(len(labels), dtype=table.dtype)
    for block in _blocks(len(labels)):
        result[block] = table[labels[block]]
    return result


def _blocks(n_rows: int) -> Iterator[slice]:
    """Parts that are small enough to be computed with in memory that does not matter."""
    return (slice(begin, begin + 65536) for begin in range(0, n_rows, 65536))
