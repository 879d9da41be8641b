"""One library on one case, in a process of its own: it may not come back."""

import json
import sys

from .behaviours import BEHAVIOURS, GOOD
from .libraries import LIBRARIES, Library, NotOffered
from .problems import PROBLEMS, expected_of, judged


def outcome(library: Library, case: str) -> tuple[str, str]:
    """A kind ("right", "refused", "wrong" or "not offered"), and the words of the table."""
    try:
        if case in BEHAVIOURS:
            words = BEHAVIOURS[case](library)
            return ("right" if words.startswith(GOOD) else "wrong"), words
        problem = PROBLEMS[case]()
        expected = expected_of(problem)
        with problem.during():
            fitted = library.fit(problem.X, problem.start, problem.weights)
        words = judged(problem, expected, *fitted)
        return ("right" if words == "right" else "wrong"), words
    except NotOffered as error:
        return "not offered", str(error)
    except Exception as error:
        lines = str(error).strip().splitlines() or [""]
        kind = "right" if case in PROBLEMS and problem.wanted == "an error" else "refused"
        words = lines[0].rpartition(" Error: ")[2]  # behind the place in C++ that faiss begins with
        return kind, f"{type(error).__name__}: {words}"


def main() -> None:
    """Argument: case and library. Output: the outcome, as the last line."""
    case, name = sys.argv[1:]
    print("\n" + json.dumps(outcome(LIBRARIES[name], case)), flush=True)


if __name__ == "__main__":
    main()
