"""A fitted estimator and the table that it was fitted on: which columns, how scaled, which categories.

Kept in the "table" of a model file; a reader finds there all that a new table needs.
"""

import json
from dataclasses import dataclass
from typing import Any

import polars as pl
from numpy.typing import NDArray

from .. import _core, _model_file
from .._clusterer import Clusterer
from .._kmeans import KMeans
from .._kprototypes import KPrototypes
from .._model_rules import Rule, check, is_finite
from .._words import MetricWord
from ._columns import Selection, refuse_what_differs, select
from ._meaning import NUMBER, Meaning, understood
from ._messages import Refusal, its_columns, listed, warn
from ._missing import Fill, Gaps
from ._scaling import SCALINGS, Scale, scales
from ._tables import Table


@dataclass(frozen=True)
class Column:
    """A column of the table of a fit."""

    name: str
    scale: Scale = (0.0, 1.0)
    categories: tuple[str, ...] | None = None  # None for a column of numbers
    fill: Fill | None = None  # what stands in for a value that is missing
    meaning: Meaning = NUMBER

    @property
    def outline(self) -> tuple[str, bool]:
        """Its name, and whether it holds numbers."""
        return self.name, self.categories is None

    def written(self) -> dict[str, Any]:
        """Return what a model file says of it."""
        how = {**self.meaning.written(), **({} if self.fill is None else {"fill": self.fill})}
        if self.categories is not None:
            return {"name": self.name, "categories": list(self.categories), **how}
        offset, divisor = self.scale
        return {"name": self.name, "offset": offset, "divisor": divisor, **how}

    @classmethod
    def read(cls, found: Any) -> "Column":
        """Return the column of which a model file says this; ValueError where it cannot be one."""
        if not isinstance(found, dict):
            raise ValueError(f"{found!r:.60} is not a column")
        check(found, _RULES)
        fill, meaning = found.get("fill"), Meaning.read(found)
        if "categories" in found:
            check(found, {"fill": Rule(_is_text, "text")})
            return cls(found["name"], categories=tuple(found["categories"]), fill=fill, meaning=meaning)
        check(found, {"fill": Rule(is_finite, "a finite number")})
        return cls(found["name"], (float(found["offset"]), float(found["divisor"])), fill=fill, meaning=meaning)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_list_of_text(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(each) for each in value)


# What a model file may say of a column and of all of them.
_RULES = {
    "name": Rule(_is_text, "text"),
    "categories": Rule(_is_list_of_text, "a list of text"),
    "na": Rule(_is_list_of_text, "a list of text"),
    "offset": Rule(is_finite, "a finite number"),
    "divisor": Rule(lambda value: is_finite(value) and value > 0, "a finite number > 0"),
    "columns": Rule(lambda value: isinstance(value, list), "a list"),
    "scaling": Rule(lambda value: isinstance(value, str) and value in SCALINGS, f"one of {', '.join(SCALINGS)}"),
}


