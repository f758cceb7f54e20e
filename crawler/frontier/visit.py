"""Pure. What one visit of a page brought, and what it says of when to come back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from urllib.parse import urlsplit

from attrs import define, evolve, field

from crawler.frontier.visits import History, Known, Outcome, next_head, next_visit, visited
from pipelines.model import Entry

_CHINA = dt.timezone(dt.timedelta(hours=8))


@define(kw_only=True)
class Visit:
    """A page that was handed out: how much of what came of it is still on its way down the line.

    `found` counts the pages, unknown before, that a list led to; `shell` tells that the list itself is elsewhere, so
    that nothing new on this page does not mean that there is none; `why` names the failure where there was no answer.
    `lost` is set when something that came of it could not be kept: then the page goes on waiting.
    """

    known: Known
    open: int = 0
    exhausted: bool = False
    lost: bool = False
    found: int = 0
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
        return history, next_visit(history, outcome, now)

    def _outcome(self) -> Outcome:
        answer = _answer(self.entries)
        if self.why == "robots":
            return "forbidden"
        if answer is None or self.why:
            return "failed"
        if is_missing(answer):
            return "missing"
        if answer.status == 429 or (answer.status or 500) >= 500 or answer.reason in ("challenge", "parser-error"):
            return "failed"
        return (
            "changed" if answer.verdict.kind in ("new", "near-copy", "new-version") and answer.status != 304 else "same"
        )


def is_missing(entry: Entry) -> bool:
    """Tell whether an answer says that the page is not there: by its status, its words, or by leading home instead."""
    home = urlsplit(entry.final_url).path in ("", "/", "/index.html", "/index.htm", "/index.shtml")
    led_home = home and entry.url != entry.final_url and urlsplit(entry.url).path not in ("", "/")
    return entry.status in (404, 410) or entry.reason == "soft-404" or led_home


def _answer(entries: Iterable[Entry]) -> Entry | None:
    return max(entries, key=lambda entry: entry.fetched_at, default=None)


def _published(entry: Entry | None) -> dt.datetime | None:
    found = [article.published_at or article.published_on for article in entry.articles] if entry else []
    moment = next(filter(None, found), None)
    if moment is None or isinstance(moment, dt.datetime):
        return moment
    return dt.datetime.combine(moment, dt.time(), _CHINA)
