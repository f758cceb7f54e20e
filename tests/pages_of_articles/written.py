"""The articles of composed pages: `tuned` ones, on which rules were developed, and `held` ones, held out for tests.

In their files `#` begins a headline, `##` a subhead, `□` or a role a byline, `^` a caption; all other lines are text.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Literal

from attrs import frozen

Role = Literal["title", "byline", "subhead", "text", "caption"]

_MARKS: dict[str, Role] = {"## ": "subhead", "# ": "title", "^ ": "caption"}
_BYLINE = re.compile(r"□|(?:通讯员|本报记者) \S{2,3}$|（\S{2,3}）$")


@frozen(kw_only=True, eq=False)
class Piece:
    """A block as it was written: its text, its role, and the piece that it continues in mid-sentence, if any."""

    text: str
    role: Role
    article: int = 0
    follows: Piece | None = None
    lost: bool = False
    """Whether its beginning or its end is not on the page."""


@functools.cache
def written(name: Literal["tuned", "held"]) -> tuple[tuple[Piece, ...], ...]:
    """Return the articles of a set, each as its pieces in reading order, beginning with the headline."""
    articles: list[list[Piece]] = []
    for line in filter(None, (Path(__file__).parent / f"{name}.txt").read_text("utf-8").splitlines()):
        piece = _piece(line)
        if piece.role == "title":
            articles.append([])
        articles[-1].append(piece)
    return tuple(map(tuple, articles))


def _piece(line: str) -> Piece:
    for mark, role in _MARKS.items():
        if line.startswith(mark):
            return Piece(text=line.removeprefix(mark), role=role)
    return Piece(text=line, role="byline" if _BYLINE.match(line) else "text")
