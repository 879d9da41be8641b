"""What KMeans needs from a base class without scikit-learn, under scikit-learn's names."""

import inspect
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _errors

if TYPE_CHECKING:
    from typing_extensions import Self


def parameter_defaults(estimator: type) -> dict[str, Any]:
    """Return the default of each parameter by name."""
    arguments = list(inspect.signature(estimator.__init__).parameters.values())[1:]  # type: ignore[misc]
    return {argument.name: argument.default for argument in arguments}


class PlainEstimator:
    """Parameters (the arguments of ``__init__``, kept in attributes of the same names), and names of output columns."""

    def __getstate__(self) -> dict[str, Any]:
        return vars(self).copy()

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters by name.

        Parameters
        ----------
        deep : bool, default=True
            Accepted for scikit-learn's sake: no parameter is an estimator.

        Returns
        -------
        params : dict
            Name and value of each parameter.
        """
        return {name: getattr(self, name) for name in sorted(parameter_defaults(type(self)))}

    def set_params(self, **params: Any) -> "Self":
        """Set parameters by name.

        Parameters
        ----------
        **params : dict
            Name and new value of each parameter to change.

        Returns
        -------
        self : object
            This estimator.

        Raises
        ------
        ValueError
            If there is no parameter of that name; then none is changed.
        """
        valid = sorted(parameter_defaults(type(self)))
        for name in params:
            if name not in valid:
                raise ValueError(f"Invalid parameter {name!r} for estimator {self!r}. Valid parameters are: {valid!r}.")
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        """Write the call that makes this estimator, without the arguments that are defaults."""
        defaults = parameter_defaults(type(self))
        changed = [
            f"{name}={value!r}" for name, value in self.get_params().items() if repr(value) != repr(defaults[name])
        ]
        return f"{type(self).__name__}({', '.join(changed)})"

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> NDArray[np.object_]:
        """Return names for the columns that transform returns: the name of the class in lower case, and a number.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            If given, checked against the names or the number of the features seen in fit.

        Returns
        -------
        names : ndarray of shape (n_clusters,), object
            "kmeans0", "kmeans1", ...

        Raises
        ------
        NotFittedError
            Before fit.
        ValueError
            If input_features are not those of fit.
        """
        n_names = getattr(self, "_n_features_out", None)
        if n_names is None:
            raise _errors.not_fitted(self)
        if input_features is not None:
            self._check_input_features(np.asarray(input_features, dtype=object))
        prefix = type(self).__name__.lower()
        return np.asarray([f"{prefix}{i}" for i in range(n_names)], dtype=object)

    def _check_input_features(self, names: NDArray[np.object_]) -> None:
        seen = getattr(self, "feature_names_in_", None)
        if seen is not None and not np.array_equal(seen, names):
            raise ValueError(f"input_features is not equal to feature_names_in_: {names.tolist()} != {seen.tolist()}")
        expected = self.n_features_in_  # type: ignore[attr-defined]
        if len(names) != expected:
            raise ValueError(
                f"input_features should have length equal to number of features ({expected}), got {len(names)}"
            )
