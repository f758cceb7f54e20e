"""Texts decoded with the wrong encoding."""

from __future__ import annotations

import random
from collections.abc import Callable


def utf8_as_latin(text: str, rng: random.Random) -> str:
    """Decode a clause of UTF-8 as Windows-1252, as browsers do for a page without a charset."""
    return _in_part(text, rng, lambda part: part.encode().decode("latin-1"))


def gbk_as_latin(text: str, rng: random.Random) -> str:
    """Decode a clause of GBK as Latin-1."""
    return _in_part(text, rng, lambda part: part.encode("gbk", "ignore").decode("latin-1"))


def utf8_as_gbk(text: str, rng: random.Random) -> str:
    """Decode a clause of UTF-8 as GBK, with U+FFFD for a remaining byte or an invalid pair."""
    return _in_part(text, rng, lambda part: part.encode().decode("gbk", "replace"))


KINDS: dict[str, Callable[[str, random.Random], str]] = {
    "utf8-as-latin": utf8_as_latin,
    "gbk-as-latin": gbk_as_latin,
    "utf8-as-gbk": utf8_as_gbk,
}


def _in_part(text: str, rng: random.Random, decode_wrongly: Callable[[str], str]) -> str:
    """Decode a clause of even length wrongly, at least six characters long."""
    clauses = [part for line in text.split("\n") for part in line.split("。") if len(part) >= 6]
    if not clauses:
        return text
    part = rng.choice(clauses)
    part = part[: len(part) // 2 * 2]
    return text.replace(part, decode_wrongly(part), 1)
