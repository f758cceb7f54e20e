"""Reads the answers of list APIs (JSON, JSONP, XML records) and the settings in the scripts of list pages."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from crawler.families.family import Link
from crawler.families.rows import day_in, resolve
from pipelines.times import CHINA

_CALLBACK = re.compile(r"^[^{\[]{1,200}\(\s*([{\[].*[}\]])\s*\)\s*;?\s*$", re.DOTALL)  # JSONP: callback({…});
_TAG = re.compile(r"<[^<>]*>")

_RECORD_TAG = re.compile(r"<record\b[^<>]*>\s*$", re.IGNORECASE)
_RECORD_TAG_CHARS = 200
"""Characters before a record's CDATA that are searched for the <record> tag."""

_MIN_MILLISECONDS = 100_000_000_000
"""A time of this value or more is in milliseconds, a lower one in seconds: as seconds it would be in the year 5138."""


def json_answer(text: str) -> dict[str, Any]:
    """Return the JSON object in an answer, with or without a JSONP callback; an empty object for anything else."""
    stripped = text.strip("\ufeff \t\r\n")
    wrapped = _CALLBACK.match(stripped)
    value = _parse_json(wrapped[1] if wrapped else stripped)
    return value if isinstance(value, dict) else {}


def get_nested(value: Any, *keys: str) -> Any:
    """Return the value at a path of keys in nested objects; None if one of the keys is missing."""
    for key in keys:
        value = _parse_nested(value.get(key)) if isinstance(value, Mapping) else None
    return value


def json_objects(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON array; nothing if the value is not an array."""
    value = _parse_nested(value)
    yield from (each for each in value if isinstance(each, dict)) if isinstance(value, list) else ()


def _parse_nested(value: Any) -> Any:
    """Parse JSON within a JSON string, as in {"data": "[{…}]"}; return any other value unchanged."""
    is_json = isinstance(value, str) and value[:1] in ("{", "[")
    return value if not is_json or (parsed := _parse_json(value)) is None else parsed


def _parse_json(text: str) -> Any:
    """Parse JSON; None if it is invalid. Line breaks within strings are allowed: servers that build JSON by hand have
    them.
    """
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def to_count(value: Any) -> int:
    """Return a count that an API or a script gives as a number or a string; 0 if it is neither."""
    text = str(value).strip()
    return int(text) if re.fullmatch(r"\d{1,9}", text) else 0


def script_setting(script: str, name: str) -> str:
    """Return the first value that a script assigns to a name, in any quotes or none; empty if it assigns none.

    >>> script_setting("jpage({perPage:15,webid:'3', 'unitid' : \\"5234\\"})", "unitid")
    '5234'
    """
    found = re.search(rf"""(?<![\w$-]){name}["']?\s{{0,9}}[:=]\s{{0,9}}["']?([\w./-]{{1,300}})""", script)
    return found[1] if found else ""


def xml_records(text: str) -> list[str]:
    """Return the markup in the CDATA of each record of a data store.

    The text is split at the ends of the CDATA sections: one regular expression for the whole record would be slow.

    >>> xml_records("<recordset><record><![CDATA[<li>春耕</li>]]></record></recordset>")
    ['<li>春耕</li>']
    """
    pieces = (piece.rpartition("<![CDATA[") for piece in text.split("]]>")[:-1])
    return [record for before, mark, record in pieces if mark and _RECORD_TAG.search(before[-_RECORD_TAG_CHARS:])]


def xml_count(text: str, name: str) -> int:
    """Return the count in an element of a data store, such as totalrecord; 0 if there is none."""
    found = re.search(rf"<{name}>\s*(?:<!\[CDATA\[)?\s*(\d{{1,9}})", text, re.IGNORECASE)
    return to_count(found[1]) if found else 0


def api_link(base: str, url: Any, title: Any, day: Any = None) -> Link | None:
    """Return the article of an object in an API's answer; None if its URL is no page's.

    Relative URLs start at the root of the site, not at the API. Tags are removed from `title`.
    `day` is a text with a date in it, or seconds or milliseconds since 1970.
    """
    to = resolve(url, urljoin(base, "/")) if isinstance(url, str) else None
    words = " ".join(_TAG.sub("", title).split()) if isinstance(title, str) else ""
    return Link(url=to, title=words, listed_on=_day(day)) if to else None


def with_page_number(url: str, name: str, page: int) -> str:
    """Set the page number in a URL's query.

    >>> with_page_number("/search?_pageSize=10&page=2&x=1", "page", 3)
    '/search?_pageSize=10&page=3&x=1'
    """
    changed, count = re.subn(rf"(?<=[?&]){name}=[^&#]*", f"{name}={page}", url, count=1)
    return changed if count else f"{url}{'&' if '?' in url else '?'}{name}={page}"


def china_day(seconds: float) -> dt.date | None:
    """Return the date in China of a time in seconds since 1970; None if it is 0 (not set) or out of range.

    >>> china_day(1709600000), china_day(0), china_day(1e15)
    (datetime.date(2024, 3, 5), None, None)
    """
    try:
        return dt.datetime.fromtimestamp(seconds, CHINA).date() if seconds else None
    except (OverflowError, ValueError, OSError):
        return None


def _day(value: Any) -> dt.date | None:
    text = str(value or "")
    if not re.fullmatch(r"\d{9,13}", text):
        return day_in(text)
    return china_day(int(text) / (1000 if int(text) >= _MIN_MILLISECONDS else 1))
