"""What a run did, counted so that it adds up: every capture counts in exactly one outcome."""

from __future__ import annotations

from collections import Counter
from typing import Any

from pipelines.catalogue.history import Event
from pipelines.model import Entry, Verdict

NEW, CHANGED, BACK, GONE, DUPLICATE = "new", "changed", "back", "gone", "duplicate"

UNCHANGED = "not-modified"
"""The reason of an answer 304, which stands for the same bytes as before: one more duplicate."""

ARTICLES, DUPLICATES = (NEW, CHANGED), (DUPLICATE, UNCHANGED)
KEPT = (NEW, CHANGED, BACK, GONE, DUPLICATE, UNCHANGED)
"""Outcomes that are no rejections."""


def outcome(entry: Entry, event: Event | None = None) -> str:
    """Return the one outcome of a capture; `event` is what it shows of its page's history, if it shows any.

    What makes a page gone or brings it back is that, whatever else it is.
    """
    if event and event.kind in (GONE, BACK):
        return event.kind
    return outcome_of(entry.outcome, entry.reason, entry.verdict)


def outcome_of(kind: str, reason: str | None, verdict: Verdict) -> str:
    """Return the outcome of a capture of which no more than this is known.

    An article is new, changed or a duplicate, an answer 304 not-modified, and all others have the reason of their
    rejection.
    """
    if kind == "rejected":
        return reason or kind
    if verdict.repeats:
        return DUPLICATE
    return CHANGED if verdict.kind == "new-version" else NEW


class Report:
    """Counts of a run: fetched = articles + duplicates + rejected by reason + failed."""

    def __init__(self) -> None:
        self.articles = 0
        self.duplicates = 0
        self.rejected: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self.forbidden = 0
        self.revisits = 0
        self.downgraded = 0

    @property
    def fetched(self) -> int:
        """Return how many exchanges were made or tried."""
        return self.articles + self.duplicates + self.rejected.total() + self.failed.total()

    def add(self, entry: Entry) -> None:
        """Count an entry."""
        found = outcome(entry)
        self.revisits += entry.verdict.kind == "same-bytes"
        self.downgraded += entry.url.startswith("https:") and entry.final_url.startswith("http:")
        if found in ARTICLES:
            self.articles += 1
        elif found in DUPLICATES:
            self.duplicates += 1
        else:
            self.rejected[found] += 1

    def document(self) -> dict[str, Any]:
        """Return the counts as JSON values."""
        return {
            "fetched": self.fetched,
            "articles": self.articles,
            "duplicates": self.duplicates,
            "rejected": dict(sorted(self.rejected.items())),
            "failed": dict(sorted(self.failed.items())),
            "forbidden": self.forbidden,
            "revisits": self.revisits,
            "downgraded": self.downgraded,
        }

    def lines(self) -> list[str]:
        """Return the report as lines for people."""
        total = f"fetched {self.fetched} = {self.articles} articles + {self.duplicates} duplicates"
        found = [total + f" + {self.rejected.total()} rejected + {self.failed.total()} failed"]
        found += [f"  rejected  {count:>6}  {reason}" for reason, count in self.rejected.most_common()]
        found += [f"  failed    {count:>6}  {why}" for why, count in self.failed.most_common()]
        if self.revisits:
            found.append(f"{self.revisits} had the bytes of an earlier capture and were kept as revisits")
        if self.downgraded:
            found.append(f"{self.downgraded} were asked for by https and came by http")
        if self.forbidden:
            found.append(f"{self.forbidden} were not asked for: robots.txt forbids them")
        return found
