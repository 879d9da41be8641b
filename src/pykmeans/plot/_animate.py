"""plot.animate: a fit as a moving picture."""

import base64
from collections.abc import Callable, Iterator
from os import PathLike, fspath
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._optional import optional
from . import _frames, _style
from ._display import Display
from ._frames import Film, Frame

_PER_SECOND = 10  # pictures
_PAUSE = 8  # pictures of each act; fewer later on
_TYPES = {".gif": "image/gif", ".mp4": "video/mp4"}


class AnimationDisplay(Display):
    """A moving picture in a file, made by ``plot.animate``; notebooks show it.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes that it was drawn in, with the last picture.
    axes_ : ndarray of matplotlib.axes.Axes
        The same, in an array.
    figure_ : matplotlib.figure.Figure
        Their figure.
    path_ : pathlib.Path
        The file.
    n_frames_ : int
        How many pictures were drawn.
    """

    path_: Path
    n_frames_: int

    _ipython_display_ = None  # type: ignore[assignment]  # it has _repr_html_, and no figure that is open

    def __init__(self, film: Film, reason: str, path: Path) -> None:
        self._film = film
        self._reason = reason
        self.path_ = path

    def plot(self, *, ax: Any = None) -> "AnimationDisplay":
        """Draw the moving picture into its file, once more or elsewhere.

        Parameters
        ----------
        ax : matplotlib.axes.Axes or None, default=None
            Where to draw; None for a new figure.

        Returns
        -------
        self : AnimationDisplay
            This display, whose attributes are now those of the new drawing.
        """
        save = _saver(self.path_.suffix.lower())
        ax = _new_axes() if ax is None else _style.one_axes(ax, "animate")
        self._keep(ax)
        self.n_frames_ = save(self.figure_, self.path_, self._draw())
        return self

    def _draw(self) -> Iterator[int]:
        """Draw one picture after the other; yield for how long it stands."""
        ax, names = self.ax_, self._film.plane.names
        xlim, ylim = _frames.limits(self._film)
        for frame, n_pictures in _pictures(self._film):
            _frames.wipe(ax)
            _frames.draw_frame(ax, self._film, frame, 0.9)
            _style.dress(ax, frame.title, *names)
            _style.remark(ax, "" if frame.inertia is None else f"inertia {_style.number(frame.inertia)}")
            ax.set(xlim=xlim, ylim=ylim)
            if not names[1]:
                ax.set(yticks=[])
            if frame.act == "end":
                _style.note(ax, self._reason)
            yield n_pictures

    def _repr_html_(self) -> str:
        kind = _TYPES[self.path_.suffix.lower()]
        source = f"data:{kind};base64,{base64.b64encode(self.path_.read_bytes()).decode('ascii')}"
        if kind == "image/gif":
            return f'<img src="{source}" alt="the steps of k-means">'
        return f'<video src="{source}" controls autoplay loop muted></video>'


