"""faiss computes in float32 only. It has no tolerance, never stops early, and labels are a search of its own. Its
spherical k-means normalizes the centers; the rows are the caller's."""

import numpy as np

from . import Outcome, Task

TITLE = "faiss"
EXACT = True


def version() -> str:
    import faiss

    return faiss.__version__


def instruction_set() -> str:
    import faiss

    return faiss.SIMDConfig.get_level_name()


def METRICS(way: str) -> list[str]:
    return ["euclidean", "cosine"]


def takes(dtype: np.dtype) -> type:
    return np.float32


def fit(task: Task) -> Outcome:
    import faiss

    faiss.omp_set_num_threads(task.threads)
    every_row = {"max_points_per_centroid": len(task.X), "min_points_per_centroid": 1}
    spherical = {"spherical": True} if task.metric == "cosine" else {}
    X = task.X
    if spherical:
        X = X.copy()
        faiss.normalize_L2(X)
    model = faiss.Kmeans(X.shape[1], task.k, niter=task.iterations, **every_row, **spherical)
    model.train(X, init_centroids=task.start)
    return Outcome(model.centroids, model.assign(X)[1], task.iterations)
