"""The outcome of a capture: each capture has exactly one, so that counts add up."""

from __future__ import annotations

from pipelines.catalogue.attachments import FILE_REASON
from pipelines.catalogue.history import Event
from pipelines.model import Entry, Verdict

NEW, CHANGED, BACK, GONE, DUPLICATE = "new", "changed", "back", "gone", "duplicate"

UNCHANGED = "not-modified"
"""The reason of a 304 answer, which stands for the same bytes as before and counts as a duplicate."""

LIST = "not-an-article"
"""The reason of captures that are lists of articles."""

USUAL_REASONS = (LIST, FILE_REASON, UNCHANGED)
"""Reasons of captures without an article that are no problem: of list pages, attachments, and unchanged pages."""

ARTICLES, DUPLICATES = (NEW, CHANGED), (DUPLICATE, UNCHANGED)
NOT_REJECTED = (NEW, CHANGED, BACK, GONE, DUPLICATE, UNCHANGED)
"""The outcomes that are not rejections."""


def outcome(entry: Entry, event: Event | None = None) -> str:
    """Return the outcome of a capture; `event` is the event of its page's history that it shows, if any.

    A capture that shows its page gone or back has that outcome, whatever its own one is.
    """
    if event and event.kind in (GONE, BACK):
        return event.kind
    return outcome_of(entry.outcome, entry.reason, entry.verdict)


def outcome_of(kind: str, reason: str | None, verdict: Verdict) -> str:
    """Return the outcome of a capture from the columns of its catalogue row.

    An article is new, changed or a duplicate; a 304 answer is not-modified; all others have the reason of their
    rejection.
    """
    if kind == "rejected":
        return reason or kind
    if verdict.repeats:
        return DUPLICATE
    return CHANGED if verdict.kind == "new-version" else NEW
