"""What a capture gave, in the words of `fangzhi list`: an article, which kind of copy, or why there is no article."""

from __future__ import annotations

from crawler.config.labels import reason_label
from pipelines.messages import Message
from pipelines.messages import gettext as _
from pipelines.model import Entry

RESULTS: dict[str, Message] = {
    "new": _("article"),
    "new-version": _("new-version"),
    "near-copy": _("near-copy"),
    "same-text": _("same-text"),
    "same-bytes": _("same-bytes"),
}
"""The result of a capture with an article, by its verdict; in English these are the values of `--verdict`."""

SERVER_ERRORS = frozenset(
    {"challenge", "http-error", "incomplete", "parser-error", "scripted", "soft-404", "too-large"}
)
"""Reasons that say that an article may be there but was not received or not read; a page with another reason was read
and has no article."""


def result(entry: Entry) -> str:
    """Return what a capture gave, as a message."""
    if entry.articles:
        return RESULTS.get(entry.verdict.kind, entry.verdict.kind)
    return reason_label(entry.reason or entry.outcome)


def no_article(entry: Entry) -> Message:
    """Return the message that a page has no article, and why."""
    return _("{url}: no article ({why}, status {status})", url=entry.final_url, why=result(entry), status=entry.status)
