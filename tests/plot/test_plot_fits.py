"""Pictures of fits: steps, moving pictures, convergence, elbows, criteria; and of segmented images."""

from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib import animation
from pictures import color, faces, no_traces, places, pyplot, title, whole, written  # noqa: F401 (a fixture)
from PIL import Image

from pykmeans import KMeans, KPrototypes, elbow, plot, select_k

POINTS = np.array([[0.0, 0], [1, 0], [2, 0], [10, 1], [11, 1], [12, 1]])
START = [[0.0, 0], [2, 0]]


@pytest.fixture
def model():
    return KMeans(2, init=START, record_steps=True).fit(POINTS)


# ---------------------------------------------------------------- steps


def test_steps_are_those_of_the_fit(model):
    display = whole(plot.steps(model, POINTS, max_panels=20))
    assert display.titles_ == ["Start", "1. Assign", "1. Move", "2. Assign", "2. Move", "After 3 iterations"]
    assert [title(ax) for ax in display.axes_] == display.titles_
    steps = model.steps_
    expected = [
        (None, steps[0].centers),
        (steps[0].labels, steps[0].centers),
        (steps[0].labels, steps[1].centers),
        (steps[1].labels, steps[1].centers),
        (steps[1].labels, steps[2].centers),
        (model.labels_, model.cluster_centers_),
    ]
    for ax, (labels, centers) in zip(display.axes_, expected, strict=True):
        np.testing.assert_allclose(places(ax.collections[-1]), centers)  # the discs
        if labels is None:
            np.testing.assert_array_equal(places(ax.collections[0]), POINTS)
        else:
            for cluster in range(2):
                np.testing.assert_array_equal(places(ax.collections[cluster]), POINTS[labels == cluster])
                assert faces(ax.collections[cluster]).tolist() in ([color(cluster).tolist()], [])
    assert [ax.get_title(loc="right") for ax in display.axes_] == [
        "",
        "inertia 249",
        "",
        "inertia 20.12",
        "",
        "inertia 4",
    ]
    assert "no row changed its cluster" in written(display.axes_[-1])


def test_moves_start_where_the_centers_were(model):
    move = plot.steps(model, POINTS).axes_[2]
    np.testing.assert_allclose(places(move.collections[2]), START)
    ends = np.array([line.get_xydata() for line in move.lines[::2]])
    np.testing.assert_allclose(ends[:, 0], START)
    np.testing.assert_allclose(ends[:, 1], model.steps_[1].centers)


@pytest.mark.parametrize("max_panels", range(2, 12))
def test_as_many_panels_as_one_wants(max_panels):
    X = np.random.default_rng(3).standard_normal((300, 2))
    model = KMeans(6, init="random", n_init=1, random_state=0, tol=0, record_steps=True).fit(X)
    titles = plot.steps(model, X, max_panels=max_panels).titles_
    assert len(set(titles)) == len(titles) == max_panels
    assert titles[-1] == f"After {model.n_iter_} iterations"
    first = ["Start", "1. Assign", "1. Move", "2. Assign", "2. Move"][: max_panels - 1]
    assert titles[: len(first)] == first
    moves = [int(words.split(".")[0]) for words in titles[len(first) : -1]]
    assert moves == sorted(moves) and all("Move" in words for words in titles[len(first) : -1])


def test_steps_in_one_column_and_in_many(iris):
    line = POINTS[:, :1]
    model = KMeans(2, init=line[:2], record_steps=True).fit(line)
    display = whole(plot.steps(model, line))
    np.testing.assert_allclose(places(display.axes_[-1].collections[-1]), [[1, 0], [11, 0]])
    assert display.ax_.get_yticks().tolist() == []
    model = KMeans(3, random_state=0, record_steps=True).fit(iris)
    assert plot.steps(model, iris).axes_[-1].get_xlabel() == "PC 1 (92.5 %)\nx2 0.86, x0 0.36"
    assert plot.steps(model, iris, columns=[2, 3]).axes_[-1].get_xlabel() == "x2"
    axes = pyplot.subplots(2, 2)[1]
    assert plot.steps(model, iris, max_panels=3, ax=axes).axes_.tolist() == axes.ravel()[:3].tolist()


def test_steps_of_kprototypes_and_of_directions():
    X = np.array([[1.0, "a", 5.0], [2.0, "a", 4.0], [9.0, "b", 1.0], [8.0, "b", 2.0]], dtype=object)
    model = KPrototypes(2, random_state=0, record_steps=True).fit(X)
    display = plot.steps(model, X)
    np.testing.assert_allclose(
        places(display.axes_[-1].collections[-1]), model.cluster_centers_[:, [0, 2]].astype(float)
    )
    X = np.array([[1.0, 0.1], [20, 1], [0.1, 3], [1, 80]])
    model = KMeans(2, metric="cosine", random_state=0, record_steps=True).fit(X)
    display = plot.steps(model, X)
    np.testing.assert_allclose(np.hypot(*places(display.axes_[0].collections[-1]).T), 1)


