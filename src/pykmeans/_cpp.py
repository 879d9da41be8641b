"""Where the C++ core lies in this package: its headers, and its sources with what CMake needs to compile them."""

from pathlib import Path


def get_include() -> str:
    """
    Return the folder of the C++ headers.

    A program needs the core itself too, which CMake compiles: see :func:`get_cmake_dir`.

    Returns
    -------
    folder : str
        What a compiler is given by ``-I`` for ``#include <pykmeans/pykmeans.hpp>``.

    Examples
    --------
    >>> from pathlib import Path
    >>> import pykmeans
    >>> (Path(pykmeans.get_include()) / "pykmeans" / "pykmeans.hpp").is_file()
    True
    """
    return str(_FOLDER / "include")


def get_cmake_dir() -> str:
    """
    Return the folder of the CMake package.

    ``find_package(pykmeans)`` takes it as ``-Dpykmeans_DIR=``. The target ``pykmeans::core`` compiles the core from the
    sources that this package ships, so that it fits any compiler and any options; results have the same bits as here.

    Returns
    -------
    folder : str
        Where ``pykmeans-config.cmake`` is.

    Examples
    --------
    >>> from pathlib import Path
    >>> import pykmeans
    >>> (Path(pykmeans.get_cmake_dir()) / "pykmeans-config.cmake").is_file()
    True
    """
    return str(_FOLDER / "cmake")


_FOLDER = Path(__file__).parent / "cpp"
