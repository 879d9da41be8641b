"""What all pictures have in common: lazy imports, colors, axes, displays; and nothing that is cut off."""

import doctest
import inspect
import re
import sys
from types import SimpleNamespace

import matplotlib
import numpy as np
import pytest
from pictures import no_traces, pyplot, title, whole  # noqa: F401 (a fixture)
from programs import python
from skimage.color import deltaE_ciede2000, rgb2lab

import pykmeans
from pykmeans import KMeans, KPrototypes, plot, select_k
from pykmeans.plot import _style

FUNCTIONS = [name for name in plot.__all__ if name.islower()]


# ---------------------------------------------------------------- imports


def test_matplotlib_is_imported_by_the_first_picture():
    code = """
import sys, pykmeans
pykmeans.plot.clusters, pykmeans.plot.Display
import pykmeans.plot
print([name for name in sys.modules if name.split('.')[0] in ('matplotlib', 'PIL')])
"""
    assert python(code) == "[]"


def test_without_matplotlib_each_function_names_the_extra():
    code = """
import sys
sys.modules['matplotlib'] = None
from pykmeans import KMeans, plot
X = [[0., 0], [0, 1], [9, 9], [9, 8]]
model = KMeans(2, random_state=0, record_steps=True).fit(X)
class Selection:
    pass
selection = Selection()
import numpy as np
selection.table = np.array([(2, 1.0)], dtype=[('k', 'i8'), ('inertia', 'f8')])
selection.best = {'elbow': None}
segmentation = Selection()
segmentation.palette = segmentation.original = segmentation.image = np.zeros((2, 2, 3), np.uint8)
segmentation.labels, segmentation.shares = np.zeros((2, 2), int), np.ones(1)
calls = {
    'clusters': lambda: plot.clusters(model, X), 'silhouette': lambda: plot.silhouette(model, X),
    'profile': lambda: plot.profile(model), 'elbow': lambda: plot.elbow(([1, 2, 3], [9., 2, 1])),
    'selection': lambda: plot.selection(selection), 'convergence': lambda: plot.convergence(model),
    'steps': lambda: plot.steps(model, X), 'animate': lambda: plot.animate(model, X, 'never.mp4'),
    'segmentation': lambda: plot.segmentation(segmentation),
}
for name, call in calls.items():
    try:
        call()
    except ImportError as error:
        expected = f"plot.{name} needs matplotlib, which is not installed: pip install 'pykmeans[plot]'."
        assert str(error) == expected, error
    else:
        raise AssertionError(name)
print(*calls)
"""
    assert python(code).split() == FUNCTIONS


def test_pictures_need_no_scikit_learn():
    code = """
import sys, matplotlib
sys.modules['sklearn'] = None
matplotlib.use('Agg')
from pykmeans import KMeans, plot
X = [[0., 0, 1], [0, 1, 1], [9, 9, 1], [9, 8, 1]]
model = KMeans(2, random_state=0, record_steps=True).fit(X)
plot.clusters(model, X), plot.silhouette(model, X), plot.profile(model, X), plot.steps(model, X)
print('done')
"""
    assert python(code) == "done"


# ---------------------------------------------------------------- docstrings


@pytest.mark.parametrize("name", FUNCTIONS)
def test_docstrings(name):
    function = getattr(plot, name)
    (test,) = doctest.DocTestFinder(recurse=False).find(function, name, module=False, globs={})
    assert test.examples
    assert doctest.DocTestRunner().run(test).failed == 0
    text = inspect.getdoc(function)
    documented = re.findall(r"^(\w+)(?:, \w+)* : ", text, re.MULTILINE)
    assert [*inspect.signature(function).parameters, "display"] == documented
    display = inspect.signature(function).return_annotation
    assert f"display : {display if isinstance(display, str) else display.__name__}" in text


@pytest.mark.parametrize("display", [value for value in vars(plot).values() if inspect.isclass(value)])
def test_displays_tell_their_attributes(display):
    documented = re.findall(r"^(\w+) : ", inspect.getdoc(display), re.MULTILINE)
    assert documented[:3] == ["ax_", "axes_", "figure_"] and display.__name__ in plot.__all__
    assert {name for name in display.__annotations__ if name.endswith("_")} <= set(documented)
    assert "ax : " in inspect.getdoc(display.plot) and "self : " in inspect.getdoc(display.plot)


