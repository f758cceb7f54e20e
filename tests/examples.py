"""Which modules pytest collects for the examples in their docstrings: those that have some."""

from __future__ import annotations

from pathlib import Path

EXAMPLE = b">>> "


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out a module without examples, which pytest would import to look for them."""
    if collection_path.suffix != ".py" or collection_path.name.startswith(("test_", "conftest")):
        return None
    return None if EXAMPLE in collection_path.read_bytes() else True