def test_steps_that_were_not_kept(iris):
    model = KMeans(3, random_state=0).fit(iris)
    words = "draws the steps of a fit, and this KMeans kept none: fit it with record_steps=True"
    for draw in (lambda: plot.steps(model, iris), lambda: plot.animate(model, iris, "never.gif")):
        with pytest.raises(ValueError, match=words):
            draw()
    model = KMeans(3, random_state=0, record_steps=True).fit(iris)
    with pytest.raises(ValueError, match=r"X must be that of fit, which had 150 rows, got 149\."):
        plot.steps(model, iris[1:])
    with pytest.raises(ValueError, match=r"The 'max_panels' parameter of plot\.steps must be an int in the range \[2"):
        plot.steps(model, iris, max_panels=1)


# ---------------------------------------------------------------- moving pictures


def test_a_moving_picture(model, tmp_path):
    path = tmp_path / "steps.gif"
    display = plot.animate(model, POINTS, path)
    with Image.open(path) as picture:
        times = []
        for i in range(picture.n_frames):
            picture.seek(i)
            times.append(picture.info["duration"])
        assert picture.size == (640, 480) and picture.info["loop"] == 0
    assert display.path_ == path
    # A start, and for two iterations an assignment and eight small steps that end in a pause, then the end; pictures
    # that equal the one before are one with it.
    assert len(times) <= display.n_frames_ == 1 + 2 * (1 + 8 + 1) + 1
    assert sum(times) == 100 * (8 + 2 * (8 + 8 + 8) + 24)
    assert title(display.ax_) == "After 3 iterations"
    assert display._repr_html_().startswith('<img src="data:image/gif;base64,R0lGOD')
    assert pyplot.get_fignums() == []
    assert plot.animate(model, POINTS, str(path), ax=pyplot.subplots()[1]).ax_ is pyplot.gca()


def test_a_film(model, tmp_path, monkeypatch):
    path = tmp_path / "steps.mp4"
    monkeypatch.setattr(animation.FFMpegWriter, "isAvailable", classmethod(lambda cls: False))
    with pytest.raises(RuntimeError, match=r"plot\.animate needs the program ffmpeg for \.mp4, which was not found"):
        plot.animate(model, POINTS, path)
    drawn = []

    class Writer:
        def __init__(self, fps):
            self.fps = fps

        @classmethod
        def isAvailable(cls):
            return True

        def saving(self, figure, name, dpi):
            self.figure = figure
            return open(name, "wb")

        def grab_frame(self):
            drawn.append(title(self.figure.axes[0]))

    monkeypatch.setattr(animation, "FFMpegWriter", Writer)
    display = plot.animate(model, POINTS, path)
    assert (drawn[0], drawn[-1], len(drawn)) == ("Start", "After 3 iterations", 8 + 2 * 24 + 24)
    assert "<video" in display._repr_html_()


def test_where_a_moving_picture_goes(model):
    with pytest.raises(ValueError, match=r"path must end in \.gif or \.mp4, got 'steps.png'"):
        plot.animate(model, POINTS, "steps.png")
    with pytest.raises(TypeError, match="path must be the name of a file to write, got 3"):
        plot.animate(model, POINTS, 3)


# ---------------------------------------------------------------- curves


def test_convergence(model):
    display = whole(plot.convergence(model))
    values = [*model.inertia_history_, model.inertia_]
    np.testing.assert_array_equal(display.line_.get_xydata(), np.column_stack([[1, 2, 3, 4], values]))
    assert [tick.get_text() for tick in display.ax_.get_xticklabels()] == ["1", "2", "3", "end"]
    assert display.ax_.get_ylim()[0] == 0 and len(display.ax_.texts) == 4
    fall = 100 * (1 - values[1] / values[0])
    assert written(display.ax_)[1].split("\n")[1] == f"−{fall:.0f} %"  # noqa: RUF001
    assert written(display.ax_)[3].endswith("\nas before")
    assert title(display.ax_) == "Stopped after 3 iterations: no row changed its cluster"
    short = KMeans(2, init=START, max_iter=1).fit(POINTS)
    assert title(plot.convergence(short).ax_) == "Stopped after 1 iteration: max_iter was reached"
    loose = KMeans(2, init=START, tol=100.0).fit(POINTS)
    assert title(plot.convergence(loose).ax_) == "Stopped after 1 iteration: the centers hardly moved"
    whole(plot.convergence(KMeans(2, init=[[0.0], [1.0]]).fit([[0.0], [1.0]])))  # the inertia is 0


