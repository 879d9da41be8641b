"""Reports: one HTML file with the clusters, the pictures and how they were made.

``report`` makes one of a model and X; the command line fills the same page in the units of its table.
"""

import os
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import _core, _model_file, plot
from .._clusterer import Clusterer
from .._counts import counted
from .._k_selection import KSelection
from .._separation import Separation, separation
from .._validate import arrays
from ..plot._frames import why_it_stopped
from ..plot._profile import MOST_FEATURES, drawn
from ..plot._rows import fitted, number_positions
from ..plot._silhouette import SilhouetteDisplay
from ..plot._traits import Traits, of_rows
from ._page import Content, Figure, page

MOST_LISTED = 100  # columns of the table of clusters

CENTERS = {  # by what the core calls them
    "mean": "mean",
    "median": "median",
    "direction": "mean direction",
    "mode": "most frequent value, and the share of its rows that have it",
    "mean or mode": "mean, or for categories the most frequent one and the share of its rows that have it",
}


def report(
    model: Any,
    X: ArrayLike,
    path: str | os.PathLike[str],
    *,
    feature_names: Any = None,
    sample_weight: ArrayLike | None = None,
) -> None:
    """Write a report on clusters: one HTML file, with all pictures in it, to look at and to send to somebody.

    It has the size and the center of each cluster in a table, how well the clusters are separated, and the pictures of
    ``plot.clusters``, ``plot.profile`` and ``plot.silhouette``; where k was chosen, that of ``plot.selection``, too. It
    ends with the model's parameters, how its fit ended, and the version. The same model and rows make the same file.

    Parameters
    ----------
    model : KMeans, KPrototypes or KSelection
        The fitted model; of what ``select_k`` or ``elbow`` found, the best one.
    X : array-like or data frame of shape (n_samples, n_features)
        The rows: those of fit, or new ones.
    path : str or path-like
        The file, which ends in .html. An existing file is replaced once the new one is complete.
    feature_names : list of str or None, default=None
        Names of all columns of X; None for those that fit has seen, or x0, x1, ...
    sample_weight : array-like of shape (n_samples,) or float, default=None
        Weight of each row, >= 0, in the silhouettes, in the sizes of clusters and in what is said of all rows; None for
        ones.

    Raises
    ------
    NotFittedError
        Before fit.
    ValueError, TypeError
        If an argument is not what is described, or a selection found no best k.
    ImportError
        If matplotlib is not installed.
    OSError
        If the file cannot be written.

    See Also
    --------
    pykmeans.plot : The pictures by themselves.

    Notes
    -----
    Silhouettes are of all rows where that takes a few seconds at most, otherwise of a sample, always the same one, and
    the report says so.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from pykmeans import KMeans, report
    >>> X = [[1, 2], [1, 4], [1, 0], [10, 2], [10, 4], [10, 0]]
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "report.html")
    >>> report(KMeans(n_clusters=2, random_state=0).fit(X), X, path, feature_names=["age", "visits"])
    >>> "<h1>2 clusters of 6 rows</h1>" in path.read_text(encoding="utf-8")
    True
    >>> folder.cleanup()
    """
    if not os.fspath(path).endswith((".html", ".htm")):
        raise ValueError(f"path of report must end in .html, got {path!r}.")
    if not isinstance(model, (Clusterer, KSelection)):
        raise TypeError(f"model of report must be a fitted KMeans or KPrototypes, or a KSelection, got {model!r}.")
    selection = model if isinstance(model, KSelection) else None
    estimator = fitted(model if selection is None else _best(selection), "report")
    found = separation(estimator, X, sample_weight)
    labels = estimator.predict(X)
    weight = arrays.weights(sample_weight, len(labels))
    traits = of_rows(estimator, X, feature_names, weight)
    n_clusters = len(estimator.cluster_centers_)
    content = Content(
        title=f"{counted(n_clusters, 'cluster')} of {counted(len(labels), 'row')}",
        summary=[found.sentence, *([] if selection is None else [f"Number of clusters: {selection.reason}."])],
        traits=traits.most_different(estimator.cluster_sizes_, MOST_LISTED),
        note=note(CENTERS[_core.METRICS[estimator._metric_name]["center"]], traits),
        rows=np.bincount(labels, minlength=n_clusters).tolist(),
        weights=None if weight is None else np.bincount(labels, weight, n_clusters).astype(np.float64),
        figures=figures(estimator, traits, found, _clusters(estimator, X, feature_names), selection),
        made=[("model", " ".join(repr(estimator).split())), *facts(estimator)],
    )
    _model_file.replace(path, page(content))


def figures(
    estimator: Clusterer,
    traits: Traits,
    found: Separation,
    clusters: plot.Display | None,
    selection: KSelection | None,
    of_selection: str = "",
) -> list[Figure]:
    """Return the pictures of a report.

    Parameters
    ----------
    estimator : KMeans or KPrototypes
        The model.
    traits : Traits
        What its clusters have.
    found : Separation
        How well they are separated.
    clusters : Display or None
        Their picture; None where there are no numbers to draw.
    selection : KSelection or None
        What compares numbers of clusters.
    of_selection : str, default=""
        Which rows that was found by, in words; "" for all.
    """
    pictures = []
    if clusters is not None:
        words = "Each dot is a row, in the color of its cluster; the numbered discs are the centers."
        pictures.append(Figure("The clusters", words, clusters))
    words = "Red is above and blue is below the mean of all rows, in standard deviations of the column."
    pictures.append(Figure("What distinguishes them", words, drawn(traits, estimator.cluster_sizes_, MOST_FEATURES)))
    if not np.isnan(found.mean):
        words = (
            f"The silhouette of each row{found.of_rows}: near 1 where it is well inside its cluster, near 0 between "
            "two clusters, negative where another cluster is nearer."
        )
        display = SilhouetteDisplay(found.values, found.labels, found.weight, False).plot()
        pictures.append(Figure("How well they are separated", words, display))
    if selection is not None:
        reasons = [f"{name.capitalize().replace('_', ' ')}: {reason}." for name, reason in selection.reasons.items()]
        words = " ".join([*reasons, *([f"The curves are{of_selection}."] if of_selection else [])])
        pictures.append(Figure("How many clusters", words, plot.selection(selection)))
    return pictures


def facts(estimator: Clusterer) -> list[tuple[str, str]]:
    """Return what a fit was and how it ended, for the end of a report."""
    unrefined = getattr(estimator, "unrefined_inertia_", None)
    return [
        ("inertia", f"{estimator.inertia_:.6g}" + ("" if unrefined is None else f", refined from {unrefined:.6g}")),
        ("iterations", f"{estimator.n_iter_}: {why_it_stopped(estimator)}"),
        ("made with", f"pykmeans {_core.__version__}"),
    ]


def note(center: str, traits: Traits) -> str:
    """Return what stands above the table of clusters; ``center`` is one of CENTERS."""
    n_columns = len(traits.names)
    shown = (
        "" if n_columns <= MOST_LISTED else f" Of {n_columns:,} columns, these are the {MOST_LISTED} that differ most."
    )
    return f"Cells show the cluster's {center}. Bold: at least one standard deviation from all rows.{shown}"


def _best(selection: KSelection) -> Any:
    if not any(selection.best.values()):
        raise ValueError("report draws the best model of a selection, and this one has none: pass one of its models.")
    return selection.best_model


def _clusters(estimator: Clusterer, X: Any, feature_names: Any) -> plot.Display | None:
    return plot.clusters(estimator, X, feature_names=feature_names) if number_positions(estimator) else None
