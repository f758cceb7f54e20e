"""The history of a page by its captures: its versions, when it was gone, and when it was back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Literal

from attrs import evolve, frozen

from pipelines.model import Entry
from pipelines.text.urls import split_url

HOME_PATHS = (
    "",
    "/",
    *(f"/index.{ending}" for ending in ("html", "htm", "shtml", "jhtml", "php", "jsp", "asp", "aspx")),
)
"""URL paths of a home page, as web servers name it."""

CONFIRM_AFTER = dt.timedelta(hours=20)
"""A page is confirmed as gone if it is still missing this much later. The crawl of the next night comes no earlier, and
a site that is being rebuilt or restored is usually back by then."""

MAX_DETOUR = dt.timedelta(hours=1)
"""An article that follows a redirect to the home page within this time means that the site redirected there and back,
to set a cookie. Two steps of a redirect chain are at most the longest delay of a crawl apart."""

NOT_MODIFIED = 304
"""The status of an answer without a body: the page is unchanged (RFC 9110 §15.4.5)."""


@frozen(kw_only=True)
class Event:
    """A change of a page, and the capture that showed it.

    `version` is the number of the page's version at that time, counted from 1; for a page that is gone, its last one.
    `confirmed_at` is when a page that is `gone` was checked again and still missing, None if it was not checked.
    """

    kind: Literal["first", "edited", "gone", "back"]
    at: dt.datetime
    id: str
    version: int
    confirmed_at: dt.datetime | None = None


def history(captures: Iterable[Entry]) -> tuple[Event, ...]:
    """Return the events of one URL, oldest first, from its captures (see `Catalogue.captures`).

    Only a page that had an article can be gone. Refusals, failures and challenges say nothing about a page. It is back
    with an article or with a 304 answer.
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
        elif gone and is_present(entry):
            if detour and entry.fetched_at - events[-1].at < MAX_DETOUR:
                events.pop()
            else:
                events.append(_event("back", entry, events))
        if entry.outcome == "article" and entry.digests.text != text:
            events.append(_event("edited" if events else "first", entry, events))
            text = entry.digests.text
    return tuple(events)


def gone_since(events: Iterable[Event]) -> Event | None:
    """Return the event by which a page went that is gone now, None if it is present."""
    last = max(events, key=lambda event: event.at, default=None)
    return last if last and last.kind == "gone" else None


def versions(captures: Iterable[Entry]) -> list[Entry]:
    """Return the captures of one URL whose text differs from the text before, oldest first."""
    by_id = {entry.id: entry for entry in captures}
    return [by_id[event.id] for event in history(by_id.values()) if event.kind in ("first", "edited")]


def version_at_capture(versions: Sequence[Entry], capture: Entry) -> Entry | None:
    """Return which of a page's versions, oldest first, a capture shows: the capture itself, or the one it repeats."""
    moment = (capture.fetched_at, capture.id)
    return next((each for each in reversed(versions) if (each.fetched_at, each.id) <= moment), None)


def is_present(entry: Entry) -> bool:
    """Return whether an answer shows that the page exists: an article, or the status 304."""
    return entry.outcome == "article" or entry.status == NOT_MODIFIED


def is_missing(entry: Entry) -> bool:
    """Return whether an answer shows that the page does not exist.

    It does so by its status, by its words (a soft 404), or by leading to the home page.
    """
    if entry.reason == "challenge" or entry.status is None or entry.status == 429 or entry.status >= 500:
        return False
    if entry.status in (404, 410) or entry.reason == "soft-404":
        return True
    return _is_home(entry.redirect_to or entry.final_url) and not _is_home(entry.url)


def _is_home(url: str) -> bool:
    parts = split_url(url)
    return parts.path.lower() in HOME_PATHS and not parts.query


def _event(kind: Literal["first", "edited", "gone", "back"], entry: Entry, before: list[Event]) -> Event:
    version = (before[-1].version if before else 0) + (kind in ("first", "edited"))
    return Event(kind=kind, at=entry.fetched_at, id=entry.id, version=version)


def _confirmed(gone: Event, entry: Entry) -> Event:
    confirms = gone.confirmed_at is None and entry.fetched_at - gone.at >= CONFIRM_AFTER
    return evolve(gone, confirmed_at=entry.fetched_at) if confirms else gone
