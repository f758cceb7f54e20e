"""What one visit of a page brought, and what it says of when to come back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from attrs import define, evolve, field

from crawler.frontier.looks import ListResult
from crawler.frontier.revisit_policy import History, Known, Outcome, next_file, next_head, next_visit, visited
from pipelines.catalogue.history import is_missing
from pipelines.model import Entry
from pipelines.times import CHINA

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
