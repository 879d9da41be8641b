"""faiss's own SuperKMeans, in faiss 1.15 or newer. Like the original, it prunes probabilistically (ADSampling) and
takes no start, so it does not count as an exact peer. It needs 32 features."""

from . import Cannot, Outcome, Task
from .faiss import instruction_set, takes  # noqa: F401

TITLE = "faiss.SuperKmeans"
EXACT = False
FEATURES = 32


def version() -> str:
    import faiss

    if not hasattr(faiss, "SuperKmeans"):
        raise ImportError(f"faiss {faiss.__version__} has no SuperKmeans")
    return faiss.__version__


def fit(task: Task) -> Outcome:
    import faiss

    n, d = task.X.shape
    if d < FEATURES:
        raise Cannot(f"it needs {FEATURES} features")
    faiss.omp_set_num_threads(task.threads)
    model = faiss.SuperKmeans(d, task.k, niter=task.iterations, max_points_per_centroid=n, min_points_per_centroid=1)
    model.train(task.X)
    return Outcome(model.centroids, model.assign(task.X)[1], task.iterations)
