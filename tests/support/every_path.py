"""Every way to the bits of a problem, within one process; run as a program, it answers problems on its standard input.

Which instruction set runs is settled when the first kernel is asked for, so each needs a process of its own.
"""

import os
import pickle
import subprocess
import sys
from typing import Any, NamedTuple

import numpy as np

from pykmeans import _core

THREADS = (1, 2, 3)


class Problem(NamedTuple):
    """X with its weights and metric, and what a fit of it starts from."""

    X: Any
    weights: Any
    metric: str
    n_numeric: int
    gamma: float
    n_clusters: int
    max_iter: int
    tol: float
    uniforms: Any
    refine: str


def fields(fit):
    """All that a fit found, as bytes."""
    arrays = [fit.labels, fit.centers, fit.cluster_inertia, fit.cluster_sizes, fit.inertia_history]
    numbers = np.array([fit.inertia, fit.shift, fit.tolerance, fit.unrefined_inertia])
    counts = [fit.n_iter, fit.stop_reason, fit.n_swaps, fit.n_accepted_swaps, fit.n_moves]
    return [array.tobytes() for array in [*arrays, fit.refinement_history, numbers]] + counts


def measured(points, fit, silhouettes):
    """What is found with the centers of a fit, as bytes."""
    centers = fit.centers
    found = [_core.nearest(points, centers), *_core.assign(points, centers), _core.transform(points, centers)]
    found += [_core.medoids(points, centers, fit.labels), np.array(_core.score(points, centers))]
    if silhouettes:
        found.append(_core.simplified_silhouette(points, fit.labels, centers))
        found.append(_core.silhouette(points, fit.labels, len(centers)))
    return [array.tobytes() for array in found]


def ways(problem):
    """(its name, what it found) of each combination of an algorithm and a number of threads."""
    n = len(problem.X)
    local_trials = (len(problem.uniforms) - 1) // max(problem.n_clusters - 1, 1)
    for n_threads in THREADS:
        points = _core.Points(
            problem.X, problem.weights, n_threads, problem.metric, problem.n_numeric, float(problem.gamma)
        )
        seeds = _core.plus_plus(points, problem.n_clusters, problem.uniforms, max(local_trials, 1))
        yield f"seeds, {n_threads} threads", seeds.tobytes()
        for algorithm in _core.METRICS[problem.metric]["algorithms"]:
            fit = _core.fit(
                points,
                problem.X[seeds].astype(float),
                max_iter=problem.max_iter,
                tol=problem.tol,
                algorithm=algorithm,
                refine=problem.refine,
                n_swaps=8,
                seed=n,
            )
            yield f"fit, {n_threads} threads, {algorithm}", fields(fit)
        yield f"the rest, {n_threads} threads", measured(points, fit, silhouettes=n <= 400)


def answer(problem):
    """What all ways found, by what it is: "seeds", "fit" or "the rest". An error is an answer too.

    "differs" names the ways that found something else than the first one.
    """
    found = {"differs": []}
    try:
        for name, value in ways(problem):
            if value != found.setdefault(name.split(",")[0], value):
                found["differs"].append(name)
    except ValueError as error:
        found["error"] = str(error)
    return found


class Elsewhere:
    """A process that answers with the kernels of an instruction set, until it is closed."""

    def __init__(self, instruction_set):
        environment = {**os.environ, "PYKMEANS_ISA": instruction_set}
        self.process = subprocess.Popen(
            [sys.executable, __file__], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        running = pickle.load(self.process.stdout)
        assert running == instruction_set

    def ask(self, problem):
        pickle.dump(problem, self.process.stdin)
        self.process.stdin.flush()

    def answer(self):
        return pickle.load(self.process.stdout)

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()


def main():
    answers = sys.stdout.buffer
    pickle.dump(_core.info()["instruction_set"], answers)
    answers.flush()
    while True:
        try:
            problem = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        pickle.dump(answer(problem), answers)
        answers.flush()


if __name__ == "__main__":
    main()
