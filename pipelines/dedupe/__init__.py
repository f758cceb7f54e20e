"""Digests of captures, near copies, and the verdict on each capture."""
