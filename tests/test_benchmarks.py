"""Benchmarks run by hand only, so a renamed helper breaks them unnoticed: here they are at least imported."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

from tests import benchmarks

NAMES = [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name != "__main__"]


@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_can_be_imported_and_started(name: str) -> None:
    module = importlib.import_module(f"tests.benchmarks.{name}")
    assert callable(getattr(module, "main", None)) or name in ("filling", "pages"), "these two only serve the others"
