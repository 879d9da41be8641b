"""One judge for everybody: the inertia of a result in float64, and what follows from it."""

import math

import numpy as np

from . import data

# How much worse than pykmeans an exact peer's inertia may be, relatively. In float64, peers that start where we do end
# where we do, to 1e-14. Rounding in float32 leads some rows elsewhere and so to another path: up to 4e-4 was seen, on
# the photograph, whose values are far from zero. Where the peers draw their own seeds, luck makes percents.
TOLERANCE = {"fit": 1e-3, "seed": 5e-2, "whole": 5e-2}
BLOCK = 10_000


def distances(X: np.ndarray, centers: np.ndarray, metric: str) -> np.ndarray:
    """What each row adds to the inertia, which lies with the center beside it; float64."""
    if metric == "cosine":
        lengths = np.linalg.norm(X, axis=1) * np.linalg.norm(centers, axis=1)
        return 1.0 - np.einsum("ij,ij->i", X, centers) / lengths
    if metric == "manhattan":
        return np.abs(X - centers).sum(axis=1)
    p = data.n_numbers(metric, X.shape[1])
    differing = (X[:, p:] != centers[:, p:]).sum(axis=1)
    return np.square(X[:, :p] - centers[:, :p]).sum(axis=1) + differing * (data.GAMMA if p else 1.0)


def inertia(X: np.ndarray, labels: np.ndarray, centers: np.ndarray, metric: str = "euclidean") -> float:
    """Sum of the distances of the rows to the centers of their labels (the squared ones, of euclidean), in float64."""
    labels = np.asarray(labels).astype(np.int64).ravel()
    if labels.shape != (len(X),) or labels.min() < 0 or labels.max() >= len(centers):
        return math.nan
    centers = np.asarray(centers, dtype=np.float64)
    blocks = (slice(i, i + BLOCK) for i in range(0, len(X), BLOCK))
    return math.fsum(distances(X[b].astype(np.float64), centers[labels[b]], metric).sum() for b in blocks)


def nearest(X: np.ndarray, centers: np.ndarray) -> np.ndarray:
    """Label of each row, in float64: for seeds, which come without labels."""
    centers = np.asarray(centers, dtype=np.float64)
    norms = np.einsum("ij,ij->i", centers, centers)
    blocks = (X[i : i + BLOCK].astype(np.float64) for i in range(0, len(X), BLOCK))
    return np.concatenate([np.argmin(norms - 2.0 * (block @ centers.T), axis=1) for block in blocks])


def verdict(task: str, inertia: float, reference: float, same_bits: bool = False) -> str:
    """ "" for a good result, else what is wrong with it.

    Parameters
    ----------
    task : what the result is of
    inertia, reference : of the result, and of pykmeans
    same_bits : whether the result is pykmeans' own, of which every way must have the same bits
    """
    if same_bits:
        return "" if inertia == reference else f"not the bits of pykmeans: inertia {inertia!r}, not {reference!r}"
    excess = inertia / reference - 1.0 if reference else inertia
    if excess <= TOLERANCE[task]:  # not so for NaN
        return ""
    return f"inertia {inertia:.6g}: {excess:+.2g} relative to pykmeans, {TOLERANCE[task]:g} allowed"
