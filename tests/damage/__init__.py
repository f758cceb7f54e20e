"""Damage as the field does it to texts: each kind makes of a clean text and a source of chance a damaged one."""
