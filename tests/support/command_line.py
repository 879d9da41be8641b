"""Commands in this process, and the tables that they are tried on."""

from typing import NamedTuple

import numpy as np
import polars as pl

from pykmeans.__main__ import main


class Done(NamedTuple):
    """What came out of a command."""

    status: int
    out: str
    err: str


def customers(n=120, seed=0):
    """A table as one has it: a number for each row, numbers of different units, text, and a column that is constant."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 3, n)
    plan = np.where(rng.random(n) < 0.85, group, rng.integers(0, 3, n))
    return pl.DataFrame(
        {
            "customer_id": np.arange(1000, 1000 + n),
            "age": np.round(np.array([25, 45, 65])[group] + rng.normal(0, 4, n)),
            "income": np.round(np.array([20_000, 60_000, 35_000])[group] + rng.normal(0, 3000, n), 2),
            "plan": np.array(["basic", "gold", "silver"])[plan],
            "country": ["AT"] * n,
            "visits": rng.poisson(np.array([5, 10, 2])[group]) + 1,
        }
    )


WRITERS = {
    "csv": pl.DataFrame.write_csv,
    "tsv": lambda frame, path: frame.write_csv(path, separator="\t"),
    "parquet": pl.DataFrame.write_parquet,
    "arrow": pl.DataFrame.write_ipc,
    "jsonl": pl.DataFrame.write_ndjson,
    "json": pl.DataFrame.write_json,
}
READERS = {
    "csv": pl.read_csv,
    "tsv": lambda path: pl.read_csv(path, separator="\t"),
    "parquet": pl.read_parquet,
    "arrow": pl.read_ipc,
    "jsonl": pl.read_ndjson,
    "json": pl.read_json,
}


def command(capsys, *words):
    """Run a command in this process."""
    status = main([str(word) for word in words])
    return Done(status, *capsys.readouterr())


def refused(capsys, *words):
    """Run a command that must end with status 2 and print nothing on standard output; return what it says."""
    done = command(capsys, *words)
    assert (done.status, done.out) == (2, ""), done
    assert "Traceback" not in done.err
    return done.err
