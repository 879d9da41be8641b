"""Images in few colors: ``python -m bench.images``, beside Pillow and scikit-learn's example of color quantization.

Mean squared errors are those of the values from 0 to 255, over all pixels and channels, and of CIELAB.
"""

import argparse
import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image
from sklearn.cluster import KMeans
from sklearn.datasets import load_sample_image
from sklearn.utils import shuffle

from pykmeans import segment_image
from pykmeans._colors import lab_from_rgb

PHOTOGRAPHS = ("china.jpg", "flower.jpg", "flower.jpg, enlarged")


def photograph(name: str) -> np.ndarray:
    """One that comes with scikit-learn, or that enlarged to 12 megapixels, with the noise that a camera adds."""
    image = np.ascontiguousarray(load_sample_image(name.split(",")[0]))
    if not name.endswith("enlarged"):
        return image
    large = Image.fromarray(image).resize((4000, 3000), Image.Resampling.BICUBIC)
    noise = np.random.default_rng(0).standard_normal((3000, 4000, 3), dtype=np.float32)
    return np.clip(np.rint(np.asarray(large) + noise), 0, 255).astype(np.uint8)


def by_pykmeans(image: np.ndarray, k: int, space: str) -> np.ndarray:
    return segment_image(image, k, space=space, random_state=0).image


def by_pillow(image: np.ndarray, k: int, method: Image.Quantize, kmeans: int) -> np.ndarray:
    return np.asarray(Image.fromarray(image).quantize(k, method=method, kmeans=kmeans).convert("RGB"))


def by_scikit_learn(image: np.ndarray, k: int, n_pixels: int | None) -> np.ndarray:
    """What scikit-learn's example does, which learns the colors from 1,000 pixels; or with all of them."""
    pixels = np.array(image, dtype=np.float64).reshape(-1, 3) / 255
    model = KMeans(n_clusters=k, random_state=0)
    model.fit(pixels if n_pixels is None else shuffle(pixels, random_state=0, n_samples=n_pixels))
    colors = np.rint(model.cluster_centers_ * 255).astype(np.uint8)
    return colors[model.predict(pixels)].reshape(image.shape)


WAYS: dict[str, tuple[Callable[..., np.ndarray], dict[str, Any]]] = {
    "pykmeans, rgb": (by_pykmeans, {"space": "rgb"}),
    "pykmeans, lab": (by_pykmeans, {"space": "lab"}),
    "Pillow, median cut": (by_pillow, {"method": Image.Quantize.MEDIANCUT, "kmeans": 0}),
    "Pillow, median cut, kmeans=1": (by_pillow, {"method": Image.Quantize.MEDIANCUT, "kmeans": 1}),
    "Pillow, fast octree": (by_pillow, {"method": Image.Quantize.FASTOCTREE, "kmeans": 0}),
    "scikit-learn, 1,000 pixels": (by_scikit_learn, {"n_pixels": 1000}),
    "scikit-learn, all pixels": (by_scikit_learn, {"n_pixels": None}),
}


def squared_error(image: np.ndarray, other: np.ndarray, lab: bool) -> float:
    total = 0.0
    for rows in range(0, len(image), 100):  # a large image in parts
        parts = [part[rows : rows + 100].reshape(-1, 3) for part in (image, other)]
        a, b = (lab_from_rgb(part / 255) if lab else part.astype(np.float64) for part in parts)
        total += float(((a - b) ** 2).sum())
    return total / image.size


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.images", description=__doc__.split("\n")[0])
    parser.add_argument("--colors", nargs="+", type=int, default=[16, 256])
    parser.add_argument("--repeats", type=int, default=3, help="runs of which the least time counts")
    parser.add_argument("--only", help="images whose names begin so")
    parser.add_argument("--ways", help="ways whose names begin so")
    asked = parser.parse_args()
    print(f"{os.cpu_count()} processors; seconds are the least of {asked.repeats} runs.\n")
    print("| image | colors | way | seconds | mean squared error | in CIELAB |\n|---|---|---|---|---|---|")
    for name in PHOTOGRAPHS:
        if asked.only and not name.startswith(asked.only):
            continue
        image = photograph(name)
        height, width = image.shape[:2]
        for k in asked.colors:
            for way, (function, how) in WAYS.items():
                if asked.ways and not way.startswith(asked.ways):
                    continue
                seconds = []
                for _ in range(asked.repeats):
                    start = time.perf_counter()
                    found = function(image, k, **how)
                    seconds.append(time.perf_counter() - start)
                errors = " | ".join(f"{squared_error(image, found, lab):.2f}" for lab in (False, True))
                print(f"| {name} ({width} x {height}) | {k} | {way} | {min(seconds):.3f} | {errors} |", flush=True)


if __name__ == "__main__":
    main()
