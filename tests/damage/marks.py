"""Half-width punctuation, spaces of justified layouts, and HTML that was escaped twice."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_STRAIGHT = str.maketrans("“”", '""')
_ENTITIES = str.maketrans(
    {
        "“": "&ldquo;",
        "”": "&rdquo;",
        "—": "&mdash;",
        "…": "&hellip;",
        "·": "&middot;",
        "《": "&#12298;",
        "》": "&#12299;",
    }
)
_CLAUSE = re.compile(r"[\u4e00-\u9fff]{10,}")


def half_width(text: str, rng: random.Random) -> str:
    """Make every character half-width that has a half-width form."""
    return text.translate(_HALF)


def straight_quotes(text: str, rng: random.Random) -> str:
    """Make characters half-width as `half_width` does, and quotes straight."""
    return text.translate(_HALF).translate(_STRAIGHT)


def spaced(text: str, rng: random.Random) -> str:
    """Justify half of the paragraphs, and at least one: a space between all characters except in Latin and numbers."""
    lines = text.split("\n")
    spread = [rng.random() < 0.5 for _ in lines]
    spread[rng.randrange(len(lines))] = True
    return "\n".join(_spread(line) if chosen else line for line, chosen in zip(lines, spread, strict=True))


def spaced_clause(text: str, rng: random.Random) -> str:
    """Justify one clause of ten characters or more."""
    clauses = list(_CLAUSE.finditer(text))
    if not clauses:
        return text
    clause = rng.choice(clauses)
    return text[: clause.start()] + " ".join(clause[0]) + text[clause.end() :]


def indented(text: str, rng: random.Random) -> str:
    """Indent each paragraph by two ideographic spaces."""
    return "\n".join("\u3000\u3000" + line for line in text.split("\n"))


def double_escaped(text: str, rng: random.Random) -> str:
    """Write character references for marks, as a text shows them whose ampersands were escaped twice."""
    return text.translate(_ENTITIES)


def _spread(line: str) -> str:
    return re.sub(r"(?<=[^\s0-9A-Za-z.,:%])(?=\S)|(?<=\S)(?=[^\s0-9A-Za-z.,:%])", " ", line)


KINDS: dict[str, Callable[[str, random.Random], str]] = {
    "half-width": half_width,
    "half-width-quotes": straight_quotes,
    "spaced": spaced,
    "spaced-clause": spaced_clause,
    "indented": indented,
    "double-escaped": double_escaped,
}
