"""When a page is to be asked for again: soon where it is young or changes, seldom where it stays as it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Literal

from attrs import define, evolve, field, frozen

from crawler.frontier.page import Page
from crawler.sites.registry import Registry
from pipelines.catalogue.attachments import addresses
from pipelines.catalogue.history import is_missing
from pipelines.model import Entry
from pipelines.times import CHINA

Outcome = Literal["same", "changed", "missing", "failed", "forbidden"]
"""What became of a visit: `missing` is a 404 or 410, `failed` anything that may be otherwise the next time."""

SOONEST = dt.timedelta(hours=6)
"""Most edits come on the day of publication; four looks a day are what a small server bears."""

LATEST = dt.timedelta(days=180)
"""A page that never changed is still looked at twice a year: sites that are rebuilt lose their old pages at once."""

CONFIRM = (dt.timedelta(days=1), dt.timedelta(days=7))
"""When a page that is missing is looked for again: a day later (a rebuilt site), then a week (a removed page)."""

RETRY = dt.timedelta(minutes=15)
"""The first wait after a failure; it doubles with each one, because what is down for hours is down for days."""

RETRY_LATEST = dt.timedelta(days=7)
GIVE_UP = 12
"""Failures in a row after which a page that never answered is let go: some seven weeks of tries."""

HEAD_SOONEST, HEAD_LATEST = dt.timedelta(hours=1), dt.timedelta(days=7)
"""A section's head is asked for at most every hour, for a newsroom, and at least every week, for a dead archive."""


@frozen(kw_only=True)
class History:
    """What earlier visits of a page showed. `since` is when its text was last new: published, edited, or back again."""

    visited_at: dt.datetime | None = None
    since: dt.datetime | None = None
    missed: int = 0
    failed: int = 0
    interval: dt.timedelta | None = None
    etag: str | None = None
    last_modified: str | None = None

    @property
    def gone(self) -> bool:
        """Tell whether the page is missing for sure: it was looked for again and still was not there."""
        return self.missed > 1


@frozen(kw_only=True)
class Known:
    """A page with what its visits showed."""

    page: Page
    history: History


def visited(history: History, outcome: Outcome, at: dt.datetime, published: dt.datetime | None = None) -> History:
    """Return the history after a visit; `published` is what the page says of itself, if it says it."""
    if outcome == "failed":
        return evolve(history, failed=history.failed + 1)
    if outcome == "missing":
        return evolve(history, visited_at=at, failed=0, missed=history.missed + 1)
    new = outcome == "changed" or history.missed > 0 or history.since is None
    first = history.visited_at is None and published
    since = min(published, at) if first and published else at if new else history.since
    return evolve(history, visited_at=at, since=since, failed=0, missed=0)


def next_visit(history: History, outcome: Outcome, at: dt.datetime) -> dt.datetime | None:
    """Return when a page is to be asked for again after a visit, None for never.

    As long as its text has stood unchanged, so long again it is left alone: a new page is seen after 6 hours, then at
    each doubling of its age, 11 times in its first year, and then twice a year.
    """
    if outcome == "forbidden":
        return at + LATEST
    if outcome == "failed":
        if history.visited_at is None and history.failed >= GIVE_UP:
            return None
        return at + min(RETRY * (1 << history.failed - 1), RETRY_LATEST)
    if outcome == "missing":
        return at + (CONFIRM[history.missed - 1] if history.missed <= len(CONFIRM) else LATEST)
    return at + min(max(at - (history.since or at), SOONEST), LATEST)


def next_file(history: History, outcome: Outcome, at: dt.datetime) -> dt.datetime | None:
    """Return when a file is to be asked for again: until it is there, or is missing for sure; None for never."""
    if outcome == "failed" and history.failed < GIVE_UP:
        return next_visit(history, outcome, at)
    return at + CONFIRM[0] if outcome == "missing" and not history.gone else None


def next_head(history: History, new: int | None, at: dt.datetime) -> tuple[dt.timedelta, dt.datetime]:
    """Return a section's interval after its head showed `new` unknown articles, and when to look at it again.

    `new` is None where the head cannot show any, because its list is asked for apart.

    The interval halves where something new was found and grows by half where nothing was, so that it settles where
    about every other look brings something.
    """
    interval = history.interval or HEAD_SOONEST * 6
    if new is not None:
        interval = interval / 2 if new else interval * 1.5
    interval = min(max(interval, HEAD_SOONEST), HEAD_LATEST)
    return interval, at + interval


