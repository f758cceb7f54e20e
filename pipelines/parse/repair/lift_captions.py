"""The rule `lift-captions`: captions of pictures in the text, recognised by the ▲ or △ before them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain

from attrs import evolve

from pipelines.model import Image
from pipelines.parse.repair.edits import Repaired, apply_edits, remove_spans
from pipelines.text.script import simplified_copy

MAX_INLINE_CAPTION_CHARS = 30
"""Length of the longest caption inside a line, in characters: a place and what is done there have about 20."""

MAX_CAPTION_LINE_CHARS = 45
"""Length of the longest line that is a caption, in characters. ▲ is also a bullet, for items of two or more
sentences."""

_MARK = "[▲△▴▵]"
_HANZI = "[\u3400-\u9fff]"
_INLINE_CAPTION = rf"{_MARK}[ \t\u3000]?(?=[^\s▲△▴▵]*{_HANZI}{{2}})[^\s▲△▴▵。！？；]{{2,{MAX_INLINE_CAPTION_CHARS}}}"
_CREDIT = r"[ \t\u3000]*(?:[（(][^（()）\n]{2,30}[)）]|[\u3400-\u9fff·]{2,4}[ \u3000]?(?:摄|供图))"
_WORDS = rf"(?:[^▲△▴▵。！？；\n]{{2,{MAX_CAPTION_LINE_CHARS}}}|[^▲△▴▵。！？；\s]{{2,{MAX_CAPTION_LINE_CHARS}}}。)"
_CAPTION_LINE = re.compile(rf"^[ \t\u3000]*{_MARK}(?=.*{_HANZI}{{2}}){_WORDS}(?:{_CREDIT})?[ \t\u3000]*$", re.MULTILINE)
_CAPTIONS_IN_LINE = re.compile(
    rf"(?:(?<=[。！？”])|^)[ \t\u3000]*"  # after a sentence, or at the beginning of a line
    rf"{_INLINE_CAPTION}(?:[ \t\u3000]+{_INLINE_CAPTION})*"
    rf"(?=[ \t\u3000]|$)[ \t\u3000]*",
    re.MULTILINE,
)
_LINE_MARK = re.compile(rf"^[ \t\u3000]*({_MARK})", re.MULTILINE)
_CAPTION = re.compile(rf"{_MARK}[ \t\u3000]*([^▲△▴▵\n]*[^▲△▴▵\s])")


def lift_captions(text: str) -> Repaired:
    """Remove captions with ▲ or △ before them; inside a line, a line break replaces them.

    A mark that also begins a line which is not a caption is a bullet of the text: all lines with that mark stay.

    >>> lift_captions("暗访检查超市。 ▲老地方生活超市 ▲万家喜超市 黎增义要求严把关口。\\n△会议现场（李华 摄）").text
    '暗访检查超市。\\n黎增义要求严把关口。'
    """
    return apply_edits(text, remove_spans(text, _caption_spans(simplified_copy(text)), between="\n"))


def captions(text: str) -> tuple[str, ...]:
    """Return the captions that `lift_captions` removes from a text, without their marks.

    >>> captions("暗访检查超市。 ▲老地方生活超市 ▲万家喜超市")
    ('老地方生活超市', '万家喜超市')
    """
    removed = [text[edit.start : edit.end] for edit in remove_spans(text, _caption_spans(simplified_copy(text)))]
    return tuple(caption[1] for part in removed for caption in _CAPTION.finditer(part))


def assign_captions(images: Sequence[Image], captions_of_text: Sequence[str]) -> tuple[Image, ...] | None:
    """Return the images with the captions from the text, or None where it is not clear which caption belongs to which.

    It is clear where the images have all these captions already, or where as many images lack a caption as captions
    remain.
    """
    known = "\n".join(image.caption or "" for image in images)
    remaining = [caption for caption in captions_of_text if caption not in known]
    without_caption = [image for image in images if not image.caption]
    if not remaining:
        return tuple(images)
    if len(remaining) != len(without_caption):
        return None
    assigned = iter(remaining)
    return tuple(image if image.caption else evolve(image, caption=next(assigned)) for image in images)


def _caption_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of captions in a simplified copy of a text, except those whose mark is a bullet of the text."""
    if not any(mark in text for mark in "▲△▴▵"):
        return []
    spans = [match.span() for match in chain(_CAPTION_LINE.finditer(text), _CAPTIONS_IN_LINE.finditer(text))]
    bullets = _LINE_MARK.findall(apply_edits(text, remove_spans(text, spans)).text)
    return [(start, end) for start, end in spans if text[start:end].strip()[0] not in bullets]
