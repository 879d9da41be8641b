"""The command line: ``python -m bench.optima --help``."""

import argparse
import time
from collections.abc import Callable

import numpy as np
from threadpoolctl import threadpool_limits

from pykmeans import info

from .. import limits
from . import known, report
from .cases import CASES, POINTS, Case
from .methods import METHODS, ONE_RUN, PEERS, Outcome, by_pykmeans

LARGE = 2e6  # rows times clusters: beyond, peers take minutes and gigabytes
PEER_SEEDS = 3  # of a thousand runs' time each
SHORT = 0.02  # seconds: a fit that takes less is repeated


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.optima", description=report.__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="some small cases: a few minutes")
    parser.add_argument("--only", nargs="+", metavar="CASE", help='cases whose names begin so, as "digits 100"')
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS), help="besides one run")
    parser.add_argument("--seeds", type=int, help="fits of each method (default: 20 to 2, by the size of the data)")
    parser.add_argument(
        "--search",
        type=float,
        metavar="SECONDS",
        help=f"look for better optima for so long in each case, and write the least inertia ever found to {known.FILE}",
    )
    return parser.parse_args()


def n_seeds(X: np.ndarray, k: int) -> int:
    work = X.size * k
    return 20 if work < 1e6 else 10 if work < 2e7 else 4 if work < 1e8 else 2


def repeated(fit: Callable[[], Outcome]) -> Outcome:
    """The fastest of some fits, where they are short."""
    found = [fit()]
    while sum(outcome.seconds for outcome in found) < SHORT and len(found) < 5:
        found.append(fit())
    return min(found, key=lambda outcome: outcome.seconds)


def measured(case: Case, X: np.ndarray, methods: list[str], seeds: int) -> tuple[dict[str, list[Outcome]], list[str]]:
    """The fits of each method, and why there are none of some. The methods take turns: a slow minute hits all."""
    found: dict[str, list[Outcome]] = {name: [] for name in methods}
    remarks = []
    for seed in range(seeds):
        for name in list(found):
            if name in PEERS and seed >= PEER_SEEDS:
                continue
            fit = METHODS[name]
            try:
                found[name].append(repeated(lambda fit=fit, seed=seed: fit(X, case.k, seed)))
            except ImportError as error:
                del found[name]
                remarks.append(f"- {name}: skipped ({error})")
    return found, remarks


def searched(X: np.ndarray, k: int, seconds: float) -> float:
    """The least inertia of long searches, of other seeds than those that are measured."""
    end, least, seed = time.monotonic() + seconds, np.inf, 1000
    while (left := end - time.monotonic()) > 0:
        least = min(least, by_pykmeans(X, k, seed, refine="swaps", n_swaps=10 * k, max_time=left).inertia)
        seed += 1
    return least


def run(case: Case, asked: argparse.Namespace) -> tuple[report.Row, list[str]]:
    X = np.ascontiguousarray(POINTS[case.data]())
    names = [ONE_RUN, *(name for name in asked.methods if name != ONE_RUN)]
    if len(X) * case.k > LARGE:
        names = [name for name in names if name not in PEERS]
    found, remarks = measured(case, X, names, asked.seeds or n_seeds(X, case.k))
    least = min(outcome.inertia for outcomes in found.values() for outcome in outcomes)
    whole = by_pykmeans(X, 1, 0).inertia
    if asked.search is not None:
        least = min(least, searched(X, case.k, asked.search))
    best = min(least, known.best(case, whole))
    if asked.search is not None:
        known.keep(case, whole, best)
    elif least < known.best(case, whole) * (1 - 1e-6):
        remarks.append(f"- {case.name}: {least!r} is less than what was known; --search keeps it")
    return report.Row(case, X.shape, best, found), remarks


def main() -> None:
    """Print the tables."""
    asked = arguments()
    chosen = [case for case in CASES if case.quick or not asked.quick]
    if asked.only:
        chosen = [case for case in CASES if f"{case.name} ".startswith(tuple(asked.only))]
    print(f"{limits.cpu_name()}, {info()['instruction_set']}; one thread\n\n{report.HEAD}", flush=True)
    rows, remarks = [], {}
    with threadpool_limits(1):
        for case in chosen:
            try:
                row, said = run(case, asked)
            except ImportError as error:
                said = [f"- {case.name}: skipped ({error})"]
            else:
                rows.append(row)
                print(report.line(row), flush=True)
            remarks |= dict.fromkeys(said)
    print(f"\n{report.summaries(rows)}\n\n{report.targets(rows)}")
    if remarks:
        print("\n" + "\n".join(remarks))


if __name__ == "__main__":
    main()
