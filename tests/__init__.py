"""The tests; `python -m tests.check` runs them all, with every other check."""
