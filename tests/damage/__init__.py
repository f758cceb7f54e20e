"""Damage as it occurs in the field. Each kind is a function from a clean text and a random source to a damaged text."""
