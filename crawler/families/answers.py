"""What list APIs answer, and what the scripts of list pages say: JSON, settings, and the articles they name."""

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

_CALLBACK = re.compile(r"^[^{\[]{1,200}\(\s*([{\[].*[}\]])\s*\)\s*;?\s*$", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")

_RECORD_TAG = re.compile(r"<record\b[^<>]*>\s*$", re.IGNORECASE)
_RECORD_TAG_CHARS = 200
"""Characters before a record's CDATA in which its own tag stands."""

# Seconds from here on are milliseconds: as seconds they would lie in the year 5138.
_MIN_MILLISECONDS = 100_000_000_000


def json_answer(text: str) -> dict[str, Any]:
    """Return the JSON object that an API answered with, also within a JSONP callback; an empty one for all else."""
    told = text.strip("\ufeff \t\r\n")
    wrapped = _CALLBACK.match(told)
    found = _parse_json(wrapped[1] if wrapped else told)
    return found if isinstance(found, dict) else {}


def get_nested(found: Any, *keys: str) -> Any:
    """Return what lies in nested objects under these keys, None where one of them is missing."""
    for key in keys:
        found = _parse_nested(found.get(key)) if isinstance(found, Mapping) else None
    return found


def json_objects(found: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON array, none where it is no array."""
    told = _parse_nested(found)
    yield from (each for each in told if isinstance(each, dict)) if isinstance(told, list) else ()


def _parse_nested(value: Any) -> Any:
    """Return what a text of JSON holds, such as {"data": "[{…}]"}, and every other value as it is."""
    is_json = isinstance(value, str) and value[:1] in ("{", "[")
    return value if not is_json or (told := _parse_json(value)) is None else told


def _parse_json(text: str) -> Any:
    """Return what JSON says, None for what is none; hand-made JSON has bare line breaks in its texts."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def to_count(value: Any) -> int:
    """Return a count that an API or a script gives as number or text, 0 where it is none."""
    told = str(value).strip()
    return int(told) if re.fullmatch(r"\d{1,9}", told) else 0


def script_setting(script: str, name: str) -> str:
    """Return what a script sets a name to, the first time and whatever the quotes; empty where it does not.

    >>> setting("jpage({perPage:15,webid:'3', 'unitid' : \\"5234\\"})", "unitid")
    '5234'
    """
    found = re.search(rf"""(?<![\w$-]){name}["']?\s{{0,9}}[:=]\s{{0,9}}["']?([\w./-]{{1,300}})""", script)
    return found[1] if found else ""


def xml_records(text: str) -> list[str]:
    """Return the markup in the CDATA of each record of a data store; taken apart from the ends, for speed.

    >>> records("<recordset><record><![CDATA[<li>春耕</li>]]></record></recordset>")
    ['<li>春耕</li>']
    """
    pieces = (piece.rpartition("<![CDATA[") for piece in text.split("]]>")[:-1])
    return [record for before, mark, record in pieces if mark and _RECORD_TAG.search(before[-_RECORD_TAG_CHARS:])]


def xml_count(text: str, name: str) -> int:
    """Return the count that an element of a data store gives, such as totalrecord; 0 where it gives none."""
    found = re.search(rf"<{name}>\s*(?:<!\[CDATA\[)?\s*(\d{{1,9}})", text, re.IGNORECASE)
    return to_count(found[1]) if found else 0


def api_link(base: str, url: Any, title: Any, day: Any = None) -> Link | None:
    """Return the article that an API's object names, None where its address leads to no page.

    Addresses are those of the site, not relative to the API.
    `day` is a text with a day in it, or seconds or milliseconds since 1970.
    """
    to = resolve(url, urljoin(base, "/")) if isinstance(url, str) else None
    words = " ".join(_TAG.sub("", title).split()) if isinstance(title, str) else ""
    return Link(url=to, title=words, listed_on=_day(day)) if to else None


def with_page_number(url: str, name: str, page: int) -> str:
    """Return a URL with another page number in its query.

    >>> turned("/search?_pageSize=10&page=2&x=1", "page", 3)
    '/search?_pageSize=10&page=3&x=1'
    """
    changed, count = re.subn(rf"(?<=[?&]){name}=[^&#]*", f"{name}={page}", url, count=1)
    return changed if count else f"{url}{'&' if '?' in url else '?'}{name}={page}"


def china_day(seconds: float) -> dt.date | None:
    """Return the day in China of a moment in seconds since 1970, None where it is 0, unset, or in no calendar.

    >>> china_day(1709600000), china_day(0), china_day(1e15)
    (datetime.date(2024, 3, 5), None, None)
    """
    try:
        return dt.datetime.fromtimestamp(seconds, CHINA).date() if seconds else None
    except (OverflowError, ValueError, OSError):
        return None


def _day(value: Any) -> dt.date | None:
    told = str(value or "")
    if not re.fullmatch(r"\d{9,13}", told):
        return day_in(told)
    return china_day(int(told) / (1000 if int(told) >= _MIN_MILLISECONDS else 1))
