"""When a page is due again: soon while it is young or changes, seldom while it stays the same; and its files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Literal

from attrs import define, evolve, field, frozen

from crawler.frontier.page import Page
from crawler.sites.registry import Registry
from pipelines.catalogue.attachments import attachment_urls
from pipelines.catalogue.history import is_missing
from pipelines.model import Entry, Requisite
from pipelines.times import CHINA

VisitOutcome = Literal["same", "changed", "missing", "failed", "forbidden"]
"""Outcome of a visit: `missing` is a 404 or 410, `failed` an error that may be gone at the next visit."""

MIN_REVISIT = dt.timedelta(hours=6)
"""Most edits are made on the day of publication; a small server bears four visits a day."""

MAX_REVISIT = dt.timedelta(days=180)
"""A page that never changed is still visited twice a year: sites that are rebuilt lose all their old pages at once."""

CONFIRM_MISSING = (dt.timedelta(days=1), dt.timedelta(days=7))
"""When a missing page is visited again: after a day (the site may be rebuilt), then after a week (it was removed)."""

FIRST_RETRY = dt.timedelta(minutes=15)
"""The wait after the first failure; it doubles with each one, because what is down for hours is down for days."""

MAX_RETRY = dt.timedelta(days=7)
"""The longest wait after a failure."""

MAX_FAILURES = 12
"""Failures in a row after which a page that never answered is given up: about seven weeks of retries."""

MIN_LIST_INTERVAL, MAX_LIST_INTERVAL = dt.timedelta(hours=1), dt.timedelta(days=7)
"""A section's first page is visited at most every hour, for a newsroom, and at least every week, for a dead archive."""

MIN_REQUISITE_INTERVAL, MAX_REQUISITE_INTERVAL = dt.timedelta(days=7), MAX_REVISIT
"""A requisite is requested again, conditionally, if a page that needs it is new or changed after this time. Layouts
change a few times a year; with a week, requests for an unchanged layout stay below 5 % of those of a daily crawl."""

_FAILURE_REASONS = ("challenge", "parser-error", "incomplete")


@frozen(kw_only=True)
class History:
    """What earlier visits of a page showed.

    `changed_at` is when its text was last new: published, edited, or back again. `misses` counts the visits in a row
    that found it missing, `failures` the visits in a row that failed. `interval` is a list's time between visits.
    """

    visited_at: dt.datetime | None = None
    changed_at: dt.datetime | None = None
    misses: int = 0
    failures: int = 0
    interval: dt.timedelta | None = None
    etag: str | None = None
    last_modified: str | None = None

    @property
    def gone(self) -> bool:
        """Tell whether it is certain that the page is missing: a second visit did not find it either."""
        return self.misses > 1


@frozen(kw_only=True)
class KnownPage:
    """A page with the history of its visits."""

    page: Page
    history: History


def updated_history(
    history: History, outcome: VisitOutcome, at: dt.datetime, published: dt.datetime | None = None
) -> History:
    """Return the history after a visit; `published` is the publication date that the page states, if any."""
    if outcome == "failed":
        return evolve(history, failures=history.failures + 1)
    if outcome == "missing":
        return evolve(history, visited_at=at, failures=0, misses=history.misses + 1)
    new = outcome == "changed" or history.misses > 0 or history.changed_at is None
    first = history.visited_at is None and published
    changed_at = min(published, at) if first and published else at if new else history.changed_at
    return evolve(history, visited_at=at, changed_at=changed_at, failures=0, misses=0)


def next_visit(history: History, outcome: VisitOutcome, at: dt.datetime) -> dt.datetime | None:
    """Return when a page is due again after a visit, None for never.

    The wait equals the time for which the text has not changed: a new page is visited after 6 hours, then at each
    doubling of its age, 11 times in its first year, and then twice a year.
    """
    if outcome == "forbidden":
        return at + MAX_REVISIT
    if outcome == "failed":
        if history.visited_at is None and history.failures >= MAX_FAILURES:
            return None
        return at + min(FIRST_RETRY * (1 << history.failures - 1), MAX_RETRY)
    if outcome == "missing":
        return at + (CONFIRM_MISSING[history.misses - 1] if history.misses <= len(CONFIRM_MISSING) else MAX_REVISIT)
    return at + min(max(at - (history.changed_at or at), MIN_REVISIT), MAX_REVISIT)


def next_file_visit(history: History, outcome: VisitOutcome, at: dt.datetime) -> dt.datetime | None:
    """Return when a file is due again, None for never: it is fetched until it is archived or certainly missing."""
    if outcome == "failed" and history.failures < MAX_FAILURES:
        return next_visit(history, outcome, at)
    return at + CONFIRM_MISSING[0] if outcome == "missing" and not history.gone else None


def next_list_visit(history: History, new: int | None, at: dt.datetime) -> tuple[dt.timedelta, dt.datetime]:
    """Return a section's interval after its first page showed `new` unknown articles, and when the page is due again.

    `new` is None if the page cannot show any because a script loads its list.

    The interval halves if there was a new article and grows by half if there was none, so that about every second visit
    finds something.
    """
    interval = history.interval or MIN_LIST_INTERVAL * 6
    if new is not None:
        interval = interval / 2 if new else interval * 1.5
    interval = min(max(interval, MIN_LIST_INTERVAL), MAX_LIST_INTERVAL)
    return interval, at + interval


def next_requisite_visit(
    history: History, outcome: VisitOutcome, at: dt.datetime
) -> tuple[dt.timedelta, dt.datetime | None]:
    """Return after which time a requisite is requested again for a page that needs it, and when without such a page.

    The latter is only the case after a failure, as for files. The interval doubles as long as the bytes stay the same.
    """
    interval = MIN_REQUISITE_INTERVAL
    if outcome == "same" and history.interval:
        interval = min(history.interval * 2, MAX_REQUISITE_INTERVAL)
    is_retried = outcome == "failed" and history.failures < MAX_FAILURES
    return interval, next_visit(history, outcome, at) if is_retried else None


