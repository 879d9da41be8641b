"""A value for each k, and the best k: what elbow and selection draw."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._optional import optional
from . import _style


def draw_curve(
    ax: Any, k: NDArray[Any], values: NDArray[Any], best: int | None, errors: NDArray[Any] | None = None
) -> tuple[Any, Any]:
    """Draw a value for each k, with its errors if there are any, and mark the best k; return the line and the mark."""
    if errors is not None:
        ax.errorbar(k, values, errors, color=_style.FAINT, fmt="none", capsize=3, linewidth=1.0, zorder=2)
    size = 5.5 if len(k) <= 30 else 3.0
    (line,) = ax.plot(k, values, "-o", color=_style.color(0), linewidth=1.6, markersize=size, zorder=3)
    ax.margins(x=0.04, y=0.12)
    if len(k) <= 15:
        ax.set_xticks(k)
    else:
        ax.xaxis.set_major_locator(optional("matplotlib.ticker", "plot", "plot").MaxNLocator(integer=True))
    mark = None
    if best is not None:
        height = values[np.flatnonzero(k == best)[0]]
        ax.axvline(best, color=_style.ACCENT, linewidth=1.0, linestyle=(0, (4, 3)), zorder=1)
        mark = ax.scatter(best, height, s=95, facecolors="white", edgecolors=_style.ACCENT, linewidths=2.2, zorder=4)
        is_high = height > np.nanmean([np.nanmin(values), np.nanmax(values)])  # then the words go below
        to_right = best - k[0] <= k[-1] - best
        ax.annotate(
            f"k = {best}",
            (best, 0.0 if is_high else 1.0),
            (5 if to_right else -5, 3 if is_high else -3),
            xycoords=ax.get_xaxis_transform(),
            textcoords="offset points",
            ha="left" if to_right else "right",
            va="bottom" if is_high else "top",
            fontsize=_style.LABEL,
            fontweight="bold",
            color=_style.ACCENT,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
            zorder=5,
        )
    return line, mark


def count_format(ax: Any) -> None:
    """Write the large numbers of the y axis with commas, not as multiples of a power of ten far away."""
    low, high = ax.get_ylim()
    if 1e3 <= max(abs(low), abs(high)) < 1e7:
        ax.yaxis.set_major_formatter(lambda value, _: _style.minus(f"{value:,.0f}"))


def name_point(ax: Any, x: float, y: float, is_right: bool, is_below: bool = False) -> Any:
    """Write the value of a point above or below it, to its right or to its left; return the text."""
    return ax.annotate(
        _style.number(y),
        (x, y),
        (5, -7 if is_below else 7),
        textcoords="offset points",
        ha="left" if is_right else "right",
        va="top" if is_below else "bottom",
        fontsize=_style.SMALL,
        color=_style.MUTED,
    )
