"""What the tests of pictures share."""

import matplotlib

matplotlib.use("Agg")

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.colors import to_rgb

from pykmeans.plot import _style


@pytest.fixture(autouse=True)
def no_traces(monkeypatch):
    """Nothing is shown, no setting is changed, and no figure is left open."""

    def show(*arguments, **options):
        raise AssertionError("plt.show() was called")

    monkeypatch.setattr(pyplot, "show", show)
    before = dict(matplotlib.rcParams)
    yield
    pyplot.close("all")
    assert dict(matplotlib.rcParams) == before


def whole(display):
    """The display, whose figure shows all that was drawn: nothing reaches beyond its edges."""
    figure = display.figure_
    figure.canvas.draw()
    box = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    assert box.x0 >= -0.01 and box.y0 >= -0.01 and box.x1 <= width + 0.01 and box.y1 <= height + 0.01, box
    return display


def title(ax):
    return ax.get_title(loc="left")


def places(collection):
    return np.asarray(collection.get_offsets())


def faces(collection):
    return np.asarray(collection.get_facecolors())[:, :3]


def color(cluster):
    return np.array(to_rgb(_style.color(cluster)))


def written(ax):
    """Words in axes."""
    return [text.get_text() for text in ax.texts]
