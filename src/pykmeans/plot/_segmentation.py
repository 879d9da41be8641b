"""plot.segmentation: an image, the same in few colors, and these colors."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .._words import counted
from . import _style
from ._display import Display

if TYPE_CHECKING:
    from typing_extensions import Self

_LONGEST = 1200  # pixels of a side that are drawn


class SegmentationDisplay(Display):
    """An image and its segmentation, made by ``plot.segmentation``.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes of the original.
    axes_ : ndarray of matplotlib.axes.Axes
        Those of the original, of the segmented image and of the colors.
    figure_ : matplotlib.figure.Figure
        Their figure.
    images_ : list of matplotlib.image.AxesImage
        The original and the segmented image.
    bars_ : matplotlib.container.BarContainer
        The colors, each as wide as its share of the pixels.
    """

    images_: list[Any]
    bars_: Any

    def __init__(self, segmentation: Any) -> None:
        self._segmentation = segmentation

    def plot(self, *, ax: Any = None) -> "Self":
        """Draw the picture, once more or elsewhere.

        Parameters
        ----------
        ax : array-like of three matplotlib.axes.Axes or None, default=None
            Where to draw: axes for the original, the segmented image and the colors; None for a new figure.

        Returns
        -------
        self : SegmentationDisplay
            This display, whose attributes are now those of the new drawing.
        """
        found = self._segmentation
        axes = self._new_axes() if ax is None else _style.many_axes(ax, "segmentation", 3, 3, 3.0, 3.0)
        self._keep(axes)
        titles = ("Original", counted(len(found.palette), "color"))
        self.images_ = []
        for panel, image, title in zip(axes, (found.original, found.image), titles, strict=False):
            self.images_.append(panel.imshow(_small(_colors(image)), interpolation="nearest"))
            _style.dress(panel, title, pad=5)
            _style.bare(panel)
        self._draw_palette(axes[2])
        return self

    def _new_axes(self) -> Any:
        """Return axes for two images side by side, or one above the other where they are wide, and a strip below."""
        plt = _style.pyplot("segmentation")
        height, width = self._segmentation.labels.shape
        is_wide = width > 2.2 * height
        scale = min(8.0 / width, 6.0 / height) if is_wide else min(4.6 / width, 6.0 / height)
        width, height = max(scale * width, 2.0), max(scale * height, 0.6)
        mosaic = [["original"], ["image"], ["colors"]] if is_wide else [["original", "image"], ["colors", "colors"]]
        rows = [height + 0.3] * (2 if is_wide else 1) + [0.5]
        size = (width * len(mosaic[0]) + 0.4, sum(rows) + 0.3)
        _, axes = plt.subplot_mosaic(mosaic, figsize=size, height_ratios=rows, layout="constrained")
        return np.array([axes[name] for name in ("original", "image", "colors")], dtype=object)

    def _draw_palette(self, ax: Any) -> None:
        shares = np.asarray(self._segmentation.shares, dtype=np.float64)
        colors = _colors(self._segmentation.palette[np.newaxis])[0]
        left = np.concatenate([[0.0], np.cumsum(shares)[:-1]])
        self.bars_ = ax.barh(np.zeros(len(shares)), shares, 1.0, left, color=colors, linewidth=0.0)
        for start, part, color in zip(left, shares.tolist(), colors, strict=True):
            if part >= 0.06:  # room for the words
                how = {"ha": "center", "va": "center", "fontsize": _style.TINY, "color": _style.text_color(color)}
                ax.text(start + part / 2, 0.0, _style.share(part), **how)
        _style.bare(ax)
        ax.set(xlim=(0.0, float(shares.sum())), ylim=(-0.5, 0.5))


def segmentation(segmentation: Any, *, ax: Any = None) -> SegmentationDisplay:
    """Draw an image beside itself in few colors, and these colors, each as wide as its share of the pixels.

    Parameters
    ----------
    segmentation : Segmentation
        What ``segment_image`` found.
    ax : array-like of three matplotlib.axes.Axes or None, default=None
        Where to draw: axes for the original, the segmented image and the colors; None for a new figure.

    Returns
    -------
    display : SegmentationDisplay
        The picture; ``display.figure_.savefig("segmentation.png")`` keeps it. Of large images, every second, third, ...
        pixel is drawn.

    Raises
    ------
    ValueError, TypeError
        If an argument is not what is described.
    ImportError
        If matplotlib is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> from pykmeans import plot, segment_image
    >>> image = np.array([[[250, 0, 0], [255, 5, 0]], [[0, 0, 250], [0, 0, 255]]], dtype=np.uint8)
    >>> display = plot.segmentation(segment_image(image, 2, random_state=0))
    >>> [ax.get_title(loc="left") for ax in display.axes_[:2]]
    ['Original', '2 colors']
    """
    if not hasattr(segmentation, "palette") or not hasattr(segmentation, "original"):
        raise TypeError(f"segmentation must be what segment_image returns, got {segmentation!r}.")
    return SegmentationDisplay(segmentation).plot(ax=ax)


def _small(image: NDArray[np.float64]) -> NDArray[np.float64]:
    step = -(-max(image.shape[:2]) // _LONGEST)
    return image[::step, ::step]


def _colors(image: NDArray[Any]) -> NDArray[np.float64]:
    """Return an image of any kind as red, green and blue (and alpha) from 0 to 1."""
    if image.ndim == 2:
        image = image[..., np.newaxis]
    values = image.astype(np.float64)
    if image.dtype.kind in "ui":
        values /= np.iinfo(image.dtype).max
    return np.clip(np.repeat(values, 3, axis=-1) if image.shape[-1] == 1 else values, 0.0, 1.0)
