"""The CPU time of each page of the reading room, of its query and of all the rest."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, unquote, urlsplit

from attrs import define
from starlette.requests import Request
from starlette.routing import Match, Route

from crawler.web.answers import html_answer
from crawler.web.page_request import WebPage
from crawler.web.readers import Reader
from crawler.web.requests import asked_by
from crawler.web.room import Room
from crawler.web.rooms import PAGES
from crawler.web.serving import Serving
from tests.crawler.web.rooms import config_of

TIMES = 5
"""Addresses of each page; the first request is left out, because it fills what is kept for minutes."""

OTHERS = (
    "/",
    "/counts",
    "/counts?q=工作&q=社区",
    "/sites",
    "/sites/site7",
    "/regions",
    "/gone",
    "/changed",
    "/coverage",
)
"""Pages of which there is one address."""


def page_cpu(folder: Path, addresses: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, float, float, float]]:
    """Yield each page with the ms of CPU beyond its query, mean and most, and those of its query, mean."""
    room = Room(config_of(folder), Serving())
    every = {kind: found[: TIMES + 1] for kind, found in addresses.items()}
    every |= {
        path: [path] * (TIMES + 1)
        for path in (*OTHERS, "/tray", addresses["article"][0].replace("article", "reprints"))
    }
    for name, found in every.items():
        spent = [_spent(room, path) for path in found][1:]
        beyond = [all_of_it - query for all_of_it, query in spent]
        yield (
            name if len(name) < 30 else f"{name[:10]}…",
            sum(beyond) / len(beyond) * 1000,
            max(beyond) * 1000,
            sum(query for _all, query in spent) / len(spent) * 1000,
        )
    room.close()


def _spent(room: Room, address: str) -> tuple[float, float]:
    """Return the seconds of CPU of a page, and those of its queries."""
    page, request = _request(address)
    with room.reader() as reader:
        timed = _Timed(reader.catalogue)
        begin = time.thread_time()
        asked = asked_by(room, request)
        html_answer(asked, page, page.read(asked, Reader(catalogue=cast("Any", timed), archive=reader.archive)))
        return time.thread_time() - begin, timed.spent


def _request(address: str) -> tuple[WebPage, Request]:
    parts = urlsplit(quote(address, safe="/?&=%+:"))
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": unquote(parts.path), "headers": []}
    scope["query_string"] = parts.query.encode()
    for page in PAGES:
        matched, found = Route(page.path, lambda _request: None, methods=["GET"]).matches(scope)
        if matched is Match.FULL:
            return page, Request({**scope, **found})
    raise LookupError(address)


@define
class _Timed:
    """A catalogue that counts the CPU time of what it is asked, also while its results are read one by one."""

    catalogue: Any
    spent: float = 0.0
    depth: int = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.catalogue, name)
        return (lambda *given, **named: self._called(lambda: found(*given, **named))) if callable(found) else found

    def _called(self, call: Any) -> Any:
        begin, self.depth = time.thread_time(), self.depth + 1
        try:
            result = call()
        finally:
            self.depth -= 1
            self.spent += 0 if self.depth else time.thread_time() - begin
        return self._read(result) if isinstance(result, Iterator) else result

    def _read(self, results: Iterator[Any]) -> Iterator[Any]:
        end = object()
        while (found := self._called(lambda: next(results, end))) is not end:
            yield found
