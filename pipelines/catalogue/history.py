"""What became of a page over the years: its versions, when it was gone, and when it was back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Literal
from urllib.parse import urlsplit

from attrs import evolve, frozen

from pipelines.model import Entry

HOMES = ("", "/", *(f"/index.{ending}" for ending in ("html", "htm", "shtml", "jhtml", "php", "jsp", "asp", "aspx")))
"""Paths of a home page, as web servers have them."""

SURE = dt.timedelta(hours=20)
"""How much later a page must be missing still to be gone for sure: the crawl of the next night comes no earlier, and a
site that is rebuilt or restored is up again by then."""

DETOUR = dt.timedelta(hours=1)
"""Within this time of a redirect to the home page an article means that it led there and back, to set a cookie: a
crawl's longest delay lies between two steps of a way, not more."""


NOT_MODIFIED = 304


@frozen(kw_only=True)
class Event:
    """Something that became of a page, and the capture that showed it.

    `version` is that which the page has, or had last, counted from 1. A page that is `gone` was looked for again and
    still missing at `confirmed_at`, if it was.
    """

    kind: Literal["first", "edited", "gone", "back"]
    at: dt.datetime
    id: str
    version: int
    confirmed_at: dt.datetime | None = None


def history(captures: Iterable[Entry]) -> tuple[Event, ...]:
    """Return the events of one address, oldest first, from the captures that were asked or answered under it.

    Only what had an article can be gone. Refusals, failures and challenges say nothing of a page. It is back with an
    article, or with an answer 304.
    """
    events: list[Event] = []
    text: str | None = ""
    detour = False
    for entry in sorted(captures, key=lambda entry: (entry.fetched_at, entry.id)):
        gone = bool(events) and events[-1].kind == "gone"
        if is_missing(entry):
            if gone:
                events[-1] = _confirmed(events[-1], entry)
            elif events:
                events.append(_event("gone", entry, events))
            detour = entry.reason == "redirect" and not gone
        elif gone and is_there(entry):
            if detour and entry.fetched_at - events[-1].at < DETOUR:
                events.pop()
            else:
                events.append(_event("back", entry, events))
        if entry.outcome == "article" and entry.digests.text != text:
            events.append(_event("edited" if events else "first", entry, events))
            text = entry.digests.text
    return tuple(events)


def gone_since(events: Iterable[Event]) -> Event | None:
    """Return how a page went that is gone now, None for one that is there."""
    last = max(events, key=lambda event: event.at, default=None)
    return last if last and last.kind == "gone" else None


def versions(captures: Iterable[Entry]) -> list[Entry]:
    """Return the captures of one address that brought another text than the one before, oldest first."""
    by_id = {entry.id: entry for entry in captures}
    return [by_id[event.id] for event in history(by_id.values()) if event.kind in ("first", "edited")]


def in_force(versions: Sequence[Entry], capture: Entry) -> Entry | None:
    """Return which of a page's versions, oldest first, a capture of it found there: its own, or one that it repeats."""
    made = (capture.fetched_at, capture.id)
    return next((each for each in reversed(versions) if (each.fetched_at, each.id) <= made), None)


def is_there(entry: Entry) -> bool:
    """Tell whether an answer says that the page is there: with an article, or that it is not modified."""
    return entry.outcome == "article" or entry.status == NOT_MODIFIED


def is_missing(entry: Entry) -> bool:
    """Tell whether an answer says that the page is not there: by its status, its words, or by leading home instead."""
    if entry.reason == "challenge" or entry.status is None or entry.status == 429 or entry.status >= 500:
        return False
    if entry.status in (404, 410) or entry.reason == "soft-404":
        return True
    return _is_home(entry.redirect_to or entry.final_url) and not _is_home(entry.url)


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path.lower() in HOMES and not parts.query


def _event(kind: Literal["first", "edited", "gone", "back"], entry: Entry, before: list[Event]) -> Event:
    version = (before[-1].version if before else 0) + (kind in ("first", "edited"))
    return Event(kind=kind, at=entry.fetched_at, id=entry.id, version=version)


def _confirmed(gone: Event, entry: Entry) -> Event:
    again = gone.confirmed_at is None and entry.fetched_at - gone.at >= SURE
    return evolve(gone, confirmed_at=entry.fetched_at) if again else gone
