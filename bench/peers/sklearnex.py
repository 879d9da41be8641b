from importlib.metadata import version as installed_version

from . import Outcome, Task, floating

TITLE = "scikit-learn-intelex"
EXACT = True
takes = floating


def version() -> str:
    import sklearnex.cluster  # noqa: F401

    return installed_version("scikit-learn-intelex")


def _fitted(task: Task, **parameters) -> Outcome:
    from sklearnex.cluster import KMeans

    model = KMeans(task.k, n_init=1, max_iter=task.iterations, algorithm="lloyd", **parameters).fit(task.X)
    return Outcome(model.cluster_centers_, model.labels_, model.n_iter_)


def fit(task: Task) -> Outcome:
    return _fitted(task, init=task.start, tol=0.0)


def whole(task: Task) -> Outcome:
    return _fitted(task, random_state=0)
