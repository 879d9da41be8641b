"""The pictures that commands write."""

import io
from pathlib import Path
from typing import Any

from .._optional import optional
from ._columns import Selection
from ._messages import Refusal
from ._model import TableModel
from ._scaling import Scale

_FORMATS = ("png", "svg", "pdf", "jpg", "webp")
_DOTS_PER_INCH = 150
_MOST_TICKS = 6


def check(path: str | None) -> None:
    """Refuse a picture that cannot be drawn, before any work."""
    if path is None:
        return
    if _format(path) not in _FORMATS:
        known = ", ".join(f".{name}" for name in _FORMATS)
        raise Refusal(f"--plot {path}: the name must end with the format of the picture: {known}.")
    draw_in_memory("--plot")


def draw_in_memory(option: str) -> None:
    """Let matplotlib draw without a screen; refuse an option that needs it where it is not there."""
    try:
        matplotlib = optional("matplotlib", "plot", option)
    except ImportError as error:
        raise Refusal(str(error)) from None
    matplotlib.use("agg")


def check_columns(selection: Selection) -> None:
    """Refuse rows of which nothing can be drawn."""
    if not selection.numbers:
        raise Refusal("--plot draws columns of numbers, but here all columns are categories. Leave out --plot.")


def clusters(model: TableModel, selection: Selection) -> Any:
    """Return the picture of a table's clusters."""
    plot = optional("pykmeans.plot", "plot", "--plot")
    display = plot.clusters(model.estimator, model.rows(selection))
    scales = [column.scale for column in model.columns if column.categories is None]
    if len(scales) <= 2 and model.scaling != "none":  # more are shown by principal components, which have no unit
        for axis, scale in zip((display.ax_.xaxis, display.ax_.yaxis), scales, strict=False):
            _show_units(axis, scale)
    return display


def content(display: Any, path: str) -> bytes:
    """Return the file of a picture."""
    file = io.BytesIO()
    display.figure_.savefig(file, format=_format(path), dpi=_DOTS_PER_INCH, bbox_inches="tight")
    optional("matplotlib.pyplot", "plot", "--plot").close(display.figure_)
    return file.getvalue()


def _format(path: str) -> str:
    suffix = Path(path).suffix.lower().removeprefix(".")
    return "jpg" if suffix == "jpeg" else suffix


def _show_units(axis: Any, scale: Scale) -> None:
    """Put ticks where the table has round numbers, in its own units."""
    offset, divisor = scale
    low, high = (end * divisor + offset for end in axis.get_view_interval())
    locator = optional("matplotlib.ticker", "plot", "--plot").MaxNLocator(_MOST_TICKS, steps=[1, 2, 5, 10])
    inside = [tick for tick in locator.tick_values(low, high) if low <= tick <= high]
    axis.set_ticks([(tick - offset) / divisor for tick in inside], labels=[f"{tick:,.6g}" for tick in inside])
