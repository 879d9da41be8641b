"""Libraries that pykmeans can do without, imported where they are needed; the error says which extra brings them."""

from importlib import import_module
from typing import Any


def optional(module: str, extra: str, what: str) -> Any:
    """Import a library that the extra ``extra`` installs.

    Parameters
    ----------
    module : str
        Name of the module, "matplotlib.pyplot" for example.
    extra : str
        Name of the extra, "plot" for example.
    what : str
        Who needs it, the first words of the error.

    Returns
    -------
    module : module
        The module.

    Raises
    ------
    ImportError
        If the library is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        library = module.split(".")[0]
        if error.name is None or error.name.split(".")[0] != library:
            raise
        raise ImportError(
            f"{what} needs {library}, which is not installed: pip install 'pykmeans[{extra}]'."
        ) from error
