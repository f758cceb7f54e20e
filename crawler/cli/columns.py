"""Texts in columns of a terminal, in which a Chinese character takes two.

Rich measures the same, but loading it would take a tenth of the time of `fangzhi list`.
"""

from __future__ import annotations

import shutil
from typing import TextIO
from unicodedata import combining, east_asian_width


def terminal_columns(stream: TextIO) -> int | None:
    """Return the width of the terminal that shows a stream; None for a pipe or a file, whose lines have no end."""
    return shutil.get_terminal_size().columns if stream.isatty() else None


def width(text: str) -> int:
    """Return the number of columns of a text.

    >>> width("防汛 a")
    6
    """
    return len(text) if text.isascii() else sum(map(_character_width, text))


def padded(text: str, columns: int) -> str:
    """Return a text with spaces at its end, so that it takes at least so many columns."""
    return text + " " * (columns - width(text))


def fits(text: str, columns: int | None) -> bool:
    """Return whether a text takes at most so many columns; None is a pipe, which has no end of the line."""
    return columns is None or width(text) <= columns


def shortened(text: str, columns: int | None) -> str:
    """Return a text that takes at most so many columns, with an ellipsis where its end is left out.

    >>> shortened("关于做好防汛工作的通知", 12), shortened("关于", 12)
    ('关于做好防…', '关于')
    """
    if columns is None or fits(text, columns):
        return text
    left = columns - 1
    for number, character in enumerate(text):
        left -= _character_width(character)
        if left < 0:
            return text[:number].rstrip() + "…"
    return text


def _character_width(character: str) -> int:
    return 0 if combining(character) else 2 if east_asian_width(character) in "WF" else 1
