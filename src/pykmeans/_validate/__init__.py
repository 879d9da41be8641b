"""The only judge of user input, and the only place that may copy it.

``parameters`` judges the numbers and words, ``memory`` amounts of it, ``arrays`` the arrays and ``images`` pictures;
``convert`` knows which types are read in place and how the others are copied. ``frames`` takes pandas and polars apart
without importing them, ``tables`` and ``categories`` read columns of any kind, and ``data`` is what the core reads
beside what the user gave.
"""
