"""How Sphinx builds these pages: ``sphinx-build -W --keep-going -b html docs build/docs``.

Each page's code runs at the build, in a folder of its own; an error in it, and anything it writes to standard error,
fails the build.
"""

import inspect
import os
import sys
from pathlib import Path

import sklearn  # noqa: F401 (gives the classes scikit-learn's base, whose members is_foreign leaves out)
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

import pykmeans

project = "pykmeans"
version = release = pykmeans.__version__
copyright = "the authors of pykmeans"
extensions = ["myst_nb", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.mathjax"]
nitpicky = True

html_theme = "furo"
html_title = f"pykmeans {release}"
html_copy_source = False

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_in_temp = True
nb_execution_show_tb = True
nb_execution_timeout = 300
nb_output_stderr = "error"
nb_merge_streams = True
os.environ["PYTHONSTARTUP"] = str(Path(__file__).with_name("startup.py"))
# The pages call the command as a reader does; theirs is the one beside this Python.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

autodoc_typehints = "none"  # the docstrings say more
autosummary_generate = False
numpydoc_show_class_members = False
numpydoc_validation_checks = {
    "all",
    "ES01",  # no extended summary
    "EX01",  # no examples: tests/house/test_docs.py says who must have some
    "RT02",  # what is returned has a name
    "SA01",  # no "See Also"
}
numpydoc_validation_exclude = {r"\.(KSelection|Segmentation|Step|\w+Display)$"}  # users get them and do not make them

logger = logging.getLogger(__name__)


def is_foreign(app: Sphinx, what: str, name: str, member: object, skip: bool, options: object) -> bool:
    """Leave out what the classes have from scikit-learn."""
    module = getattr(inspect.unwrap(member), "__module__", None) if inspect.isroutine(member) else None
    return skip or (module is not None and not module.startswith("pykmeans"))


def every_public_name_is_there(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn, and so fail the build, where the API page lacks a public name."""
    documented = env.domains.python_domain.objects
    for module in (pykmeans, pykmeans.plot):
        for name in module.__all__:
            if not name.startswith("__") and f"{module.__name__}.{name}" not in documented:
                logger.warning("%s.%s is public and not in docs/api.md", module.__name__, name)


def without_magic(app: Sphinx, doctree: nodes.document) -> None:
    """Show a cell that runs commands as the commands alone: ``%%bash`` is for the build."""
    for block in doctree.findall(nodes.literal_block):
        magic, _, commands = block.rawsource.partition("\n")
        if magic == "%%bash":
            block.rawsource, block.children = commands, [nodes.Text(commands)]
            block["language"] = "bash"


def setup(app: Sphinx) -> None:
    """Connect the functions above."""
    app.connect("autodoc-skip-member", is_foreign)
    app.connect("doctree-read", without_magic)
    app.connect("env-check-consistency", every_public_name_is_there)