# ---------------------------------------------------------------- colors

# How colours look without red, green or blue cones, in linear light: G. M. Machado, M. M. Oliveira and L. A. F.
# Fernandes (2009), table 1, severity 1.
SIGHT = {
    "full": np.eye(3),
    "no red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "no blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(values):
    return np.where(values > 0.04045, ((values + 0.055) / 1.055) ** 2.4, values / 12.92)


def seen(colors, sight):
    light = np.clip(linear(colors) @ np.transpose(SIGHT[sight]), 0, 1)
    return rgb2lab(np.where(light > 0.0031308, 1.055 * light ** (1 / 2.4) - 0.055, light * 12.92))


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize(("k", "least", "by_full_sight"), [(2, 50, 50), (3, 12, 35), (8, 10, 20), (20, 8.9, 19)])
def test_colors_can_be_told_apart(sight, k, least, by_full_sight):
    """By CIEDE2000, of which 2.3 is just seen side by side."""
    lab = seen(_style.palette(k), sight)
    distances = [deltaE_ciede2000(lab[i], lab[j]) for i in range(k) for j in range(i)]
    assert min(distances) >= (by_full_sight if sight == "full" else least)


def test_color_and_marker_together_are_one_clusters_own():
    pairs = {(_style.color(cluster), _style.marker(cluster)) for cluster in range(140)}
    assert len(pairs) == 140 and len(set(_style.COLORS)) == 20


@pytest.mark.parametrize("background", [*_style.COLORS, (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), (0.46, 0.46, 0.46)])
def test_text_can_be_read_on_every_color(background):
    values = _style.red_green_blue(background) if isinstance(background, str) else background
    luminance = linear(np.array(values)) @ [0.2126, 0.7152, 0.0722]
    text = 1.0 if _style.text_color(background) == "white" else 0.0
    low, high = sorted([luminance, text])
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_words():
    assert [_style.number(v) for v in (0.012345, 152.347, 1234.5, 98765432.0, 1.5e12)] == [
        "0.01235",
        "152.3",
        "1,234",
        "98,765,432",
        "1.5e+12",
    ]
    assert [_style.share(v) for v in (0.0, 0.012, 0.0994, 0.0996, 0.5, 1.0)] == [
        "0 %",
        "1.2 %",
        "9.9 %",
        "10 %",
        "50 %",
        "100 %",
    ]
    assert (_style.rows(1), _style.rows(1000)) == ("1 row", "1,000 rows")


# ---------------------------------------------------------------- every picture


def blobs(n, k, d, seed=0):
    rng = np.random.default_rng(seed)
    places = rng.uniform(-5, 5, (k, d))
    return places[rng.integers(0, k, n)] + 0.5 * rng.standard_normal((n, d))


def all_pictures(model, X):
    yield "clusters", lambda ax: plot.clusters(model, X, ax=ax)
    yield "silhouette", lambda ax: plot.silhouette(model, X, ax=ax)
    yield "profile", lambda ax: plot.profile(model, X, ax=ax)
    yield "centers", lambda ax: plot.profile(model, ax=ax)
    yield "convergence", lambda ax: plot.convergence(model, ax=ax)
    yield "elbow", lambda ax: plot.elbow(([1, 2, 3, 4, 5], [90.0, 20, 5, 4, 3]), ax=ax)


def test_nothing_is_cut_off(iris):
    few, model = (KMeans(k, random_state=0, record_steps=True).fit(iris) for k in (2, 20))
    for _, draw in [*all_pictures(few, iris), *all_pictures(model, iris)]:
        whole(draw(None))
        pyplot.close("all")
    names = ["a very long name of a column, with its unit (mm)", "b", "c", "d"]
    for draw in (
        lambda: plot.clusters(model, iris, feature_names=names, columns=[0, 1]),
        lambda: plot.clusters(model, iris, kind="pair"),
        lambda: plot.clusters(model, iris, columns=[2], regions=False),
        lambda: plot.profile(model, iris, feature_names=names),
        lambda: plot.steps(model, iris),
    ):
        whole(draw())
        pyplot.close("all")


def test_each_picture_is_drawn_where_one_wants_it(iris):
    model = KMeans(3, random_state=0).fit(iris)
    figure, (first, second) = pyplot.subplots(1, 2)
    for name, draw in all_pictures(model, iris):
        n_figures = len(pyplot.get_fignums())
        display = draw(first)
        assert display.ax_ is first and display.axes_.tolist() == [first] and display.figure_ is figure, name
        assert isinstance(display, plot.Display)
        assert display.plot(ax=second) is display and display.ax_ is second, name
        assert len(pyplot.get_fignums()) == n_figures, name
        assert display.plot().figure_ is not figure
        assert title(display.ax_) == title(second) == title(first)
        with pytest.raises(TypeError, match="ax must be the axes of matplotlib to draw in, or None for a new figure"):
            draw("here")


def test_pictures_of_subfigures(iris):
    model = KMeans(3, random_state=0).fit(iris)
    figure = pyplot.figure(layout="constrained")
    ax = figure.subfigures(1, 2)[0].subplots()
    whole_figure = plot.profile(model, iris, ax=ax).figure_
    assert whole_figure is figure


@pytest.mark.parametrize("name", ["clusters", "silhouette", "profile", "convergence", "steps"])
def test_models_that_cannot_be_drawn(name):
    X = [[0.0, 1], [2, 3]]
    draw = getattr(plot, name)
    arguments = () if name == "convergence" else (X,)
    with pytest.raises(pykmeans.NotFittedError, match="This KMeans instance is not fitted yet"):
        draw(KMeans(), *arguments)
    with pytest.raises(TypeError, match=rf"model of plot.{name} must be a fitted KMeans or KPrototypes, got 'model'"):
        draw("model", *arguments)


@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "cosine", "hamming", "mixed"])
def test_every_metric_is_drawn_or_refused_by_the_shared_table(metric, tmp_path):
    X = np.abs(np.round(blobs(60, 3, 4, 1))) + 1
    if metric == "mixed":
        X = np.array([[f"{a:g}", *row] for a, *row in X.tolist()], dtype=object)
        model = KPrototypes(3, random_state=0, record_steps=True).fit(X)
    else:
        model = KMeans(3, random_state=0, metric=metric, record_steps=True).fit(X)
    for draw in (plot.profile, plot.silhouette):
        draw(model, X)
    plot.profile(model)
    plot.convergence(model)
    plot.selection(select_k(X, [2, 3], estimator=model, progress=False))
    path = tmp_path / "steps.gif"
    calls = {
        "clusters": lambda: plot.clusters(model, X),
        "steps": lambda: plot.steps(model, X),
        "animate": lambda: plot.animate(model, X, path),
    }
    for name, call in calls.items():
        if metric == "hamming":
            words = f"^plot.{name} works with metric 'euclidean' or 'manhattan' or 'cosine' or KPrototypes only, got"
            with pytest.raises(ValueError, match=words):
                call()
        else:
            call()
    assert path.exists() == (metric != "hamming")


def test_a_notebook_shows_a_picture_once(monkeypatch):
    """What a cell has drawn is shown by the notebook; a display as its last line says nothing, and shows it later."""
    shown = []
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(display=shown.append))
    monkeypatch.setattr(matplotlib, "get_backend", lambda: "module://matplotlib_inline.backend_inline")
    display = plot.convergence(KMeans(2, random_state=0).fit([[0.0], [1.0], [9.0]]))
    display._ipython_display_()
    assert shown == []
    pyplot.close(display.figure_)  # as the notebook does, when it has shown it
    display._ipython_display_()
    assert shown == [display.figure_]
    monkeypatch.setattr(matplotlib, "get_backend", lambda: "agg")  # which shows nothing
    display.plot()._ipython_display_()
    assert shown[1:] == [display.figure_]
    pyplot.close(display.figure_)
