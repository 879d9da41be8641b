"""``pykmeans cluster`` and ``pykmeans predict``: a table goes in, and comes out with a column ``cluster``."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from . import _outputs, _pictures
from ._columns import Selection
from ._messages import Refusal, counted
from ._model import TableModel, estimator_for, labels_of
from ._options import ColumnOptions, chosen, output_format, scaling_of
from ._summary import Report
from ._tables import Reading, Table, encoded, labelled, read

LABEL = "cluster"  # the last column of a labelled table


def cluster(
    data: str,
    n_clusters: int,
    options: ColumnOptions,
    *,
    n_init: int,
    seed: int,
    out: str | None,
    plot: str | None,
    save: str | None,
    force: bool,
) -> None:
    """Cluster a table, say what came out, and write what was asked for."""
    _outputs.check({"--out": out, "--plot": plot, "--save": save}, force)
    _pictures.check(plot)
    kind = None if out is None else output_format(out, data, options.reading.format)
    report = Report(to_stderr=out == "-")
    table = read(data, options.reading)
    if out is not None:
        _refuse_label(table)
    selection = chosen(table, options)
    if plot is not None:
        _pictures.check_columns(selection)
    if n_clusters > selection.n_rows:
        raise Refusal(f"-k {n_clusters}: there are only {counted(selection.n_rows, 'row')} to cluster.")
    model = TableModel.of(
        selection, estimator_for(selection, options.metric, n_clusters, n_init, seed), scaling_of(selection, options)
    )
    model.estimator.fit(model.rows(selection), sample_weight=selection.weight)

    # Files come first: what reads the summary may stop reading.
    contents = {}
    if out is not None and kind is not None:
        contents[out] = _labelled(selection, model.estimator.labels_, kind)
    if plot is not None:
        contents[plot] = _pictures.clusters(model, selection, plot)
    if save is not None:
        model.save(save)
    _outputs.write(contents)
    report.clusters(model, selection)
    report.wrote(out, f"the table with a column {LABEL!r}")
    report.wrote(save, "the model, for pykmeans predict")
    report.wrote(plot, "the picture of the clusters")


def predict(model_path: str, data: str, *, drop_missing: bool, reading: Reading, out: str | None, force: bool) -> None:
    """Give the rows of a table to the clusters of a model."""
    _outputs.check({"--out": out}, force)
    kind = None if out is None else output_format(out, data, reading.format)
    report = Report(to_stderr=out == "-")
    model = TableModel.load(model_path)
    table = read(data, replace(reading, na=(*reading.na, *model.na)))
    if out is not None:
        _refuse_label(table)
    selection = model.select(table, drop_missing)
    labels = model.estimator.predict(model.rows(selection))

    if out is not None and kind is not None:
        _outputs.write({out: _labelled(selection, labels, kind)})
    report.sizes(model, selection, labels)
    report.wrote(out, f"the table with a column {LABEL!r}")


def _refuse_label(table: Table) -> None:
    """Refuse a table that has a column of the name that labels get."""
    if LABEL in table.frame.columns:
        raise Refusal(
            f"{table.name} has a column {LABEL!r} already, which is where the clusters go. Rename it or take it out, "
            "or do without --out."
        )


def _labelled(selection: Selection, labels: NDArray[np.int32], kind: str) -> bytes:
    table = selection.table
    separator = table.separator if kind == table.format else None
    return encoded(labelled(table, labels_of(selection, labels).alias(LABEL), kind), kind, separator)
