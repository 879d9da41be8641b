"""``pykmeans segment``: an image in few colors."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._image import segment_image
from . import _outputs
from ._messages import Refusal, counted
from ._summary import Summary

# Formats that keep each color as it is, and how Pillow writes them.
_FORMATS = {".png": "PNG", ".tif": "TIFF", ".tiff": "TIFF", ".webp": "WEBP"}


def segment(photo: str, n_colors: int, *, space: str, seed: int, out: str | None, force: bool) -> None:
    """Paint an image in few colors, and say which."""
    _outputs.check({"--out": out}, force)
    if out is not None and out != "-" and _suffix(out) not in _FORMATS:
        raise Refusal(f"--out {out}: choose a kind of image that keeps each color as it is: {', '.join(_FORMATS)}.")
    summary = Summary(to_stderr=out == "-")
    try:
        found = segment_image(photo, n_colors, space=space, random_state=seed)
    except FileNotFoundError:
        raise Refusal(f"There is no file {photo}.") from None
    except (ImportError, ValueError, OSError) as error:
        raise Refusal(f"{photo}: {error}") from None
    if out is not None:
        content = io.BytesIO()
        found.to_pillow().save(content, format=_FORMATS.get(_suffix(out), "PNG"), lossless=True)
        _outputs.write({out: content.getvalue()})
    height, width = found.labels.shape
    summary.colors(f"{photo}: {width} x {height} pixels", _codes(found.palette), found.shares)
    summary.wrote(out, f"the image in {counted(len(found.palette), 'color')}")


def _suffix(path: str) -> str:
    return Path(path).suffix.lower()


def _codes(palette: NDArray[Any]) -> list[str]:
    """Return colors as #rrggbb; gray is one whose channels are equal."""
    full = 1 if palette.dtype.kind == "f" else 256**palette.itemsize - 1
    eight_bits = np.rint(palette.astype(np.float64) * (255 / full)).astype(int)
    return ["#" + "".join(f"{value:02x}" for value in np.broadcast_to(color, 3)) for color in eight_bits]
