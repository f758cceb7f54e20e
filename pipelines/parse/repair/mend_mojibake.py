"""The rule `mend-mojibake`: text that was decoded with the wrong encoding, as a whole or in part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipelines.parse.repair.edits import Edit, Repaired, until_stable
from pipelines.parse.repair.word_likelihood import fluency

MIN_FLUENCY = -8.0
"""Fluency that the result must have, in nats per character: prose is above, bytes that are Chinese by chance are below
-10."""

MIN_FLUENCY_GAIN = 4.0
"""Nats per character by which the result must be likelier than the text before."""

REPLACEMENT_CHAR = "\ufffd"


def _chars_of(first_bytes: Iterable[int], second_bytes: Iterable[int]) -> str:
    """Return the characters of GBK with such bytes, as the content of a character class."""
    chars = (bytes([first, second]).decode("gbk", "ignore") for first in first_bytes for second in second_bytes)
    return re.escape("".join(chars))


_LEADS, _TRAILS = range(0xE3, 0xF0), range(0x80, 0xC0)
_BEGIN, _MIDDLE, _END = _chars_of(_LEADS, _TRAILS), _chars_of(_TRAILS, _LEADS), _chars_of(_TRAILS, _TRAILS)
"""Two characters of three UTF-8 bytes each are three characters in GBK: one of each of these classes. Those of the last
two classes are rare in Chinese."""

_ANY = f"{_BEGIN}{_MIDDLE}{_END}"
_UTF8_AS_GBK = re.compile(rf"[{_BEGIN}](?:[{_ANY}]|[?\ufffd]+(?=[{_BEGIN}{_MIDDLE}]))+[?\ufffd]?")
_TWO_HANZI_AS_GBK = re.compile(rf"[{_BEGIN}][{_MIDDLE}][{_END}]")

_HIGH = "\x80-\xff" + re.escape(bytes(range(0x80, 0xA0)).decode("cp1252", "ignore"))
_AS_LATIN = re.compile(
    rf"[{_HIGH}](?:[@-~]?[{_HIGH}])*[{_HIGH}](?:[@-~](?![@-~]))?|[{_HIGH}][@-~](?:[{_HIGH}]+[@-~]?)+"
)
"""A run of non-ASCII characters of Latin-1 or Windows-1252; between them ASCII characters that are second bytes in
GBK."""

_LATIN = re.compile("[\xa1-\xff]")
_KUN_JIN_KAO = re.compile("(?<![“‘《「『\"'])(?:锟斤拷)+(?:锟斤?)?")
"""U+FFFD in UTF-8, read as GBK."""


def mend_mojibake(text: str) -> Repaired:
    """Decode again what was decoded with the wrong encoding: UTF-8 as GBK or Latin-1, GBK as Latin-1.

    Characters that are lost, such as those of 锟斤拷, become U+FFFD.

    >>> mend_mojibake("涓?鍥芥柊闂伙紝骞垮窞甯?").text, mend_mojibake("ÖÐ¹úÐÂÎÅ and café").text
    ('�国新闻，广州�', '中国新闻 and café')
    """
    return until_stable(text, _edits)


def _edits(text: str) -> list[Edit]:
    """Return the edits of the first kind that occurs: lost characters occur also within wrongly decoded text."""
    return next(filter(None, (list(find(text)) for find in (_lost_chars, _decoded_as_gbk, _decoded_as_latin))), [])


def _lost_chars(text: str) -> Iterator[Edit]:
    for run in _KUN_JIN_KAO.finditer(text):
        lost = (2 * len(run[0]) + 2) // 3
        yield Edit(start=run.start(), end=run.end(), after=REPLACEMENT_CHAR * lost)


def _decoded_as_gbk(text: str) -> Iterator[Edit]:
    for run in _UTF8_AS_GBK.finditer(text):
        wrong = run[0].rstrip("，。、；：”")  # these marks may be right, though their bytes fit UTF-8, too
        if _TWO_HANZI_AS_GBK.search(wrong):
            data = b"".join(b"\xff" if char in "?\ufffd" else char.encode("gbk") for char in wrong)
            right = re.sub(f"{REPLACEMENT_CHAR}+", REPLACEMENT_CHAR, data.decode("utf-8", "replace"))
            if _is_better(right, wrong):
                yield Edit(start=run.start(), end=run.start() + len(wrong), after=right)


def _decoded_as_latin(text: str) -> Iterator[Edit]:
    for run in _AS_LATIN.finditer(text):
        if not _LATIN.search(run[0]):  # only marks that Windows-1252 and Chinese share
            continue
        for end in (run.end(), run.end() - 1):
            if right := _redecoded(text[run.start() : end]):
                yield Edit(start=run.start(), end=end, after=right)
                break


def _redecoded(wrong: str) -> str | None:
    """Return what a run of Latin characters means, if its bytes are prose in UTF-8 or GBK."""
    data = b"".join(_byte(char) for char in wrong)
    for encoding in ("utf-8", "gbk"):
        try:
            right = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if re.search("[\u4e00-\u9fff]{2}|[，。、“”]", right) and _is_better(right, wrong):
            return right
    return None


def _byte(char: str) -> bytes:
    return char.encode("latin-1") if char <= "\xff" else char.encode("cp1252")


def _is_better(right: str, wrong: str) -> bool:
    """Return whether the new text is clearly likelier, and at most a third of it is lost."""
    if 3 * right.count(REPLACEMENT_CHAR) > len(right):
        return False
    return fluency(right.replace(REPLACEMENT_CHAR, "")) > max(MIN_FLUENCY, fluency(wrong) + MIN_FLUENCY_GAIN)
