"""``pykmeans cluster`` and ``pykmeans predict``: a table goes in, and comes out with a column ``cluster``."""

from .._separation import separation
from . import _outputs, _pictures
from ._labels import check_label, with_labels
from ._messages import Refusal, counted
from ._model import TableModel, estimator_for
from ._nearby import nearby
from ._options import ColumnOptions, chosen, output_format, scaling_of
from ._summary import Report
from ._tables import encoded, read
from ._traits import centers_table


def cluster(
    data: str,
    n_clusters: int,
    options: ColumnOptions,
    *,
    n_init: int,
    seed: int,
    out: str | None,
    centers: str | None,
    plot: str | None,
    save: str | None,
    force: bool,
) -> None:
    """Cluster a table, say what came out, and write what was asked for."""
    _outputs.check({"--out": out, "--centers": centers, "--plot": plot, "--save": save}, force)
    _pictures.check(plot)
    kind = None if out is None else output_format(out, options.format)
    kind_of_centers = None if centers is None else output_format(centers, options.format)
    report = Report(to_stderr="-" in (out, centers))
    table = read(data, options.format)
    if out is not None:
        check_label(table, options.label, force)
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
        contents[out] = with_labels(selection, model.estimator.labels_, options.label, kind)
    if centers is not None and kind_of_centers is not None:
        contents[centers] = encoded(centers_table(model, selection, options.label), kind_of_centers)
    if plot is not None:
        contents[plot] = _pictures.clusters(model, selection, plot)
    if save is not None:
        model.save(save)
    _outputs.write(contents)
    rows = model.rows(selection)
    judged = [separation(model.estimator, rows, selection.weight).sentence, nearby(model, selection).sentence]
    report.clusters(model, selection, [sentence for sentence in judged if sentence])
    report.wrote(out, f"the table with a column {options.label!r}")
    report.wrote(centers, "the centers, in the units of the table")
    report.wrote(save, "the model, for pykmeans predict")
    report.wrote(plot, "the picture of the clusters")


def predict(
    model_path: str, data: str, *, drop_missing: bool, format: str | None, label: str, out: str | None, force: bool
) -> None:
    """Give the rows of a table to the clusters of a model."""
    _outputs.check({"--out": out}, force)
    kind = None if out is None else output_format(out, format)
    report = Report(to_stderr=out == "-")
    model = TableModel.load(model_path)
    table = read(data, format)
    if out is not None:
        check_label(table, label, force)
    selection = model.select(table, drop_missing)
    labels = model.estimator.predict(model.rows(selection))

    if out is not None and kind is not None:
        _outputs.write({out: with_labels(selection, labels, label, kind)})
    report.sizes(model, selection, labels)
    report.wrote(out, f"the table with a column {label!r}")
