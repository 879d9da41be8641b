"""Make the pictures of the documentation from the package itself: ``python docs/make_pictures.py``.

Needs matplotlib, and scikit-learn for the photograph (china.jpg by danielbuechele on Flickr, CC BY 2.0).
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_sample_image

from pykmeans import KMeans

PICTURES = Path(__file__).parent / "pictures"


def quantized(photo: np.ndarray, n_colors: int) -> tuple[np.ndarray, KMeans]:
    """Return the photograph in ``n_colors`` colors, and the model that found them."""
    pixels = photo.reshape(-1, 3)  # uint8, read in place
    kmeans = KMeans(n_colors, random_state=0).fit(pixels)
    colors = kmeans.cluster_centers_.round().astype(np.uint8)
    return colors[kmeans.labels_].reshape(photo.shape), kmeans


def palette(kmeans: KMeans, shape: tuple[int, int]) -> np.ndarray:
    """Return the colors side by side from dark to light, each as wide as its share of the pixels."""
    height, width = shape
    order = kmeans.cluster_centers_.sum(axis=1).argsort()
    share = kmeans.cluster_sizes_[order].cumsum() / kmeans.cluster_sizes_.sum()
    columns = order[np.searchsorted(share, (np.arange(width) + 0.5) / width)]
    colors = kmeans.cluster_centers_.round().astype(np.uint8)
    return np.broadcast_to(colors[columns], (height, width, 3))


def china() -> None:
    """Draw the photograph beside itself in 16 colors."""
    photo = load_sample_image("china.jpg")
    painted, kmeans = quantized(photo, 16)
    n_before = len(np.unique(photo.reshape(-1, 3), axis=0))
    part = (slice(60, 380, 2), slice(0, 480, 2))  # every second pixel of the middle: the colors stay as they are
    height, width, _ = photo[part].shape
    gap, title, strip = 8, 22, 14

    figure = plt.figure(figsize=((2 * width + gap) / 100, (height + title + gap + strip) / 100), dpi=100)
    figure.figimage(photo[part], 0, gap + strip)
    figure.figimage(painted[part], width + gap, gap + strip)
    figure.figimage(palette(kmeans, (strip, width)), width + gap, 0)
    top = (height + gap + strip + 6) / (height + title + gap + strip)
    figure.text(0.0, top, f"{n_before:,} colors", fontsize=9, ha="left")
    figure.text((width + gap) / (2 * width + gap), top, "16 colors, and their shares", fontsize=9, ha="left")
    PICTURES.mkdir(exist_ok=True)
    figure.savefig(PICTURES / "china-16.png", metadata={"Software": None}, pil_kwargs={"optimize": True})
    plt.close(figure)


if __name__ == "__main__":
    china()
