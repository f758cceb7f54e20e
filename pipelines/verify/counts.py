"""What a verification has checked so far."""

from __future__ import annotations

from collections import Counter

from attrs import Factory, define


@define(kw_only=True)
class VerificationCounts:
    """How much a verification has checked, and how many objects there are in all, `planned`.

    `elsewhere` and `pending` are entries that it cannot check, `requisites` those of requisites; `ledger` are the
    ledger's entries. `shown` counts what some pages are shown with: see `pipelines.completeness.count_states`.
    """

    planned: int = 0
    objects: int = 0
    files: int = 0
    bytes: int = 0
    records: int = 0
    indexed: int = 0
    entries: int = 0
    elsewhere: int = 0
    pending: int = 0
    requisites: int = 0
    shown: Counter[str] = Factory(Counter)
    ledger: int = 0

    @property
    def unread(self) -> int:
        """The captures of the archive that a sample leaves out; 0 if everything was read."""
        return max(self.indexed - self.records, 0)
