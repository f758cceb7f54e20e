"""Conversion of a text to traditional characters, with OpenCC."""

from __future__ import annotations

import functools
from typing import Any


def traditional(text: str) -> str:
    """Return a text or a whole page in traditional characters; markup and URLs stay.

    >>> traditional("<p>电梯</p>")
    '<p>電梯</p>'
    """
    return str(_converter().convert(text))


@functools.cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("s2t")
