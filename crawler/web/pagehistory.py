"""The history of a page around one of its captures: versions, when it was gone and back, and its neighbours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from attrs import frozen

from crawler.web.links import Links
from pipelines.catalogue.history import Event, gone_since, history, version_at_capture, versions
from pipelines.messages import gettext as _
from pipelines.model import Entry
from pipelines.times import rfc3339


@frozen(kw_only=True)
class HistoryStep:
    """An event of a page: `href` leads to its capture, `changes` to what a version changed."""

    event: Event
    href: str
    changes: str | None
    is_here: bool

    @property
    def name(self) -> str:
        """What happened."""
        match self.event.kind:
            case "gone":
                return _("gone, confirmed") if self.event.confirmed_at else _("gone, not yet confirmed")
            case "back":
                return _("back")
        return _("version {number}", number=self.event.version)


@frozen(kw_only=True)
class PageHistory:
    """The history of a page. `number` is the version that the capture shows, 0 if it shows none."""

    steps: Sequence[HistoryStep]
    number: int
    count: int
    gone_at: dt.datetime | None
    previous: str | None = None
    next: str | None = None
    changes: str | None = None

    def document(self) -> list[dict[str, Any]]:
        """Return the events as JSON values."""
        return [
            {
                "kind": step.event.kind,
                "at": rfc3339(step.event.at),
                "id": step.event.id,
                "version": step.event.version,
                "confirmed_at": rfc3339(step.event.confirmed_at) if step.event.confirmed_at else None,
            }
            for step in self.steps
        ]


def page_history(entry: Entry, captures: Iterable[Entry], links: Links) -> PageHistory:
    """Return the history of a page around one of its captures."""
    known = list(captures)
    events, found = history(known), versions(known)
    shown = version_at_capture(found, entry) if entry.articles else None
    at = found.index(shown) if shown else -1
    ids = [each.id for each in found]
    gone = gone_since(events)
    return PageHistory(
        steps=[_step(each, ids, entry.id, links) for each in events],
        number=at + 1,
        count=len(found),
        gone_at=gone.at if gone else None,
        previous=links.to("a", ids[at - 1]) if at > 0 else None,
        next=links.to("a", ids[at + 1]) if 0 <= at < len(ids) - 1 else None,
        changes=links.to("compare", ids[at - 1], ids[at]) if at > 0 else None,
    )


def _step(event: Event, ids: Sequence[str], here: str, links: Links) -> HistoryStep:
    at = ids.index(event.id) if event.id in ids else 0
    return HistoryStep(
        event=event,
        href=links.to("a", event.id),
        changes=links.to("compare", ids[at - 1], ids[at]) if at and event.kind == "edited" else None,
        is_here=event.id == here,
    )
