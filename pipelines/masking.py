"""Passwords in addresses: masked in everything that people or log files get to see, and left out of what is stored.

`mask` is for text: every value of a message (`pipelines.messages`) and every log line goes through it.
`without_credentials` is for addresses that are stored: of records, links and redirects.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

WEB = r"(?:https?|wss?|ftps?)"

_WEB_USER = re.compile(rf"\b({WEB}:/+)[^\s/?#]*@", re.IGNORECASE)
"""User and password of a web address."""

_WEB_PASSWORD = re.compile(rf"\b({WEB}:/+)[^\s:/?#@\[]+:(?!\d{{1,5}}(?:[/?#\s]|$))\S*@", re.IGNORECASE)
"""The same where the password has a character that should be quoted; what follows the colon is no port."""

_PASSWORD = re.compile(rf"\b(?!{WEB}:|(?:file|sqlite):///)([a-z][\w+.-]*:/+[^\s:/?#@]*):\S*@", re.IGNORECASE)
"""The password of any other address, up to the last @: a password may contain one. The user is no secret."""

_PARAMETER = re.compile(r"(\w*passw(?:or)?d\s*=\s*)(?:'(?:[^'\\]|\\.)*'|\"[^\"]*\"|[^\s&]+)", re.IGNORECASE)
"""A password as a parameter of an address, or in a connection string of libpq."""

_WHOLE_ADDRESS = re.compile(r"\s*[a-z][\w+.-]*:/", re.IGNORECASE)
_BARE_USER = re.compile(r"(?:(?<=['\"(])|^)(?!mailto:)([\w.+-]+):(?![\s/])\S+(@[\w.:/-]+)(?=['\")]|$)", re.ASCII)
"""User and password before a host, without a scheme: the whole text, or a part in quotes or brackets."""

_SPACE = re.compile(r"\s")
_SPACE_MARK = "\ue000"
"""Stands for a space in an address while it is masked: a password may contain one."""


def mask(text: str) -> str:
    """Return a text with `***` in place of the passwords in its addresses.

    >>> mask("postgresql://me:secret@db/news does not answer")
    'postgresql://me:***@db/news does not answer'
    >>> mask("http://me:secret@news.cn/a.html")
    'http://***@news.cn/a.html'
    >>> mask("postgresql+psycopg:///news?user=me&password=secret")
    'postgresql+psycopg:///news?user=me&password=***'
    """
    if "@" not in text and "=" not in text:
        return text
    is_address = _WHOLE_ADDRESS.match(text) is not None and "\n" not in text and ": " not in text.partition("@")[0]
    shown = _SPACE.sub(_SPACE_MARK, text) if is_address else text
    for secret, replacement in (
        (_PARAMETER, r"\1***"),
        (_WEB_USER, r"\1***@"),
        (_WEB_PASSWORD, r"\1***@"),
        (_PASSWORD, r"\1:***@"),
    ):
        shown = secret.sub(replacement, shown)
    shown = _BARE_USER.sub(r"\1:***\2", shown)
    return shown.replace(_SPACE_MARK, " ")


def without_credentials(url: str) -> str:
    """Return a URL without user name and password, which are no part of a page's address.

    >>> without_credentials("http://me:secret@news.cn:8080/a@b.html")
    'http://news.cn:8080/a@b.html'
    """
    if "@" not in url:
        return url
    try:
        parts = urlsplit(url)
    except ValueError:
        return mask(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if "@" in parts.netloc else url
