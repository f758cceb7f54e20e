"""The catalogue: one row for each capture, and an index of which capture had which bytes and which text first."""
