"""What KMeans derives from: a class of our own, and scikit-learn's as soon as the program has imported scikit-learn.

scikit-learn takes seconds to import, and a program that never uses it should not have to wait. So the classes start
with our base, and change it when any code imports ``sklearn.base``. There is only ever one KMeans, and whoever is able
to ask whether it is a scikit-learn estimator finds that it is.
"""

import sys
from collections.abc import Iterator
from threading import RLock
from typing import TYPE_CHECKING, Any

from . import _errors
from ._plain import PlainEstimator
from ._scikit_learn import is_installed

if TYPE_CHECKING:
    from typing_extensions import Self


class _Borrowed:
    """An attribute of scikit-learn's estimators: to ask for it is to use scikit-learn."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, estimator: Any, owner: type["Estimator"]) -> Any:
        if not owner._join_scikit_learn():
            raise AttributeError(f"{owner.__name__!r} has no attribute {self._name!r} without scikit-learn")
        return getattr(owner if estimator is None else estimator, self._name)


class _UntilScikitLearn(PlainEstimator):
    """Our base, and attributes of scikit-learn's that a program may ask for without importing scikit-learn."""

    _repr_html_ = _Borrowed()
    _repr_mimebundle_ = _Borrowed()
    __sklearn_tags__ = _Borrowed()
    if TYPE_CHECKING:

        def set_output(self, *, transform: str | None = None) -> Self: ...
    else:
        set_output = _Borrowed()


class Estimator(_UntilScikitLearn):
    """The one class that changes its base."""

    _seen: Any = None  # the module sklearn.base when we last joined scikit-learn, or could not

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if not _is_ours(cls):  # a user's class has scikit-learn's bases from the start, and never changes
            cls._join_scikit_learn()
        super().__init_subclass__(**kwargs)

    def __setstate__(self, state: dict[str, Any]) -> None:
        if "_sklearn_output_config" in state:  # set_output was called: transform is to obey, whoever imports what
            self._join_scikit_learn()
        self._notice_scikit_learn()
        super().__setstate__(state)

    @staticmethod
    def _notice_scikit_learn() -> None:
        """Join scikit-learn where it was imported and our finder was not asked, as other finders may come first."""
        if sys.modules.get("sklearn.base") is not Estimator._seen:
            Estimator._join_scikit_learn()

    @staticmethod
    def _join_scikit_learn() -> bool:
        """Derive from scikit-learn's classes, if it is installed. No failure becomes one of the program's import."""
        try:
            joined = is_installed()
            if joined:
                _derive()
        except Exception as error:
            _errors.warn(f"pykmeans cannot use this scikit-learn, and goes on without it: {error!r}", RuntimeWarning)
            joined = False
        Estimator._seen = sys.modules.get("sklearn.base")
        return joined


_changing = RLock()


def _derive() -> None:
    """Derive from scikit-learn's classes, all of ours or none."""
    # Before the lock: an import may wait for another thread's, and that one for the lock.
    from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin

    with _changing:
        if issubclass(Estimator, BaseEstimator):
            return
        before = Estimator.__bases__
        try:
            Estimator.__bases__ = (ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, BaseEstimator)
            for cls in _ours(Estimator):  # what scikit-learn does for a class that derives from its own
                super(Estimator, cls).__init_subclass__()
        except BaseException:
            Estimator.__bases__ = before
            raise


def _is_ours(cls: type) -> bool:
    return cls.__module__.split(".")[0] == "pykmeans"


def _ours(cls: type[Estimator]) -> Iterator[type[Estimator]]:
    """Yield the classes of this package that derive from ``cls``."""
    for derived in filter(_is_ours, cls.__subclasses__()):
        yield derived
        yield from _ours(derived)


class _Finder:
    """A finder of modules that is asked first: for ``sklearn.base``, it wraps the loader that the others find."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Return what the others find, with our loader around theirs."""
        if name != "sklearn.base":
            return None
        others = [finder for finder in sys.meta_path if finder is not self and hasattr(finder, "find_spec")]
        spec = next(filter(None, (finder.find_spec(name, path, target) for finder in others)), None)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)  # type: ignore[assignment]
        return spec


class _Loader:
    """A loader that does what another one does, and then has our classes join scikit-learn's."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        if name == "_loader":  # a copy asks before it has one
            raise AttributeError(name)
        return getattr(self._loader, name)

    def exec_module(self, module: Any) -> None:
        """Run the module's code, and change our base."""
        module.__spec__.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        Estimator._join_scikit_learn()


sys.meta_path.insert(0, _Finder())
if sys.modules.get("sklearn") is not None:  # imported earlier, or just now by another thread
    Estimator._join_scikit_learn()
