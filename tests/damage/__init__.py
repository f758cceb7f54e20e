"""Damage done to clean text, one module a cause: `KINDS` names functions `(text, rng) -> str`."""
