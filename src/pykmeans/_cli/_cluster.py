"""``pykmeans cluster`` and ``pykmeans predict``: a table goes in, and comes out with a column of clusters."""

from dataclasses import dataclass, replace

from .._separation import separation
from . import _outputs, _pictures, _report
from ._columns import Selection
from ._labels import check_label, with_labels
from ._magnitude import refusing_what_is_too_large
from ._messages import Refusal, only
from ._model import Search, TableModel, estimator_for
from ._nearby import nearby
from ._options import ColumnOptions, chosen, output_format, scaling_of
from ._summary import Summary
from ._tables import Reading, encoded, read
from ._traits import centers_table


@dataclass(frozen=True)
class Outputs:
    """The files that a fit is written to, None where they are not asked for; "-" for standard output."""

    out: str | None
    centers: str | None
    plot: str | None
    report: str | None
    save: str | None

    def check(self, force: bool, format: str | None) -> None:
        """Refuse what cannot or must not be written, before any work."""
        _outputs.check({f"--{name}": path for name, path in vars(self).items()}, force)
        _pictures.check(self.plot)
        _report.check(self.report)
        if self.save == "-":
            raise Refusal("--save -: a model cannot go to standard output. Give it a file.")
        for path in (self.out, self.centers):
            if path is not None:
                output_format(path, format)


def cluster(
    data: str,
    n_clusters: int,
    options: ColumnOptions,
    outputs: Outputs,
    search: Search,
    *,
    force: bool,
    command: str,
) -> None:
    """Cluster a table, say what came out, and write what was asked for."""
    outputs.check(force, options.reading.format)
    summary = Summary(to_stderr="-" in (outputs.out, outputs.centers))
    table = read(data, options.reading)
    if outputs.out is not None:
        check_label(table, options.label, force)
    selection = chosen(table, options)
    if outputs.plot is not None:
        _pictures.check_columns(selection)
    if n_clusters > selection.n_rows:
        raise Refusal(f"-k {n_clusters}: {only(selection.n_rows, 'row')} to cluster.")
    estimator = estimator_for(selection, options.metric, n_clusters, search)
    with refusing_what_is_too_large(selection):
        model = TableModel.of(selection, estimator, scaling_of(selection, options))
        rows = model.rows(selection)
        model.estimator.fit(rows, sample_weight=selection.weight)
        separated = separation(model.estimator, rows, selection.weight)
        compared = nearby(model, selection)

    # Files come first: whoever reads the summary may close the pipe.
    contents = _contents(outputs, options, model, selection)
    if outputs.report is not None:
        contents[outputs.report] = _report.content(model, selection, separated, compared, command)
    if outputs.save is not None:
        model.save(outputs.save)
    _outputs.write(contents)
    summary.clusters(model, selection, [words for words in (separated.sentence, compared.sentence) if words])
    summary.wrote(outputs.out, f"the table with a column {options.label!r}")
    summary.wrote(outputs.centers, "the centers, in the units of the table")
    summary.wrote(outputs.save, "the model, for pykmeans predict")
    summary.wrote(outputs.plot, "the picture of the clusters")
    summary.wrote(outputs.report, "the report, one page for a browser with all pictures in it")


def _contents(outputs: Outputs, options: ColumnOptions, model: TableModel, selection: Selection) -> dict[str, bytes]:
    """Return the contents of tables and pictures, by their paths."""
    contents = {}
    if outputs.out is not None:
        kind = output_format(outputs.out, options.reading.format)
        contents[outputs.out] = with_labels(selection, model.estimator.labels_, options.label, kind)
    if outputs.centers is not None:
        frame = centers_table(model, selection, options.label)
        contents[outputs.centers] = encoded(frame, output_format(outputs.centers, options.reading.format))
    if outputs.plot is not None:
        contents[outputs.plot] = _pictures.content(_pictures.clusters(model, selection), outputs.plot)
    return contents


def predict(
    model_path: str, data: str, *, drop_missing: bool, reading: Reading, label: str, out: str | None, force: bool
) -> None:
    """Give the rows of a table to the clusters of a model."""
    _outputs.check({"--out": out}, force)
    kind = None if out is None else output_format(out, reading.format)
    summary = Summary(to_stderr=out == "-")
    model = TableModel.load(model_path)
    table = read(data, replace(reading, na=(*reading.na, *model.na)))
    if out is not None:
        check_label(table, label, force)
    selection = model.select(table, drop_missing)
    with refusing_what_is_too_large(selection, "Use the same units as the table that the model was made with."):
        labels = model.estimator.predict(model.rows(selection))

    if out is not None and kind is not None:
        _outputs.write({out: with_labels(selection, labels, label, kind)})
    summary.sizes(model, selection, labels)
    summary.wrote(out, f"the table with a column {label!r}")
