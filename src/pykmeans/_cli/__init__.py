"""The commands that read and write tables and images. They need the extra [cli]: typer, rich and polars.

``_app`` has the commands and their options; ``_cluster``, ``_elbow`` and ``_segment`` do them, and ``_options`` is what
they share. ``_tables`` reads and writes files, with ``_text`` and ``_values`` for text; ``_columns`` judges what is in
them: ``_meaning`` says what a column holds, ``_row_names`` which columns only name the rows, ``_missing`` what to do
about gaps, ``_labels`` which column holds clusters, and ``_statistics`` has medians and modes. ``_scaling`` and
``_model`` make of it what is clustered, ``_magnitude`` refuses what is too large for that. ``_messages`` prints.
``_outputs`` keeps files that are there from harm. ``_traits`` finds what clusters have, ``_nearby`` compares numbers of
clusters; ``_summary`` says what came out, ``_pictures`` draws it, ``_report`` does both on a page.
"""
