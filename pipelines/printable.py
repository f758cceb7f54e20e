"""Text of pages and archives made fit to be shown: control characters and marks of direction become visible escapes."""

from __future__ import annotations

import re

_UNSAFE = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters except tab and line feed: ESC, BEL, CSI, …
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks, embeddings, overrides and isolates of direction
    "\u2028\u2029\ufff9-\ufffb\U000e0000-\U000e007f"  # separators of lines, annotations, invisible tags
    "\ud800-\udfff"  # halves of surrogate pairs, which cannot be encoded
)
_CHARACTER = re.compile(f"[{_UNSAFE}]")
_CHARACTER_OR_STYLE = re.compile(rf"\x1b\[[0-9;]{{0,16}}m|[{_UNSAFE}]")

_FORMULA = re.compile("[=+\\-@\t\r\n＝＋－＠]")
"""First characters that make a spreadsheet take a cell for a formula, or the next line (OWASP, CSV injection)."""


def printable(text: str, *, styled: bool = False) -> str:
    """Return a text that a terminal, a log or a page shows as it is; `styled` keeps the sequences of colours.

    >>> printable("a\\x1b[31m\\u202eb\\n"), printable("\\x1b[1ma\\x07", styled=True)
    ('a\\\\x1b[31m\\\\u202eb\\n', '\\x1b[1ma\\\\x07')
    """
    return _CHARACTER_OR_STYLE.sub(_unstyled, text) if styled else _CHARACTER.sub(_escaped, text)


def printable_json(text: str) -> str:
    """Return JSON with the same value, in which such characters are escapes of JSON.

    >>> printable_json('"\\u202e"')
    '"\\\\u202e"'
    """
    return _CHARACTER.sub(_escaped_in_json, text)


def printable_cell(text: str) -> str:
    """Return a text as a cell of CSV that no spreadsheet takes for a formula.

    >>> printable_cell("=1+1"), printable_cell("1=1")
    ("'=1+1", '1=1')
    """
    return ("'" if _FORMULA.match(text) else "") + printable(text)


def _unstyled(found: re.Match[str]) -> str:
    return found[0] if len(found[0]) > 1 else _escaped(found)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _escaped_in_json(found: re.Match[str]) -> str:
    return "".join(f"\\u{int.from_bytes(pair, 'big'):04x}" for pair in _utf16_units(found[0]))


def _utf16_units(char: str) -> list[bytes]:
    data = char.encode("utf-16-be", "surrogatepass")
    return [data[at : at + 2] for at in range(0, len(data), 2)]
