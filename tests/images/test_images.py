"""segment_image and palette_from: what comes out, and that it is what KMeans finds in the pixels."""

import numpy as np
import pytest
from skimage import color, data

from pykmeans import ConvergenceWarning, KMeans, palette_from, segment_image
from pykmeans._colors import lab_from_rgb, rgb_from_lab
from pykmeans._image import _make_different

ASTRONAUT = data.astronaut()[:200, 100:350]


def noise(shape, seed, n_values=256, dtype=np.uint8):
    return np.random.default_rng(seed).integers(0, n_values, shape).astype(dtype)


def check_against_kmeans(image, features, k, seed=0, **how):
    """The segmentation is that of the features of all pixels, with the clusters in the order of their sizes."""
    of_both = {name: how[name] for name in how.keys() & {"n_init", "n_threads", "max_iter"}}
    model = KMeans(k, random_state=seed, refine="swaps", **of_both).fit(features)
    order = np.argsort(-model.cluster_sizes_, kind="stable")
    found = segment_image(image, k, random_state=seed, **how)
    assert (order[found.labels].ravel() == model.labels_).all()
    assert found.inertia == model.inertia_
    assert (found.shares == model.cluster_sizes_[order] / len(features)).all()
    return found, model.cluster_centers_[order]


def as_lab(image):
    white = {"u1": 255, "u2": 65535}.get(image.dtype.str[1:], 1)
    pixels = image.reshape(-1, image.shape[2] if image.ndim == 3 else 1)
    wide = pixels.astype(np.float32) if pixels.dtype == np.float16 else pixels
    return lab_from_rgb(wide / white).astype(np.float32)


@pytest.mark.parametrize("n_threads", [1, 2])
@pytest.mark.parametrize(
    ("image", "k", "how"),
    [
        (ASTRONAUT, 8, {}),
        (ASTRONAUT, 40, {"n_init": 3}),
        (ASTRONAUT, 300, {"max_iter": 5}),
        (ASTRONAUT[:, :, 0], 7, {}),
        (ASTRONAUT[:, :, :1], 7, {}),
        (ASTRONAUT[::-1, ::3], 16, {}),
        (noise((90, 80, 3), 0), 12, {}),
        (noise((90, 80, 3), 1, 3), 12, {}),
        (noise((70, 60, 3), 2, dtype=np.uint16) * 200, 9, {}),
        (noise((70, 60, 3), 3).astype(np.float32) / 255, 9, {}),
        (noise((70, 60), 3) / 255, 9, {}),
    ],
    ids=lambda value: f"{value.dtype}{value.shape}" if isinstance(value, np.ndarray) else None,
)
def test_rgb_is_kmeans_on_the_pixels(image, k, how, n_threads):
    pixels = np.ascontiguousarray(image).reshape(-1, image.shape[2] if image.ndim == 3 else 1)
    for seed in range(3):
        found, centers = check_against_kmeans(image, pixels, k, seed, space="rgb", n_threads=n_threads, **how)
        exact = centers if image.dtype.kind == "f" else np.rint(centers)
        kept = [(exact == color).all(axis=1).sum() == 1 for color in exact]
        assert (found.palette[kept] == exact[kept]).all()
        assert np.mean(kept) > 0.9


@pytest.mark.parametrize(
    "image",
    [
        ASTRONAUT,
        ASTRONAUT[:, :, 1],
        noise((50, 40, 3), 5, 65536, np.uint16),
        np.arange(2**11).astype(np.float16).reshape(32, 64) / np.float16(2**11),
        noise((50, 40, 3), 6).astype(np.float32) / 255,
    ],
    ids=["colors", "grey", "uint16", "float16", "float32"],
)
def test_lab_is_kmeans_on_the_colors_in_lab(image):
    found, centers = check_against_kmeans(image, as_lab(image), 9, space="lab")
    if image.dtype.kind == "f":
        return
    white = np.iinfo(image.dtype).max
    assert (found.palette == np.rint(rgb_from_lab(centers.astype(float)) * white)).all()


