"""Counts of the requisites of pages: what was answered, and what was not."""

from __future__ import annotations

from collections import Counter
from typing import Any

from attrs import Factory, define

from pipelines.model import Requisite

OUTCOMES = ("archived", "unchanged", "redirects", "missing")
"""What captures of requisites are: new bytes, the bytes of an earlier capture, redirects, and errors."""


@define(kw_only=True)
class RequisiteCounts:
    """Counts of the captures of requisites by outcome, and of those without an answer by cause.

    A cause is `robots`, `budget` or the name of a failure such as `timeout`.
    """

    captures: Counter[str] = Factory(Counter)
    failed: Counter[str] = Factory(Counter)

    def __bool__(self) -> bool:
        return bool(self.captures or self.failed)

    def requisite(self, requisite: Requisite) -> None:
        """Count a capture."""
        self.captures[_outcome(requisite)] += 1

    def requisite_failure(self, reason: str) -> None:
        """Count a requisite that was not fetched."""
        self.failed[reason] += 1

    def document(self) -> dict[str, Any]:
        """Return the counts as JSON values."""
        return {
            **{name: self.captures[name] for name in OUTCOMES},
            "failed": dict(sorted(self.failed.items())),
        }


def _outcome(requisite: Requisite) -> str:
    if 300 <= requisite.status <= 399 and requisite.status != 304:
        return "redirects"
    if requisite.status >= 400:
        return "missing"
    return "unchanged" if requisite.is_repeated else "archived"
