"""A CDX server: the captures of a URL, with the parameters of pywb's."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crawler.web.answers import data_answer, unless_known
from crawler.web.api.cdx_filters import filtered
from crawler.web.page_request import PageRequest
from crawler.web.parameters import check_names
from crawler.web.problems import Refused
from crawler.web.readers import Reader
from crawler.web.requests import asked_by
from crawler.web.room import Room
from pipelines.archive.cdxj import surt_key
from pipelines.catalogue.filters import Filter
from pipelines.masking import without_credentials
from pipelines.messages import gettext as _
from pipelines.model import Entry

PARAMETERS = ("url", "matchType", "from", "to", "limit", "sort", "closest", "filter", "fl", "output")
FIELDS = ("urlkey", "timestamp", "url", "mime", "status", "digest", "length", "offset", "filename")
MATCH_TYPES = ("exact", "prefix", "host", "domain")
MAX_LINES = 10_000
"""Captures in an answer: some 3 MB."""

MAX_ORIGINS = 20_000
"""Hosts among which those of a domain are searched: each takes 0.1 ms; a crawl of all counties has some 6,000."""

_LATEST = "99991231235959"

CdxLine = Mapping[str, str]


def routes(room: Room) -> Iterator[Route]:
    """Yield the route of the server."""

    def answer(request: Request) -> Response:
        asked = asked_by(room, request)
        check_names(asked.parameters, PARAMETERS)
        with room.reader() as reader:
            lines = list(map(cdx_line, _entries(asked, reader)))
        found = selected_lines(asked, lines)
        return unless_known(request, data_answer(written(asked, found).encode(), _media_type(asked)))

    yield Route("/cdx", answer, methods=["GET"])


def cdx_line(entry: Entry) -> CdxLine:
    """Return a capture as the fields of a line; a page that was read is HTML, of other answers the type is unknown."""
    place = entry.location
    mime = entry.file.media_type if entry.file else "text/html" if entry.articles else "unk"
    return {
        "urlkey": surt_key(entry.final_url),
        "timestamp": f"{entry.fetched_at:%Y%m%d%H%M%S}",
        "url": entry.final_url,
        "mime": mime,
        "status": f"{entry.status or '-'}",
        "digest": entry.digests.payload,
        "length": f"{place.length}" if place else "-",
        "offset": f"{place.offset}" if place else "-",
        "filename": place.file if place else "-",
    }


def selected_lines(asked: PageRequest, lines: Sequence[CdxLine]) -> list[CdxLine]:
    """Return the lines that the parameters select, in their order."""
    first, last = _bound(asked.one("from"), "0" * 14), _bound(asked.one("to"), _LATEST)
    kept = [each for each in lines if first <= each["timestamp"] <= last]
    kept = filtered(asked.every("filter"), kept, FIELDS)
    kept.sort(key=lambda each: (each["urlkey"], each["timestamp"]))
    if asked.one("sort") == "reverse":
        kept.reverse()
    elif closest := asked.one("closest"):
        when = _moment(_bound(closest, "00010101000000"))
        kept.sort(key=lambda each: abs(_moment(each["timestamp"]) - when))
    elif asked.one("sort") not in ("", "closest"):
        raise Refused(_("{name}: {problem}", name="sort", problem=repr(asked.one("sort"))), "reverse, closest")
    return kept[: _limit(asked)]


def written(asked: PageRequest, lines: Iterable[CdxLine]) -> str:
    """Return lines in the form that `output` names: `json`, one object a line, or text."""
    names = asked.one("fl").split(",") if asked.one("fl") else list(FIELDS)
    if unknown := set(names) - set(FIELDS):
        raise Refused(_("{name}: {problem}", name="fl", problem=repr(min(unknown))), ", ".join(FIELDS))
    if asked.one("output") == "json":
        return "".join(f"{json.dumps({name: each[name] for name in names})}\n" for each in lines)
    return "".join(f"{' '.join(each[name].replace(' ', '%20') for name in names)}\n" for each in lines)


def _entries(asked: PageRequest, reader: Reader) -> Iterable[Entry]:
    url, kind = asked.one("url"), asked.one("matchType", "exact")
    if not url:
        raise Refused(
            _("{name}: {problem}", name="url", problem=_("it is empty: give a value, or leave the option out"))
        )
    if url.endswith("*") and "matchType" not in dict(asked.parameters):
        url, kind = url[:-1], "prefix"
    if kind not in MATCH_TYPES:
        raise Refused(_("{name}: {problem}", name="matchType", problem=repr(kind)), ", ".join(MATCH_TYPES))
    addresses = [url] if "://" in url else [f"{scheme}://{url}" for scheme in ("http", "https")]
    if kind == "exact":
        found = (each for address in addresses for each in reader.catalogue.captures(without_credentials(address)))
        return [each for each in found if each.location]
    ids = [
        each for prefix in _prefixes(reader, addresses, kind) for each in reader.catalogue.ids_under(prefix, MAX_LINES)
    ]
    return reader.catalogue.entries(Filter(ids=frozenset(ids[:MAX_LINES])))


def _prefixes(reader: Reader, addresses: Sequence[str], kind: str) -> list[str]:
    """Return what the addresses of captures begin with: those of a host, or of a domain and all hosts below it."""
    if kind == "prefix":
        return list(addresses)
    if kind == "host":
        return [f"{'/'.join(each.split('/')[:3])}/" for each in addresses]
    domain = (urlsplit(addresses[0]).hostname or "").rstrip(".")
    return [
        f"{origin}/"
        for origin in reader.catalogue.origins(MAX_ORIGINS)
        if f".{urlsplit(origin).hostname or ''}".endswith(f".{domain}")
    ]


def _bound(given: str, filled: str) -> str:
    if given and not (given.isascii() and given.isdigit() and 4 <= len(given) <= len(filled)):
        raise Refused(_("{name}: {problem}", name="from, to, closest", problem=repr(given[:20])), "20240305013000")
    return given + filled[len(given) :]


def _moment(timestamp: str) -> dt.datetime:
    try:
        return dt.datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)
    except ValueError:
        raise Refused(_("{name}: {problem}", name="closest", problem=repr(timestamp)), "20240305013000") from None


def _limit(asked: PageRequest) -> int:
    given = asked.one("limit", f"{MAX_LINES}")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise Refused(_("{name}: {problem}", name="limit", problem=repr(given[:20])))
    return min(int(given), MAX_LINES)


def _media_type(asked: PageRequest) -> str:
    return "application/x-ndjson" if asked.one("output") == "json" else "text/plain; charset=utf-8"
