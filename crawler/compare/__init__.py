"""Comparing readings, versions and reprints of a text."""
