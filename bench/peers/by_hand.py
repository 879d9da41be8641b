"""What one writes where no package has the metric: Lloyd's loop, with the fastest search that there is for it (faiss by
L1, scikit-learn by Hamming) and centers by NumPy. Empty clusters stay where they are."""

import numpy as np

from . import Outcome, Task
from .faiss import instruction_set  # noqa: F401

TITLE = "by hand"
EXACT = True


def version() -> str:
    import faiss
    import sklearn.metrics

    return f"faiss {faiss.__version__}, scikit-learn {sklearn.__version__}"


def METRICS(way: str) -> list[str]:
    return ["manhattan", "hamming"]


def takes(dtype: np.dtype) -> type:
    return np.float32


def _labels(task: Task, centers: np.ndarray) -> np.ndarray:
    if task.metric == "hamming":
        from sklearn.metrics import pairwise_distances_argmin

        return pairwise_distances_argmin(task.X, centers, metric="hamming")
    import faiss

    faiss.omp_set_num_threads(task.threads)
    index = faiss.IndexFlat(centers.shape[1], faiss.METRIC_L1)
    index.add(centers)
    return index.search(task.X, 1)[1].ravel()


def _center(metric: str, members: np.ndarray) -> np.ndarray:
    if metric == "hamming":
        return np.array([np.bincount(column).argmax() for column in members.astype(np.int64).T])
    middle = (len(members) - 1) // 2
    return np.partition(members, middle, axis=0)[middle]


def fit(task: Task) -> Outcome:
    centers = task.start.copy()
    for _ in range(task.iterations):
        labels = _labels(task, centers)
        order = np.argsort(labels, kind="stable")
        ends = np.cumsum(np.bincount(labels, minlength=task.k))
        for label, rows in enumerate(np.split(order, ends[:-1])):
            if len(rows):
                centers[label] = _center(task.metric, task.X[rows])
    return Outcome(centers, _labels(task, centers), task.iterations)
