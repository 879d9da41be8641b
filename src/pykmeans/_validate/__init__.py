"""The only judge of user input, and the only place that may copy it.

``parameters`` judges the numbers and words, ``arrays`` the arrays; ``convert`` knows which types are read in place and
how the others are copied, ``frames`` takes pandas and polars apart without importing them.
"""
