"""Whether there is a scikit-learn to be compatible with."""

import re

OLDEST = (1, 6)  # its first release with __sklearn_tags__ as it is today


def is_installed() -> bool:
    """Import scikit-learn if it is there and recent enough; one that is older, or does not say, counts as absent."""
    try:
        import sklearn
    except ImportError:
        return False
    found = re.match(r"(\d+)\.(\d+)", str(getattr(sklearn, "__version__", "")))
    return found is not None and (int(found[1]), int(found[2])) >= OLDEST
