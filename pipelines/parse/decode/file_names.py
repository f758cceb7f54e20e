"""Reads the name of a file from Content-Disposition, which Chinese servers send in GBK, UTF-8 or percent-encoded."""

from __future__ import annotations

import re
from email.header import decode_header, make_header
from urllib.parse import unquote_to_bytes

ENCODINGS = ("utf-8", "gb18030")
"""The encodings of names without a label; bytes that are valid UTF-8 are hardly ever GBK."""

MAX_NAME_CHARS = 255
"""Characters of a name: file systems allow 255 bytes."""

_EXTENDED = re.compile(r"""filename\*\s*=\s*"?(?P<charset>[\w-]*)'[\w-]*'(?P<octets>[^;"\s]+)""", re.IGNORECASE)
_PLAIN = re.compile(r"""filename\s*=\s*(?:"(?P<quoted>[^"]*)"|(?P<bare>[^;]+))""", re.IGNORECASE)
_ENCODED_WORD = re.compile(r"=\?[\w-]+\?[BbQq]\?[^?]*\?=")
_FOLDERS = re.compile(r"^.*[/\\]")


def file_name(content_disposition: str) -> str | None:
    """Return the file name in a header field whose bytes are decoded as Latin-1, without folders; None without one.

    >>> file_name("attachment; filename*=UTF-8''%E5%90%8D%E5%8D%95.pdf")
    '名单.pdf'
    >>> file_name('attachment; filename="%s"' % "名单.pdf".encode("gbk").decode("latin-1"))
    '名单.pdf'
    >>> file_name("inline")
    """
    extended = _EXTENDED.search(content_disposition)
    plain = _PLAIN.search(content_disposition)
    if extended:
        name = _decoded(unquote_to_bytes(extended["octets"]), extended["charset"])
    elif plain:
        text = (plain["quoted"] or plain["bare"] or "").strip()
        if _ENCODED_WORD.fullmatch(text):
            name = _from_encoded_word(text)
        else:
            name = _decoded(unquote_to_bytes(text.encode("latin-1", "ignore")))
    else:
        return None
    return _FOLDERS.sub("", name).strip()[:MAX_NAME_CHARS] or None


def _decoded(octets: bytes, charset: str = "") -> str:
    for encoding in filter(None, (charset, *ENCODINGS)):
        try:
            return octets.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return octets.decode("latin-1")


def _from_encoded_word(text: str) -> str:
    """Return the text of an encoded word of RFC 2047, which mail programs use and some servers, too."""
    try:
        return str(make_header(decode_header(text)))
    except (UnicodeDecodeError, LookupError, ValueError):
        return text
