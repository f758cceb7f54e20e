"""`fangzhi show`: one capture, the history of its page, or the difference between two versions of it."""

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
    "--version", "number", type=click.IntRange(min=1), metavar="N", help="Version N of the page; 1 is the oldest."
)
@click.option("--diff", is_flag=True, help="Show what the version changed; with --format html as a page to keep.")
@click.option("--history", "whole", is_flag=True, help="Show the versions of the page, and when it was gone and back.")
@click.option(
    "--reprints",
    "--family",
    "reprints",
    is_flag=True,
    help="Show who else printed the text, and what they added or left out. (--family is the older name.)",
)
@click.option(
    "--evidence", is_flag=True, help="Show where on the page each field was read, and each repair of the text."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="Output format.",
)
def command(
    session: Session, key: str, number: int | None, diff: bool, whole: bool, reprints: bool, evidence: bool, form: str
) -> int:
    """Show one capture, the history of its page, or the changes between two versions.

    ID is the id of a capture; URL stands for the newest capture of a page. In text format the history of the page
    follows if it has more than one version or was gone.

    \b
    fangzhi show URL --diff                             changes of the newest version, in colour on a terminal
    fangzhi show URL --version 3 --diff                 changes of version 3
    fangzhi show URL --diff --format html > diff.html   the same as an HTML page to keep and print
    """
    from contextlib import closing

    from pipelines.catalogue.catalogue import Catalogue

    if form != "text" and (whole or reprints or evidence):
        raise click.UsageError("--format applies to an entry or to --diff: leave it out, or use --json for JSON")
    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        entry, captures = _found(catalogue, key, with_history=bool(number or diff or whole or reprints))
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
        from crawler.cli.evidence import article_lines

        click.echo("\n\n".join("\n".join(article_lines(article)) for article in entry.articles) or "(no article)")
    else:
        _show(session, joined, history(captures), form)
    return 0


def _found(catalogue: Catalogue, key: str, *, with_history: bool) -> tuple[Entry, list[Entry]]:
    """Return the entry with a key, and all captures of its page.

    Captures of a page that never was an article are returned only if `with_history`: a list that is crawled every hour
    has many captures and no history.
    """
    entry = catalogue.get(key)
    if entry is None:
        raise FangzhiError(f"no capture of {key} is in the catalogue", "fangzhi list shows the captures")
    if not (with_history or is_present(entry) or is_missing(entry)):
        return entry, []
    return entry, catalogue.captures(entry.final_url if is_present(entry) else entry.url)


def _version(entry: Entry, versions: Sequence[Entry], number: int | None, *, instead: bool) -> Entry:
    """Return the version with this number, or the entry; `instead` of one without a text, the version then in force."""
    if number and number > len(versions):
        raise FangzhiError(f"{entry.final_url} has {len(versions)} versions, not {number}")
    if number:
        return versions[number - 1]
    return (version_at_capture(versions, entry) if instead and not entry.articles else None) or entry


def _show(session: Session, entry: Entry, events: Sequence[Event], form: str) -> None:
    from crawler.cli.render import render

    click.echo(render(entry, "json" if session.as_json else form))
    if form == "text" and not session.as_json and len(events) > 1:
        click.echo("\n".join(("", "历史", *history_lines(events))))


def history_lines(events: Sequence[Event]) -> list[str]:
    """Return the history of a page as lines, oldest first."""
    return [f"  {event.at:%Y-%m-%d %H:%M}  {_event_text(event):<26}  {event.id}" for event in events]


def _event_text(event: Event) -> str:
    if event.kind == "gone":
        return f"gone, confirmed {event.confirmed_at:%Y-%m-%d}" if event.confirmed_at else "gone, not yet confirmed"
    return "back" if event.kind == "back" else f"version {event.version}"


def _show_history(session: Session, events: Sequence[Event]) -> None:
    if not session.as_json:
        click.echo("\n".join(history_lines(events)) or "(it never had an article)")
        return
    for event in events:
        session.emit(attrs.asdict(event, value_serializer=_as_json))


def _as_json(_: object, __: object, value: object) -> object:
    return rfc3339(value) if isinstance(value, dt.datetime) else value
