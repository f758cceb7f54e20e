"""Texts read in another encoding than they were written in, as kinds of damage."""

from __future__ import annotations

import random
from collections.abc import Callable


def utf8_as_latin(text: str, rng: random.Random) -> str:
    """Read a clause of UTF-8 as Windows-1252, as browsers do with an unlabelled page."""
    return _in_part(text, rng, lambda part: part.encode().decode("latin-1"))


def gbk_as_latin(text: str, rng: random.Random) -> str:
    """Read a clause of GBK as Latin-1."""
    return _in_part(text, rng, lambda part: part.encode("gbk", "ignore").decode("latin-1"))


def utf8_as_gbk(text: str, rng: random.Random) -> str:
    """Read a clause of UTF-8 as GBK; where a byte is left over, or a pair is none, there is U+FFFD."""
    return _in_part(text, rng, lambda part: part.encode().decode("gbk", "replace"))


KINDS: dict[str, Callable[[str, random.Random], str]] = {
    "utf8-as-latin": utf8_as_latin,
    "gbk-as-latin": gbk_as_latin,
    "utf8-as-gbk": utf8_as_gbk,
}


def _in_part(text: str, rng: random.Random, misread: Callable[[str], str]) -> str:
    """Misread a clause of even length, at least six characters long."""
    clauses = [part for line in text.split("\n") for part in line.split("。") if len(part) >= 6]
    if not clauses:
        return text
    part = rng.choice(clauses)
    part = part[: len(part) // 2 * 2]
    return text.replace(part, misread(part), 1)
