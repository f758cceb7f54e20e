"""Renditions after a crawl: pictures or PDFs of its new and changed articles, for sites that ask for them.

They are made when all requests of the crawl are done and its captures are catalogued: a browser takes a core and about
a second for each page, a page can be shown only after its requisites have arrived, and a browser that hangs or dies
then costs no capture. What the time is too short for is left to the next crawl of the site.
"""

from __future__ import annotations

import datetime as dt
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from attrs import define

from crawler.cli.session import Session
from crawler.monitoring.outcomes import ARTICLES, outcome
from pipelines.errors import FangzhiError
from pipelines.messages import Message
from pipelines.messages import gettext as _
from pipelines.times import CHINA

if TYPE_CHECKING:
    from crawler.cli.renditions import RenditionRun
    from crawler.sites.site import Site
    from pipelines.archive.rendition_index import RenditionForm
    from pipelines.model import Entry

MAX_SECONDS = 600.0
"""Maximum time for the renditions of one crawl: some 500 pages, and less than the hour after which most sites are due.
"""

MAX_AGE = dt.timedelta(days=7)
"""Articles that were captured longer ago get no rendition any more: so old is what weekly crawls could not finish."""


@define(kw_only=True)
class RenditionCounts:
    """The renditions of a crawl: made, failed, and left to the next crawl.

    `broken` is whether an error ended it before its time.
    """

    made: int = 0
    failed: int = 0
    left: int = 0
    broken: bool = False

    def line(self) -> Message:
        """Return a line for people."""
        return _(
            "renditions: {made} made, {failed} failed, {left} left to the next crawl",
            made=self.made,
            failed=self.failed,
            left=self.left,
        )

    def document(self) -> dict[str, Any]:
        """Return JSON values."""
        return {"made": self.made, "failed": self.failed, "left": self.left}


def render_articles(session: Session, sites: Sequence[Site], seconds: float = MAX_SECONDS) -> RenditionCounts | None:
    """Make the renditions that these sites lack, within a time; None if no site asks for any.

    An error of the browser or of a store is printed and counted: the crawl itself is done. The newest articles come
    first, so that a page on which the browser hangs holds up no newer one. The first Ctrl-C ends it after the page in
    work.
    """
    from crawler.cli.renditions import rendition_run

    if all(site.rendition == "none" for site in sites):
        return None
    counts, until = RenditionCounts(), time.monotonic() + seconds
    try:
        with _stopping() as stopped, rendition_run(session) as run:
            missing = _missing(run, sites)
            counts.left = sum(map(len, missing.values()))
            for form, entries in missing.items():
                made, failed = run.make(entries, form, lambda: not stopped() and time.monotonic() < until)
                counts.made, counts.failed = counts.made + made, counts.failed + failed
                counts.left -= made + failed
    except FangzhiError as error:
        counts.broken = True
        session.complain(FangzhiError(_("the renditions are not complete: {detail}", detail=str(error)), error.hint))
    return counts


def _missing(run: RenditionRun, sites: Sequence[Site]) -> dict[RenditionForm, list[Entry]]:
    """Return the new and changed articles of the last days that have no rendition in the form of their site."""
    from pipelines.archive.rendition_index import renditions
    from pipelines.catalogue.filters import Filter

    since = dt.datetime.now(dt.UTC) - MAX_AGE
    there = {(each.form, each.page, each.captured_at) for each in renditions(run.storage, since)}
    found: dict[RenditionForm, list[Entry]] = {}
    for site in sites:
        if site.rendition == "none":
            continue
        wanted = Filter(site=site.slug, outcome="article", captured_since=since.astimezone(CHINA).date())
        found.setdefault(site.rendition, []).extend(
            entry
            for entry in run.catalogue.entries(wanted)
            if outcome(entry) in ARTICLES and (site.rendition, entry.final_url, entry.fetched_at) not in there
        )
    return {form: sorted(each, key=lambda entry: entry.fetched_at, reverse=True) for form, each in found.items()}


@contextmanager
def _stopping() -> Iterator[Callable[[], bool]]:
    """Yield whether SIGINT or SIGTERM has come; a second one ends the process as usual."""
    came: list[int] = []

    def stop(number: int, _frame: object) -> None:
        came.append(number)
        signal.signal(number, signal.default_int_handler)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(came)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
