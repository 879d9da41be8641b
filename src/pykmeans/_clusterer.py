"""What KMeans and KPrototypes share: everything but how they read a table and what they are called."""

import inspect
import os
from operator import is_
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _core, _errors
from ._bases import Estimator
from ._fit import BestFit, best_fit
from ._plain import parameter_defaults
from ._validate import arrays, parameters
from ._validate.data import Numbers
from ._validate.frames import checked_feature_names, feature_names
from ._validate.scales import warn_of_scales

if TYPE_CHECKING:
    from typing_extensions import Self


class Step(NamedTuple):
    """What one iteration of a fit found, for ``steps_``.

    Attributes
    ----------
    centers : ndarray of shape (n_clusters, n_features)
        The centers that the labels were found with, in the type of ``cluster_centers_``.
    labels : ndarray of shape (n_samples,), int32
        The nearest center of each row, before empty clusters were given rows.
    inertia : float
        The inertia of these labels against these centers: the iteration's entry in ``inertia_history_``, and in the
        last step ``inertia_``.

    Examples
    --------
    >>> from pykmeans import KMeans
    >>> kmeans = KMeans(2, init=[[0], [2]], record_steps=True).fit([[0], [1], [2], [10], [11], [12]])
    >>> for step in kmeans.steps_:
    ...     print(step.centers.ravel(), step.labels, step.inertia)
    [0. 2.] [0 0 1 1 1 1] 246.0
    [0.5  8.75] [0 0 0 1 1 1] 19.9375
    [ 1. 11.] [0 0 0 1 1 1] 4.0
    [ 1. 11.] [0 0 0 1 1 1] 4.0
    """

    centers: NDArray[Any]
    labels: NDArray[np.int32]
    inertia: float


# The name that a pickle stores.
Step.__module__ = "pykmeans"


