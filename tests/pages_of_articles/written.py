"""The articles that pages are composed of: `tuned` ones, which rules were made with, and `held` ones, which were not.

In their files `#` begins a headline, `##` a subhead, `□` or a role a byline, `^` a caption; all else is prose.
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
    """A block as it was written: its text, what it is, and whether it goes on the piece before it in mid-sentence."""

    text: str
    role: Role
    article: int = 0
    follows: Piece | None = None
    lost: bool = False
    """Whether what should stand beside it is not on the page: its beginning, or its end."""


@functools.cache
def written(name: Literal["tuned", "held"]) -> tuple[tuple[Piece, ...], ...]:
    """Return the articles of a set, each as its pieces in reading order, the headline first."""
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
