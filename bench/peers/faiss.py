"""faiss computes in float32 only. It has no tolerance, never stops early, and labels are a search of its own."""

import numpy as np

from . import Outcome, Task

TITLE = "faiss"
EXACT = True


def version() -> str:
    import faiss

    return faiss.__version__


def WAYS() -> list[str]:
    """ "super" is its SuperKMeans-style pruning, off by default."""
    return ["super"]


def takes(dtype: np.dtype) -> type:
    return np.float32


def fit(task: Task) -> Outcome:
    import faiss

    faiss.omp_set_num_threads(task.threads)
    every_row = {"max_points_per_centroid": len(task.X), "min_points_per_centroid": 1}
    pruning = {"use_super_kmeans": True} if task.way == "super" else {}
    model = faiss.Kmeans(task.X.shape[1], task.k, niter=task.iterations, **every_row, **pruning)
    model.train(task.X, init_centroids=task.start)
    return Outcome(model.centroids, model.assign(task.X)[1], task.iterations)
