"""What segment_image and palette_from take, and what they refuse."""

import io
import sys

import numpy as np
import pytest
from PIL import Image

from pykmeans import ConvergenceWarning, palette_from, segment_image
from pykmeans._validate.images import read_image

COLORS = np.random.default_rng(0).integers(0, 256, (12, 9, 3)).astype(np.uint8)
PILLOW = Image.fromarray(COLORS)


def pixels(image):
    """What is read of an image."""
    return read_image(image, "segment_image").array


@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.int64, np.uint32, np.uint64, ">i4"])
def test_integers_of_bytes_are_bytes(dtype):
    image = COLORS // 2
    found, same = segment_image(image.astype(dtype), 3, random_state=0), segment_image(image, 3, random_state=0)
    assert found.image.dtype == np.uint8 and (found.image == same.image).all() and (found.labels == same.labels).all()
    assert palette_from([[0, 255], [255, 0]], 2, random_state=0).tolist() in ([[0], [255]], [[255], [0]])


def test_booleans_are_black_and_white():
    mask = COLORS[..., 0] > 99
    found = segment_image(mask, 2, random_state=0)
    assert found.image.dtype == np.uint8 and (found.image == np.where(mask, 255, 0)).all()


@pytest.mark.parametrize(
    ("mode", "read_as"),
    [
        ("L", "L"),
        ("RGB", "RGB"),
        ("RGBA", "RGBA"),
        ("1", "L"),
        ("P", "RGB"),
        ("LA", "RGBA"),
        ("La", "RGBA"),
        ("RGBa", "RGBA"),
        ("RGBX", "RGB"),
        ("CMYK", "RGB"),
        ("YCbCr", "RGB"),
        ("HSV", "RGB"),
        ("LAB", "RGB"),
    ],
)
def test_modes_of_pillow(mode, read_as):
    if mode == "La":
        image = PILLOW.convert("LA").convert("La")
    elif mode == "RGBa":
        image = PILLOW.convert("RGBA").convert("RGBa")
    elif mode == "LAB":
        image = Image.frombytes("LAB", (9, 12), COLORS.tobytes())
    else:
        image = PILLOW.convert(mode)
    assert image.mode == mode
    assert (pixels(image) == np.asarray((image.convert("LA") if mode == "La" else image).convert(read_as))).all()
    assert segment_image(image, 2, random_state=0).image.shape[:2] == (12, 9)


def test_colors_and_segments_are_told_apart():
    two = np.uint8([[0, 0, 255, 255]] * 3)
    with pytest.warns(ConvergenceWarning, match="^The image has 2 different colors, fewer than n_colors=16"):
        assert repr(segment_image(two, 16, random_state=0)) == "Segmentation(4 x 3 pixels, 2 colors)"
    with pytest.warns(ConvergenceWarning, match="^The image has 12 pixels, fewer than n_colors=16"):
        found = segment_image(two, 16, spatial_weight=10, random_state=0)
    assert repr(found) == "Segmentation(4 x 3 pixels, 12 segments in 2 colors)"


@pytest.mark.parametrize("shape", [(1, 40_000), (40_000, 1), (200, 200)])
def test_places_are_finite_whatever_their_weight(shape):
    image = np.arange(40_000, dtype=np.uint16).reshape(shape)
    assert segment_image(image, 2, space="rgb", spatial_weight=1e25, random_state=0).inertia < np.inf
    with pytest.raises(ValueError, match="'spatial_weight' parameter of segment_image must be a float in the range"):
        segment_image(image, 2, spatial_weight=1e39)


