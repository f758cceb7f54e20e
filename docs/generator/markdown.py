"""Markdown tables, in one of two languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pipelines.model.bilingual import Bilingual

Lang = Literal["en", "zh"]


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table.

    >>> print(table(["key", "type"], [["a", "x|y"]]))
    | key | type |
    | --- | --- |
    | a | x\\|y |
    """
    lines = [heads, ["---"] * len(heads), *([_cell(each) for each in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code(name: object) -> str:
    """Return a name as Markdown code."""
    return f"`{name}`"


def described(heads: tuple[str, str], texts: Mapping[str, Bilingual], lang: Lang) -> str:
    """Return a table of codes with their meaning."""
    return table(heads, ((code(name), meaning.text(lang)) for name, meaning in texts.items()))


def _cell(value: str) -> str:
    return " ".join(value.split()).replace("|", "\\|")
