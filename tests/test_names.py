"""One name, one thing: no two modules define a class or a type of the same name."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.fangzhi import ROOT
from tests.test_architecture import MODULES

FACADE = Path("fangzhi/archive.py")
"""Gives notebooks the archive of `pipelines.archive` by the same name."""


def types(source: str) -> Iterator[str]:
    """Yield the names of the classes and of the other types that a module defines; a type variable has no meaning."""
    for node in ast.parse(source).body:
        match node:
            case ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Subscript() | ast.BinOp() | ast.Name()) if (
                name[:1].isupper() and not name.isupper()
            ):
                yield name


def test_a_name_of_a_type_stands_for_one_thing() -> None:
    modules = defaultdict(list)
    for module in MODULES:
        if module != FACADE:
            for name in types((ROOT / module).read_text("utf-8")):
                modules[name].append(str(module))
    assert {name: where for name, where in modules.items() if len(where) > 1} == {}
