"""How far above the best known inertia fits end, and what they take beside one run of k-means.

An excess is in percent of the best known inertia. What a method takes is its extra CPU time, in units of one run of the
same seed.
"""

import math
from statistics import fmean, median
from typing import NamedTuple

from .cases import Case
from .methods import METHODS, ONE_RUN, SWAPS, Outcome

FEW = 16  # clusters
FOUND = 0.002  # percent: an optimum is as good as found


class Row(NamedTuple):
    """What was measured in one case."""

    case: Case
    shape: tuple[int, int]
    best: float
    found: dict[str, list[Outcome]]

    def excesses(self, method: str) -> list[float]:
        return [100 * (outcome.inertia / self.best - 1) for outcome in self.found[method]]

    def cost(self, method: str) -> float:
        """Runs more than one: the median over the seeds."""
        pairs = zip(self.found[method], self.found[ONE_RUN], strict=False)  # peers have fewer
        return median(outcome.seconds / one.seconds for outcome, one in pairs) - 1

    def trial(self) -> float:
        """What a trial of "swaps" takes, in percent of a run; NaN where none was timed."""
        pairs = zip(self.found.get(SWAPS, []), self.found[ONE_RUN], strict=False)
        shares = [100 * swaps.trial / one.seconds for swaps, one in pairs if swaps.n_trials > 1]
        return median(shares) if shares else math.nan


HEAD = (
    f"| case | n x d | a run (ms) | {' | '.join(METHODS)} | worst seed: one run, n_init=10, swaps | trials, kept | "
    f"a trial, % of a run |\n|{'---|' * (len(METHODS) + 6)}"
)


def number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.3g}" if abs(value) < 0.1 else f"{value:.2f}"


def line(row: Row) -> str:
    """The row of the table: the mean excess, and in brackets what it takes."""
    cells = [
        f"{number(fmean(row.excesses(name)))} ({row.cost(name):.2f})" if name in row.found else "" for name in METHODS
    ]
    worst = [number(max(row.excesses(name))) for name in (ONE_RUN, "n_init=10", SWAPS) if name in row.found]
    swaps = row.found.get(SWAPS, [])
    trials = f"{fmean(o.n_trials for o in swaps):.0f}, {fmean(o.n_kept for o in swaps):.0f}" if swaps else ""
    run = f"{1000 * median(outcome.seconds for outcome in row.found[ONE_RUN]):.3g}"
    shape = f"{row.shape[0]:,} x {row.shape[1]}"
    words = [row.case.name, shape, run, *cells, ", ".join(worst), trials, number(row.trial())]
    return f"| {' | '.join(words)} |"


def summaries(rows: list[Row]) -> str:
    """What holds for few clusters does not hold for many: their runs are short."""
    parts = {
        "All cases": rows,
        f"k <= {FEW}": [row for row in rows if row.case.k <= FEW],
        f"k > {FEW}": [row for row in rows if row.case.k > FEW],
    }
    return "\n\n".join(f"{title}:\n\n{summary(part)}" for title, part in parts.items() if part)


def summary(rows: list[Row]) -> str:
    """Means over the cases. Peers do not run in all, so each method has beside it what "swaps" has in the same ones."""
    lines = [
        "| method | cases | mean excess | of swaps there | mean of the worst seeds | fits that found the best | "
        "runs more: median | mean | most |",
        f"|{'---|' * 9}",
    ]
    for name in METHODS:
        there = [row for row in rows if name in row.found]
        if there:
            every = [row.excesses(name) for row in there]
            costs = [row.cost(name) for row in there]
            beside = [fmean(row.excesses(SWAPS)) for row in there if SWAPS in row.found]
            words = [
                name,
                str(len(there)),
                number(fmean(map(fmean, every))),
                number(fmean(beside)) if beside else "",
                number(fmean(map(max, every))),
                f"{fmean(fmean(excess < FOUND for excess in excesses) for excesses in every):.2f}",
                *(number(of(costs)) for of in (median, fmean, max)),
            ]
            lines.append(f"| {' | '.join(words)} |")
    return "\n".join(lines)


def targets(rows: list[Row]) -> str:
    """What refinement has to reach, and what it has."""
    lines = []
    for name, most in (("splits", 1.2), (SWAPS, 0.6)):
        there = [row for row in rows if name in row.found]
        if there:
            excess, cost = fmean(fmean(row.excesses(name)) for row in there), median(row.cost(name) for row in there)
            lines.append(f'- "{name}": mean excess {number(excess)} % (at most {most}), {number(cost)} runs more (1)')
    trials = {row.case.name: row.trial() for row in rows if row.case.k >= 50 and row.shape[1] <= 3}
    for name, share in trials.items():
        lines.append(f"- a trial of {name}: {number(share)} % of a run (at most 1)")
    for row in rows:
        if row.case.data.startswith("isotropic"):
            costs = ", ".join(
                f"{name} {number(row.cost(name))}" for name in ("moves", "splits", SWAPS) if name in row.found
            )
            lines.append(f"- {row.case.name}: runs more {costs} (at most 0.2)")
    return "\n".join(lines)
