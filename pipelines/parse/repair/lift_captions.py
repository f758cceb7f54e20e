"""Captions of pictures, told by the ▲ or △ before them, that stand in the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain

from attrs import evolve

from pipelines.model import Image
from pipelines.parse.repair.edits import Repaired, apply, cut

LONGEST = 30
"""Characters of the longest caption that stands between others in a line: the names of a place and what is done there
have about 20."""

LONGEST_LINE = 45
"""Characters of the longest line that is a caption; ▲ is also a bullet, before items of two sentences or more."""

_MARK = "[▲△▴▵]"
_HANZI = "[\u3400-\u9fff]"
_ONE = rf"{_MARK}[ \t\u3000]?(?=[^\s▲△▴▵]*{_HANZI}{{2}})[^\s▲△▴▵。！？；]{{2,{LONGEST}}}"
_CREDIT = r"[ \t\u3000]*(?:[（(][^（()）\n]{2,30}[)）]|[\u3400-\u9fff·]{2,4}[ \u3000]?(?:摄|攝|供图|供圖))"
_SAID = rf"(?:[^▲△▴▵。！？；\n]{{2,{LONGEST_LINE}}}|[^▲△▴▵。！？；\s]{{2,{LONGEST_LINE}}}。)"
_LINE = re.compile(rf"^[ \t\u3000]*{_MARK}(?=.*{_HANZI}{{2}}){_SAID}(?:{_CREDIT})?[ \t\u3000]*$", re.MULTILINE)
_INLINE = re.compile(
    rf"(?:(?<=[。！？”])|^)[ \t\u3000]*{_ONE}(?:[ \t\u3000]+{_ONE})*(?=[ \t\u3000]|$)[ \t\u3000]*", re.MULTILINE
)
_BEGINS = re.compile(rf"^[ \t\u3000]*({_MARK})", re.MULTILINE)
_EACH = re.compile(rf"{_MARK}[ \t\u3000]*([^▲△▴▵\n]*[^▲△▴▵\s])")


def lift_captions(text: str) -> Repaired:
    """Take captions behind ▲ or △ out of the text; where they stood inside a line, paragraphs part.

    Where one of these marks also begins a line that is no caption, it is the text's bullet, and all of its lines stay.

    >>> lift_captions("暗访检查超市。 ▲老地方生活超市 ▲万家喜超市 黎增义要求严把关口。\\n△会议现场（李华 摄）").text
    '暗访检查超市。\\n黎增义要求严把关口。'
    """
    return apply(text, cut(text, _found(text), between="\n"))


def captions(text: str) -> tuple[str, ...]:
    """Return the captions that `lift_captions` takes out of a text, without their marks.

    >>> captions("暗访检查超市。 ▲老地方生活超市 ▲万家喜超市")
    ('老地方生活超市', '万家喜超市')
    """
    return tuple(found[1] for edit in cut(text, _found(text)) for found in _EACH.finditer(text[edit.start : edit.end]))


def captioned(images: Sequence[Image], said: Sequence[str]) -> tuple[Image, ...] | None:
    """Return pictures with the captions that were lifted, or None where it cannot be told which is whose.

    It can where all are there already, or where as many pictures lack one as captions are left.
    """
    known = "\n".join(image.caption or "" for image in images)
    left = [caption for caption in said if caption not in known]
    bare = [image for image in images if not image.caption]
    if not left:
        return tuple(images)
    if len(left) != len(bare):
        return None
    given = iter(left)
    return tuple(image if image.caption else evolve(image, caption=next(given)) for image in images)


def _found(text: str) -> list[tuple[int, int]]:
    """Return where captions stand, unless their mark begins a line that is no caption."""
    if not any(mark in text for mark in "▲△▴▵"):
        return []
    found = [match.span() for match in chain(_LINE.finditer(text), _INLINE.finditer(text))]
    bullets = _BEGINS.findall(apply(text, cut(text, found)).text)
    return [(start, end) for start, end in found if text[start:end].strip()[0] not in bullets]
