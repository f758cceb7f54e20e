"""Seals: short signed statements of what an archive holds, against which it can be checked years later."""
