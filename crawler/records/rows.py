"""The rows of the records: a crawl of a site, a verification of the archive, and a mark of a reader."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from attrs import Factory, frozen

MarkKind = Literal["looked-at", "wrong"]

MARKS: tuple[MarkKind, ...] = ("looked-at", "wrong")
"""What a reader can say of an article: it was looked at and is as it should be, or its text or fields are wrong."""

VerificationKind = Literal["sample", "deep", "seal"]


@frozen(kw_only=True)
class CrawlRecord:
    """A crawl of a site that is over. `counts` is what `Stats.summary` returns; empty if the crawl was killed."""

    site: str
    started: dt.datetime
    ended: dt.datetime | None
    outcome: str
    counts: Mapping[str, Any] = Factory(dict)

    @property
    def seconds(self) -> float | None:
        """How long it took; None if it was killed."""
        return (self.ended - self.started).total_seconds() if self.ended else None


@frozen(kw_only=True)
class Verified:
    """A verification: `kind` says what it read, `counts` how much, and `findings` how many problems it found.

    `first` are the first of these, as `fangzhi verify --json` prints them.
    """

    at: dt.datetime
    kind: VerificationKind
    seconds: float
    findings: int
    counts: Mapping[str, int] = Factory(dict)
    first: Sequence[Mapping[str, Any]] = ()


@frozen(kw_only=True)
class Mark:
    """A mark of an article, by the id of its capture; the last one counts."""

    capture: str
    kind: MarkKind
    note: str
    at: dt.datetime
