"""Pictures of clusters, by matplotlib, which is imported when the first one is drawn.

Every function returns a display, whose ``figure_``, ``ax_`` and artists may be changed, and whose ``plot`` draws it
again. No setting of matplotlib is changed, and no window is opened. A cluster has the same color in all pictures.
"""

from ._animate import AnimationDisplay, animate
from ._clusters import ClustersDisplay, clusters
from ._convergence import ConvergenceDisplay, convergence
from ._display import Display
from ._elbow import ElbowDisplay, elbow
from ._profile import ProfileDisplay, profile
from ._segmentation import SegmentationDisplay, segmentation
from ._selection import SelectionDisplay, selection
from ._silhouette import SilhouetteDisplay, silhouette
from ._steps import StepsDisplay, steps

__all__ = [  # noqa: RUF022 (in the order in which one reads about them)
    "clusters",
    "silhouette",
    "profile",
    "elbow",
    "selection",
    "convergence",
    "steps",
    "animate",
    "segmentation",
    "Display",
    "ClustersDisplay",
    "SilhouetteDisplay",
    "ProfileDisplay",
    "ElbowDisplay",
    "SelectionDisplay",
    "ConvergenceDisplay",
    "StepsDisplay",
    "AnimationDisplay",
    "SegmentationDisplay",
]
