"""Benchmarks and torture run by hand only, so a renamed helper breaks them unnoticed: here they are imported."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

from tests import benchmarks, soak, torture
from tests.torture.report import Row, table

NAMES = [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name != "__main__"]


@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_can_be_imported_and_started(name: str) -> None:
    module = importlib.import_module(f"tests.benchmarks.{name}")
    assert callable(getattr(module, "main", None)) or name in (
        "cpu",
        "filling",
        "index_entries",
        "index_filling",
        "left_out",
        "page_cpu",
        "pages",
        "room_addresses",
    ), "these only serve the others"


def test_every_part_of_the_soak_run_can_be_imported_and_started() -> None:
    for module in pkgutil.iter_modules(torture.__path__):
        importlib.import_module(f"tests.torture.{module.name}")
    for part in soak.PARTS[1:]:
        assert callable(importlib.import_module(f"tests.torture.{part}").rows)


def test_the_table_of_a_soak_run_names_what_failed() -> None:
    whole = {"part": "kills", "tries": 3, "lost": 0, "doubled": 0, "seconds": 1.5, "peak_mb": 250.0, "note": ""}
    good = Row(case="crawl", failures=0, problems=(), **whole)  # type: ignore[arg-type]
    bad = Row(case="fetch", failures=1, problems=("traceback: x",), **whole)  # type: ignore[arg-type]
    assert (good.is_right, bad.is_right) == (True, False)
    heading, first, second, problem = table([good, bad])
    assert heading.split()[-2:] == ["peak", "MB"]
    assert first.split() == ["kills", "crawl", "3", "0", "0", "0", "2", "250"]
    assert second.split() == ["kills", "fetch", "3", "0", "0", "1", "2", "250"]
    assert problem.split() == ["FAILED", "traceback:", "x"]