@dataclass(frozen=True)
class TableModel:
    """An estimator of rows of a table."""

    estimator: Any  # KMeans or KPrototypes
    columns: tuple[Column, ...]
    scaling: str  # "standard", "robust" or "none"
    na: tuple[str, ...] = ()  # what stands for nothing in a table

    @classmethod
    def of(cls, selection: Selection, estimator: Clusterer, scaling: str) -> "TableModel":
        """Return the model of ``selection`` with an estimator, which is yet to be fitted on ``rows(selection)``."""
        found = scales(selection, scaling)
        columns = [
            Column(
                name,
                scale=found.get(name, (0.0, 1.0)),
                categories=None if name in found else tuple(selection.categories[name].unique().sort()),
                fill=selection.fills.get(name),
                meaning=selection.meanings[name],
            )
            for name in selection.names
        ]
        return cls(estimator, tuple(columns), scaling, selection.table.na)

    def select(self, table: Table, drop_missing: bool) -> Selection:
        """Return the columns of the model in another table."""
        missing = [column.name for column in self.columns if column.name not in table.frame.columns]
        if missing:
            raise Refusal(
                f"{table.name} lacks the column{'s' * (len(missing) > 1)} {listed(missing)}, which the model was made "
                "with.\n" + its_columns(table.frame.columns)
            )
        meanings = {column.name: column.meaning for column in self.columns}
        columns = {name: understood(table, name, meaning) for name, meaning in meanings.items()}
        refuse_what_differs(table, columns, meanings)
        known = {column.name: column.fill for column in self.columns if column.fill is not None}
        selection = select(table, columns, weight=None, gaps=Gaps(drop_missing, known=known))
        for column in self.columns:
            if column.categories is not None:
                _warn_of_new_categories(selection, column.name, column.categories)
        return selection

    def rows(self, selection: Selection) -> pl.DataFrame:
        """Return rows as the estimator takes them: numbers scaled, categories as text."""
        return pl.DataFrame({column.name: self._prepared(selection, column) for column in self.columns})

    def centers(self) -> dict[str, NDArray[Any]]:
        """Return the centers' value in each column, in the table's own units."""
        centers = self.estimator.cluster_centers_
        return {
            column.name: values * column.scale[1] + column.scale[0] if column.categories is None else values
            for column, values in zip(self.columns, centers.T, strict=True)
        }

    @property
    def is_normalized(self) -> bool:
        """Whether the estimator sees directions of rows, which have no unit."""
        return _core.METRICS[self.estimator._metric_name]["normalized"]

    def save(self, path: str) -> None:
        """Write the model to a file."""
        table = {"scaling": self.scaling, "columns": [column.written() for column in self.columns]}
        table |= {"na": list(self.na)} if self.na else {}
        _model_file.write(path, self.estimator, table)

    @classmethod
    def load(cls, path: str) -> "TableModel":
        """Read a model from a file; one that ``KMeans.save`` wrote takes its columns as they are."""
        try:
            estimator, table = _model_file.read(path)
        except FileNotFoundError:
            raise Refusal(f"There is no file {path}.") from None
        except OSError as error:
            raise Refusal(f"{path} cannot be read: {error.strerror}.") from None
        except ValueError as error:
            if isinstance(error.__context__, json.JSONDecodeError | UnicodeDecodeError):  # what it says is of no use
                error = ValueError(
                    f"{path} is not a model that can be loaded: pykmeans cluster --save did not write it, or it is "
                    "damaged."
                )
            raise Refusal(str(error)) from None
        known = _columns_of(estimator, path)
        if table is None:
            return cls(estimator, known, "none")
        try:
            check(table, _RULES)
            columns = [Column.read(each) for each in table["columns"]]
            if [column.outline for column in columns] != [column.outline for column in known]:
                raise ValueError(f"its columns are not those of the estimator, {listed(each.name for each in known)}")
            scaling, na = table["scaling"], tuple(table.get("na", []))
        except (KeyError, ValueError) as error:
            why = f"it lacks {error}" if isinstance(error, KeyError) else error
            raise Refusal(f'{path} cannot be loaded as a model: its "table" is invalid ({why}).') from None
        return cls(estimator, tuple(columns), scaling, na)

    def _prepared(self, selection: Selection, column: Column) -> pl.Series:
        if column.categories is not None:
            return selection.categories[column.name].alias(column.name)
        offset, divisor = column.scale
        return pl.Series(column.name, (selection.numbers[column.name] - offset) / divisor)


@dataclass(frozen=True)
class Search:
    """How the best clusters are looked for."""

    n_init: int
    refine: str | None  # None where the user does not say
    seed: int


def estimator_for(selection: Selection, metric: MetricWord | None, n_clusters: int, search: Search) -> Clusterer:
    """Return the estimator for numbers, for categories, or for both."""
    common: dict[str, Any] = {"n_init": search.n_init, "random_state": search.seed}
    if selection.categories and selection.numbers:
        _refinement(search.refine, "mixed")
        return KPrototypes(n_clusters, categorical=list(selection.categories), **common)
    metric = "hamming" if selection.categories else metric or "euclidean"
    return KMeans(n_clusters, metric=metric, refine=_refinement(search.refine, metric), **common)


def _refinement(asked: str | None, metric: str) -> Any:
    """Return what refines a fit with this metric: what was asked for, else the best there is."""
    known = _core.METRICS[metric]["refinements"]
    if asked is None:
        return "swaps" if "swaps" in known else None
    if asked == "none":
        return None
    if asked not in known:
        what = "a table of numbers and categories" if metric == "mixed" else f"the metric {metric}"
        choices = " or ".join([", ".join(["none", *known[:-1]]), *known[-1:]])
        raise Refusal(f"--refine {asked} does not work with {what}. Choose {choices}.")
    return asked


def _columns_of(estimator: Any, path: str) -> tuple[Column, ...]:
    names = getattr(estimator, "feature_names_in_", None)
    if names is None:
        raise Refusal(
            f"{path} does not name its columns: it was saved from Python, and fitted on an array. Fit it on a data "
            "frame, or make it with: pykmeans cluster --save"
        )
    if len(set(names)) < len(names):
        raise Refusal(f"{path} has several columns with the same name, {listed(names)}; use it from Python.")
    if isinstance(estimator, KPrototypes):
        categorical = set(estimator.categorical_features_.tolist())
    else:
        categorical = set(range(len(names))) if estimator.cluster_centers_.dtype == object else set()
    if not all(isinstance(value, str) for j in categorical for value in estimator.cluster_centers_[:, j]):
        raise Refusal(f"{path} was saved from Python with categories that are not text; use it from Python.")
    return tuple(_column_of(str(name), j in categorical) for j, name in enumerate(names))


def _column_of(name: str, is_category: bool) -> Column:
    return Column(name, categories=(), meaning=Meaning("category")) if is_category else Column(name)


def _warn_of_new_categories(selection: Selection, name: str, known: tuple[str, ...]) -> None:
    found = selection.categories[name]
    new = found.filter(~found.is_in(list(known))).unique(maintain_order=True).to_list() if known else []
    if new:
        warn(f"The column {name!r} has values that the model has never seen, so they match no center: {listed(new)}")
