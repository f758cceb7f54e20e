"""Damage as the field does it to texts: each kind a function from a clean text and a source of chance to a damaged one."""
