"""`fangzhi show`: one capture, what became of its page, or what changed between two versions of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs
import click

from crawler.cli.session import Session, fangzhi_command
from pipelines.catalogue.history import (
    NOT_MODIFIED,
    Event,
    history,
    is_missing,
    is_present,
    version_at_capture,
    versions,
)
from pipelines.errors import FangzhiError
from pipelines.model import Entry
from pipelines.times import rfc3339

if TYPE_CHECKING:
    from pipelines.catalogue.catalogue import Catalogue

FORMATS = ("json", "text", "md", "html")


@fangzhi_command("show")
@click.argument("key", metavar="ID|URL")
@click.option(
    "--version", "number", type=click.IntRange(min=1), metavar="N", help="The page's Nth version, oldest first."
)
@click.option("--diff", is_flag=True, help="What changed since the version before; with --format html a page to keep.")
@click.option("--history", "whole", is_flag=True, help="The page's versions, and when it was gone and back.")
@click.option(
    "--reprints",
    "--family",
    "reprints",
    is_flag=True,
    help="Show who else printed the text, and what they added or left out. (--family is the older name.)",
)
@click.option("--evidence", is_flag=True, help="Where on the page each field was read.")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="Of an entry, or of --diff."
)
def command(
    session: Session, key: str, number: int | None, diff: bool, whole: bool, reprints: bool, evidence: bool, form: str
) -> int:
    """Show an entry by its id, or what an address gave last.

    As text, below it stands what became of the page where there is more than one version of it, or it was gone.

    \b
    fangzhi show URL --diff                             what changed in it last, in colour on a terminal
    fangzhi show URL --version 3 --diff                 what its third version changed
    fangzhi show URL --diff --format html > diff.html   the same as a page to read, keep and print
    """
    from contextlib import closing

    from pipelines.catalogue.catalogue import Catalogue

    if form != "text" and (whole or reprints or evidence):
        raise click.UsageError("--format is of an entry or of --diff; everything is JSON with --json")
    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        entry, captures = _found(catalogue, key, aged=bool(number or diff or whole or reprints))
        found = versions(captures)
        unmodified = entry.status == NOT_MODIFIED and key != entry.id
        entry = _version(entry, found, number, instead=reprints or unmodified)
        if reprints:
            from crawler.cli.reprints import show_reprints

            show_reprints(session, catalogue, entry, found)
            return 0
        joined = catalogue.with_attachments(entry)
    if diff:
        from crawler.cli.diff import show_diff

        show_diff(session, entry, found, form)
    elif whole:
        _show_history(session, history(captures))
    elif evidence and not session.as_json:
        from crawler.cli.evidence import evidence_lines

        click.echo("\n\n".join("\n".join(evidence_lines(article)) for article in entry.articles) or "(no article)")
    else:
        _show(session, joined, history(captures), form)
    return 0


def _found(catalogue: Catalogue, key: str, *, aged: bool) -> tuple[Entry, list[Entry]]:
    """Return what stands under a key, and all captures of its page; of what never was an article only if it is `aged`.

    Of a list that is crawled by the hour there are many captures, and no history.
    """
    entry = catalogue.get(key)
    if entry is None:
        raise FangzhiError(f"nothing is catalogued under {key}", "fangzhi list shows what is")
    if not (aged or is_present(entry) or is_missing(entry)):
        return entry, []
    return entry, catalogue.captures(entry.final_url if is_present(entry) else entry.url)


def _version(entry: Entry, versions: Sequence[Entry], number: int | None, *, instead: bool) -> Entry:
    """Return the version with this number; or, `instead` of a capture without a text, the one that was last then."""
    if number and number > len(versions):
        raise FangzhiError(f"{entry.final_url} has {len(versions)} versions, not {number}")
    if number:
        return versions[number - 1]
    return (version_at_capture(versions, entry) if instead and not entry.articles else None) or entry


def _show(session: Session, entry: Entry, events: Sequence[Event], form: str) -> None:
    from crawler.cli.render import render

    click.echo(render(entry, "json" if session.as_json else form))
    if form == "text" and not session.as_json and len(events) > 1:
        click.echo("\n".join(("", "历史", *story(events))))


def story(events: Sequence[Event]) -> list[str]:
    """Return what became of a page as lines, oldest first."""
    return [f"  {event.at:%Y-%m-%d %H:%M}  {_told(event):<26}  {event.id}" for event in events]


def _told(event: Event) -> str:
    if event.kind == "gone":
        return f"gone, confirmed {event.confirmed_at:%Y-%m-%d}" if event.confirmed_at else "gone, not yet confirmed"
    return "back" if event.kind == "back" else f"version {event.version}"


def _show_history(session: Session, events: Sequence[Event]) -> None:
    if not session.as_json:
        click.echo("\n".join(story(events)) or "(it never had an article)")
        return
    for event in events:
        session.emit(attrs.asdict(event, value_serializer=_as_json))


def _as_json(_: object, __: object, value: object) -> object:
    return rfc3339(value) if isinstance(value, dt.datetime) else value