@frozen(kw_only=True)
class ListResult:
    """What one visit of a list page showed: how many `links` to articles, and how many of these were unknown.

    `links` is None if the page was not read, because it was not modified or redirects. `answer` names a failure: a
    rejection reason, an HTTP status or a network failure; it is empty if there was none. `newest_on` is the latest
    date that the list gives an article.
    """

    links: int | None = None
    new_articles: int = 0
    newest_on: dt.date | None = None
    answer: str = ""


@define(kw_only=True)
class Visit:
    """The visit of a page that was handed out, from its request until its last job is catalogued.

    `pending` counts the jobs that are being processed, `outputs_done` tells that no further job follows. For a list,
    `article_links` counts the links to articles, `new_articles` those that were unknown, and `listed_days` are the
    articles' dates. `script_only` tells that a script loads the list from another URL: no new article on this page does
    not mean that there is none. `failure` names the failure if there was no answer. `is_incomplete` tells that a job
    could not be stored; the page then stays queued. `requisites` are the captures of a requisite, as `entries` are
    those of a page.
    """

    known: KnownPage
    pending: int = 0
    outputs_done: bool = False
    is_incomplete: bool = False
    new_articles: int = 0
    article_links: int = 0
    listed_days: set[dt.date] = field(factory=set)
    script_only: bool = False
    failure: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    entries: list[Entry] = field(factory=list)
    requisites: list[Requisite] = field(factory=list)
    redirect_targets: set[str] = field(factory=set)

    @property
    def done(self) -> bool:
        """Tell whether all jobs of the page were processed."""
        return self.outputs_done and not self.pending

    def conclude(self, now: dt.datetime) -> tuple[History, dt.datetime | None]:
        """Return the page's history with this visit, and when the page is due again, None for never."""
        outcome, answer = self._outcome(), _answer(self.entries)
        history = updated_history(self.known.history, outcome, now, _published(answer))
        if outcome in ("same", "changed"):
            validators = (None, None) if self.script_only else (self.etag, self.last_modified)
            history = evolve(history, etag=validators[0], last_modified=validators[1])
        if self.known.page.role == "list" and outcome not in ("failed", "missing"):
            if self.known.page.list_page_number > 1:
                return history, None
            interval, due = next_list_visit(history, None if self.script_only else self.new_articles, now)
            return evolve(history, interval=interval), due
        if self.known.page.is_requisite:
            interval, retry = next_requisite_visit(self.known.history, outcome, now)
            return evolve(history, interval=interval), retry
        if self.known.page.role == "file":
            return history, next_file_visit(history, outcome, now)
        return history, next_visit(history, outcome, now)

    def list_result(self, now: dt.datetime) -> ListResult | None:
        """Return what a list page showed, None for other pages. Dates in the future are mistakes and are ignored."""
        if self.known.page.role != "list":
            return None
        answer = _answer(self.entries)
        if answer is None or self._outcome() in ("failed", "missing", "forbidden") or (answer.status or 0) >= 400:
            refused = f"status {answer.status}" if answer and answer.reason == "http-error" else None
            return ListResult(answer=refused or self.failure or (answer and answer.reason) or "failed")
        read = answer.status != 304 and answer.reason != "redirect"
        newest = max((day for day in self.listed_days if day <= now.astimezone(CHINA).date()), default=None)
        return ListResult(links=self.article_links if read else None, new_articles=self.new_articles, newest_on=newest)

    def _outcome(self) -> VisitOutcome:
        if self.known.page.is_requisite:
            return self._outcome_of_requisite()
        answer = _answer(self.entries)
        if self.failure == "robots":
            return "forbidden"
        if answer is None or self.failure:
            return "failed"
        if is_missing(answer):
            return "missing"
        if answer.status == 429 or (answer.status or 500) >= 500 or answer.reason in _FAILURE_REASONS:
            return "failed"
        return (
            "changed" if answer.verdict.kind in ("new", "near-copy", "new-version") and answer.status != 304 else "same"
        )

    def _outcome_of_requisite(self) -> VisitOutcome:
        answer = max(self.requisites, key=lambda each: each.fetched_at, default=None)
        if self.failure == "robots":
            return "forbidden"
        if answer is None or self.failure or answer.status == 429 or answer.status >= 500:
            return "failed"
        if answer.status in (404, 410):
            return "missing"
        return "same" if answer.is_repeated else "changed"


def _answer(entries: Iterable[Entry]) -> Entry | None:
    """Return the last of the entries, None if there is none."""
    return max(entries, key=lambda entry: entry.fetched_at, default=None)


def _published(entry: Entry | None) -> dt.datetime | None:
    dates = [article.published_at or article.published_on for article in entry.articles] if entry else []
    first = next(filter(None, dates), None)
    if first is None or isinstance(first, dt.datetime):
        return first
    return dt.datetime.combine(first, dt.time(), CHINA)


def files_of(page: Page, entry: Entry, registry: Registry) -> tuple[Page, ...]:
    """Return the linked files of a page's articles, as pages to fetch; its site's `files` says which ones.

    Files on hosts of no site are fetched too, at the pace of the article's site. Files on the hosts of another site are
    left to that site.
    """
    site = registry.sites.get(page.site)
    if page.role != "article" or site is None or site.files == "none":
        return ()
    urls = attachment_urls(entry, pictures=site.files == "all")
    return tuple(
        Page(url=url, site=site.slug, role="file", section=entry.final_url)
        for url in urls
        if registry.find(url) in (site, None)
    )
