"""Lines for a terminal: wrapped at words; a value that is too long for a line stays whole on a line of its own.

Its indent is smaller, or none, if it would not fit otherwise.
"""

from __future__ import annotations

import re
from typing import TextIO

import click

from crawler.cli.columns import terminal_columns, width

CONTINUATION = "  "
"""Stands before a continued line, in addition to the indent of its first line."""

_WIDE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60"
_OPENING, _CLOSING = "（《“‘「『【〈〔", "），。；：、？！》”’」』】〉〕…"
_UNIT = re.compile(
    rf"\s+|\(fangzhi [^()]*\)|（fangzhi [^（）]*）|`[^`]*`[^\s{_WIDE}]*[{_CLOSING}]*"
    rf"|[{_OPENING}]*(?:[^\s{_WIDE}{_OPENING}{_CLOSING}]+|[{_WIDE}])[{_CLOSING}]*|[{_OPENING}{_CLOSING}]+"
)
"""White space, or what is never broken: a word, a command between backticks or in parentheses, a Chinese character with
its punctuation, which must not begin a line if it closes, nor end one if it opens."""


def wrapped(text: str, columns: int | None) -> list[str]:
    """Return a text as lines that take at most so many columns, where its words allow it; None is a pipe.

    >>> wrapped("  written: /srv/archive/registry/yunzhou.toml, 3 sections", 30)
    ['  written:', '/srv/archive/registry/yunzhou.toml,', '    3 sections']
    """
    lines = text.split("\n")
    return lines if columns is None else [part for line in lines for part in _wrapped_line(line, columns)]


def wrapped_for(stream: TextIO, text: str) -> str:
    """Return a text as it is printed to a stream: wrapped if that is a terminal."""
    return "\n".join(wrapped(text, terminal_columns(stream)))


def _wrapped_line(line: str, columns: int) -> list[str]:
    if _columns(line) <= columns:
        return [line]
    body = line.lstrip()
    indent = line[: len(line) - len(body)]
    lines, current, space = [], indent, ""
    for unit in _UNIT.findall(body):
        if unit.isspace():
            space = unit
        elif current.strip() and _columns(current + space + unit) > columns:
            lines.append(current)
            room = max(columns - _columns(unit), 0)
            current, space = (indent + CONTINUATION)[:room] + unit, ""
        else:
            current, space = current + space + unit, ""
    return [*lines, current]


def _columns(text: str) -> int:
    """Return the columns of a text that may have colours."""
    return width(click.unstyle(text))
