"""Pictures of clusters, by matplotlib, which is imported when the first one is drawn.

Every function returns a display, whose ``figure_``, ``ax_`` and artists may be changed, and whose ``plot`` draws it
again. No setting of matplotlib is changed, and no window is opened. A cluster has the same colour in all pictures.
"""

from ._clusters import ClustersDisplay, clusters
from ._display import Display
from ._elbow import ElbowDisplay, elbow
from ._selection import SelectionDisplay, selection
from ._steps import StepsDisplay, steps

__all__ = [
    "ClustersDisplay",
    "Display",
    "ElbowDisplay",
    "SelectionDisplay",
    "StepsDisplay",
    "clusters",
    "elbow",
    "selection",
    "steps",
]
