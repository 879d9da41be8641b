"""The commands that read and write tables and images. They need the extra [cli]: typer, rich and polars.

``_app`` has the commands and their options; ``_cluster``, ``_elbow`` and ``_segment`` do them, and ``_options`` is what
they share. ``_tables`` reads and writes files, ``_columns`` judges what is in them, ``_scaling`` and ``_model`` make of
it what is clustered. ``_outputs`` keeps files that are there from harm, ``_summary`` says what came out, ``_pictures``
draws it.
"""
