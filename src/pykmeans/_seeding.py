"""Where a run starts: rows picked by k-means++ or at random, given centers, or what a callable returns.

The core has no random generator: the numbers come from NumPy's RandomState in scikit-learn's order, so that the same
seed picks the same rows.
"""

import math
from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _core
from ._validate.arrays import as_core_centers
from ._validate.data import Numbers
from ._validate.parameters import borrowed_generator, give_back, is_array_like, new_generator


def plus_plus_draws(
    n_clusters: int, random_state: np.random.RandomState, n_local_trials: int | None = None
) -> tuple[NDArray[np.float64], int]:
    """Return the random numbers that greedy k-means++ takes, and how many rows it tries at each step."""
    trials = 2 + int(math.log(n_clusters)) if n_local_trials is None else int(n_local_trials)
    # One number for the first row and n_local_trials for each further one: drawn at once, the stream is the same.
    return random_state.random_sample(1 + (n_clusters - 1) * trials), trials


def selection_probabilities(
    n_samples: int, n_clusters: int, sample_weight: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Return the probability of each row in init="random"; ValueError where fewer than ``n_clusters`` have any."""
    if sample_weight is None:
        return np.full(n_samples, 1.0 / n_samples)
    probabilities: NDArray[np.float64] = sample_weight / sample_weight.sum()
    n_possible = int(np.count_nonzero(probabilities))
    if n_possible < n_clusters:
        raise ValueError(
            f"init='random' picks n_clusters={n_clusters} different rows of positive weight, "
            f"but sample_weight gives weight to {n_possible} only."
        )
    return probabilities


class Start:
    """Makes the starting centers of each run; all that can be wrong with ``init`` is found when it is made."""

    def __init__(
        self,
        init: Any,
        data: Numbers,
        n_clusters: int,
        sample_weight: NDArray[np.float64] | None,
        random_state: Any,
        max_memory: int,
    ) -> None:
        self._init = init
        self._data = data
        self._n_clusters = n_clusters
        self._seed = random_state
        self._max_memory = max_memory
        self._ahead: deque[Any] = deque()  # what was drawn for runs to come
        self.is_given = not isinstance(init, str) and is_array_like(init)
        if self.is_given:
            self._given = data.starting_centers(init, "init", n_clusters)
        elif callable(init):
            self._random_state = new_generator(random_state)
        else:
            self._random_state = borrowed_generator(random_state)
        if isinstance(init, str) and init == "random":
            self._probabilities = selection_probabilities(data.X.shape[0], n_clusters, sample_weight)

    def close(self) -> None:
        """No run will be started any more."""
        if isinstance(self._init, str):
            give_back(self._seed, self._random_state)

    @property
    def default_n_runs(self) -> int:
        """What n_init="auto" means: one run where the start is good or given, ten where it is a matter of luck."""
        return 1 if self.is_given or (isinstance(self._init, str) and self._init == "k-means++") else 10

    def next(self, points: _core.Points) -> NDArray[Any]:
        """Centers to start the next run from, as the core takes them, of shape (n_clusters, n_features)."""
        drawn = self._ahead.popleft() if self._ahead else self._draw()
        if not isinstance(self._init, str):
            centers: NDArray[Any] = drawn
            return centers
        rows = drawn
        if self._init == "k-means++":
            uniforms, trials = drawn
            rows = _core.plus_plus(points, self._n_clusters, uniforms, trials, self._max_memory)
        return as_core_centers(self._data.X[rows])

    def draw_ahead(self, n_runs: int) -> NDArray[np.uint32]:
        """Draw what the starts of all runs take, then a seed for each run, and return the seeds."""
        self._ahead.extend([self._draw() for _ in range(n_runs)])  # no generator: a user's StopIteration would end it
        if self.is_given:
            self._random_state = new_generator(self._seed)
        return self._random_state.randint(2**32, size=n_runs, dtype=np.uint32)

    def _draw(self) -> Any:
        """Return what depends on random numbers alone: k-means++ itself is left for when the run begins."""
        n_clusters = self._n_clusters
        if self.is_given:
            return self._given
        if callable(self._init):
            centers = self._init(self._data.for_callable(), n_clusters, random_state=self._random_state)
            return self._data.starting_centers(centers, "init(...)", n_clusters)
        if self._init == "k-means++":
            return plus_plus_draws(n_clusters, self._random_state)
        return self._random_state.choice(len(self._data.X), size=n_clusters, replace=False, p=self._probabilities)