@frozen(kw_only=True)
class ListResult:
    """What one visit of a list page showed: how many `links` to articles, how many of them were not known before.

    `links` is None where the page was not read: it answers that it is as it was, or sends on. `answer` names what stood
    in the way: a reason, a status, or a failure; it is empty where the page was there. `newest_on` is the latest day
    that it gives an article.
    """

    links: int | None = None
    found: int = 0
    newest_on: dt.date | None = None
    answer: str = ""


_FAILURES = ("challenge", "parser-error", "incomplete")


@define(kw_only=True)
class Visit:
    """A page that was handed out: how much of what came of it is still on its way down the line.

    `found` counts the pages, unknown before, that a list led to, `links` all articles that it shows, and `days` are
    those that it gives them; `shell` tells that the list itself is elsewhere, so that nothing new on this page does not
    mean that there is none; `why` names the failure where there was no answer.
    `lost` is set when something that came of it could not be kept: then the page goes on waiting.
    """

    known: Known
    open: int = 0
    exhausted: bool = False
    lost: bool = False
    found: int = 0
    links: int = 0
    days: set[dt.date] = field(factory=set)
    shell: bool = False
    why: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    entries: list[Entry] = field(factory=list)
    targets: set[str] = field(factory=set)

    @property
    def done(self) -> bool:
        """Tell whether all that came of the page has been dealt with."""
        return self.exhausted and not self.open

    def settled(self, now: dt.datetime) -> tuple[History, dt.datetime | None]:
        """Return the page's history with this visit, and when it is due again."""
        outcome, answer = self._outcome(), _answer(self.entries)
        history = visited(self.known.history, outcome, now, _published(answer))
        if outcome in ("same", "changed"):
            known = (None, None) if self.shell else (self.etag, self.last_modified)
            history = evolve(history, etag=known[0], last_modified=known[1])
        if self.known.page.role == "list" and outcome not in ("failed", "missing"):
            if self.known.page.walked > 1:
                return history, None
            interval, due = next_head(history, None if self.shell else self.found, now)
            return evolve(history, interval=interval), due
        if self.known.page.role == "file":
            return history, next_file(history, outcome, now)
        return history, next_visit(history, outcome, now)

    def shown(self, now: dt.datetime) -> ListResult | None:
        """Return what a list page showed, None for a page of another kind. Days to come are mistakes of the list."""
        if self.known.page.role != "list":
            return None
        answer = _answer(self.entries)
        if answer is None or self._outcome() in ("failed", "missing", "forbidden") or (answer.status or 0) >= 400:
            refused = f"status {answer.status}" if answer and answer.reason == "http-error" else None
            return ListResult(answer=refused or self.why or (answer and answer.reason) or "failed")
        read = answer.status != 304 and answer.reason != "redirect"
        newest = max((day for day in self.days if day <= now.astimezone(CHINA).date()), default=None)
        return ListResult(links=self.links if read else None, found=self.found, newest_on=newest)

    def _outcome(self) -> Outcome:
        answer = _answer(self.entries)
        if self.why == "robots":
            return "forbidden"
        if answer is None or self.why:
            return "failed"
        if is_missing(answer):
            return "missing"
        if answer.status == 429 or (answer.status or 500) >= 500 or answer.reason in _FAILURES:
            return "failed"
        return (
            "changed" if answer.verdict.kind in ("new", "near-copy", "new-version") and answer.status != 304 else "same"
        )


def _answer(entries: Iterable[Entry]) -> Entry | None:
    return max(entries, key=lambda entry: entry.fetched_at, default=None)


def _published(entry: Entry | None) -> dt.datetime | None:
    found = [article.published_at or article.published_on for article in entry.articles] if entry else []
    moment = next(filter(None, found), None)
    if moment is None or isinstance(moment, dt.datetime):
        return moment
    return dt.datetime.combine(moment, dt.time(), CHINA)


def files_of(page: Page, entry: Entry, registry: Registry) -> tuple[Page, ...]:
    """Return the files that a page's articles link as pages of their own, as its site wants them.

    They are asked for wherever they lie, at the pace of the article's site; those of another site are that site's own.
    """
    site = registry.sites.get(page.site)
    if page.role != "article" or site is None or site.files == "none":
        return ()
    urls = addresses(entry, pictures=site.files == "all")
    return tuple(
        Page(url=url, site=site.slug, role="file", section=entry.final_url)
        for url in urls
        if registry.find(url) in (site, None)
    )
