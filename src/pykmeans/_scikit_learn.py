"""Whether there is a scikit-learn to be compatible with."""

from functools import cache

OLDEST = (1, 6)  # its first release with __sklearn_tags__ as it is today


@cache
def is_installed() -> bool:
    """Import scikit-learn if it is there and recent enough; an older one counts as absent."""
    try:
        import sklearn
    except ImportError:
        return False
    major, minor = sklearn.__version__.split(".")[:2]
    return (int(major), int(minor)) >= OLDEST
