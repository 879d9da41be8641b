from . import plot as plot
from ._clusterer import Step as Step
from ._core import __version__ as __version__
from ._cpp import get_cmake_dir as get_cmake_dir
from ._cpp import get_include as get_include
from ._errors import ConvergenceWarning as ConvergenceWarning
from ._errors import InvalidParameterError as InvalidParameterError
from ._errors import NotFittedError as NotFittedError
from ._functions import assign as assign
from ._functions import info as info
from ._functions import k_means as k_means
from ._functions import kmeans_plusplus as kmeans_plusplus
from ._image import palette_from as palette_from
from ._image import segment_image as segment_image
from ._k_selection import KSelection as KSelection
from ._kmeans import KMeans as KMeans
from ._kprototypes import KPrototypes as KPrototypes
from ._report import report as report
from ._segmentation import Segmentation as Segmentation
from ._selection import elbow as elbow
from ._selection import select_k as select_k
from ._silhouette import silhouette_samples as silhouette_samples
from ._silhouette import silhouette_score as silhouette_score

__all__ = [  # noqa: RUF022 (in the order in which one reads about them)
    "KMeans",
    "KPrototypes",
    "Step",
    "k_means",
    "kmeans_plusplus",
    "assign",
    "silhouette_samples",
    "silhouette_score",
    "select_k",
    "elbow",
    "KSelection",
    "info",
    "get_include",
    "get_cmake_dir",
    "plot",
    "report",
    "segment_image",
    "palette_from",
    "Segmentation",
    "ConvergenceWarning",
    "InvalidParameterError",
    "NotFittedError",
    "__version__",
]
