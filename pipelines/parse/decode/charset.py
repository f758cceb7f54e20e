"""Bytes to characters as a browser does it, with wrong labels outvoted by what the bytes show."""

from __future__ import annotations

import codecs
import functools
import re

SAMPLE = 65_536
"""Bytes that are judged; a page's charset shows long before."""

PRESCAN = 4096
"""Bytes searched for a meta label: browsers read 1024, but Chinese templates put scripts and comments before it."""

PLAUSIBLE = 0.8
"""Share of common characters at which a label is believed: of 340 real pages all have over .90 when read rightly, UTF-8
read as GB 18030 has under .40, Big5 as GB 18030 under .42, GB 18030 as Big5 under .55, as UTF-8 under .03."""

CHINESE = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk", "chinese", "csgb2312", "cp936"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "big5hkscs", "cn-big5", "x-x-big5", "cp950"), "big5hkscs"),
}
LATIN = dict.fromkeys(("iso-8859-1", "latin1", "latin-1", "ascii", "us-ascii"), "cp1252")

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LABEL = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w:.-]{2,40})""", re.IGNORECASE
)
_HEADER = re.compile(r"""(?i)charset\s*=\s*["']?\s*([\w:.-]{2,40})""")
_MULTIBYTE = re.compile(rb"[\x80-\xff]")


def to_text(body: bytes, content_type: str = "", hint: str | None = None) -> str:
    """Return the characters of a page; never raises, bytes without meaning become U+FFFD.

    Order of evidence: byte order mark, hint, header, meta, then UTF-8, GB 18030 and Big5, then a statistical detector.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    return _decode(body, chosen(body, content_type, hint))


def chosen(body: bytes, content_type: str = "", hint: str | None = None) -> str:
    """Return the codec that a body without byte order mark is decoded by."""
    if not _MULTIBYTE.search(body):
        return "ascii"
    return _best(body[:SAMPLE], labels(body, content_type, hint))


def labels(body: bytes, content_type: str = "", hint: str | None = None) -> list[str]:
    """Return the codecs that a page is labelled with, those believed first in front."""
    named = [codec_of(name) for name in (hint, _search(_HEADER, content_type), _meta(body)) if name]
    return [codec for codec in named if codec]


def codec_of(label: str) -> str | None:
    """Return Python's codec for a page's charset label: gb2312 and gbk mean GB 18030, Latin-1 means Windows-1252.

    >>> codec_of("GB2312"), codec_of("no-such-charset")
    ('gb18030', None)
    """
    name = label.strip().lower()
    if name in CHINESE or name in LATIN:
        return CHINESE.get(name) or LATIN[name]
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    # Python also calls base64 or rot13 a codec; those do not make text of bytes.
    return found.name if getattr(found, "_is_text_encoding", True) else None


def _search(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[1] if found else None


def _meta(body: bytes) -> str | None:
    found = _LABEL.search(body, 0, PRESCAN)
    return found[1].decode("ascii", "replace") if found else None


def _best(sample: bytes, named: list[str]) -> str:
    """Return the first codec that reads plausibly, those named before the usual ones; else the first named."""
    marks: dict[str, float] = {}
    for codec in (*named, "utf-8", "gb18030", "big5hkscs"):
        if codec not in marks:
            marks[codec] = plausibility(_decode(sample, codec))
        if marks[codec] >= PLAUSIBLE:
            return codec
    return named[0] if named else _detected(sample) or max(marks, key=lambda codec: marks[codec])


def _detected(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes  # only pages that no Chinese charset explains come here

    found = from_bytes(sample).best()
    return found.encoding if found else None


def _decode(body: bytes, codec: str) -> str:
    errors = "fangzhi-browser" if codec == "gb18030" else "replace"
    try:
        return body.decode(codec, errors)
    except (UnicodeError, LookupError):
        return body.decode("utf-8", "replace")


def _browser_errors(error: UnicodeError) -> tuple[str, int]:
    """Give € for a lone 0x80 and U+FFFD for other damage, and go on at the next byte (WHATWG Encoding, gb18030)."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return ("€" if error.object[error.start] == 0x80 else "\ufffd"), error.start + 1


codecs.register_error("fangzhi-browser", _browser_errors)


def plausibility(text: str) -> float:
    """Return which share of the characters beyond ASCII is common in Chinese pages, from 0 to 1; 1 if there are none.

    >>> plausibility("我市启动改造"), plausibility("鎴戝競鍚姩鏀归€")
    (1.0, 0.375)
    """
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return (beyond - len(_uncommon().findall(text))) / beyond if beyond else 1.0


@functools.cache
def _uncommon() -> re.Pattern[str]:
    return re.compile(f"[^\0-\x7f{re.escape(''.join(sorted(common_characters())))}]")


@functools.cache
def common_characters() -> frozenset[str]:
    """Return the hanzi of GB 2312 level 1 and Big5 level 1, the commonest by those standards, and Chinese signs."""
    simplified = bytes(byte for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF) for byte in (lead, trail))
    trails = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    traditional = bytes(byte for lead in range(0xA4, 0xC7) for trail in trails for byte in (lead, trail))
    hanzi = simplified.decode("gb2312", "ignore") + traditional.decode("big5", "ignore")
    signs = "，。、；：？！“”‘’（）《》〈〉【】〔〕「」『』—…·～％　\xa0©»›•▲△●■□◆★→－．／｜０１２３４５６７８９"
    return frozenset(hanzi + signs) - {"\ufffd"}
