"""Comparison of two extractions, two versions or several reprints of a text."""
