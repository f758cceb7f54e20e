"""Shell. `fangzhi show`: one capture, what became of its page, or what changed between two versions of it."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs
import click

from crawler.cli.session import Session, fangzhi_command
from pipelines.errors import FangzhiError
from pipelines.times import rfc3339

if TYPE_CHECKING:
    from pipelines.history import Event
    from pipelines.model import Entry


@fangzhi_command("show")
@click.argument("key", metavar="ID|URL")
@click.option(
    "--version", "number", type=click.IntRange(min=1), metavar="N", help="The page's Nth version, oldest first."
)
@click.option("--diff", is_flag=True, help="What changed since the version before, sentence by sentence.")
@click.option("--history", "whole", is_flag=True, help="The page's versions, and when it was gone and back.")
@click.option("--family", "prints", is_flag=True, help="Who else printed the text, and what they added and left out.")
@click.option("--evidence", is_flag=True, help="Where on the page each field was read.")
@click.option("--format", "form", type=click.Choice(["json", "text", "md", "html"]), default="text", show_default=True)
def command(
    session: Session, key: str, number: int | None, diff: bool, whole: bool, prints: bool, evidence: bool, form: str
) -> int:
    """Show an entry by its id, or the newest capture of an address.

    As text, below it stands what became of the page where there is more than one version of it, or it was gone.
    """
    from contextlib import closing

    from crawler.cli.evidence import proofs
    from crawler.cli.prints import show_family
    from crawler.cli.render import render
    from pipelines.catalogue import Catalogue
    from pipelines.history import history, is_missing, versions

    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        entry = catalogue.get(key)
        if entry is None:
            raise FangzhiError(f"nothing is catalogued under {key}", "fangzhi list shows what is")
        if prints:
            show_family(session, *catalogue.family(entry))
            return 0
        # of a list that is crawled by the hour there are many captures, and no history
        told = number or diff or whole or entry.articles or is_missing(entry)
        captures = catalogue.captures(entry.final_url if entry.articles else entry.url) if told else []
        events, found = history(captures), versions(captures)
        if number:
            if number > len(found):
                raise FangzhiError(f"{entry.final_url} has {len(found)} versions, not {number}")
            entry = found[number - 1]
        entry = catalogue.joined(entry)
    if diff:
        _show_diff(session, entry, found)
    elif whole:
        _show_history(session, events)
    elif evidence and not session.machine:
        click.echo("\n\n".join("\n".join(proofs(article)) for article in entry.articles) or "(no article)")
    else:
        click.echo(render(entry, "json" if session.machine else form))
        if form == "text" and not session.machine and len(events) > 1:
            click.echo("\n".join(("", "历史", *story(events))))
    return 0


def story(events: Sequence[Event]) -> list[str]:
    """Return what became of a page as lines, oldest first."""
    return [f"  {event.at:%Y-%m-%d %H:%M}  {_told(event):<26}  {event.id}" for event in events]


def _told(event: Event) -> str:
    if event.kind == "gone":
        return f"gone, confirmed {event.confirmed_at:%Y-%m-%d}" if event.confirmed_at else "gone, not yet confirmed"
    return "back" if event.kind == "back" else f"version {event.version}"


def _show_history(session: Session, events: Sequence[Event]) -> None:
    if not session.machine:
        click.echo("\n".join(story(events)) or "(it never had an article)")
        return
    for event in events:
        session.emit(attrs.asdict(event, value_serializer=_as_json))


def _as_json(_: object, __: object, value: object) -> object:
    return rfc3339(value) if isinstance(value, dt.datetime) else value


def _show_diff(session: Session, entry: Entry, versions: Sequence[Entry]) -> None:
    from crawler.cli.changes import comparison_document, edited
    from crawler.compare import compare

    before = next((one for one in reversed(versions) if one.fetched_at < entry.fetched_at), None)
    if before is None:
        raise FangzhiError(f"{entry.url} had no other version before {entry.id}", "--history shows them all")
    if session.machine:
        session.emit(comparison_document(compare(before, entry)))
        return
    coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    click.echo("\n".join(edited(before, entry, coloured=coloured)))
