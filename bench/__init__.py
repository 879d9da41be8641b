"""How long pykmeans takes beside its peers. ``python -m bench --help``; README.md says what is measured, and how."""
