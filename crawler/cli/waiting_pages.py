"""Pages that a crawl leaves to a later one, as `crawl` reports them and `schedule` repeats."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from crawler.frontier.availability import Opening
from crawler.schedule.timetable import in_china, moment
from pipelines.messages import Message, ngettext


@frozen(kw_only=True)
class WaitingPages:
    """How many pages of a site wait for a later crawl, and why."""

    site: str
    pages: int
    opening: Opening

    def line(self) -> Message:
        """Return a line for people."""
        return ngettext(
            "{site}: {count} page waits until {at}: {why}.",
            "{site}: {count} pages wait until {at}: {why}.",
            self.pages,
            site=self.site,
            at=in_china(self.opening.at),
            why=self.opening.why,
        )

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> WaitingPages:
        """Return what `document` describes."""
        opening = Opening(at=dt.datetime.fromisoformat(document["until"]), why=document["why"])
        return cls(site=document["site"], pages=document["pages"], opening=opening)

    def document(self) -> dict[str, Any]:
        """Return JSON values."""
        return {"site": self.site, "pages": self.pages, "until": moment(self.opening.at), "why": self.opening.why}
