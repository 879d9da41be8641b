"""Images from the user: arrays, Pillow images and paths, each brought to an array of pixels."""

import os
import sys
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._optional import optional
from .arrays import as_array, refuse_non_finite
from .convert import first

# Pillow's modes that are arrays as they are; others are converted.
_MODES = {"L", "RGB", "RGBA", "I;16", "F"}
_FULL = {"uint8": 255, "uint16": 65535, "float16": 1, "float32": 1, "float64": 1}


class Picture(NamedTuple):
    """An image, and its pixels in rows."""

    array: NDArray[Any]  # (height, width) or (height, width, channels), C-contiguous
    colors: NDArray[Any]  # (height * width, 1 or 3), a view
    visible: NDArray[np.bool_] | None  # (height * width), pixels that are not fully transparent; None for all

    @property
    def full(self) -> int:
        """The value of white."""
        return _FULL[self.array.dtype.name]


def read_image(image: Any, caller: str) -> Picture:
    """Return the pixels of what the user gave; ValueError or TypeError where that is no image."""
    array = np.ascontiguousarray(_array(image, caller))
    _check(array)
    pixels = array.reshape(array.shape[0] * array.shape[1], -1)
    visible = pixels[:, 3] > 0 if pixels.shape[1] == 4 else None
    if visible is not None and not visible.any():
        raise ValueError("image must have pixels that can be seen, but alpha is 0 everywhere.")
    return Picture(array, pixels[:, :3], None if visible is None or visible.all() else visible)


def _array(image: Any, caller: str) -> NDArray[Any]:
    if isinstance(image, (str, os.PathLike)):
        return _opened(image, caller)
    pillow = sys.modules.get("PIL.Image")
    if pillow is not None and isinstance(image, pillow.Image):
        return _pixels(image)
    array = _as_bytes(as_array(image, "image"))
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _as_bytes(array: NDArray[Any]) -> NDArray[Any]:
    """Return integers from 0 to 255 of any type, as lists and sums give them, as uint8; True becomes white."""
    if array.dtype == np.bool_:
        return array * np.uint8(255)
    if array.dtype.kind not in "iu" or array.dtype.name in _FULL:
        return array
    wrong = (array < 0) | (array > 255)
    if wrong.any():
        where = first(wrong)
        raise ValueError(
            f"image must hold integers from 0 to 255 where they are {array.dtype}, got {array[where]} at "
            f"{_place(where)}; if white is 65535, convert it with astype(np.uint16)."
        )
    return array.astype(np.uint8)


def _opened(path: Any, caller: str) -> NDArray[Any]:
    """Return the pixels of a file, upright."""
    pillow, operations = (
        optional(module, "image", f"{caller} with a path") for module in ("PIL.Image", "PIL.ImageOps")
    )
    try:
        with pillow.open(path) as image:
            return _pixels(operations.exif_transpose(image))
    except (OSError, SyntaxError) as error:
        if isinstance(error, OSError) and error.errno is not None:  # no such file, say
            raise
        why = "" if isinstance(error, pillow.UnidentifiedImageError) else f" ({error})"
        raise ValueError(
            f"image must be a picture that Pillow can read, got the file {os.fspath(path)!r}{why}."
        ) from None


def _pixels(image: Any) -> NDArray[Any]:
    """Return the pixels of a Pillow image."""
    if image.mode == "La":
        image = image.convert("LA")  # the only one that it can become
    mode = image.mode
    if mode.startswith("I"):
        return _sixteen_bits(image)
    if "transparency" in image.info or mode in ("LA", "PA", "RGBa"):
        mode = "RGBA"
    elif mode == "1":
        mode = "L"
    elif mode not in _MODES:
        mode = "RGB"
    return np.asarray(image if mode == image.mode else image.convert(mode))


def _sixteen_bits(image: Any) -> NDArray[Any]:
    """Return the pixels of a Pillow image of integers, as files of 16 bits have them."""
    values = np.asarray(image)
    if values.size and (values.min() < 0 or values.max() > 65535):
        raise ValueError(
            f"image must hold integers from 0 to 65535 where its mode is {image.mode!r}, "
            f"got {values.min()} to {values.max()}."
        )
    gray = values.astype(np.uint16)
    if "transparency" not in image.info:
        return gray
    # A gray that stands for nothing. Pillow's own conversion would cut off at 255.
    alpha = np.where(values == image.info["transparency"], 0, 65535).astype(np.uint16)
    return np.dstack([gray, gray, gray, alpha])


def _check(array: NDArray[Any]) -> None:
    if array.dtype.name not in _FULL:
        raise TypeError(
            f"image must hold integers from 0 to 255, uint16, bool or floats from 0 to 1, got {array.dtype}."
        )
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (1, 3, 4)):
        raise ValueError(
            "image must have shape (height, width), or (height, width, channels) with 1, 3 or 4 channels, "
            f"got {array.shape}."
        )
    if 0 in array.shape:
        raise ValueError(f"image must have a pixel at least, got shape {array.shape}.")
    if array.dtype.kind == "f":
        refuse_non_finite(array, "image", _place)
        wrong = (array < 0) | (array > 1)
        if wrong.any():
            where = first(wrong)
            raise ValueError(
                f"image must hold floats from 0 to 1, got {array[where]} at {_place(where)}; "
                "divide by the value of white."
            )


def _place(index: tuple[int, ...]) -> str:
    """Words for where a value stands in an image."""
    return ", ".join(f"{name} {i}" for name, i in zip(("row", "column", "channel"), index, strict=False))
