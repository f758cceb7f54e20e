"""The words for codes: in English a code itself, as in JSON, in Chinese a word for people."""

from __future__ import annotations

from pipelines.messages import Message
from pipelines.messages import gettext as _

STATES: dict[str, Message] = {
    "alive": _("alive"),
    "quiet": _("quiet"),
    "blocked": _("blocked"),
    "dead": _("dead"),
    "empty": _("empty"),
    "unknown": _("unknown"),
}
"""The states of a site."""

REASONS: dict[str, Message] = {
    "challenge": _("challenge"),
    "empty": _("empty"),
    "file": _("file"),
    "http-error": _("http-error"),
    "image-only": _("image-only"),
    "incomplete": _("incomplete"),
    "not-an-article": _("not-an-article"),
    "not-modified": _("not-modified"),
    "parser-error": _("parser-error"),
    "redirect": _("redirect"),
    "scripted": _("scripted"),
    "soft-404": _("soft-404"),
    "too-large": _("too-large"),
}
"""Why a capture has no article."""

FAILURES: dict[str, Message] = {
    "broken-answer": _("broken-answer"),
    "budget": _("budget"),
    "failed": _("failed"),
    "left-alone": _("left-alone"),
    "no-such-host": _("no-such-host"),
    "not-rendered": _("not-rendered"),
    "not-requested": _("not-requested"),
    "private-address": _("private-address"),
    "queued": _("queued"),
    "robots": _("robots"),
    "robots-unreachable": _("robots-unreachable"),
    "spider-error": _("spider-error"),
    "timeout": _("timeout"),
    "unreachable": _("unreachable"),
}
"""Why a page has no answer."""

REQUISITE_STATES: dict[str, Message] = {
    "archived": _("archived"),
    "missing": _("missing"),
    "refused": _("refused"),
}
"""What is known of a requisite of a page."""

STATUS = "status "
"""Stands before an HTTP status that is the reason why a list could not be read."""

RUNS: dict[str | None, Message] = {
    "done": _("done"),
    "failed": _("failed"),
    "interrupted": _("interrupted"),
    "killed": _("killed"),
    "running": _("running"),
}
"""How a crawl ended."""


def reason_label(code: str) -> str:
    """Return the word for the reason of a rejection or a failure, which may be an HTTP status.

    >>> reason_label("status 404")
    'status 404'
    """
    if code.startswith(STATUS):
        return _("status {status}", status=code.removeprefix(STATUS))
    return {**FAILURES, **REASONS}.get(code, code)
