"""Text that was read in another encoding than it was written in, whole or in part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipelines.parse.repair.edits import Edit, Repaired, settled
from pipelines.parse.repair.word_likelihood import fluency

FLUENT = -8.0
"""Of what comes out, in nats a character: prose lies above, bytes that only happen to be Chinese lie below -10."""

GAIN = 4.0
"""Nats a character by which it must be likelier than what stands there."""

LOST = "\ufffd"


def _class(leads: Iterable[int], halves: Iterable[int]) -> str:
    pairs = (bytes([lead, half]).decode("gbk", "ignore") for lead in leads for half in halves)
    return re.escape("".join(pairs))


_LEADS, _TRAILS = range(0xE3, 0xF0), range(0x80, 0xC0)
_BEGIN, _MIDDLE, _END = _class(_LEADS, _TRAILS), _class(_TRAILS, _LEADS), _class(_TRAILS, _TRAILS)
"""Two characters of three bytes in UTF-8 are three in GBK: one of each of these, the last two of them rare."""

_ANY = f"{_BEGIN}{_MIDDLE}{_END}"
_UTF8_AS_GBK = re.compile(rf"[{_BEGIN}](?:[{_ANY}]|[?\ufffd]+(?=[{_BEGIN}{_MIDDLE}]))+[?\ufffd]?")
_TWO = re.compile(rf"[{_BEGIN}][{_MIDDLE}][{_END}]")

_HIGH = "\x80-\xff" + re.escape(bytes(range(0x80, 0xA0)).decode("cp1252", "ignore"))
_AS_LATIN = re.compile(
    rf"[{_HIGH}](?:[@-~]?[{_HIGH}])*[{_HIGH}](?:[@-~](?![@-~]))?|[{_HIGH}][@-~](?:[{_HIGH}]+[@-~]?)+"
)

_LATIN = re.compile("[\xa1-\xff]")
_KUN = re.compile("(?<![“‘《「『\"'])(?:锟斤拷)+(?:锟斤?)?")


def mend_mojibake(text: str) -> Repaired:
    """Read again what was read in the wrong encoding: UTF-8 as GBK or Latin-1, GBK as Latin-1.

    What was lost before, 锟斤拷 among it, becomes U+FFFD.

    >>> mend_mojibake("涓?鍥芥柊闂伙紝骞垮窞甯?").text, mend_mojibake("ÖÐ¹úÐÂÎÅ and café").text
    ('�国新闻，广州�', '中国新闻 and café')
    """
    return settled(text, _edits)


def _edits(text: str) -> list[Edit]:
    """Return the edits of one kind at a time: what is lost stands also within what was misread."""
    return next(filter(None, (list(find(text)) for find in (_lost, _read_as_gbk, _read_as_latin))), [])


def _lost(text: str) -> Iterator[Edit]:
    for run in _KUN.finditer(text):
        characters = (2 * len(run[0]) + 2) // 3
        yield Edit(start=run.start(), end=run.end(), after=LOST * characters)


def _read_as_gbk(text: str) -> Iterator[Edit]:
    for run in _UTF8_AS_GBK.finditer(text):
        stood = run[0].rstrip("，。、；：”")  # whose bytes could be halves, too
        if _TWO.search(stood):
            halves = b"".join(b"\xff" if char in "?\ufffd" else char.encode("gbk") for char in stood)
            meant = re.sub(f"{LOST}+", LOST, halves.decode("utf-8", "replace"))
            if _is_better(meant, stood):
                yield Edit(start=run.start(), end=run.start() + len(stood), after=meant)


def _read_as_latin(text: str) -> Iterator[Edit]:
    for run in _AS_LATIN.finditer(text):
        if not _LATIN.search(run[0]):  # marks that Windows-1252 and Chinese share
            continue
        for end in (run.end(), run.end() - 1):
            stood = text[run.start() : end]
            if meant := _meant(stood):
                yield Edit(start=run.start(), end=end, after=meant)
                break


def _meant(stood: str) -> str | None:
    """Return what a run of Latin letters was, where its bytes are prose in an encoding of Chinese."""
    found = b"".join(_byte(char) for char in stood)
    for encoding in ("utf-8", "gbk"):
        try:
            meant = found.decode(encoding)
        except UnicodeDecodeError:
            continue
        if re.search("[\u4e00-\u9fff]{2}|[，。、“”]", meant) and _is_better(meant, stood):
            return meant
    return None


def _byte(char: str) -> bytes:
    return char.encode("latin-1") if char <= "\xff" else char.encode("cp1252")


def _is_better(meant: str, stood: str) -> bool:
    return 3 * meant.count(LOST) <= len(meant) and fluency(meant.replace(LOST, "")) > max(FLUENT, fluency(stood) + GAIN)
