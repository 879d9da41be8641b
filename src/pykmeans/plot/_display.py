"""What every picture's display is."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .._optional import optional

if TYPE_CHECKING:
    from typing_extensions import Self


class Display:
    """A picture that was drawn, and what it takes to draw it again.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes that it was drawn in; the first of them where there are several.
    axes_ : ndarray of matplotlib.axes.Axes
        All of them, row by row.
    figure_ : matplotlib.figure.Figure
        Their figure: ``figure_.savefig("picture.png")`` keeps it.
    """

    ax_: Any
    axes_: NDArray[np.object_]
    figure_: Any

    def plot(self, *, ax: Any = None) -> "Self":
        """Draw the picture, once more or elsewhere.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, array-like of them or None, default=None
            Where to draw, as the function that made this display takes it; None for a new figure.

        Returns
        -------
        self : Display
            This display, whose attributes are now those of the new drawing.
        """
        raise NotImplementedError

    def _ipython_display_(self) -> None:
        """Show nothing but the picture where this is the last line of a notebook's cell.

        A notebook shows the figures that a cell has drawn by itself, once, and closes them.
        """
        pylab, matplotlib = (optional(name, "plot", "plot") for name in ("matplotlib._pylab_helpers", "matplotlib"))
        is_open = any(manager.canvas.figure is self.figure_ for manager in pylab.Gcf.get_all_fig_managers())
        if not is_open or matplotlib.get_backend().lower() == "agg":  # which shows nothing
            optional("IPython.display", "plot", "a notebook").display(self.figure_)

    def _keep(self, axes: Any) -> None:
        self.axes_ = np.atleast_1d(np.asarray(axes, dtype=object)).ravel()
        self.ax_ = self.axes_[0]
        self.figure_ = self.ax_.figure.figure  # the whole one, where the axes are in a part of it
