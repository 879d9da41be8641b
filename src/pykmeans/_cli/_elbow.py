"""``pykmeans elbow``: how many clusters a table has."""

from .. import plot as pictures
from .._selection import select_k
from .._words import CriterionWord
from . import _outputs, _pictures
from ._magnitude import refusing_what_is_too_large
from ._messages import Refusal, only
from ._model import Search, TableModel, estimator_for
from ._options import ColumnOptions, chosen, output_format, scaling_of
from ._summary import Summary, silhouette_criterion
from ._tables import encoded, read

_MOST = 10  # clusters, where the user does not say


def elbow(
    data: str,
    options: ColumnOptions,
    search: Search,
    *,
    most: int | None,
    out: str | None,
    plot: str | None,
    force: bool,
) -> None:
    """Cluster a table with each number of clusters, and say which are good ones."""
    _outputs.check({"--out": out, "--plot": plot}, force)
    _pictures.check(plot)
    kind = None if out is None else output_format(out, options.reading.format)
    summary = Summary(to_stderr=out == "-")
    selection = chosen(read(data, options.reading), options)
    if most is not None and most > selection.n_rows:
        raise Refusal(f"--max-k {most}: {only(selection.n_rows, 'row')} to cluster.")
    k = range(1, (most or min(_MOST, selection.n_rows)) + 1)
    estimator = estimator_for(selection, options.metric, 1, search)
    criteria: list[CriterionWord] = ["elbow", silhouette_criterion(selection, len(k))]
    with refusing_what_is_too_large(selection):
        model = TableModel.of(selection, estimator, scaling_of(selection, options))
        rows, weight = model.rows(selection), selection.weight
        found = select_k(rows, k, criteria=criteria, estimator=estimator, sample_weight=weight)
    contents = {}
    if plot is not None:
        contents[plot] = _pictures.content(pictures.selection(found), plot)
    if out is not None and kind is not None:
        contents[out] = encoded(found.to_polars().fill_nan(None), kind)
    _outputs.write(contents)
    summary.counts(found, model, selection)
    summary.wrote(out, "the values for each k")
    summary.wrote(plot, "the picture of the curves")
