"""The commands and their options, as typer reads them."""

import shlex
import sys
from collections.abc import Sequence
from enum import Enum
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from .. import _core
from .._validate.parameters import METRICS
from . import _cluster, _elbow, _segment
from ._columns import names_in
from ._labels import LABEL
from ._messages import Refusal, library_warnings_in_plain_words, say
from ._missing import Gaps
from ._model import Search
from ._options import ColumnOptions
from ._tables import SUFFIXES, Reading

Metric = Enum("Metric", {name: name for name in METRICS}, type=str)  # type: ignore[misc]
Format = Enum("Format", {name: name for name in SUFFIXES}, type=str)  # type: ignore[misc]
# What each run does after Lloyd's algorithm to end lower.
Refine = Enum("Refine", {name: name for name in ("none", *_core.REFINEMENTS)}, type=str)  # type: ignore[misc]


class Scale(str, Enum):
    """How columns of numbers are made comparable."""

    standard = "standard"
    robust = "robust"
    none = "none"


class Fill(str, Enum):
    """What stands in for a number that is missing; for a category, it is the most frequent one."""

    median = "median"
    most_frequent = "most-frequent"


class Space(str, Enum):
    """Where colors are compared."""

    lab = "lab"
    rgb = "rgb"


class _Commands(TyperGroup):
    """The commands, and how they end."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command; errors that the user can fix become messages."""
        try:
            with library_warnings_in_plain_words():
                result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except (Refusal, ValueError) as error:  # the library's errors say what is wrong with the values
            say("Error", str(error))
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            raise typer.Exit(130) from None
        except BrokenPipeError:
            raise  # typer ends quietly where nobody reads the output
        except OSError as error:  # a full disk, say
            say("Error", f"{error.filename or 'A file'} cannot be read or written: {error.strerror}.")
            raise typer.Exit(2) from None


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_TABLE = "CSV, TSV, Parquet, Arrow, JSON or Excel, by the suffix; - for standard input."
Data = Annotated[str, typer.Argument(metavar="DATA", show_default=False, help=f"The table: {_TABLE}")]
K = Annotated[int, typer.Option("-k", "--clusters", min=1, show_default=False, help="Number of clusters.")]
Columns = Annotated[
    list[str] | None,
    typer.Option("--columns", metavar="A,B", help="The columns to cluster by.  [default: all]", show_default=False),
]
Exclude = Annotated[
    list[str] | None, typer.Option("--exclude", metavar="A,B", help="Columns to leave out.", show_default=False)
]
Categorical = Annotated[
    list[str] | None,
    typer.Option("--categorical", metavar="A,B", help="Columns that hold categories.", show_default=False),
]
Kinds = Annotated[
    list[str] | None,
    typer.Option(
        "--as",
        metavar="A=KIND",
        help="How to read a column: number, category, date (in days) or time (in hours).",
        show_default=False,
    ),
]
Weight = Annotated[
    str | None, typer.Option("--weight", metavar="COLUMN", help="The column of weights.", show_default=False)
]
MetricOption = Annotated[
    Metric | None,
    typer.Option(
        "--metric",
        help="The distance; hamming treats all columns as categories.  [default: euclidean]",
        show_default=False,
    ),
]
ScaleOption = Annotated[
    Scale | None,
    typer.Option(
        "--scale",
        help="How numbers are scaled.  [default: standard; none with cosine]",
        show_default=False,
    ),
]
DropMissing = Annotated[bool, typer.Option("--drop-missing", help="Leave out rows with missing values.")]
FillOption = Annotated[
    Fill | None,
    typer.Option(
        "--fill",
        help="Fill in missing numbers this way, and missing categories by the most frequent one.",
        show_default=False,
    ),
]
FormatOption = Annotated[
    Format | None,
    typer.Option(
        "--format",
        help="Format of standard input and output, or of DATA.  [default: by the suffix, csv]",
        show_default=False,
    ),
]
Encoding = Annotated[
    str | None,
    typer.Option(
        "--encoding", metavar="NAME", help="Text encoding, such as cp1252.  [default: utf-8]", show_default=False
    ),
]
NA = Annotated[
    list[str] | None,
    typer.Option("--na", metavar="A,B", help="Words for a missing value, besides the usual ones.", show_default=False),
]
Seed = Annotated[int, typer.Option("--seed", min=0, max=2**32 - 1, help="Source of the random numbers.")]
NInit = Annotated[int, typer.Option("--n-init", min=1, help="Runs from different starts; the best is kept.")]
RefineOption = Annotated[
    Refine | None,
    typer.Option(
        "--refine",
        help="How to improve each run afterwards.  [default: swaps; none with manhattan, hamming or categories]",
        show_default=False,
    ),
]
Out = Annotated[
    str | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Write the table with a column of clusters; - for standard output.",
        show_default=False,
    ),
]
Name = Annotated[str, typer.Option("--name", metavar="COLUMN", help="Name of the column of clusters in --out.")]
Centers = Annotated[
    str | None,
    typer.Option(
        "--centers",
        metavar="FILE",
        help="Write the centers in the units of the table, a row for each cluster; - for standard output.",
        show_default=False,
    ),
]
Plot = Annotated[
    str | None,
    typer.Option("--plot", metavar="FILE", help="Draw a picture: .png, .svg or .pdf.", show_default=False),
]
ReportOption = Annotated[
    str | None,
    typer.Option(
        "--report", metavar="FILE", help="Write a report: one .html file with tables and pictures.", show_default=False
    ),
]
Save = Annotated[
    str | None, typer.Option("--save", metavar="FILE", help="Save the model, for predict.", show_default=False)
]
Force = Annotated[bool, typer.Option("--force", help="Replace existing files and an existing column of clusters.")]