class Clusterer(Estimator):
    """An estimator with centers."""

    _PARAMETERS: tuple[str, ...]  # those that a fit judges
    _FITTED: tuple[str, ...] = (  # what every fit leaves, and a file keeps
        "cluster_centers_",
        "inertia_",
        "n_iter_",
        "n_features_in_",
        "inertia_history_",
        "stop_reason_",
        "algorithm_",
        "converged_",
        "cluster_sizes_",
        "cluster_inertia_",
    )

    _WARNS_OF_SCALES = False  # a fit; select_k always does
    _REFINED = ("unrefined_inertia_", "refinement_history_", "n_swaps_", "n_accepted_swaps_", "n_moves_")
    _OPTIONAL_IN_FILES = ("feature_names_in_", *_REFINED)  # what only some fits leave, and a file keeps
    _OPTIONAL = (*_OPTIONAL_IN_FILES, "medoid_indices_", "steps_")  # what only some fits leave

    @property
    def _metric_name(self) -> str:
        """Its metric, as ``_core.METRICS`` calls it."""
        raise NotImplementedError

    init: Any
    n_threads: int | None
    store_medoids: bool
    record_steps: bool

    cluster_centers_: NDArray[Any]
    labels_: NDArray[np.int32]
    inertia_: float
    n_iter_: int
    n_features_in_: int
    feature_names_in_: NDArray[np.object_]
    inertia_history_: NDArray[np.float64]
    stop_reason_: str
    algorithm_: str
    converged_: bool
    cluster_sizes_: NDArray[np.float64]
    cluster_inertia_: NDArray[np.float64]
    unrefined_inertia_: float
    refinement_history_: NDArray[np.float64]
    n_swaps_: int
    n_accepted_swaps_: int
    n_moves_: int
    medoid_indices_: NDArray[np.int64]
    steps_: list[Step]

    def fit(self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None) -> "Self":
        """Cluster ``X``.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            The points.
        y : Ignored
            Accepted for scikit-learn's sake.
        sample_weight : array-like of shape (n_samples,) or float, default=None
            Weight of each row, >= 0; None for ones. Weight w is the same as w copies of the row.

        Returns
        -------
        self : object
            This estimator, fitted; as it was before if the fit raises.

        Raises
        ------
        ValueError, TypeError
            If a parameter or an argument is not what is described; the message names it, its value and the rule.
        ValueError
            If the inertia is beyond the largest float64.

        Warns
        -----
        ConvergenceWarning
            If fewer than n_clusters clusters were found: X has fewer different rows.
        RuntimeWarning
            If init gives the centers and n_init is not 1: all runs would be the same one. If algorithm is "elkan" and
            n_clusters is 1.
        ScaleWarning
            Of KPrototypes: if one column has more than 95% of the variance of several columns of numbers.
        """
        self._fit(X, sample_weight)
        return self

    def fit_predict(self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None) -> NDArray[np.int32]:
        """Cluster ``X`` and return ``labels_``; see ``fit``.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            The points.
        y : Ignored
            Accepted for scikit-learn's sake.
        sample_weight : array-like of shape (n_samples,) or float, default=None
            Weight of each row, >= 0; None for ones.

        Returns
        -------
        labels : ndarray of shape (n_samples,), int32
            The nearest center of each row.
        """
        _, _, fit = self._fit(X, sample_weight)
        return fit.labels  # labels_ may be those of another thread's fit by now

    def fit_transform(self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None) -> NDArray[Any]:
        """Cluster ``X`` and return its distances to the centers; see ``fit`` and ``transform``.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            The points.
        y : Ignored
            Accepted for scikit-learn's sake.
        sample_weight : array-like of shape (n_samples,) or float, default=None
            Weight of each row, >= 0; None for ones.

        Returns
        -------
        distances : ndarray of shape (n_samples, n_clusters)
            Distances as the class describes them; float32 for float32 (and float16) X, else float64.
        """
        data, points, fit = self._fit(X, sample_weight)
        return data.distances(points, fit.centers)

    def predict(self, X: ArrayLike) -> NDArray[np.int32]:
        """Find the nearest center of each row of ``X``.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            The points, in any type: it need not be that of fit.

        Returns
        -------
        labels : ndarray of shape (n_samples,), int32
            The nearest center of each row, the lowest index at a tie.

        Raises
        ------
        NotFittedError
            Before fit.
        ValueError, TypeError
            If X is not what is described, or has other columns than the X of fit.
        """
        _, points, centers = self._measured(X)
        return _core.nearest(points, centers)

    def transform(self, X: ArrayLike) -> NDArray[Any]:
        """Measure the distance of each row of ``X`` to each center.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            The points, in any type: it need not be that of fit.

        Returns
        -------
        distances : ndarray of shape (n_samples, n_clusters)
            Distances as the class describes them; float32 for float32 (and float16) X, else float64.

        Raises
        ------
        NotFittedError
            Before fit.
        ValueError, TypeError
            If X is not what is described, or has other columns than the X of fit.
        """
        data, points, centers = self._measured(X)
        return data.distances(points, centers)

    def score(self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None) -> float:
        """Return minus the inertia of ``X``: more is better.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            The points, in any type: it need not be that of fit.
        y : Ignored
            Accepted for scikit-learn's sake.
        sample_weight : array-like of shape (n_samples,) or float, default=None
            Weight of each row, >= 0; None for ones.

        Returns
        -------
        score : float
            Minus the weighted sum of the distances of the rows to their nearest centers (squared ones where the metric
            is "euclidean").

        Raises
        ------
        NotFittedError
            Before fit.
        ValueError, TypeError
            If X is not what is described, or has other columns than the X of fit; or if its inertia is beyond the
            largest float64.
        """
        _, points, centers = self._measured(X, sample_weight)
        return -_core.score(points, centers)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model to a file, as JSON that anybody can read.

        It holds the parameters, the centers and the other attributes, but not those that belong to the rows of fit:
        ``labels_``, ``medoid_indices_`` and ``steps_``. Every number comes back with the same bits.

        Parameters
        ----------
        path : str or path-like
            The file. One that is there is replaced, when the new one is complete.

        Raises
        ------
        NotFittedError
            Before fit.
        TypeError
            If a parameter or a category cannot be written: those that are None, bools, numbers, text, bytes, dates and
            times can, and arrays, lists and data frames of these, but no function and no RandomState.
        OSError
            If the file cannot be written.

        See Also
        --------
        load : Reads such a file.
        """
        from . import _model_file  # late: a fit does not need it

        _model_file.write(path, self)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Self":
        """Read a model from a file that ``save`` or the command line wrote.

        Parameters
        ----------
        path : str or path-like
            The file.

        Returns
        -------
        model : object
            The fitted estimator, without the attributes that belong to the rows of fit. It predicts, transforms and
            scores with the same bits as the one that was saved. Where the command line scaled columns, it expects
            scaled ones.

        Raises
        ------
        ValueError
            If the file is no such model, of another estimator or of an unknown version; it names the file.
        OSError
            If the file cannot be read.
        ImportError
            If the model has dates of pandas, and pandas is not installed.

        Examples
        --------
        >>> import os, tempfile
        >>> from pykmeans import KMeans
        >>> kmeans = KMeans(2, random_state=0).fit([[0.0], [1.0], [10.0], [11.0]])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = os.path.join(folder, "model.json")
        ...     kmeans.save(path)
        ...     loaded = KMeans.load(path)
        >>> loaded
        KMeans(n_clusters=2, random_state=0)
        >>> loaded.predict([[2.0], [9.0]]).tolist() == kmeans.predict([[2.0], [9.0]]).tolist()
        True
        """
        from . import _model_file

        model: Self
        model, _ = _model_file.read(path, cls)
        return model

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_pykmeans_version": _core.__version__}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take a pickle of any version: say so where it is not of this one, and add the parameters that it lacks."""
        state = dict(state)
        version = state.pop("_pykmeans_version", "unknown")
        if version != _core.__version__:
            _errors.warn_of_version(type(self).__name__, version, _core.__version__)
            state = {**_defaults(type(self)), **state}
        super().__setstate__(state)

    def _read(self, X: Any) -> Numbers:
        """Return what the core reads of the X of a fit."""
        raise NotImplementedError

    def _read_new(self, X: Any, fitted: dict[str, Any]) -> tuple[Numbers, NDArray[Any]]:
        """Return what the core reads of another X, and of the centers among the attributes of a fit."""
        raise NotImplementedError

    def _fit(self, X: Any, sample_weight: Any) -> tuple[Numbers, _core.Points, _core.Fit]:
        caller = type(self).__name__
        checked = parameters.fit_parameters(caller, {name: getattr(self, name) for name in self._PARAMETERS})
        names = feature_names(X)
        data = self._read(X)
        if self._WARNS_OF_SCALES:
            warn_of_scales(data)
        best = best_fit(caller, data, sample_weight, checked)
        fit, points, _ = best
        kept = self._kept(best, data)
        if names is not None:
            kept["feature_names_in_"] = names
        if checked.refine:
            kept.update((name, getattr(fit, name[:-1])) for name in self._REFINED)
        if self.store_medoids:
            kept["medoid_indices_"] = _core.medoids(points, fit.centers, fit.labels)
        if self.record_steps:
            found = [Step(data.decoded(centers), labels, inertia) for centers, labels, inertia in fit.steps]
            kept["steps_"] = [*found, Step(kept["cluster_centers_"], fit.labels, fit.inertia)]
        self._take(kept)
        return data, points, fit

    def _take(self, kept: dict[str, Any]) -> None:
        """Put the attributes of a fit in place of those of the one before."""
        before = self.__dict__
        seen = before.copy()
        attributes = {**seen, **kept}
        for name in self._OPTIONAL:
            if name not in kept:
                attributes.pop(name, None)
        # All at once: whenever Ctrl-C comes, the estimator is as it was or fitted.
        self.__dict__ = attributes
        # Keep what another thread has set in the meantime, for example by set_params.
        now = before.copy()
        if len(now) == len(seen) and all(map(is_, now.values(), seen.values())):
            return
        for name, value in now.items():
            if name not in kept and name not in self._OPTIONAL and seen.get(name, before) is not value:
                self.__dict__[name] = value

    def _kept(self, best: BestFit, data: Numbers) -> dict[str, Any]:
        """Return the attributes that every fit leaves."""
        fit = best.run
        return {
            "cluster_centers_": data.decoded(fit.centers),
            "labels_": fit.labels,
            "inertia_": fit.inertia,
            "n_iter_": fit.n_iter,
            "n_features_in_": fit.centers.shape[1],
            "inertia_history_": fit.inertia_history,
            "stop_reason_": best.stop_reason,
            "algorithm_": fit.algorithm,
            "converged_": best.stop_reason in ("labels", "centers"),
            "cluster_sizes_": fit.cluster_sizes,
            "cluster_inertia_": fit.cluster_inertia,
        }

    def _measured(self, X: Any, sample_weight: Any = None) -> tuple[Numbers, _core.Points, NDArray[Any]]:
        """Return new rows, if they have the columns of fit, and the centers, as the core takes them."""
        fitted = self.__dict__  # of one fit: another thread's puts a new one in its place
        if "cluster_centers_" not in fitted:
            raise _errors.not_fitted(self)
        caller = type(self).__name__
        checked_feature_names(X, fitted.get("feature_names_in_"), caller)
        data, centers = self._read_new(X, fitted)
        weight = arrays.weights(sample_weight, data.X.shape[0])
        return data, data.points(weight, parameters.threads(caller, self.n_threads)), centers

    def _check_width(self, shape: tuple[int, ...], centers: NDArray[Any]) -> None:
        n_features = centers.shape[1]
        if shape[1:] != (n_features,):
            raise ValueError(
                f"X has {shape[1]} features, but {type(self).__name__} is expecting {n_features} features as input."
            )

    @property
    def _n_features_out(self) -> int:
        return int(self.cluster_centers_.shape[0])


def _defaults(estimator: type) -> dict[str, Any]:
    """Return the default of each parameter that has one, those included that a subclass passes on by **kwargs."""
    defaults: dict[str, Any] = {}
    for base in reversed(estimator.__mro__):
        if issubclass(base, Clusterer) and "__init__" in vars(base):
            defaults.update(parameter_defaults(base))
    return {name: value for name, value in defaults.items() if value is not inspect.Parameter.empty}
