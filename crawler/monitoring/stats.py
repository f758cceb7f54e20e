"""What came of one site's captures, counted so that it adds up, and what its articles lack."""

from __future__ import annotations

from collections import Counter
from typing import Any

from attrs import Factory, define

from crawler.monitoring.report import BACK, CHANGED, DUPLICATE, KEPT, NEW, UNCHANGED, outcome
from pipelines.catalogue.history import Event
from pipelines.model import Article, Entry

FIELDS = ("title", "date", "source", "column")

LOSSES = ("lost-characters", "private-characters", "guessed-characters")
"""Flags of texts that no repair gives back for certain."""


def status_class(status: int | None) -> str:
    """Return a status as reports count it.

    >>> status_class(404), status_class(None)
    ('4xx', 'none')
    """
    return f"{status // 100}xx" if status else "none"


@define(kw_only=True)
class Stats:
    """Counts of one site: captures = the sum of `outcomes`; what gave no answer is in `failed` by cause.

    `statuses` are those of both. `articles` are those read, of which `fields` says how many have what, `repaired` how
    many were mended and `lossy` how many have lost characters for good.
    """

    outcomes: Counter[str] = Factory(Counter)
    failed: Counter[str] = Factory(Counter)
    statuses: Counter[str] = Factory(Counter)
    fields: Counter[str] = Factory(Counter)
    articles: int = 0
    repaired: int = 0
    lossy: int = 0
    forbidden: int = 0

    @property
    def captures(self) -> int:
        """Return how many captures were counted."""
        return self.outcomes.total()

    @property
    def challenges(self) -> int:
        """Return how many of them were challenges."""
        return self.outcomes["challenge"]

    @property
    def given(self) -> int:
        """Return how many of them gave an article, or said that it is as it was."""
        return sum(self.outcomes[kind] for kind in (NEW, CHANGED, BACK, DUPLICATE, UNCHANGED))

    @property
    def rejected(self) -> dict[str, int]:
        """Return the rejections by reason, the most frequent first."""
        return {reason: count for reason, count in self.outcomes.most_common() if reason not in KEPT and count}

    def add(self, entry: Entry) -> None:
        """Count a capture."""
        self.outcomes[outcome(entry)] += 1
        self.statuses[status_class(entry.status)] += 1
        for article in entry.articles:
            self._read(article)

    def recount(self, entry: Entry, event: Event) -> None:
        """Count a capture that was added as what it shows of its page's history."""
        self.outcomes[outcome(entry)] -= 1
        self.outcomes[outcome(entry, event)] += 1

    def fail(self, why: str) -> None:
        """Count a page that gave no answer; what robots.txt forbids was not asked for and is counted apart."""
        if why == "robots":
            self.forbidden += 1
        else:
            self.failed[why] += 1
            self.statuses[status_class(None)] += 1

    def share(self, count: int, of: int | None = None) -> float | None:
        """Return a count as share of the captures, or `of` another number; None of nothing."""
        whole = self.captures if of is None else of
        return round(count / whole, 4) if whole else None

    def document(self) -> dict[str, Any]:
        """Return the counts as JSON values."""
        return {
            "captures": self.captures,
            **{kind.replace("-", "_"): self.outcomes[kind] for kind in KEPT},
            "rejected": self.rejected,
            "failed": dict(self.failed.most_common()),
            "forbidden": self.forbidden,
            "statuses": dict(sorted(self.statuses.items())),
            "challenge_rate": self.share(self.challenges),
            "coverage": {name: self.share(self.fields[name], self.articles) for name in FIELDS},
            "damage": {
                "articles": self.articles,
                "repaired": self.share(self.repaired, self.articles),
                "lossy": self.share(self.lossy, self.articles),
            },
        }

    def _read(self, article: Article) -> None:
        self.articles += 1
        there = (article.title, article.published_on or article.published_at, article.source, article.column)
        self.fields.update(name for name, value in zip(FIELDS, there, strict=True) if value)
        self.repaired += bool(article.repairs)
        self.lossy += any(flag in LOSSES for flag in article.quality.flags)
