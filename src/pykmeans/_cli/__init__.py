"""The commands that read and write tables and images. They need the extra [cli]: typer, rich and polars.

``_app`` has the commands and their options, a file for each of the others; ``_tables`` reads and writes files,
``_columns`` judges what is in them, ``_scaling`` and ``_model`` make what is clustered, ``_outputs`` protects files that are there,
``_summary`` says what came out.
"""
