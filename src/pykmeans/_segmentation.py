"""What segment_image returns."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._optional import optional
from ._words import counted


class Segmentation:
    """An image in few colors: what ``segment_image`` returns.

    Attributes
    ----------
    image : ndarray of the shape and dtype of ``original``
        The image, each pixel in the color of its cluster; alpha as it was.
    labels : ndarray of shape (height, width), uint8 for up to 256 colors, else uint16 or int32
        The position in ``palette`` of each pixel's color.
    palette : ndarray of shape (n_colors, 1 or 3), dtype of ``original``
        The colors, the most frequent one first.
    shares : ndarray of shape (n_colors,), float64
        The part of the pixels that each color has, of those that are not fully transparent.
    inertia : float
        Sum of the squared distances of these pixels to their clusters' centers, in the space of the fit.
    original : ndarray of shape (height, width) or (height, width, 1, 3 or 4)
        The image that was given.

    See Also
    --------
    pykmeans.segment_image : Makes it.

    Examples
    --------
    >>> import numpy as np
    >>> from pykmeans import segment_image
    >>> found = segment_image(np.array([[0.0, 0.1, 0.9, 0.9]]), 2, space="rgb", random_state=0)
    >>> found
    Segmentation(4 x 1 pixels, 2 colors)
    >>> found.palette
    array([[0.9 ],
           [0.05]])
    >>> found.shares
    array([0.5, 0.5])
    """

    __module__ = "pykmeans"

    def __init__(
        self,
        image: NDArray[Any],
        labels: NDArray[Any],
        palette: NDArray[Any],
        shares: NDArray[np.float64],
        inertia: float,
        original: NDArray[Any],
    ) -> None:
        self.image = image
        self.labels = labels
        self.palette = palette
        self.shares = shares
        self.inertia = inertia
        self.original = original

    def plot(self, *, ax: Any = None) -> Any:
        """Draw ``original`` beside ``image``, and the palette; see :func:`pykmeans.plot.segmentation`.

        Parameters
        ----------
        ax : array-like of three matplotlib.axes.Axes or None, default=None
            Where to draw; None for a new figure.

        Returns
        -------
        display : SegmentationDisplay
            The picture; ``display.figure_.savefig("segmentation.png")`` keeps it.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        from . import plot

        return plot.segmentation(self, ax=ax)

    def to_pillow(self) -> Any:
        """Return ``image`` as a Pillow image, of 8 bits a channel; of 16 where it is a gray one of uint16.

        Returns
        -------
        image : PIL.Image.Image
            In mode "L", "RGB", "RGBA" or "I;16".

        Raises
        ------
        ImportError
            If Pillow is not installed.
        """
        pillow = optional("PIL.Image", "image", "Segmentation.to_pillow")
        image = self.image.reshape(self.image.shape[:2]) if self.palette.shape[1] == 1 else self.image
        if image.dtype.kind == "f":
            image = np.rint(image * 255).astype(np.uint8)
        elif image.dtype == np.uint16 and image.ndim == 3:
            image = np.rint(image / 257).astype(np.uint8)
        return pillow.fromarray(image)

    def __repr__(self) -> str:
        height, width = self.labels.shape
        return f"Segmentation({width} x {height} pixels, {counted(len(self.palette), 'color')})"
