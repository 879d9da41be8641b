"""What happened in a fit, one act after the other: what steps and animate draw."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._clusterer import Clusterer
from . import _planes, _scatter, _style, _view
from ._planes import Plane
from ._rows import Rows, chosen_columns, read

_REASONS = {
    "labels": "no row changed its cluster",
    "centers": "the centers hardly moved",
    "max_iter": "max_iter was reached",
    "callback": "the callback said so",
    "max_time": "max_time was up",
}


class Frame(NamedTuple):
    """One act of a fit: the start, rows that are assigned, centers that move, or the end."""

    act: str  # "start", "assign", "move" or "end"
    iteration: int  # from 1
    centers: NDArray[np.float64]  # (n_clusters, 2), as seen in the plane
    before: NDArray[np.float64]  # where they come from
    labels: NDArray[np.int32] | None  # None before the first assignment
    inertia: float | None
    title: str


class Film(NamedTuple):
    """A fit's frames, and the plane that they are seen in."""

    plane: Plane
    frames: list[Frame]
    n_clusters: int
    shown: list[_view.Limits | None]  # what the axes leave out


def why_it_stopped(model: Clusterer) -> str:
    """Return ``stop_reason_`` in words."""
    return _REASONS[model.stop_reason_]


def iterations(count: int) -> str:
    """Return "1 iteration", "2 iterations" and so on."""
    return f"{count} iteration" + "s" * (count != 1)


def film(model: Any, X: Any, caller: str, columns: Any, feature_names: Any) -> Film:
    """Return what the fit of ``model`` did, from its ``steps_``."""
    rows = read(model, X, caller, feature_names)
    steps = getattr(model, "steps_", None)
    if steps is None:
        name = type(model).__name__
        raise ValueError(
            f"plot.{caller} draws the steps of a fit, and this {name} kept none: fit it with record_steps=True."
        )
    if len(rows.labels) != len(steps[0].labels):
        raise ValueError(f"X must be that of fit, which had {len(steps[0].labels)} rows, got {len(rows.labels)}.")
    plane = _planes.best(rows, chosen_columns(columns, rows))
    frames = list(_frames(model, steps, rows, plane))
    centers = np.vstack([frame.centers for frame in frames])
    shown = [_view.limits(plane.points[:, axis], centers[:, axis]) for axis in (0, 1)]
    return Film(plane, frames, rows.n_clusters, shown)


def _frames(model: Clusterer, steps: Any, rows: Rows, plane: Plane) -> Iterator[Frame]:
    places = [plane.seen(rows.numbers_of(step.centers)) for step in steps]
    yield Frame("start", 0, places[0], places[0], None, None, "Start")
    for i, step in enumerate(steps[:-1]):
        here, there = places[i], places[i + 1]
        if i == 0 or (step.labels != steps[i - 1].labels).any():
            yield Frame("assign", i + 1, here, here, step.labels, step.inertia, f"{i + 1}. Assign")
        if (step.centers != steps[i + 1].centers).any():
            yield Frame("move", i + 1, there, here, step.labels, None, f"{i + 1}. Move")
    last = steps[-1]
    title = f"After {iterations(model.n_iter_)}"
    yield Frame("end", model.n_iter_, places[-1], places[-1], last.labels, last.inertia, title)


def draw_frame(ax: Any, film: Film, frame: Frame, scale: float) -> None:
    """Draw one frame: rows, where centers come from, centers."""
    points = film.plane.points
    _scatter.draw_points(ax, points, frame.labels, film.n_clusters, _scatter.dot_size(len(points)) * scale)
    n_beyond = _view.draw_beyond(ax, points, frame.labels, film.shown)
    if n_beyond and frame.act == "start":
        _style.note(ax, f"{_style.rows(n_beyond)} beyond the edges")
    if frame.act == "move":
        size = 60 * scale
        ax.scatter(*frame.before.T, s=size, facecolors="white", edgecolors=_style.INK, linewidths=1.0, zorder=4)
        for x, y in np.stack([frame.before, frame.centers], axis=-1):
            ax.plot(x, y, color="white", linewidth=4.0, zorder=3, solid_capstyle="round")
            ax.plot(x, y, color=_style.INK, linewidth=1.6, zorder=3.5, solid_capstyle="round")
    _scatter.draw_centers(ax, frame.centers, scale)


def wipe(ax: Any) -> None:
    """Take away what was drawn; ``ax.clear()`` would make all ticks anew, which takes longer than the rest."""
    for artist in [*ax.collections, *ax.lines, *ax.texts]:
        artist.remove()


def limits(film: Film) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return limits of the axes that hold all places of centers, and all rows but those that are far away."""
    everything = np.vstack([film.plane.points, *(frame.centers for frame in film.frames)])
    low, high = everything.min(axis=0), everything.max(axis=0)
    margin = 0.06 * np.where(high > low, high - low, 1.0)
    (left, bottom), (right, top) = (low - margin).tolist(), (high + margin).tolist()
    return film.shown[0] or (left, right), film.shown[1] or (bottom, top)
