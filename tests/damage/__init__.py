"""Damage as the field does it to texts: each kind a function from clean text and a source of chance to damaged text."""
