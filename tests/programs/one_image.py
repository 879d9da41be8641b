"""A picture of 12 million pixels, segmented or not, whose memory somebody measures: one_image.py segment|nothing."""

import sys

import numpy as np
import without_scikit_learn  # noqa: F401

from pykmeans import segment_image

rng = np.random.default_rng(0)
image = np.empty((3000, 4000, 3), dtype=np.uint8)
for row in range(3000):  # a slope in each channel, with noise: some hundred thousand colors
    slopes = np.stack([np.full(4000, row / 15), np.arange(4000) / 20, 40 + 30 * np.sin(np.arange(4000) / 300)], axis=1)
    image[row] = slopes + rng.integers(0, 6, (4000, 3))
found = segment_image(image[:40], 4, space="rgb", random_state=0)
if sys.argv[1] == "segment":
    found = segment_image(image, 16, space="rgb", random_state=0)
    assert found.labels.dtype == np.uint8 and found.image.shape == image.shape
