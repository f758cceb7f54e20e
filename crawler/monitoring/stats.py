"""Counts of captures, of a run or of one site, that add up."""

from __future__ import annotations

from collections import Counter
from typing import Any

from attrs import Factory, define

from crawler.monitoring.outcomes import (
    ARTICLES,
    BACK,
    DUPLICATES,
    LIST,
    NOT_REJECTED,
    USUAL_REASONS,
    outcome,
    outcome_of,
)
from crawler.monitoring.requisites import RequisiteCounts
from pipelines.catalogue.attachments import FILE_REASON
from pipelines.catalogue.facts import Facts, facts_of
from pipelines.catalogue.history import Event
from pipelines.catalogue.newest import Recent
from pipelines.model import Entry

FIELDS = ("title", "date", "source", "column")


def status_class(status: int | None) -> str:
    """Return the class of an HTTP status, as reports count it.

    >>> status_class(404), status_class(None)
    ('4xx', 'none')
    """
    return f"{status // 100}xx" if status else "none"


@define(kw_only=True)
class Stats:
    """Counts of a run, or of one site: fetched = captures + failed, and captures = the sum of `outcomes`.

    `failed` counts the pages without an answer by cause, `statuses` the HTTP status classes of both. `extracted` counts
    the extracted articles, duplicates included; `fields` says how many of them have which field, `repaired` how many
    were repaired, and `lossy` how many have lost characters for good. `requisites` counts those of pages, apart.
    """

    outcomes: Counter[str] = Factory(Counter)
    failed: Counter[str] = Factory(Counter)
    statuses: Counter[str] = Factory(Counter)
    fields: Counter[str] = Factory(Counter)
    extracted: int = 0
    repaired: int = 0
    lossy: int = 0
    forbidden: int = 0
    revisits: int = 0
    downgraded: int = 0
    requisites: RequisiteCounts = Factory(RequisiteCounts)

    @property
    def captures(self) -> int:
        """Return the number of captures."""
        return self.outcomes.total()

    @property
    def fetched(self) -> int:
        """Return the number of exchanges that were made or tried."""
        return self.captures + self.failed.total()

    @property
    def articles(self) -> int:
        """Return the number of captures that gave a new article or a new version of one."""
        return sum(self.outcomes[kind] for kind in ARTICLES)

    @property
    def duplicates(self) -> int:
        """Return the number of captures that repeat an article or were answered by 304 Not Modified."""
        return sum(self.outcomes[kind] for kind in DUPLICATES)

    @property
    def challenges(self) -> int:
        """Return the number of captures that were anti-bot challenges."""
        return self.outcomes["challenge"]

    @property
    def successful(self) -> int:
        """Return the number of captures that gave an article, or said that it is unchanged."""
        return self.articles + self.duplicates + self.outcomes[BACK]

    @property
    def rejected(self) -> Counter[str]:
        """Return the rejections by reason, the most frequent first."""
        return Counter(
            {reason: count for reason, count in self.outcomes.most_common() if reason not in NOT_REJECTED and count}
        )

    @property
    def files(self) -> int:
        """Return the number of archived attachments and pictures; they are among the rejections."""
        return self.outcomes[FILE_REASON]

    @property
    def lists(self) -> int:
        """Return the number of list pages, home pages and answers of list APIs; they are among the rejections."""
        return self.outcomes[LIST]

    @property
    def refused(self) -> Counter[str]:
        """Return the rejections by reason without files and lists: what gave no article although it could have."""
        return Counter({reason: count for reason, count in self.rejected.items() if reason not in USUAL_REASONS})

    def add(self, entry: Entry) -> None:
        """Count a capture."""
        self.revisits += entry.verdict.kind == "same-bytes"
        self.downgraded += entry.url.startswith("https:") and entry.final_url.startswith("http:")
        self._add(outcome(entry), facts_of(entry))

    def add_recent(self, kind: Recent) -> None:
        """Count captures of a kind that the catalogue gives without their documents."""
        self.revisits += kind.captures * (kind.verdict.kind == "same-bytes")
        self.downgraded += kind.captures * kind.downgraded
        self._add(outcome_of(kind.outcome, kind.reason, kind.verdict), kind.facts, kind.captures)

    def recount(self, entry: Entry, event: Event) -> None:
        """Move a capture that was added to the outcome that its page's history gives it, such as `gone`."""
        self.outcomes[outcome(entry)] -= 1
        self.outcomes[outcome(entry, event)] += 1

    def fail(self, why: str) -> None:
        """Count a page without an answer; pages that robots.txt forbids were not requested and are counted apart."""
        if why == "robots":
            self.forbidden += 1
        else:
            self.failed[why] += 1
            self.statuses[status_class(None)] += 1

    def share(self, count: int, of: int | None = None) -> float | None:
        """Return a count as share of the captures, or `of` another number; None where that is zero."""
        whole = self.captures if of is None else of
        return round(count / whole, 4) if whole else None

    def summary(self) -> dict[str, Any]:
        """Return the counts of a run as JSON values: fetched = articles + duplicates + rejected + failed."""
        return {
            "fetched": self.fetched,
            "articles": self.articles,
            "duplicates": self.duplicates,
            "rejected": dict(sorted(self.rejected.items())),
            "failed": dict(sorted(self.failed.items())),
            "forbidden": self.forbidden,
            "revisits": self.revisits,
            "downgraded": self.downgraded,
            "requisites": self.requisites.document(),
        }

    def document(self) -> dict[str, Any]:
        """Return the counts of a site as JSON values."""
        return {
            "captures": self.captures,
            **{kind.replace("-", "_"): self.outcomes[kind] for kind in NOT_REJECTED},
            "rejected": dict(self.rejected),
            "failed": dict(self.failed.most_common()),
            "forbidden": self.forbidden,
            "statuses": dict(sorted(self.statuses.items())),
            "challenge_rate": self.share(self.challenges),
            "coverage": {name: self.share(self.fields[name], self.extracted) for name in FIELDS},
            "damage": {
                "articles": self.extracted,
                "repaired": self.share(self.repaired, self.extracted),
                "lossy": self.share(self.lossy, self.extracted),
            },
        }

    def _add(self, kind: str, facts: Facts, captures: int = 1) -> None:
        self.outcomes[kind] += captures
        self.statuses[status_class(facts.status)] += captures
        self.extracted += captures * facts.articles
        self.fields.update({name: captures * number for name in FIELDS if (number := getattr(facts, name))})
        self.repaired += captures * facts.repaired
        self.lossy += captures * facts.lossy
