"""Every bit of the public functions: python tests/bits/bits.py check, or write, or show.

table.json has a line for each case: a call, the hash of all that it returns, raises and warns of, and which algorithm
a fit used last, which is not hashed and may change. T is the number of threads. For a new case add its call with [],
and let "write" fill it in. "show" prints what is hashed.
"""

import argparse
import hashlib
import json
import os
import sys
import warnings
from pathlib import Path

import numpy as np
from words import NAMES

TABLE = Path(__file__).with_name("table.json")
OURS = ("KMeans", "KPrototypes", "KSelection", "Segmentation")
ATTRIBUTES = """cluster_centers_ labels_ inertia_ n_iter_ n_features_in_ feature_names_in_ inertia_history_ stop_reason_
converged_ cluster_sizes_ cluster_inertia_ medoid_indices_ steps_ gamma_ categorical_features_ table best best_k reason
reasons warm_started models image labels palette shares inertia original unrefined_inertia_ refinement_history_ n_swaps_
n_accepted_swaps_ n_moves_"""  # of these; more may come
# Calls with these words are left out on a machine where "floats()" differs: NumPy's floats or photographs are others.
OF_THE_MACHINE = ("floats()", "'lab'", "calinski", "profile", "china.jpg")


def parts(value, path=""):
    """Yield (where, type, bytes) of each number and word in a result."""
    kind = type(value).__name__
    if kind in OURS:
        value = {name: getattr(value, name) for name in ATTRIBUTES.split() if hasattr(value, name)}
    elif isinstance(value, (np.ndarray, np.generic)) and value.dtype.names:
        value = {name: value[name] for name in value.dtype.names}
    elif isinstance(value, (np.ndarray, np.generic)) and value.dtype != object:
        little = np.asarray(value).astype(value.dtype.newbyteorder("<"))
        return (yield path, f"{little.dtype.kind}{little.dtype.itemsize}{little.shape}", little.tobytes())
    if isinstance(value, (dict, list, tuple, np.ndarray)):
        yield path, f"{kind} {np.shape(value) if kind == 'ndarray' else len(value)}", b""
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from parts(item, f"{path}[{key!r}]")
    else:
        yield path, kind, repr(value).encode()


def outcome(call, n_threads):
    """What a call returns or raises, and what it warns of, in parts; and the algorithm of a fit."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            result = eval(call, NAMES | {"T": n_threads})
        except Exception as error:
            result = {"raised": type(error).__name__, "message": str(error)}
    told = [(each.category.__name__, str(each.message)) for each in warned]
    return list(parts((result, told))), getattr(result, "algorithm_", "")


def digest(found):
    return hashlib.sha256(b"".join(repr(part).encode() for part in found)).hexdigest()[:16]


def run(table, chosen, n_threads, show=False):
    """The line of each chosen case, n_threads being one and two in turns where it is None."""
    found = {}
    for call in chosen:
        result, algorithm = outcome(call, n_threads or 1 + len(found) % 2)
        found[call] = [digest(result), *([algorithm] if algorithm else [])]
        if found[call][:1] != table[call][:1]:
            print("differs:", call)
        for where, kind, content in result if show else ():
            print(call, where, kind, content if len(content) < 200 else digest([content]))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("do", choices=["check", "write", "show"])
    parser.add_argument("--part", default="0/1", help="i/n: each n-th case, from the i-th, 0 being the first")
    parser.add_argument("--only", default="", help="cases with this in their calls")
    parser.add_argument("--threads", type=int, help="of each case; else one and two in turns")
    arguments = parser.parse_args()
    os.environ["MPLBACKEND"] = "agg"
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    part, of = map(int, arguments.part.split("/"))
    chosen = [call for call in list(table)[part::of] if arguments.only in call]
    elsewhere = digest(outcome("floats()", 1)[0]) not in table["floats()"] and arguments.do == "check"
    kept = [call for call in chosen if not (elsewhere and any(word in call for word in OF_THE_MACHINE))]
    found = run(table, kept, arguments.threads, arguments.do == "show")
    wrong = sum(found[call][:1] != table[call][:1] for call in found)
    others = sum(found[call] != table[call] for call in found) - wrong
    if arguments.do == "write":
        lines = [f"{json.dumps(call)}: {json.dumps(line)}" for call, line in sorted((table | found).items())]
        TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    left = len(chosen) - len(found)
    print(f"{len(found)} cases: {wrong} differ, {others} used another algorithm (no error), {left} left out")
    return int(not found or (wrong > 0 and arguments.do == "check"))


if __name__ == "__main__":
    sys.exit(main())