def test_modes_of_more_bits():
    grey = np.arange(108, dtype=np.uint16).reshape(12, 9) * 600
    for image in (Image.fromarray(grey), Image.fromarray(grey.astype(np.int32))):
        assert pixels(image).dtype == np.uint16 and (pixels(image) == grey).all()
    found = pixels(Image.fromarray((grey / 65535).astype(np.float32)))
    assert found.dtype == np.float32 and (found == (grey / 65535).astype(np.float32)).all()
    with pytest.raises(ValueError, match="from 0 to 65535 where its mode is 'I', got -1 to"):
        pixels(Image.fromarray(grey.astype(np.int32) - 1))
    buffer = io.BytesIO()
    Image.fromarray(grey).save(buffer, "PNG", transparency=600)
    found = pixels(Image.open(buffer))
    assert found.dtype == np.uint16 and (found[:, :, :3] == grey[:, :, None]).all()
    assert (found[:, :, 3] == np.where(grey == 600, 0, 65535)).all()


def test_transparency_of_palettes_and_of_single_colors():
    with_palette = PILLOW.quantize(5)
    with_palette.info["transparency"] = 2
    found = pixels(with_palette)
    assert found.shape == (12, 9, 4) and ((found[:, :, 3] == 0) == (np.asarray(with_palette) == 2)).all()
    buffer = io.BytesIO()
    PILLOW.save(buffer, "PNG", transparency=tuple(COLORS[3, 4].tolist()))
    found = pixels(Image.open(buffer))
    assert np.argwhere(found[:, :, 3] == 0).tolist() == [[3, 4]]


def test_paths(tmp_path):
    path = tmp_path / "picture.png"
    PILLOW.save(path)
    expected = segment_image(COLORS, 4, random_state=0)
    for given in (path, str(path), PILLOW):
        found = segment_image(given, 4, random_state=0)
        assert (found.image == expected.image).all() and (found.palette == expected.palette).all()
        assert (palette_from(given, 4, random_state=0) == expected.palette).all()


def test_files_are_turned_upright(tmp_path):
    path = tmp_path / "picture.png"
    exif = Image.Exif()
    exif[0x0112] = 6  # held with its right side up
    PILLOW.save(path, exif=exif)
    assert (pixels(path) == np.rot90(COLORS, -1)).all()


def test_files_that_are_no_pictures(tmp_path):
    path = tmp_path / "picture.png"
    with pytest.raises(FileNotFoundError):
        segment_image(path)
    path.write_text("no picture")
    with pytest.raises(ValueError, match=r"picture that Pillow can read, got the file '.*picture\.png'"):
        segment_image(path)
    PILLOW.save(path)
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(ValueError, match=r"the file '.*picture\.png' \(.*truncated"):
        segment_image(path)