def test_convergence_of_many_iterations_names_the_first_and_the_last():
    X = np.random.default_rng(0).normal(size=(400, 2))
    model = KMeans(6, init=X[:6], tol=0).fit(X)
    display = whole(plot.convergence(model))
    assert model.n_iter_ > 10 and len(display.line_.get_xdata()) == model.n_iter_ + 1
    assert written(display.ax_) == [f"{model.inertia_history_[0]:.4g}", f"{model.inertia_:.4g}"]


@pytest.mark.parametrize("refine", ["moves", "splits", "swaps"])
def test_convergence_of_a_refined_fit(refine):
    X = np.random.default_rng(0).normal(size=(300, 2))
    model = KMeans(14, random_state=1, refine=refine).fit(X)
    display = whole(plot.convergence(model))
    values = [*model.inertia_history_, model.unrefined_inertia_]
    np.testing.assert_array_equal(display.line_.get_xydata().T, [range(1, len(values) + 1), values])
    history = model.refinement_history_
    places = np.arange(len(values), len(values) + len(history))  # from the end of the other on
    np.testing.assert_array_equal(display.refinement_line_.get_xydata().T, [places, history])
    assert display.refinement_line_.get_color() != display.line_.get_color()
    (closer,) = display.ax_.child_axes
    np.testing.assert_array_equal(closer.lines[0].get_xydata(), display.refinement_line_.get_xydata())
    assert written(closer) == [f"{history[0]:.4g}", f"{history[-1]:.4g}"] and history[-1] == model.inertia_
    assert display.ax_.get_xlabel() == "iteration, then step of the refinement"
    swaps = f"{model.n_accepted_swaps_} of {model.n_swaps_} swaps kept, " if refine == "swaps" else ""
    fell = 100 * (1 - model.inertia_ / model.unrefined_inertia_)
    last = title(display.ax_).split("\n")[1]
    assert last == f"Refined: {swaps}{model.n_moves_} rows moved, inertia −{fell:.1f} %"  # noqa: RUF001


def test_convergence_where_a_refinement_found_nothing(iris):
    model = KMeans(2, random_state=0, refine="swaps").fit(iris)
    assert model.inertia_ == model.unrefined_inertia_ and model.n_swaps_ == 10
    display = whole(plot.convergence(model))
    assert display.ax_.child_axes == [] and title(display.ax_).endswith("0 rows moved, inertia as before")
    nothing = KMeans(1, refine="swaps").fit(iris)
    assert plot.convergence(nothing).refinement_line_ is None


def test_an_elbow(iris):
    selection = elbow(iris, random_state=0, progress=False)
    display = whole(plot.elbow(selection))
    assert display.best_k == selection.best_k == 3
    np.testing.assert_array_equal(display.line_.get_xydata().T, [selection.k, selection.table["inertia"]])
    np.testing.assert_array_equal(places(display.mark_), [[3, selection.models[3].inertia_]])
    assert title(display.ax_) == "The elbow is at 3 clusters"
    again = plot.elbow((selection.k, selection.table["inertia"].tolist()))
    assert again.best_k == 3
    straight = plot.elbow(([1, 2, 3], [3.0, 2.0, 1.0]))
    assert straight.best_k is None and straight.mark_ is None and title(straight.ax_) == "No elbow"
    whole(plot.elbow((range(1, 41), 1e5 / np.arange(1, 41))))


@pytest.mark.parametrize(
    ("curve", "kind", "message"),
    [
        ("selection", TypeError, r"selection must be a KSelection or a tuple \(k, inertias\), got 'selection'"),
        (
            ([1, 2], [1.0]),
            ValueError,
            r"selection must hold an inertia for each k, got arrays of the shapes",
        ),
        (([], []), ValueError, "selection must hold an inertia for each k"),
        (([2, 1], [1.0, 2.0]), ValueError, r"the k of selection must be increasing integers from 1, got \[2, 1\]"),
        (([0, 1], [1.0, 2.0]), ValueError, "the k of selection must be increasing integers from 1"),
        (([1.5, 2], [2.0, 1.0]), ValueError, "the k of selection must be increasing integers from 1"),
        (([1, 2], [np.nan, 1.0]), ValueError, "the inertias of selection must be finite"),
    ],
)
def test_wrong_curves(curve, kind, message):
    with pytest.raises(kind, match=message):
        plot.elbow(curve)


