"""One small table of names, ages, flags and heights, in every form that KPrototypes takes."""

import decimal

import pandas as pd
import polars as pl

AGES, NAMES = [31, 35, 33, 62, 60, 67], ["ant", "ant", "bee", "cat", "cat", "bee"]
HEIGHTS, FLAGS = [1.5, 1.75, 1.25, 2.0, 1.5, 1.75], [True, True, False, False, False, False]
COLUMNS = {"name": NAMES, "age": AGES, "flag": FLAGS, "height": HEIGHTS}
FRAME = pd.DataFrame(COLUMNS)
TABLES = {
    "list": [list(row) for row in zip(*COLUMNS.values(), strict=True)],
    "objects": FRAME.to_numpy(dtype=object),
    "pandas": FRAME,
    "pandas objects": FRAME.astype(object),
    "pandas categories": FRAME.astype({"name": "category", "flag": "category"}),
    "pandas nullable": FRAME.astype({"name": "string", "age": "Int64", "flag": "boolean", "height": "Float64"}),
    "polars": pl.DataFrame(COLUMNS),
    "polars categories": pl.DataFrame(
        COLUMNS, schema_overrides={"name": pl.Enum(["ant", "bee", "cat"]), "age": pl.Int8}
    ),
    "polars integers": pl.DataFrame(COLUMNS, schema_overrides={"name": pl.Categorical, "age": pl.Int8}),
    "polars decimal": pl.DataFrame({**COLUMNS, "height": [decimal.Decimal(str(height)) for height in HEIGHTS]}),
}
