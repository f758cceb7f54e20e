"""Lists of events: those of the last week, or all, page by page."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from crawler.web.applied import Applied, applied
from crawler.web.links import replaced, without
from crawler.web.page_request import PageRequest
from crawler.web.parameters import Window

WEEK = "7d"


@frozen(kw_only=True)
class Weekly:
    """Whether a list is that of a week, and the addresses of that of a week, of all events, and of the next page.

    `applied` are the filters in force.
    """

    is_week: bool
    week: str
    everything: str
    next: str | None
    applied: Sequence[Applied]


def weekly(asked: PageRequest, shown: Window, total: int) -> Weekly:
    """Return where else a reader can go from a page of a list with so many events."""
    plain = without(asked.parameters, "page")
    is_week = dict(plain).get("captured_since") == WEEK
    return Weekly(
        is_week=is_week,
        week=asked.here(replaced(plain, captured_since=WEEK)),
        everything=asked.here(without(plain, "captured_since")),
        next=asked.after(shown, total),
        applied=applied(asked, "captured_since") if is_week else applied(asked),
    )
