"""One row of the catalogue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Set
from typing import Literal

from attrs import frozen

from pipelines.model.article import Article
from pipelines.model.capture import Location, Region
from pipelines.model.draft import File
from pipelines.model.verdict import Digests, Verdict


@frozen(kw_only=True)
class Version:
    """Versions of the programs that read a page: the same bytes and the same versions give the same entry."""

    fangzhi: str
    trafilatura: str


@frozen(kw_only=True)
class Entry:
    """One row of the catalogue: everything known about one capture; `redirect_to` is the target of a 3xx response.

    `rendered` is the browser whose DOM was read, None for a body that came over the wire.
    """

    id: str
    site: str | None
    region: Region | None
    url: str
    final_url: str
    status: int | None
    redirect_to: str | None = None
    fetched_at: dt.datetime
    rendered: str | None = None
    outcome: Literal["article", "rejected"]
    reason: str | None
    articles: tuple[Article, ...]
    file: File | None = None
    verdict: Verdict
    digests: Digests
    location: Location | None
    recipe: str
    version: Version

    @property
    def score(self) -> float | None:
        """The lowest quality score of its articles, None if it has none."""
        return min((score for article in self.articles if (score := article.quality.score) is not None), default=None)


@frozen(kw_only=True)
class EntryChange:
    """What putting or removing an entry changed for later captures.

    `fingerprints` are the winnowing fingerprints that were added or removed: later captures that share one of them must
    be classified again. `replaced` is the entry that was there before, if it was another one.
    """

    fingerprints: Set[int] = frozenset()
    replaced: Entry | None = None