@app.command()
def cluster(
    context: typer.Context,
    data: Data,
    k: K,
    columns: Columns = None,
    exclude: Exclude = None,
    categorical: Categorical = None,
    kinds: Kinds = None,
    weight: Weight = None,
    metric: MetricOption = None,
    scale: ScaleOption = None,
    na: NA = None,
    drop_missing: DropMissing = False,
    fill: FillOption = None,
    n_init: NInit = 10,
    refine: RefineOption = None,
    seed: Seed = 0,
    out: Out = None,
    name: Name = LABEL,
    centers: Centers = None,
    plot: Plot = None,
    report: ReportOption = None,
    save: Save = None,
    format: FormatOption = None,
    encoding: Encoding = None,
    force: Force = False,
) -> None:
    """Cluster the rows of a table and describe the clusters."""
    reading = _reading(format, encoding, na)
    gaps = Gaps(drop_missing, _word(fill))
    options = _options(columns, exclude, categorical, kinds, weight, metric, scale, gaps, reading, name)
    outputs = _cluster.Outputs(out=out, centers=centers, plot=plot, report=report, save=save)
    search = Search(n_init, _word(refine), seed)
    _cluster.cluster(data, k, options, outputs, search, force=force, command=context.obj)


@app.command()
def predict(
    model: Annotated[str, typer.Argument(metavar="MODEL", show_default=False, help="What cluster --save wrote.")],
    data: Data,
    na: NA = None,
    drop_missing: DropMissing = False,
    out: Out = None,
    name: Name = LABEL,
    format: FormatOption = None,
    encoding: Encoding = None,
    force: Force = False,
) -> None:
    """Assign the rows of a table to the clusters of a saved model."""
    reading = _reading(format, encoding, na)
    _cluster.predict(model, data, drop_missing=drop_missing, reading=reading, label=name, out=out, force=force)


@app.command()
def elbow(
    data: Data,
    columns: Columns = None,
    exclude: Exclude = None,
    categorical: Categorical = None,
    kinds: Kinds = None,
    weight: Weight = None,
    metric: MetricOption = None,
    scale: ScaleOption = None,
    na: NA = None,
    drop_missing: DropMissing = False,
    fill: FillOption = None,
    max_k: Annotated[
        int | None,
        typer.Option("--max-k", min=2, help="The most clusters to try.  [default: 10]", show_default=False),
    ] = None,
    n_init: NInit = 10,
    refine: RefineOption = None,
    seed: Seed = 0,
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="FILE", help="Write the values for each k, as a table.", show_default=False),
    ] = None,
    plot: Plot = None,
    format: FormatOption = None,
    encoding: Encoding = None,
    force: Force = False,
) -> None:
    """Find out how many clusters a table has."""
    reading = _reading(format, encoding, na)
    options = _options(
        columns, exclude, categorical, kinds, weight, metric, scale, Gaps(drop_missing, _word(fill)), reading
    )
    search = Search(n_init, _word(refine), seed)
    _elbow.elbow(data, options, search, most=max_k, out=out, plot=plot, force=force)


@app.command()
def segment(
    photo: Annotated[str, typer.Argument(metavar="PHOTO", show_default=False, help="An image that Pillow reads.")],
    colors: Annotated[int, typer.Option("--colors", min=1, help="Number of colors.")] = 8,
    space: Annotated[
        Space, typer.Option("--space", help="Color space for distances; lab is close to what the eye sees.")
    ] = Space.lab,
    seed: Seed = 0,
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="FILE", help="Write the image: .png, .tif or .webp.", show_default=False),
    ] = None,
    force: Force = False,
) -> None:
    """Paint an image in few colors."""
    _segment.segment(photo, colors, space=space.value, seed=seed, out=out, force=force)


def run(arguments: Sequence[str]) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : sequence of str
        The command and its options.

    Returns
    -------
    status : int
        0; 2 where the user has to change something, 130 after Ctrl-C, 1 where nobody reads the output any more.
    """
    try:
        app(list(arguments), prog_name="pykmeans", obj=shlex.join(["pykmeans", *arguments]))
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def _options(
    columns: list[str] | None,
    exclude: list[str] | None,
    categorical: list[str] | None,
    kinds: list[str] | None,
    weight: str | None,
    metric: Any,
    scale: Any,
    gaps: Gaps,
    reading: Reading,
    label: str = LABEL,
) -> ColumnOptions:
    return ColumnOptions(
        columns=columns or [],
        exclude=exclude or [],
        categorical=categorical or [],
        kinds=kinds or [],
        weight=weight,
        metric=_word(metric),
        scale=_word(scale),
        gaps=gaps,
        reading=reading,
        label=label,
    )


def _reading(format: Any, encoding: str | None, na: list[str] | None) -> Reading:
    return Reading(_word(format), encoding, tuple(names_in(na or [])))


def _word(choice: Enum | None) -> Any:
    return None if choice is None else str(choice.value)
