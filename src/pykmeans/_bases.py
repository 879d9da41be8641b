"""What KMeans derives from: a class of our own, and scikit-learn's as soon as the program has imported scikit-learn.

scikit-learn takes seconds to import, and a program that never uses it need not wait. So the classes begin with our
base, and change it when ``sklearn.base`` is imported, by whomever: there is one KMeans at any time, and nobody can ask
whether it is an estimator of scikit-learn's before it is.
"""

import sys
from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from ._plain import PlainEstimator
from ._scikit_learn import is_installed

if TYPE_CHECKING:
    from typing_extensions import Self


class _Borrowed:
    """An attribute that estimators of scikit-learn have: whoever asks for it uses scikit-learn."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, estimator: Any, owner: type["Estimator"]) -> Any:
        if not owner._join_scikit_learn():
            raise AttributeError(f"{owner.__name__!r} has no attribute {self._name!r} without scikit-learn")
        return getattr(owner if estimator is None else estimator, self._name)


class _UntilScikitLearn(PlainEstimator):
    """Our base, with the attributes that scikit-learn's have and programs may ask for without importing it."""

    _repr_html_ = _Borrowed()
    _repr_mimebundle_ = _Borrowed()
    if TYPE_CHECKING:

        def set_output(self, *, transform: str | None = None) -> Self: ...
    else:
        set_output = _Borrowed()


class Estimator(_UntilScikitLearn):
    """The one class that changes its base."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if not _is_ours(cls):  # then with scikit-learn's bases from the start: a user's class never changes
            cls._join_scikit_learn()
        super().__init_subclass__(**kwargs)

    @staticmethod
    def _join_scikit_learn() -> bool:
        """Derive from scikit-learn's classes, if it is installed."""
        if not is_installed():
            return False
        from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin

        if not issubclass(Estimator, BaseEstimator):
            Estimator.__bases__ = (ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, BaseEstimator)
            for cls in _ours(Estimator):  # what scikit-learn does for a class that derives from its own
                super(Estimator, cls).__init_subclass__()
        return True


def _is_ours(cls: type) -> bool:
    return cls.__module__.split(".")[0] == "pykmeans"


def _ours(cls: type[Estimator]) -> Iterator[type[Estimator]]:
    """Yield the classes of this package that derive from ``cls``."""
    for derived in filter(_is_ours, cls.__subclasses__()):
        yield derived
        yield from _ours(derived)


class _Watch:
    """A finder of modules, asked before the others, that finds none but has a word with ``sklearn.base``."""

    def __init__(self) -> None:
        self._is_asking = False

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Return what the others find, made to tell when it has been imported."""
        if name != "sklearn.base" or self._is_asking:
            return None
        self._is_asking = True
        try:
            spec = find_spec(name)
        finally:
            self._is_asking = False
        if spec is not None and spec.loader is not None:
            spec.loader = _Telling(spec.loader)  # type: ignore[assignment]
        return spec


class _Telling:
    """A loader that does as another one does, and then has our classes join."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def exec_module(self, module: Any) -> None:
        """Run the module's code, and tell."""
        module.__spec__.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        Estimator._join_scikit_learn()


sys.meta_path.insert(0, _Watch())
if sys.modules.get("sklearn") is not None:  # imported before, or just now by another thread
    Estimator._join_scikit_learn()
