"""Atom feeds (RFC 4287): a search, a site, a region, what is gone, what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator

from attrs import frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crawler.web.answers import data_answer, unless_known
from crawler.web.links import Parameters
from crawler.web.page_request import PageRequest
from crawler.web.parameters import FILTERS, check_names, selected
from crawler.web.readers import Reader
from crawler.web.requests import asked_by
from crawler.web.room import Room
from crawler.web.rooms.gone import read as read_gone
from crawler.web.rooms.listed import changed as read_changed
from crawler.web.templating import render
from pipelines.messages import gettext as _
from pipelines.model import Entry
from pipelines.times import rfc3339

NEWEST = 50
"""Items of a feed: programs that read feeds ask every hour or so."""


@frozen(kw_only=True)
class FeedItem:
    """An item: its permanent name, its address, and its time. `summary` is the beginning of the text, or the event."""

    id: str
    title: str
    href: str
    updated: dt.datetime
    summary: str
    site: str

    @property
    def time(self) -> str:
        """The time as RFC 3339."""
        return rfc3339(self.updated, "seconds")


SUMMARY_CHARS = 200
"""Characters of a text in a feed: two sentences."""


def routes(room: Room) -> Iterator[Route]:
    """Yield the routes of all feeds."""
    yield Route("/search.atom", _feed(room, _search, FILTERS), methods=["GET"])
    yield Route("/sites/{site}.atom", _feed(room, _place("site"), FILTERS), methods=["GET"])
    yield Route("/regions/{region}.atom", _feed(room, _place("region"), FILTERS), methods=["GET"])
    yield Route("/gone.atom", _feed(room, _gone, FILTERS), methods=["GET"])
    yield Route("/changed.atom", _feed(room, _changed, FILTERS), methods=["GET"])


FeedMaker = Callable[[PageRequest, Reader], tuple[str, list[FeedItem]]]


def _feed(room: Room, read: FeedMaker, names: Callable[[], tuple[str, ...]]) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        asked = asked_by(room, request)
        check_names(asked.parameters, names())
        with room.reader() as reader:
            title, items = read(asked, reader)
        return unless_known(request, data_answer(feed(asked, title, items).encode(), "application/atom+xml"))

    return answer


def feed(asked: PageRequest, title: str, items: Iterable[FeedItem]) -> str:
    """Return a feed as XML, with the titles in the language of the request."""
    found = sorted(items, key=lambda each: each.updated, reverse=True)
    latest = found[0].time if found else "1970-01-01T00:00:00Z"
    return render(
        "feed.xml",
        asked.lang,
        title=title,
        address=asked.links.absolute(*asked.address.split("/"), parameters=asked.parameters),
        updated=latest,
        items=found,
        author=_("fangzhi reading room"),
    )


def items_of(asked: PageRequest, entries: Iterable[Entry]) -> list[FeedItem]:
    """Return an item for each capture with an article."""
    return [
        FeedItem(
            id=f"urn:fangzhi:{entry.id}",
            title=entry.articles[0].title or _("(no title)"),
            href=asked.links.absolute("a", entry.id),
            updated=entry.fetched_at,
            summary=entry.articles[0].text[:SUMMARY_CHARS],
            site=asked.room.site_name(entry.site) or entry.final_url,
        )
        for entry in entries
        if entry.articles
    ]


def _search(asked: PageRequest, reader: Reader, more: Parameters = ()) -> tuple[str, list[FeedItem]]:
    found = selected((*asked.parameters, *more), asked.room.places(reader.catalogue))
    results = reader.catalogue.search(found.filter, NEWEST, order="captured", folded=found.copies is None)
    hits = reader.catalogue.hits(found.filter.query, results.found)
    named = "，".join(value for name, value in (*asked.parameters, *more) if value)
    return named or _("All articles"), items_of(asked, (hit.entry for hit in hits))


def _place(kind: str) -> FeedMaker:
    def read(asked: PageRequest, reader: Reader) -> tuple[str, list[FeedItem]]:
        return _search(asked, reader, ((kind, asked.path[kind]),))

    return read


def _changed(asked: PageRequest, reader: Reader) -> tuple[str, list[FeedItem]]:
    view = read_changed(asked, reader)
    return view.title, items_of(asked, (row.entry for row in view.rows))


def _gone(asked: PageRequest, reader: Reader) -> tuple[str, list[FeedItem]]:
    view = read_gone(asked, reader)
    items = [
        FeedItem(
            id=f"urn:fangzhi:gone:{row.page.event.id}",
            title=row.title,
            href=asked.links.absolute("a", row.page.last.id),
            updated=row.page.event.at,
            summary=row.page.url,
            site=row.site_name,
        )
        for row in view.rows
    ]
    return view.title, items