def test_criteria(iris):
    names = ("elbow", "silhouette", "gap", "bic")
    selection = select_k(iris, range(1, 7), criteria=names, random_state=0, n_references=3, progress=False)
    display = whole(plot.selection(selection))
    assert tuple(display.lines_) == names and len(display.axes_) == 4
    for name, ax in zip(names, display.axes_, strict=True):
        column = "inertia" if name == "elbow" else name
        np.testing.assert_array_equal(display.lines_[name].get_ydata(), selection.table[column])
        best = selection.best[name]
        assert (display.marks_[name] is None) == (best is None)
        if best is not None:
            assert places(display.marks_[name])[0, 0] == best
            assert f"k = {best}" in written(ax)
    assert f"Best k: {selection.reason}" in [text.get_text() for text in display.figure_.texts]  # its title
    axes = pyplot.subplots(1, 5)[1]
    assert display.plot(ax=axes).axes_.tolist() == axes[:4].tolist()
    with pytest.raises(TypeError, match="selection must be a KSelection, as select_k returns, got 3"):
        plot.selection(3)


# ---------------------------------------------------------------- images


def segmented(original, palette, labels):
    labels, palette = np.asarray(labels), np.asarray(palette, dtype=original.dtype)
    image = palette[labels].reshape(original.shape)
    shares = np.bincount(labels.ravel(), minlength=len(palette)) / labels.size
    return SimpleNamespace(original=original, image=image, palette=palette, labels=labels, shares=shares)


@pytest.mark.parametrize(("dtype", "most"), [("uint8", 255), ("uint16", 65535), ("float32", 1.0)])
def test_an_image_in_few_colors(dtype, most):
    original = (np.linspace(0, 1, 4 * 6 * 3).reshape(4, 6, 3) * most).astype(dtype)
    labels = np.repeat([[0, 0, 0, 1]], 6, axis=0).T
    display = whole(plot.segmentation(segmented(original, [[most, 0, 0], [0, 0, most]], labels)))
    first, second = (np.asarray(image.get_array()) for image in display.images_)
    np.testing.assert_allclose(first, original / most, atol=1e-6)
    np.testing.assert_array_equal(second[0, 0], [1, 0, 0])
    np.testing.assert_array_equal(second[3, 0], [0, 0, 1])
    assert [bar.get_width() for bar in display.bars_] == [0.75, 0.25]
    assert [bar.get_x() for bar in display.bars_] == [0.0, 0.75]
    assert [bar.get_facecolor() for bar in display.bars_] == [(1, 0, 0, 1), (0, 0, 1, 1)]
    assert written(display.axes_[2]) == ["75 %", "25 %"]
    assert [title(ax) for ax in display.axes_[:2]] == ["Original", "2 colors"]


@pytest.mark.parametrize("shape", [(20, 30), (20, 30, 1), (10, 100), (100, 10), (2, 2)])
def test_grey_images_and_odd_shapes(shape):
    original = np.full(shape, 128, dtype=np.uint8)
    labels = np.arange(shape[0] * shape[1]).reshape(shape[:2]) % 2
    display = whole(plot.segmentation(segmented(original, [[0], [255]], labels)))
    assert np.asarray(display.images_[0].get_array()).shape == (*shape[:2], 3)
    axes = pyplot.subplots(1, 3)[1]
    assert display.plot(ax=axes).axes_.tolist() == axes.tolist()
    with pytest.raises(TypeError, match="segmentation must be what segment_image returns, got 'photo"):
        plot.segmentation("photo.jpg")


def test_large_images_are_thinned():
    original = np.zeros((10, 3601, 3), dtype=np.uint8)
    display = plot.segmentation(segmented(original, [[0, 0, 0]], np.zeros((10, 3601), dtype=int)))
    assert np.asarray(display.images_[1].get_array()).shape == (3, 901, 3)


def test_steps_do_not_let_a_row_far_away_squeeze_the_others():
    X = np.vstack([np.random.default_rng(0).uniform(0, 1, (200, 2)), [[0.5, 80.0]]])
    model = KMeans(2, init=[[0.0, 0.0], [1.0, 1.0]], metric="manhattan", record_steps=True).fit(X)
    display = whole(plot.steps(model, X))
    assert "1 row beyond the edges" in written(display.ax_)
    for panel in display.axes_:
        assert panel.get_ylim() == display.ax_.get_ylim() and panel.get_ylim()[1] < 2
        assert [0.5, panel.get_ylim()[1]] in [place for dots in panel.collections for place in places(dots).tolist()]
