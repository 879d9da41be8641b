"""Models in files: JSON with all that predict, transform, score and another fit need.

Values are written by ``_json_values``, so that a loaded model measures with the same bits. Labels, medoids and steps
belong to the rows of the fit and are not kept.
"""

import os
import shutil
import uuid
from importlib import import_module
from typing import Any

import numpy as np

from . import _core, _errors
from ._json_values import decoded, encoded, text
from ._model_rules import check_fitted
from ._validate import parameters
from ._validate.frames import is_frame, series

FORMAT = "pykmeans model"
VERSION = 1  # a reader refuses other ones; a parameter that is missing has its default

_ESTIMATORS = ("KMeans", "KPrototypes")

Path = str | os.PathLike[str]


def write(path: Path, estimator: Any, extra: dict[str, Any] | None = None) -> None:
    """Write a fitted estimator to ``path``, whole or not at all.

    Parameters
    ----------
    path : str or path-like
        The file; one that is there is replaced.
    estimator : KMeans or KPrototypes
        What is written.
    extra : dict or None, default=None
        What else a reader of the file should know, by names.
    """
    os.fspath(path)  # TypeError before any work
    fitted = vars(estimator)  # of one fit: another thread's puts a new one in its place
    if "cluster_centers_" not in fitted:
        raise _errors.not_fitted(estimator)
    caller = type(estimator).__name__
    given = estimator.get_params()
    parameters.fit_parameters(caller, {name: getattr(estimator, name) for name in estimator._PARAMETERS})
    names = [*estimator._FITTED, *(name for name in estimator._OPTIONAL_IN_FILES if name in fitted)]
    content = {
        "format": FORMAT,
        "version": VERSION,
        "pykmeans": _core.__version__,
        "estimator": caller,
        "parameters": {name: _parameter(name, value) for name, value in given.items()},
        "fitted": {name: encoded(fitted[name], name) for name in names},
    }
    if extra is not None:
        content["table"] = encoded(extra, "table")
    replace(path, text(content).encode())


def read(path: Path, expected: type | None = None) -> tuple[Any, dict[str, Any] | None]:
    """Return the estimator in a file, and what was written beside it.

    Parameters
    ----------
    path : str or path-like
        What ``write`` wrote.
    expected : type or None, default=None
        The estimator's class; None for the class of this package that the file names.

    Returns
    -------
    estimator : KMeans, KPrototypes or expected
        Fitted.
    extra : dict or None
        What ``write`` was given.

    Raises
    ------
    ValueError
        If the file is no such model; it names the file and what is wrong.
    """
    name = os.fsdecode(path)
    with open(name, "rb") as file:
        content = file.read()
    try:
        found = decoded(content)
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise ValueError(f'it has no "format": "{FORMAT}"')
        version = found.get("version")
        if type(version) is not int or version != VERSION:  # True == 1
            raise ValueError(f'its "version" is {version!r}, and pykmeans {_core.__version__} reads version {VERSION}')
        if not isinstance(found.get("table", {}), dict):
            raise ValueError('its "table" is not an object')
        return _estimator(found, expected), found.get("table")
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name} is not a model that can be loaded: {error}") from None


def replace(path: Path, content: bytes) -> None:
    """Give a file this content, or leave it as it was where that fails. It keeps its permissions."""
    target = os.fsdecode(os.path.realpath(path))
    if os.path.exists(target) and not os.path.isfile(target):  # a pipe, say: nothing to be replaced
        with open(target, "wb") as file:
            file.write(content)
        return
    temporary = os.path.join(os.path.dirname(target), f".{uuid.uuid4().hex}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(content)
        if os.path.exists(target):
            shutil.copymode(target, temporary)
        os.replace(temporary, target)
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fsdecode(path)) from None
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


def _parameter(name: str, value: Any) -> Any:
    """Write a parameter; frames and series become lists of their rows."""
    if name == "callback" and value is not None:
        raise TypeError(
            f"callback is {value!r}, and a model file holds no functions. Call set_params(callback=None) before: only "
            "another fit would use it."
        )
    if is_frame(value):
        columns = [series(value, j, name).to_list() for j in range(value.shape[1])]
        value = list(zip(*columns, strict=True))
    elif hasattr(value, "to_list"):
        value = value.to_list()
    elif hasattr(value, "__array__") and not isinstance(value, np.generic):
        value = np.asarray(value)
    try:
        return encoded(value, name)
    except TypeError as error:
        raise TypeError(f"{error} Set another {name} before: only another fit would use it.") from None


def _estimator(found: dict[str, Any], expected: type | None) -> Any:
    name = found.get("estimator")
    if expected is None:
        if name not in _ESTIMATORS:
            raise ValueError(f'its "estimator" is {name!r}, which must be {" or ".join(_ESTIMATORS)}')
        expected = getattr(import_module("pykmeans"), name)  # by the public name, as a pickle would
    elif name != expected.__name__:
        raise ValueError(f'its "estimator" is {name!r}, not {expected.__name__}')
    for part in ("parameters", "fitted"):
        if not isinstance(found.get(part), dict):
            raise ValueError(f'it has no "{part}"')
    estimator: Any = expected()
    _refuse_names(set(found["parameters"]) - set(estimator.get_params()), "has the unknown parameters")
    estimator.set_params(**found["parameters"])
    parameters.fit_parameters(name, {each: getattr(estimator, each) for each in estimator._PARAMETERS})
    for attribute, value in _fitted(found["fitted"], estimator).items():
        setattr(estimator, attribute, value)
    return estimator


def _fitted(found: dict[str, Any], estimator: Any) -> dict[str, Any]:
    """Return the fitted attributes if they are all there and what a fit could have left."""
    of_refinement = set(estimator._REFINED) if set(estimator._REFINED) & set(found) else set()
    _refuse_names({*estimator._FITTED, *of_refinement} - set(found), "lacks the attributes")
    _refuse_names(set(found) - {*estimator._FITTED, *estimator._OPTIONAL_IN_FILES}, "has the unknown attributes")
    check_fitted(found, estimator._metric_name)
    return found


def _refuse_names(names: set[str], what: str) -> None:
    if names:
        raise ValueError(f"it {what} {', '.join(sorted(names))}")
