"""Decodes bytes to characters as a browser does, except that the bytes outvote a wrong charset label."""

from __future__ import annotations

import codecs
import functools
import re

import webencodings

from pipelines.parse.decode.whatwg import decode_big5, decode_gb18030

SAMPLE_BYTES = 65_536
"""Bytes that are tested for a charset; many fewer are enough to recognise it."""

PRESCAN_BYTES = 4096
"""Bytes searched for a meta label: browsers read 1024, but Chinese templates put scripts and comments before it."""

MIN_PLAUSIBILITY = 0.8
"""Share of common characters from which a label is accepted. Of 340 real pages, all have over .90 with the right codec.
UTF-8 decoded as GB 18030 has under .40, Big5 as GB 18030 under .42, GB 18030 as Big5 under .55, as UTF-8 under .03."""

CHINESE_CODECS = {"gb18030": decode_gb18030, "big5": decode_big5}
"""The Chinese charsets with their decoders; `gb18030` includes GBK and GB 2312, `big5` the additions of Hong Kong."""

_CHINESE_NAMES = {
    **dict.fromkeys(("gb18030", "gbk", "gb2312", "cp936", "gb18030-2000"), "gb18030"),
    **dict.fromkeys(("big5", "big5hkscs", "cp950"), "big5"),
}
"""Names of the standard and of Python for charsets that these decoders include."""

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META_LABEL = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w:.-]{2,40})""", re.IGNORECASE
)
_HEADER_LABEL = re.compile(r"""(?i)charset\s*=\s*["']?\s*([\w:.-]{2,40})""")
_ASCII = bytes(range(0x80))
_NOT_ASCII = re.compile(rb"[\x80-\xff]")


def decode_text(body: bytes, content_type: str = "", hint: str | None = None) -> str:
    """Return the characters of a page; never raises, invalid bytes become U+FFFD.

    Order of evidence: byte order mark, `hint`, header, meta tag, then UTF-8, GB 18030 and Big5, then a statistical
    detector.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    return _decode(body, choose_codec(body, content_type, hint))


def choose_codec(body: bytes, content_type: str = "", hint: str | None = None) -> str:
    """Return the codec with which to decode a body without byte order mark."""
    if not _NOT_ASCII.search(body):
        return "ascii"
    return _best_codec(body[:SAMPLE_BYTES], tuple(labelled_codecs(body, content_type, hint)))


def labelled_codecs(body: bytes, content_type: str = "", hint: str | None = None) -> list[str]:
    """Return the codecs with which a page is labelled, in order of precedence."""
    found = [codec_of(name) for name in (hint, _search(_HEADER_LABEL, content_type), _meta_label(body)) if name]
    return [codec for codec in found if codec]


def codec_of(label: str) -> str | None:
    """Return the codec for a charset label, or None: a key of `CHINESE_CODECS`, or the name of one of Python's codecs.

    Labels mean what they mean in browsers: gb2312 and gbk are GB 18030, iso-8859-1 is Windows-1252. For labels that
    browsers do not know, or that they refuse as hz-gb-2312, Python's codec is used.

    >>> codec_of("GB2312"), codec_of("csISO58GB231280"), codec_of("latin1"), codec_of("no-such-charset")
    ('gb18030', 'gb18030', 'cp1252', None)
    """
    known = webencodings.lookup(label)
    if known and known.name not in ("replacement", "x-user-defined"):
        return _CHINESE_NAMES.get(known.name) or known.codec_info.name
    try:
        found = codecs.lookup(label.strip().lower())
    except (LookupError, ValueError):
        return None
    # For Python, base64 and rot13 are codecs too, but they do not decode bytes to text.
    name = found.name if getattr(found, "_is_text_encoding", True) else None
    return _CHINESE_NAMES.get(name or "", name)


def _search(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[1] if found else None


def _meta_label(body: bytes) -> str | None:
    found = _META_LABEL.search(body, 0, PRESCAN_BYTES)
    return found[1].decode("ascii", "replace") if found else None


@functools.lru_cache(2)  # a crawl decodes a page up to three times in a row: for redirects, links and requisites
def _best_codec(sample: bytes, labelled: tuple[str, ...]) -> str:
    """Return the first codec with a plausible result, from the labels or the usual ones; else the first label's."""
    scores: dict[str, float] = {}
    for codec in (*labelled, "utf-8", *CHINESE_CODECS):
        if codec not in scores:
            scores[codec] = plausibility(_decode(sample, codec))
        if scores[codec] >= MIN_PLAUSIBILITY:
            return codec
    return labelled[0] if labelled else _detect(sample) or max(scores, key=lambda codec: scores[codec])


def _detect(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes  # rarely needed: only for pages in no Chinese charset

    found = from_bytes(sample).best()
    return found.encoding if found else None


def _decode(body: bytes, codec: str) -> str:
    if codec in CHINESE_CODECS:
        return CHINESE_CODECS[codec](body)
    try:
        return body.decode(codec, "replace")
    except (UnicodeError, LookupError):
        return body.decode("utf-8", "replace")


def plausibility(text: str) -> float:
    """Return the share of the non-ASCII characters that is common in Chinese pages, from 0 to 1; 1 if there are none.

    >>> plausibility("我市启动改造"), plausibility("鎴戝競鍚姩鏀归€")
    (1.0, 0.375)
    """
    others = text.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass")
    return (len(others) - len(_uncommon().findall(others))) / len(others) if others else 1.0


@functools.cache
def _uncommon() -> re.Pattern[str]:
    return re.compile(f"[^{re.escape(''.join(sorted(common_characters())))}]")


@functools.cache
def common_characters() -> frozenset[str]:
    """Return the Chinese characters of GB 2312 and Big5 at level 1, the most common ones, and Chinese punctuation."""
    simplified = bytes(byte for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF) for byte in (lead, trail))
    trails = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    traditional = bytes(byte for lead in range(0xA4, 0xC7) for trail in trails for byte in (lead, trail))
    hanzi = simplified.decode("gb2312", "ignore") + traditional.decode("big5", "ignore")
    punctuation = "，。、；：？！“”‘’（）《》〈〉【】〔〕「」『』—…·～％　\xa0©»›•▲△●■□◆★→－．／｜０１２３４５６７８９"
    return frozenset(hanzi + punctuation) - {"\ufffd"}