@pytest.mark.parametrize("space", ["lab", "rgb"])
def test_places_count_as_is_said(space):
    height, width = ASTRONAUT.shape[:2]
    unit = 20 / 100 * (100 if space == "lab" else 255) / np.sqrt(height * width / 8)
    rows, columns = np.mgrid[:height, :width] * unit
    colors = as_lab(ASTRONAUT) if space == "lab" else ASTRONAUT.reshape(-1, 3)
    features = np.column_stack([colors, rows.ravel(), columns.ravel()]).astype(np.float32)
    check_against_kmeans(ASTRONAUT, features, 8, space=space, spatial_weight=20)


def test_places_bring_neighbors_together():
    def borders(labels):
        return (labels[1:] != labels[:-1]).sum() + (labels[:, 1:] != labels[:, :-1]).sum()

    found = [borders(segment_image(ASTRONAUT, 20, spatial_weight=w, random_state=0).labels) for w in (0, 10, 100)]
    assert found[0] > 1.5 * found[1] > 2 * found[2]


@pytest.mark.parametrize("space", ["lab", "rgb"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
@pytest.mark.parametrize("channels", [(), (1,), (3,), (4,)], ids=str)
def test_what_comes_out(dtype, channels, space):
    image = noise((31, 17, *channels), 0, 256, np.uint8)
    image = image if dtype == np.uint8 else (image * 257.0).astype(dtype) if dtype == np.uint16 else image / dtype(255)
    before = image.copy()
    found = segment_image(image, 6, space=space, random_state=0)
    assert (image == before).all()
    assert found.image.shape == image.shape and found.image.dtype == image.dtype
    assert found.labels.shape == (31, 17) and found.labels.dtype == np.uint8
    n_channels = 1 if channels in ((), (1,)) else 3
    assert found.palette.shape == (6, n_channels) and found.palette.dtype == image.dtype
    colors = found.image.reshape(31, 17, -1)
    assert (colors[:, :, :n_channels] == found.palette[found.labels]).all()
    assert len(np.unique(found.palette, axis=0)) == 6
    assert (np.diff(found.shares) <= 0).all() and found.shares.sum() == pytest.approx(1)
    if channels == (4,):
        assert (found.image[:, :, 3] == image[:, :, 3]).all()
    assert (palette_from(image, 6, space=space, random_state=0) == found.palette).all()
    assert repr(found) == "Segmentation(17 x 31 pixels, 6 colors)"


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float64])
@pytest.mark.parametrize("spatial_weight", [0, 5])
def test_pixels_that_cannot_be_seen_have_no_say(dtype, spatial_weight):
    image = np.dstack([ASTRONAUT, np.full(ASTRONAUT.shape[:2], 255, np.uint8)])
    image[:, 30:60] = (0, 255, 0, 0)  # a green that is nowhere else
    image[:, 100:110, 3] = 1
    image = image if dtype == np.uint8 else image / 255 if dtype == np.float64 else image.astype(dtype) * 257
    found = segment_image(image, 8, space="rgb", spatial_weight=spatial_weight, random_state=0)
    assert (found.image[:, :, 3] == image[:, :, 3]).all()
    seen = image[:, :, 3] > 0
    sizes = np.bincount(found.labels[seen], minlength=8)
    assert (found.shares == sizes / seen.sum()).all()
    if spatial_weight == 0:
        model = KMeans(8, random_state=0, refine="swaps").fit(image[seen][:, :3])
        order = np.argsort(-model.cluster_sizes_, kind="stable")
        assert (order[found.labels[seen]] == model.labels_).all() and found.inertia == model.inertia_
        assert (order[found.labels[~seen]] == model.predict(image[~seen][:, :3])).all()