def test_paths_need_pillow(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(ImportError, match=r"segment_image with a path needs PIL.*pip install 'pykmeans\[image\]'"):
        segment_image("picture.png")
    found = segment_image(COLORS, 3)
    with pytest.raises(ImportError, match=r"Segmentation.to_pillow needs PIL.*pip install 'pykmeans\[image\]'"):
        found.to_pillow()


def test_arrays_are_read_however_they_lie():
    big = (COLORS.astype(np.float64) / 255).astype(">f4")
    for image in (COLORS[::-1, ::2], COLORS.transpose(1, 0, 2), COLORS[:, :, ::-1], big, big[:, :, 0]):
        before = image.copy()
        expected = segment_image(np.ascontiguousarray(image, image.dtype.newbyteorder("=")), 5, random_state=0)
        found = segment_image(image, 5, random_state=0)
        assert (found.image == expected.image).all() and found.image.shape == image.shape
        assert (image == before).all() and image.dtype == before.dtype


@pytest.mark.parametrize(
    ("image", "mode", "expected"),
    [
        (COLORS, "RGB", lambda found: found),
        (COLORS[:, :, 0], "L", lambda found: found),
        (COLORS[:, :, :1], "L", lambda found: found[:, :, 0]),
        (np.dstack([COLORS, COLORS[:, :, 0] | 1]), "RGBA", lambda found: found),
        (COLORS / np.float32(255), "RGB", lambda found: np.rint(found * 255)),
        (COLORS[:, :, 0].astype(np.uint16) * 257, "I;16", lambda found: found),
        (COLORS.astype(np.uint16) * 257, "RGB", lambda found: np.rint(found / 257)),
    ],
    ids=lambda value: f"{value.dtype}{value.shape}" if isinstance(value, np.ndarray) else None,
)
def test_to_pillow(image, mode, expected):
    found = segment_image(image, 4, random_state=0)
    pillow = found.to_pillow()
    assert pillow.mode == mode and (np.asarray(pillow) == expected(found.image)).all()


@pytest.mark.parametrize("function", [segment_image, palette_from])
@pytest.mark.parametrize(
    ("image", "error", "words"),
    [
        (
            COLORS.astype(complex),
            TypeError,
            "image must hold integers from 0 to 255, uint16, bool or floats from 0 to 1",
        ),
        ([[1, 2], [3, 256]], ValueError, "integers from 0 to 255 where they are int64, got 256 at row 1, column 1;"),
        ([[[1, 2, -3]]], ValueError, "got -3 at row 0, column 0, channel 2"),
        (COLORS[0, 0], ValueError, r"shape \(height, width\), .* with 1, 3 or 4 channels, got \(3,\)"),
        (COLORS[:, :, :2], ValueError, r"got \(12, 9, 2\)"),
        (np.zeros((2, 2, 3, 1), np.uint8), ValueError, r"got \(2, 2, 3, 1\)"),
        (COLORS[:0], ValueError, r"image must have a pixel at least, got shape \(0, 9, 3\)"),
        (Image.new("I", (0, 3)), ValueError, r"image must have a pixel at least, got shape \(3, 0\)"),
        (np.array([[0.5, 1.5]]), ValueError, "floats from 0 to 1, got 1.5 at row 0, column 1; divide by"),
        (COLORS * 1.0, ValueError, r"floats from 0 to 1, got \d+\.0 at row 0, column 0, channel 0"),
        (np.array([[0.5, -0.1]]), ValueError, "got -0.1 at row 0, column 1"),
        (np.full((1, 2, 3), np.nan), ValueError, "NaN.*the first, nan, is at row 0, column 0, channel 0"),
        (np.zeros((5, 4, 4), np.uint8), ValueError, "alpha is 0 everywhere"),
        (None, TypeError, "image must hold integers from 0 to 255, uint16, bool or floats from 0 to 1, got object"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_images_that_are_refused(function, image, error, words):
    with pytest.raises(error, match=words):
        function(image, 2)


@pytest.mark.parametrize("function", [segment_image, palette_from])
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"n_colors": 0}, r"'n_colors' parameter of {} must be an int in the range \[1, inf\). Got 0 instead"),
        ({"n_colors": 2.0}, "'n_colors' parameter of {} must be an int"),
        ({"space": "hsv"}, r"'space' parameter of {} must be a str among {{'lab', 'rgb'}}. Got 'hsv'"),
        ({"n_init": 0}, "'n_init' parameter of {} must be"),
        ({"tol": -1}, "'tol' parameter of {} must be"),
        ({"max_iter": 0}, "'max_iter' parameter of {} must be"),
        ({"random_state": "a"}, "'random_state' parameter of {} must be"),
        ({"n_threads": 0}, "'n_threads' parameter of {} must be"),
        ({"spatial_weight": -0.5}, r"'spatial_weight' parameter of {} must be a float in the range \[0.0, 1e\+25\]"),
        ({"spatial_weight": 1.1e25}, "'spatial_weight' parameter of {} must be a float"),
        ({"spatial_weight": np.inf}, "'spatial_weight' parameter of {} must be a float"),
    ],
    ids=str,
)
def test_arguments_are_judged_before_any_work(function, arguments, words):
    if function is palette_from and "spatial_weight" in arguments:
        words = "unexpected keyword argument 'spatial_weight'"
    with pytest.raises((ValueError, TypeError), match=words.format(function.__name__)):
        function("there is no such file", **arguments)


def test_the_global_generator_is_used_where_none_is_given():
    np.random.seed(5)
    found = palette_from(COLORS, 7)
    assert (found == palette_from(COLORS, 7, random_state=5)).all()