def animate(
    model: Any,
    X: ArrayLike,
    path: str | PathLike[str],
    *,
    ax: Any = None,
    columns: Any = None,
    feature_names: Any = None,
) -> AnimationDisplay:
    """Draw a fit as a moving picture: the start, rows that are assigned, centers that move, and so on to the end.

    These are the steps of the fit itself, which kept them in ``steps_``.

    Parameters
    ----------
    model : KMeans or KPrototypes
        The model, fitted with ``record_steps=True``. Of KPrototypes, the columns of numbers are drawn.
    X : array-like or data frame of shape (n_samples, n_features)
        The rows of fit.
    path : str or path
        The file to write, which is replaced if it is there: "steps.gif", which needs Pillow, or "steps.mp4", which
        needs the program ffmpeg.
    ax : matplotlib.axes.Axes or None, default=None
        Where to draw; None for a new figure.
    columns : list of str or int, or None, default=None
        The columns to draw, by name or by position from 0; None for all. Of more than two, the first two principal
        components are seen.
    feature_names : list of str or None, default=None
        Names of all columns of X; None for those that fit has seen, or x0, x1, ...

    Returns
    -------
    display : AnimationDisplay
        The moving picture; a notebook shows it.

    Raises
    ------
    NotFittedError
        Before fit.
    ValueError, TypeError
        If an argument is not what is described, the fit kept no steps, or the model measures categories alone.
    ImportError
        If matplotlib or Pillow is not installed.
    RuntimeError
        If ffmpeg is needed and not found.

    Examples
    --------
    >>> import os, tempfile
    >>> from pykmeans import KMeans, plot
    >>> X = [[1, 2], [1, 4], [1, 0], [10, 2], [10, 4], [10, 0]]
    >>> kmeans = KMeans(2, init=[[1, 4], [10, 4]], record_steps=True).fit(X)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     plot.animate(kmeans, X, os.path.join(folder, "steps.gif")).path_.name
    'steps.gif'
    """
    if not isinstance(path, (str, PathLike)):
        raise TypeError(f"path must be the name of a file to write, got {path!r}.")
    target = Path(path)
    if target.suffix.lower() not in _TYPES:
        raise ValueError(f"path must end in .gif or .mp4, got {fspath(path)!r}.")
    film = _frames.film(model, X, "animate", columns, feature_names)
    return AnimationDisplay(film, _frames.why_it_stopped(model), target).plot(ax=ax)


def _saver(suffix: str) -> Callable[[Any, Path, Iterator[int]], int]:
    """Return who writes such files; errors come before anything is drawn."""
    if suffix == ".gif":
        optional("PIL.Image", "plot", "plot.animate")
        return _save_gif
    if not optional("matplotlib.animation", "plot", "plot.animate").FFMpegWriter.isAvailable():
        raise RuntimeError(
            "plot.animate needs the program ffmpeg for .mp4, which was not found: install it, or write a .gif."
        )
    return _save_mp4


def _save_gif(figure: Any, path: Path, drawn: Iterator[int]) -> int:
    """Write each picture once, with the time that it stands."""
    pillow = optional("PIL.Image", "plot", "plot.animate")
    canvas = optional("matplotlib.backends.backend_agg", "plot", "plot.animate").FigureCanvasAgg(figure)
    pictures, times = [], []
    for n_pictures in drawn:
        canvas.draw()
        figure.set_layout_engine("none")  # the first picture's layout is that of all, and takes the time of several
        pictures.append(pillow.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy()))
        times.append(n_pictures * 1000 // _PER_SECOND)
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=times, loop=0)
    return len(pictures)


def _save_mp4(figure: Any, path: Path, drawn: Iterator[int]) -> int:
    writer = optional("matplotlib.animation", "plot", "plot.animate").FFMpegWriter(fps=_PER_SECOND)
    n_drawn = 0
    with writer.saving(figure, fspath(path), dpi=100):
        for n_pictures in drawn:
            for _ in range(n_pictures):
                writer.grab_frame()
            n_drawn += 1
    return n_drawn


def _new_axes() -> Any:
    """Return axes that no window will show: pictures of a moving picture are drawn and gone."""
    figure = optional("matplotlib.figure", "plot", "plot.animate").Figure(
        figsize=(6.4, 4.8), dpi=100, layout="constrained"
    )
    return figure.subplots()


def _pictures(film: Film) -> Iterator[tuple[Frame, int]]:
    """Return what to draw, and how many pictures long; centers move in small steps."""
    for frame in film.frames:
        pause = _PAUSE if frame.iteration <= 3 else _PAUSE // 2 if frame.iteration <= 10 else 1
        if frame.act == "move":
            for part in np.linspace(0.0, 1.0, pause + 1)[1:]:
                eased = part * part * (3.0 - 2.0 * part)
                yield frame._replace(centers=frame.before + eased * (frame.centers - frame.before)), 1
        yield frame, 3 * _PAUSE if frame.act == "end" else pause
