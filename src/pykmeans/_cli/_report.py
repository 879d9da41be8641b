"""The report of a table's clusters: that of ``pykmeans.report``, in the table's own units."""

from pathlib import Path

from .. import _core
from .._report import CENTERS, MOST_LISTED, facts, figures, note
from .._report._page import Content, page
from .._separation import Separation
from ..plot._traits import Traits, of_rows
from . import _pictures
from ._columns import Selection
from ._messages import Refusal, counted
from ._model import TableModel
from ._nearby import Nearby
from ._summary import how
from ._traits import centers_of, means_of, rows_of, shown

_SUFFIXES = (".html", ".htm")


def check(path: str | None) -> None:
    """Refuse a report that cannot be made, before any work."""
    if path is None:
        return
    if Path(path).suffix.lower() not in _SUFFIXES:
        raise Refusal(f"--report {path}: a report is a page for a browser, so its name must end with .html.")
    _pictures.draw_in_memory("--report")


def content(model: TableModel, selection: Selection, separation: Separation, nearby: Nearby, command: str) -> bytes:
    """Return the file of a report."""
    estimator, table = model.estimator, selection.table
    n_clusters, n_rows, name = len(estimator.cluster_sizes_), len(table.frame), Path(table.name).name
    traits = _in_units(model, selection)
    clusters = _pictures.clusters(model, selection) if selection.numbers else None
    center = "mean" if model.is_normalized else _core.METRICS[estimator._metric_name]["center"]
    left_out = n_rows - selection.n_rows
    refine = estimator.get_params().get("refine")
    refined = f" that {'was' if estimator.n_init == 1 else 'were'} refined by {refine}" if refine else ""
    return page(
        Content(
            title=f"{name}: {counted(n_clusters, 'cluster')} of {counted(selection.n_rows, 'row')}",
            summary=[sentence for sentence in (separation.sentence, nearby.sentence) if sentence],
            traits=traits.most_different(estimator.cluster_sizes_, MOST_LISTED),
            rows=rows_of(estimator).tolist(),
            weights=None if selection.weight is None else estimator.cluster_sizes_,
            note=note(CENTERS[center], traits),
            figures=figures(estimator, traits, separation, clusters, nearby.found, nearby.of_rows),
            made=[
                ("command", command),
                ("table", f"{name}: {counted(n_rows, 'row')}" + f", {left_out:,} left out" * bool(left_out)),
                ("clustered by", ", ".join(selection.names)),
                ("method", how(model, selection)),
                ("start", f"the best of {counted(estimator.n_init, 'run')}{refined}, seed {estimator.random_state}"),
                *facts(estimator),
            ],
        )
    )


def _in_units(model: TableModel, selection: Selection) -> Traits:
    """Return what distinguishes the clusters, with numbers as the table has them."""
    found = of_rows(model.estimator, model.rows(selection), None, selection.weight)
    centers, means = centers_of(model, selection), means_of(selection)
    texts = [
        [shown(selection, name, value) for value in centers[name]] if name in means else words
        for name, words in zip(found.names, found.texts, strict=True)
    ]
    everywhere = [
        shown(selection, name, means[name]) if name in means else words
        for name, words in zip(found.names, found.everywhere, strict=True)
    ]
    return found._replace(texts=texts, everywhere=everywhere)
