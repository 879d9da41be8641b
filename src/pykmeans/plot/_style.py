"""What all pictures share: colors, marks, axes. Nothing here changes matplotlib's settings."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._optional import optional

# By number of the cluster, in every picture. The first six are those of M. Okabe and K. Ito, "Color universal design"
# (2008), without yellow, which is hard to see on white; then indigo. Each further one is what can best be told from all
# before it, by full sight and without red, green or blue cones (as G. M. Machado, M. M. Oliveira and L. A. F. Fernandes
# simulate it, 2009). Markers help where colors come near; as 20 and 7 share no divisor, 140 pairs differ.
COLORS = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#332288",
    "#61000C",
    "#863D55",
    "#9EDB9E",
    "#AA240C",
    "#FFB6CE",
    "#550C3D",
    "#4986FF",
    "#AA6149",
    "#794979",
    "#F36D86",
    "#004931",
    "#9E6186",
    "#313DC2",
)
MARKERS = ("o", "s", "^", "D", "v", "P", "X")

INK = "#222222"  # lines and titles
MUTED = "#5F5F5F"  # ticks and notes
FAINT = "#B5B5B5"  # what is not the point
GRID = "#E8E8E8"
ACCENT = "#D55E00"  # what was chosen

TITLE, LABEL, SMALL, TINY = 11, 10, 9, 8  # sizes of text, in points

# For text with the user's names and values in it: "$10 to $20" is no formula.
AS_IT_IS = {"parse_math": False}


def color(cluster: int) -> str:
    """Return the color of a cluster."""
    return COLORS[cluster % len(COLORS)]


def marker(cluster: int) -> str:
    """Return the marker of a cluster."""
    return MARKERS[cluster % len(MARKERS)]


def red_green_blue(name: str) -> tuple[float, float, float]:
    """Return "#RRGGBB" as numbers from 0 to 1."""
    red, green, blue = (int(name[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def text_color(background: Any) -> str:
    """Return black or white, whichever is easier to read on a color: "#RRGGBB" or numbers from 0 to 1."""
    values = red_green_blue(background) if isinstance(background, str) else background
    red, green, blue = (((value + 0.055) / 1.055) ** 2.4 if value > 0.04045 else value / 12.92 for value in values[:3])
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    # The contrasts are (1.05) / (L + 0.05) and (L + 0.05) / 0.05 (Web content accessibility guidelines 2.1).
    return "white" if (luminance + 0.05) ** 2 < 1.05 * 0.05 else "black"


def palette(n_clusters: int) -> NDArray[np.float64]:
    """Return the colors of all clusters, shape (n_clusters, 3), from 0 to 1."""
    return np.array([red_green_blue(color(cluster)) for cluster in range(n_clusters)])


def pyplot(caller: str) -> Any:
    """Return matplotlib.pyplot; ImportError where it is not installed."""
    return optional("matplotlib.pyplot", "plot", f"plot.{caller}")


def one_axes(ax: Any, caller: str, width: float = 6.4, height: float = 4.8) -> Any:
    """Return the axes to draw in: those given, or those of a new figure."""
    plt = pyplot(caller)
    if ax is None:
        return plt.subplots(figsize=(width, height), layout="constrained")[1]
    if not hasattr(ax, "transAxes"):
        raise TypeError(f"ax must be the axes of matplotlib to draw in, or None for a new figure, got {ax!r}.")
    return ax


def many_axes(
    ax: Any, caller: str, n_panels: int, n_columns: int, width: float, height: float, **how: Any
) -> NDArray[np.object_]:
    """Return axes for panels, row by row; a new figure's have ``width`` x ``height`` inches each.

    Parameters
    ----------
    ax : array-like of axes or None
        At least ``n_panels`` of them, in any shape; None for a new figure.
    """
    plt = pyplot(caller)
    if ax is None:
        n_rows = -(-n_panels // n_columns)
        figure, grid = plt.subplots(
            n_rows, n_columns, figsize=(width * n_columns, height * n_rows), layout="constrained", squeeze=False, **how
        )
        figure.get_layout_engine().set(w_pad=0.08, h_pad=0.08)
        for spare in grid.flat[n_panels:]:
            spare.remove()
        return np.asarray(grid.ravel()[:n_panels])
    given = np.empty(np.shape(ax), dtype=object)
    given[...] = ax
    given = given.ravel()
    if not all(hasattr(axes, "transAxes") for axes in given):
        raise TypeError(f"ax must be an array of the axes of matplotlib, or None for a new figure, got {ax!r}.")
    if len(given) < n_panels:
        raise ValueError(f"ax must hold {n_panels} axes, one for each panel, got {len(given)}.")
    return given[:n_panels]


def dress(ax: Any, title: str = "", xlabel: str = "", ylabel: str = "", grid: str = "", pad: float = 8.0) -> None:
    """Give axes our style; ``grid`` is "x", "y", "both" or none, ``pad`` the room below the title."""
    for side, spine in ax.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(FAINT)
        spine.set_linewidth(0.8)
    ax.tick_params(colors=MUTED, labelsize=SMALL, width=0.8, length=3)
    ax.set_axisbelow(True)
    if grid:
        ax.grid(axis=grid, color=GRID, linewidth=0.8)
    if title:
        ax.set_title(title, loc="left", fontsize=TITLE, color=INK, fontweight="bold", pad=pad)
    ax.set_xlabel(xlabel, fontsize=LABEL, color=INK, **AS_IT_IS)
    ax.set_ylabel(ylabel, fontsize=LABEL, color=INK, **AS_IT_IS)


def bare(ax: Any) -> None:
    """Take ticks and lines from axes."""
    ax.set(xticks=[], yticks=[])
    for spine in ax.spines.values():
        spine.set_visible(False)


def note(ax: Any, text: str) -> Any:
    """Write a short remark in the lower right corner of axes; return the text."""
    return ax.annotate(
        text,
        (1, 0),
        (-4, 4),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="right",
        va="bottom",
        fontsize=TINY,
        color=MUTED,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 1.5},
        zorder=8,
    )


def remark(ax: Any, text: str, pad: float = 8.0) -> None:
    """Write a short remark above axes on the right, opposite the title."""
    ax.set_title(text, loc="right", fontsize=TINY, color=MUTED, pad=pad)


def rows(count: int) -> str:
    """Return "1 row", "2 rows" and so on."""
    return f"{count:,} row" + "s" * (count != 1)


def number(value: float) -> str:
    """Return a number in a few digits, large ones with commas."""
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.4g}"


def share(part: float) -> str:
    """Return a part of one in percent, with a decimal only where it matters."""
    return f"{100 * part:.1f} %" if 0 < 100 * part < 9.95 else f"{100 * part:.0f} %"
