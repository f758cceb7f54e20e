"""The outcome of a capture: every capture has exactly one, so that counts add up."""

from __future__ import annotations

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