def test_labels_are_as_small_as_can_be():
    image = np.arange(2 * 35_000, dtype=np.uint32).reshape(200, 350)
    image = np.dstack([image % 256, image // 256 % 256, image // 65536]).astype(np.uint8)
    assert segment_image(image, 256, space="rgb", random_state=0, max_iter=2).labels.dtype == np.uint8
    found = segment_image(image, 257, space="rgb", random_state=0, max_iter=2)
    assert found.labels.dtype == np.uint16 and found.labels.max() == 256


@pytest.mark.parametrize("space", ["lab", "rgb"])
@pytest.mark.parametrize("n_values", [2, 3, 4, 6])
def test_colors_are_different_however_near_they_lie(space, n_values):
    for seed in range(8):
        image = noise((30, 20, 3), seed, n_values)
        n_colors = len(np.unique(image.reshape(-1, 3), axis=0))
        for k in sorted({2, 3, n_colors // 3, n_colors // 2, n_colors - 1, n_colors} - {0, 1}):
            found = segment_image(image, k, space=space, random_state=seed)
            assert len(np.unique(found.palette, axis=0)) == k
            assert len(np.unique(found.image.reshape(-1, 3), axis=0)) == k


def test_whoever_had_the_only_color_of_another_cluster_takes_one_of_its_own():
    palette = np.array([[5], [5], [9]], dtype=np.uint8)
    _make_different(palette, np.array([[4], [6], [5], [9]], dtype=np.uint8), np.array([0, 0, 1, 2]))
    assert palette.ravel().tolist() == [4, 5, 9]
    palette = np.array([[5], [5], [9]], dtype=np.uint8)
    _make_different(palette, np.array([[5], [4], [6], [9]], dtype=np.uint8), np.array([0, 1, 1, 2]))
    assert palette.ravel().tolist() == [5, 4, 9]


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_fewer_colors_than_asked_for(dtype):
    image = np.array([[0, 0, 1], [0, 1, 1], [0, 0, 0]], dtype=dtype)
    with pytest.warns(ConvergenceWarning, match="The image has 2 different colors, fewer than n_colors=5"):
        found = segment_image(image, 5, random_state=0)
    assert found.palette.ravel().tolist() == [0, 1] and found.shares.tolist() == [6 / 9, 3 / 9]
    assert (found.image == image).all()
    with pytest.warns(ConvergenceWarning, match="1 different color,"):
        assert palette_from(image[:1, :2], 3).tolist() == [[0]]


@pytest.mark.parametrize("space", ["lab", "rgb"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float16, np.float32, np.float64])
@pytest.mark.parametrize("channels", [1, 3])
def test_what_has_few_colors_comes_out_as_it_was(dtype, channels, space):
    rng = np.random.default_rng(0)
    white = np.iinfo(dtype).max if np.issubdtype(dtype, np.integer) else 1
    colors = rng.permutation(256)[:60, np.newaxis] * (white / 255) * np.append(1, rng.random(2))[:channels]
    image = colors.astype(dtype)[rng.integers(0, 60, (30, 40))]
    with pytest.warns(ConvergenceWarning, match="60 different colors"):
        found = segment_image(image, 64, space=space, random_state=0)
    assert (found.image == image).all()


@pytest.mark.parametrize("space", ["lab", "rgb"])
@pytest.mark.parametrize("spatial_weight", [0, 5])
def test_a_cluster_of_one_color_has_that_color(space, spatial_weight):
    image = np.random.default_rng(0).random((31, 20, 3)) * 0.1
    image[:, 10:] = (0.9, 0.7, 0.3)
    found = segment_image(image, 2, space=space, spatial_weight=spatial_weight, random_state=0)
    assert (found.image[:, 10:] == (0.9, 0.7, 0.3)).all()
    assert (found.image[:, :10] == found.image[0, 0]).all() and (found.image[0, 0] < 0.1).all()


def test_lab_is_that_of_others():
    rgb = np.random.default_rng(0).random((4000, 3))
    rgb[:8] = [[r, g, b] for r in (0, 1) for g in (0, 1) for b in (0, 1)]
    rgb[8:100] *= 0.05  # where the curves are lines
    lab = lab_from_rgb(rgb)
    assert np.abs(lab - color.rgb2lab(rgb)).max() < 2e-4  # scikit-image rounds where the cube root becomes a line
    assert np.abs(rgb_from_lab(lab) - rgb).max() < 1e-7
    lightness = lab_from_rgb(rgb[:, :1])
    assert np.abs(lightness[:, 0] - color.rgb2lab(rgb[:, [0, 0, 0]])[:, 0]).max() < 2e-4 + 1e-3
    assert np.abs(rgb_from_lab(lightness) - rgb[:, :1]).max() < 1e-12


def test_colors_beyond_srgb_are_brought_back():
    found = rgb_from_lab(np.array([[50.0, 120.0, -120.0], [120.0, 0.0, 0.0], [-5.0, 0.0, 0.0]]))
    assert found.min() == 0 and found.max() == pytest.approx(1)
