"""SuperKMeans computes in float32 only. Its pruning is probabilistic (ADSampling), and it takes no start: it draws rows
itself. So its inertia is not to be compared to the last digit, and it does not count as an exact peer."""

import numpy as np

from . import Outcome, Task

TITLE = "SuperKMeans"
EXACT = False


def version() -> str:
    import superkmeans

    return superkmeans.__version__


def takes(dtype: np.dtype) -> type:
    return np.float32


def fit(task: Task) -> Outcome:
    from superkmeans import SuperKMeans

    every_row = {"hierarchical": False, "sampling_fraction": 1.0, "max_points_per_cluster": len(task.X)}
    never_early = {"tol": 0.0, "early_termination": False}
    model = SuperKMeans(
        task.k, task.X.shape[1], iters=task.iterations, n_threads=task.threads, **every_row, **never_early
    )
    centers = model.train(task.X)
    return Outcome(centers, model.assign_training_points(task.X, centers), task.iterations)
