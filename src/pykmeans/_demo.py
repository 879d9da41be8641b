"""The demo: Fisher's irises clustered and described; where matplotlib is installed, three pictures."""

import csv
import io
import sys
from importlib.resources import files
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _core
from ._kmeans import KMeans
from ._model_file import replace
from ._optional import optional

_STOP_REASONS = {
    "labels": "no flower changed its cluster, so nothing more can change",
    "centers": "the centers hardly moved any more (by no more than tol allows)",
    "max_iter": "max_iter was reached",
}
_WIDEST_BAR = 40
_PICTURES = {
    "iris.png": "the clusters, feature by feature",
    "elbow.png": "how many clusters the irises have",
    "portrait.png": "Grace Hopper in 8 colors",
}
_PHOTOGRAPH = "grace_hopper.jpg"  # by the United States Navy, in the public domain; matplotlib brings it


def load_iris() -> tuple[NDArray[np.float64], list[str], list[str]]:
    """Return the 150 flowers in centimetres, the names of the four features, and the species of each flower."""
    text = (files("pykmeans") / "data" / "iris.csv").read_text(encoding="utf-8")
    header, *rows = csv.reader(line for line in text.splitlines() if not line.startswith("#"))
    return np.array([row[:-1] for row in rows], dtype=np.float64), header[:-1], [row[-1] for row in rows]


def run(folder: str = "pykmeans-demo", force: bool = False) -> int:
    """Cluster the irises, print what one wants to know about the result, and draw it.

    Parameters
    ----------
    folder : str, default="pykmeans-demo"
        Where the pictures go; it is made if it is not there.
    force : bool, default=False
        Whether pictures that are there may be replaced.

    Returns
    -------
    status : int
        0; 2 where the pictures cannot or must not be written.
    """
    problem = _problem(Path(folder), force)
    if problem:
        print(f"Error: {problem}", file=sys.stderr)
        return 2
    X, features, species = load_iris()
    kmeans = KMeans(n_clusters=3, n_init=10, random_state=0, refine="swaps")
    start = perf_counter()
    kmeans.fit(X)
    seconds = perf_counter() - start

    print(f"pykmeans {_core.__version__} on Fisher's irises: {len(X)} flowers, {len(features)} features, 3 clusters")
    _print_clusters(kmeans, features)
    _print_iterations(kmeans)
    _print_species(kmeans.labels_, species)
    print(f"\nTime: {1000 * seconds:.1f} ms for 10 runs from different starts, of which this is the best.")
    if _matplotlib() is None:
        print("\nPictures: none, as matplotlib is not installed: pip install 'pykmeans[plot]'.")
    else:
        _draw(Path(folder), kmeans, X, features)
    return 0


def _matplotlib() -> Any:
    try:
        return optional("matplotlib", "plot", "pykmeans demo")
    except ImportError:
        return None


def _problem(folder: Path, force: bool) -> str:
    """Return why the pictures cannot be written, "" if they can."""
    if _matplotlib() is None:
        return ""
    there = [name for name in _PICTURES if (folder / name).exists()]
    if there and not force:
        return f"{folder / there[0]} is there already. To replace it: --force, or another folder: --out"
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        return f"the folder {folder} cannot be made: {error.strerror}."
    return ""


def _draw(folder: Path, kmeans: KMeans, X: NDArray[np.float64], features: list[str]) -> None:
    from . import plot
    from ._image import segment_image
    from ._selection import elbow

    matplotlib = _matplotlib()
    matplotlib.use("agg")  # draws into memory, and needs no screen
    photograph = optional("matplotlib.cbook", "plot", "pykmeans demo").get_sample_data(_PHOTOGRAPH, asfileobj=False)
    displays = (
        plot.clusters(kmeans, X, feature_names=features, kind="pair"),
        plot.elbow(elbow(X, random_state=0, progress=False)),
        plot.segmentation(segment_image(str(photograph), 8, random_state=0)),
    )
    print(f"\nPictures in the folder {folder}\n")
    for (name, words), display in zip(_PICTURES.items(), displays, strict=True):
        content = io.BytesIO()
        display.figure_.savefig(content, format="png", dpi=120, bbox_inches="tight")
        replace(folder / name, content.getvalue())
        print(f"  {name:12}  {words}")


def _print_clusters(kmeans: KMeans, features: list[str]) -> None:
    print("\nClusters and their centers (cm)\n")
    for words in zip(*(feature.split() for feature in features), strict=True):
        titles = ("cluster", "flowers", "inertia") if words[0] == "length" else ("", "", "")
        print("  " + "  ".join(f"{title:>7}" for title in (*titles, *words)))
    for i, center in enumerate(kmeans.cluster_centers_):
        values = "  ".join(f"{value:7.2f}" for value in center)
        print(f"  {i:7}  {kmeans.cluster_sizes_[i]:7.0f}  {kmeans.cluster_inertia_[i]:7.2f}  {values}")


def _print_iterations(kmeans: KMeans) -> None:
    print("\nInertia (sum of squared distances to the centers, cm^2)\n")
    largest = kmeans.inertia_history_.max()
    for i, inertia in enumerate(kmeans.inertia_history_, start=1):
        bar = "#" * round(_WIDEST_BAR * inertia / largest)
        print(f"  iteration {i:2}  {inertia:8.3f}  {bar}")
    print(f"  at the end    {kmeans.unrefined_inertia_:8.3f}")
    print(f"  refined       {kmeans.inertia_:8.3f}")
    print(f"\nStopped after {kmeans.n_iter_} iterations:\n  {_STOP_REASONS[kmeans.stop_reason_]}.")


def _print_species(labels: NDArray[np.int32], species: list[str]) -> None:
    names = sorted(set(species))
    counts = np.array(
        [
            [sum(found == i and name == s for found, s in zip(labels, species, strict=True)) for name in names]
            for i in range(3)
        ]
    )
    print("\nThe species, which the clustering did not see\n")
    print("  cluster  " + "  ".join(f"{name:>10}" for name in names))
    for i, row in enumerate(counts):
        print(f"  {i:7}  " + "  ".join(f"{count:10}" for count in row) + f"   mostly {names[row.argmax()]}")
    matched = counts.max(axis=1).sum()
    print(f"\n  {matched} of {len(labels)} flowers ({matched / len(labels):.1%}) are of their cluster's main species.")
