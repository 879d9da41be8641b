"""``pykmeans cluster`` and ``pykmeans predict``: a table goes in, and comes out with a column ``cluster``."""

from dataclasses import dataclass

import numpy as np

from .. import _core
from . import _outputs
from ._columns import Selection, checked_names, names_in, select, warn_of_what_says_nothing
from ._messages import Refusal, counted, listed
from ._model import TableModel, estimator_for, labels_of
from ._summary import Report
from ._tables import Table, encoded, format_of, labelled, read

LABEL = "cluster"  # the last column of a labelled table


@dataclass(frozen=True)
class ColumnOptions:
    """What the commands that cluster ask about columns."""

    columns: list[str]
    exclude: list[str]
    categorical: list[str]
    weight: str | None
    metric: str | None
    scale: str | None
    drop_missing: bool
    format: str | None


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
    kind = None if out is None else output_format(out, data, options.format)
    report = Report(to_stderr=out == "-")
    table = read(data, options.format)
    if out is not None:
        refuse_label(table)
    selection = chosen(table, options)
    if n_clusters > selection.n_rows:
        raise Refusal(f"-k {n_clusters}: there are only {counted(selection.n_rows, 'row')} to cluster.")
    model = TableModel.of(
        selection, estimator_for(selection, options.metric, n_clusters, n_init, seed), scaling_of(selection, options)
    )
    model.estimator.fit(model.rows(selection), sample_weight=selection.weight)

    # Files come first: what reads the summary may stop reading.
    if save is not None:
        model.save(save)
    if out is not None and kind is not None:
        _outputs.write(out, _labelled(selection, model.estimator.labels_, kind))
    report.clusters(model, selection)
    report.wrote(out, f"the table with a column {LABEL!r}")
    report.wrote(save, "the model, for pykmeans predict")


def predict(
    model_path: str, data: str, *, drop_missing: bool, format: str | None, out: str | None, force: bool
) -> None:
    """Give the rows of a table to the clusters of a model."""
    _outputs.check({"--out": out}, force)
    kind = None if out is None else output_format(out, data, format)
    report = Report(to_stderr=out == "-")
    model = TableModel.load(model_path)
    table = read(data, format)
    if out is not None:
        refuse_label(table)
    selection = model.select(table, drop_missing)
    labels = model.estimator.predict(model.rows(selection))

    if out is not None and kind is not None:
        _outputs.write(out, _labelled(selection, labels, kind))
    report.sizes(model, selection, labels)
    report.wrote(out, f"the table with a column {LABEL!r}")


def output_format(out: str, data: str, chosen: str | None) -> str:
    """Return the format of an output: by its suffix; on standard output the one chosen, else that of the input."""
    if out != "-":
        return format_of(out, None)
    return chosen or format_of(data, None)


def refuse_label(table: Table) -> None:
    """Refuse a table that has a column of the name that labels get."""
    if LABEL in table.frame.columns:
        raise Refusal(
            f"{table.name} has a column {LABEL!r} already, which is where the clusters go: rename it or take it out, or "
            "leave --out away."
        )


def chosen(table: Table, options: ColumnOptions) -> Selection:
    """Return the rows and columns that the options choose; Refusal where they cannot be clustered."""
    weight = options.weight
    named = checked_names(table, names_in(options.columns), "--columns")
    exclude = checked_names(table, names_in(options.exclude), "--exclude")
    categorical = set(checked_names(table, names_in(options.categorical), "--categorical"))
    checked_names(table, [] if weight is None else [weight], "--weight")
    names = [name for name in named or table.frame.columns if name not in exclude and name != weight]
    if not names:
        raise Refusal(f"No column of {table.name} is left to cluster by.")
    unused = categorical - set(names)
    if unused:
        raise Refusal(f"--categorical names {listed(sorted(unused))}, which the other options leave out.")
    if options.metric == "hamming":
        categorical = set(names)
    elif options.metric not in (None, "euclidean") and categorical:
        raise Refusal(
            f"--metric {options.metric} measures numbers, and --categorical names {listed(sorted(categorical))}: leave "
            "out --metric, or these columns."
        )
    selection = select(table, names, is_category=categorical, weight=weight, drop_missing=options.drop_missing)
    warn_of_what_says_nothing(selection)
    if options.metric == "cosine":
        _refuse_rows_of_zeros(selection)
    return selection


def scaling_of(selection: Selection, options: ColumnOptions) -> str:
    """Return how numbers are scaled: as asked for, else by standard deviations where distances add up differences."""
    center = _core.METRICS[options.metric or "euclidean"]["center"]
    if options.scale is not None and not selection.numbers and options.scale != "none":
        raise Refusal(f"--scale {options.scale}: there are no columns of numbers to scale.")
    default = "standard" if center in ("mean", "median") and selection.numbers else "none"
    return options.scale or default


def _refuse_rows_of_zeros(selection: Selection) -> None:
    zeros = np.logical_and.reduce([values == 0 for values in selection.numbers.values()])
    if zeros.any():
        row = int(np.flatnonzero(selection.kept)[zeros.argmax()]) + 1
        raise Refusal(
            f"--metric cosine: {counted(int(zeros.sum()), 'row')} of {selection.table.name} hold nothing but zeros and "
            f"so have no direction; the first is row {row}."
        )


def _labelled(selection: Selection, labels: "np.ndarray", kind: str) -> bytes:  # type: ignore[type-arg]
    table = selection.table
    separator = table.separator if kind == table.format else None
    return encoded(labelled(table, labels_of(selection, labels).alias(LABEL), kind), kind, separator)
