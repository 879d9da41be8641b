from . import Outcome, Task, floating

TITLE = "scikit-learn"
EXACT = True
takes = floating


def version() -> str:
    import sklearn.cluster

    return sklearn.__version__


def WAYS() -> list[str]:
    return ["elkan"]


def _model(task: Task, **parameters):
    from sklearn.cluster import KMeans

    return KMeans(task.k, n_init=1, max_iter=task.iterations, algorithm=task.way or "lloyd", **parameters)


def _outcome(model) -> Outcome:
    return Outcome(model.cluster_centers_, model.labels_, model.n_iter_)


def fit(task: Task) -> Outcome:
    return _outcome(_model(task, init=task.start, tol=0.0).fit(task.X))


def seed(task: Task) -> Outcome:
    from sklearn.cluster import kmeans_plusplus

    return Outcome(kmeans_plusplus(task.X, task.k, random_state=0)[0])


def whole(task: Task) -> Outcome:
    return _outcome(_model(task, random_state=0).fit(task.X))
