"""Pure. What a run did, counted so that it adds up: every capture counts in exactly one outcome."""

from __future__ import annotations

from collections import Counter
from typing import Any

from pipelines.model import Entry

UNCHANGED = "not-modified"
"""The reason of an answer 304, which stands for the same bytes as before: one more duplicate."""


def outcome(entry: Entry) -> str:
    """Return the one counter of an entry: article, duplicate, or the reason why it was rejected."""
    if entry.reason == UNCHANGED:
        return "duplicate"
    if entry.outcome == "rejected":
        return entry.reason or "rejected"
    return "duplicate" if entry.verdict.repeats else "article"


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
        counter = outcome(entry)
        self.revisits += entry.verdict.kind == "same-bytes"
        self.downgraded += entry.url.startswith("https:") and entry.final_url.startswith("http:")
        if counter == "article":
            self.articles += 1
        elif counter == "duplicate":
            self.duplicates += 1
        else:
            self.rejected[counter] += 1

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
