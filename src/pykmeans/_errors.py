"""Exceptions and warnings: scikit-learn's classes where it has them and is installed, else ours with the same bases.

scikit-learn is imported by the path that raises or warns, never before; so these names are resolved when first used.
"""

import sys
import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import _scikit_learn

_SCIKIT_LEARN_HOMES = {
    "ConvergenceWarning": "sklearn.exceptions",
    "InconsistentVersionWarning": "sklearn.exceptions",
    "InvalidParameterError": "sklearn.utils._param_validation",
    "NotFittedError": "sklearn.exceptions",
}


class ScaleWarning(UserWarning):
    """One column of numbers has nearly all of the variance, so that it decides the clusters alone."""

    __module__ = "pykmeans"  # as one filters it


class _ConvergenceWarning(UserWarning):
    """The fit found fewer clusters than it was asked for."""


class _InconsistentVersionWarning(UserWarning):
    """A pickle of another version; its arguments are named as scikit-learn names them."""

    def __init__(self, *, estimator_name: str, current_sklearn_version: str, original_sklearn_version: str) -> None:
        super().__init__(
            f"Trying to unpickle estimator {estimator_name} from version {original_sklearn_version} when using version "
            f"{current_sklearn_version}. This might lead to breaking code or invalid results. Use at your own risk."
        )


class _InvalidParameterError(ValueError, TypeError):
    """A parameter has a wrong type or value."""


class _NotFittedError(ValueError, AttributeError):
    """An estimator is used before it is fitted."""


def _resolved(name: str) -> Any:
    if _scikit_learn.is_installed():
        return getattr(import_module(_SCIKIT_LEARN_HOMES[name]), name)
    return globals()[f"_{name}"]


def __getattr__(name: str) -> Any:
    if name not in _SCIKIT_LEARN_HOMES:
        raise AttributeError(f"module 'pykmeans._errors' has no attribute {name!r}")
    return _resolved(name)


if TYPE_CHECKING:
    ConvergenceWarning = _ConvergenceWarning
    InvalidParameterError = _InvalidParameterError
    NotFittedError = _NotFittedError


def warn(message: str | Warning, category: type[Warning] | None = None) -> None:
    """Warn at the line that called into this package, or into scikit-learn, which wraps our methods."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").split(".")[0] in ("pykmeans", "sklearn"):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


def warn_of_version(estimator: str, pickled: str, current: str) -> None:
    """Warn that a pickle of ``estimator`` was made by another version of this package."""
    warn(
        _resolved("InconsistentVersionWarning")(
            estimator_name=estimator, current_sklearn_version=current, original_sklearn_version=pickled
        )
    )


def not_fitted(estimator: object) -> Exception:
    """Return the error for ``estimator`` being used before fit."""
    error: Exception = _resolved("NotFittedError")(
        f"This {type(estimator).__name__} instance is not fitted yet. "
        "Call 'fit' with appropriate arguments before using this estimator."
    )
    return error
