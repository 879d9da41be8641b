"""The page of a report: one HTML file that needs nothing else."""

import base64
import html
import io
from importlib.resources import files
from string import Template
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._optional import optional
from ..plot import Display, _style
from ..plot._traits import Traits

_DOTS_PER_INCH = 144
_SHOWN_PER_INCH = 96  # pixels of a page
_TYPICAL = 1.0  # standard deviations, from which on a number stands out


class Figure(NamedTuple):
    """A picture, what is above it and what one sees in it."""

    title: str
    words: str
    display: Display


class Content(NamedTuple):
    """What a report says."""

    title: str
    summary: list[str]  # sentences
    traits: Traits  # what is in each cluster
    rows: list[int]  # of each cluster
    weights: NDArray[np.float64] | None  # of each cluster, where rows have weights
    note: str  # what the table shows
    figures: list[Figure]
    made: list[tuple[str, str]]  # how it was made: what, and in which way


def page(content: Content) -> bytes:
    """Return the file of a report; its pictures are closed."""
    template = Template((files("pykmeans._report") / "page.html").read_text(encoding="utf-8"))
    return template.substitute(
        title=html.escape(content.title),
        summary="\n".join(f"<p>{html.escape(sentence)}</p>" for sentence in content.summary),
        note=html.escape(content.note),
        table=_table(content),
        figures="\n".join(_figure(figure) for figure in content.figures),
        made="\n".join(_row(name, [_cell(words)]) for name, words in content.made),
    ).encode(errors="replace")  # the name of a file may hold what is no text


def _table(content: Content) -> str:
    """Return the columns one below the other, the clusters side by side."""
    sizes = np.array(content.rows if content.weights is None else content.weights, dtype=np.float64)
    discs = "".join(f'<th scope="col">{_disc(cluster)}</th>' for cluster in range(len(sizes)))
    head = f'<tr><th scope="col">cluster</th>{discs}<th scope="col" class="all">all rows</th></tr>'
    facts = [("rows", [f"{count:,}" for count in content.rows], f"{sum(content.rows):,}")]
    if content.weights is not None:
        facts.append(("weight", [f"{weight:,.6g}" for weight in sizes], f"{sizes.sum():,.6g}"))
    facts.append(("share", [_style.share(part) for part in (sizes / sizes.sum()).tolist()], "100 %"))
    first = [_row(name, [*map(_cell, cells), _cell(of_all, "all")]) for name, cells, of_all in facts]
    traits = content.traits
    others = [
        _row(name, [*map(_cell, cells, _marks(heights)), _cell(of_all, "all")])
        for name, cells, heights, of_all in zip(
            traits.names, traits.texts, traits.heights, traits.everywhere, strict=True
        )
    ]
    return "\n".join(
        [f"<thead>{head}</thead>", '<tbody class="sizes">', *first, "</tbody>", "<tbody>", *others, "</tbody>"]
    )


def _disc(cluster: int) -> str:
    """Return the number of a cluster in its color, as pictures have it."""
    color = _style.color(cluster)
    style = f"background: {color}; color: {_style.text_color(color)}"
    return f'<span class="disc" style="{style}">{cluster}</span>'


def _marks(heights: NDArray[np.float64]) -> list[str]:
    return ["typical" if abs(height) >= _TYPICAL else "" for height in heights.tolist()]


def _cell(text: str, mark: str = "") -> str:
    return f'<td class="{mark}">{html.escape(text)}</td>' if mark else f"<td>{html.escape(text)}</td>"


def _row(name: str, cells: list[str]) -> str:
    return f'<tr><th scope="row">{html.escape(name)}</th>{"".join(cells)}</tr>'


def _figure(figure: Figure) -> str:
    file = io.BytesIO()
    drawn = figure.display.figure_
    drawn.savefig(file, format="png", dpi=_DOTS_PER_INCH, bbox_inches="tight")
    optional("matplotlib.pyplot", "plot", "report").close(drawn)
    content = file.getvalue()
    width = int.from_bytes(content[16:20], "big") * _SHOWN_PER_INCH // _DOTS_PER_INCH  # where PNG has its width
    title, words = html.escape(figure.title), html.escape(figure.words)
    source = f"data:image/png;base64,{base64.b64encode(content).decode()}"
    image = f'<img width="{width}" alt="{title}" src="{source}">'
    return f'<h2>{title}</h2>\n<p class="note">{words}</p>\n<figure>{image}</figure>'
