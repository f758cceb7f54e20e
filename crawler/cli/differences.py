"""`fangzhi show --diff`: what changed between two versions of a page, as text, HTML or JSON."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from crawler.cli.session import Session
from pipelines.catalogue.history import is_present, version_at_capture
from pipelines.errors import FangzhiError
from pipelines.model import Entry

FORMS = ("text", "html", "json")


def show_diff(session: Session, entry: Entry, versions: Sequence[Entry], form: str) -> None:
    """Print what changed from the version before to that which a capture shows, its own or the one that it repeats.

    Raises FangzhiError: there is none before.
    """
    from crawler.cli.changes import comparison_document, edited
    from crawler.cli.diff_page import diff_page
    from crawler.compare.entries import compare

    if form not in FORMS:
        raise click.UsageError(f"--diff has the formats {', '.join(FORMS)}, not {form}")
    after = (version_at_capture(versions, entry) if is_present(entry) else None) or entry
    before = next((each for each in reversed(versions) if each.fetched_at < after.fetched_at), None)
    if before is None:
        raise FangzhiError(f"{entry.url} had no other version before {entry.id}", "--history shows them all")
    if session.machine or form == "json":
        session.emit(comparison_document(compare(before, after)))
    elif form == "html":
        click.echo(diff_page(before, after, (_named(before, versions), _named(after, versions))))
    else:
        _, coloured = session.terminal(sys.stdout)
        click.echo("\n".join(edited(before, after, coloured=coloured)))


def _named(entry: Entry, versions: Sequence[Entry]) -> str:
    """Return which version a capture is, or why it is none."""
    number = next((number for number, each in enumerate(versions, 1) if each.id == entry.id), None)
    return f"第{number}版" if number else f"没有文章（{entry.reason}，状态 {entry.status}）"
