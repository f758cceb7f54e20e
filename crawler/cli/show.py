"""`fangzhi show`: one capture, the history of its page, or the difference between two versions of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs
import click

from crawler.cli.capture_key import AmbiguousId, find_capture
from crawler.cli.output import echo
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
from pipelines.errors import FangzhiError, StoreError
from pipelines.messages import gettext as _
from pipelines.messages import ngettext
from pipelines.model import Entry
from pipelines.times import CHINA, rfc3339

if TYPE_CHECKING:
    from pipelines.archive.rendition_index import RenditionForm
    from pipelines.catalogue.catalogue import Catalogue

FORMATS = ("json", "text", "md", "html", "single-html")
CITATION_FORMS = ("text", "gbt7714", "bibtex", "ris", "csl")


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
@click.option("--proof", is_flag=True, help="Print a proof that a seal covers the file of the capture, as JSON.")
@click.option(
    "--cite",
    type=click.Choice(CITATION_FORMS),
    metavar="FORM",
    help="Print a citation: text, gbt7714, bibtex, ris or csl.",
)
@click.option("--evidence", is_flag=True, help="Show where on the page each field was read.")
@click.option(
    "--requisites",
    is_flag=True,
    help="Show what the page is shown with (style sheets, pictures, fonts, scripts), and what of it is archived.",
)
@click.option(
    "--rendition",
    type=click.Choice(["png", "pdf"]),
    help="Write the archived picture or PDF of the page to stdout.",
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
    session: Session,
    key: str,
    number: int | None,
    diff: bool,
    whole: bool,
    reprints: bool,
    proof: bool,
    cite: str | None,
    evidence: bool,
    requisites: bool,
    rendition: RenditionForm | None,
    form: str,
) -> int:
    """Show one capture, the history of its page, or the changes between two versions.

    ID is the id of a capture or the beginning of one; URL stands for the newest capture of a page, also without http://.
    --proof prints the Merkle path from the file of the capture to the roots of the newest seal that covers it.
    --cite prints a citation of each article with all that identifies the capture: its id, time, digest and record.
    In text format the history of the page follows if it has more than one version or was gone. Times are China's.

    \b
    fangzhi show URL --diff                             changes of the newest version, in colour on a terminal
    fangzhi show URL --version 3 --diff                 changes of version 3
    fangzhi show URL --diff --format html > diff.html   the same as an HTML page to keep and print
    fangzhi show ID --format single-html > page.html    the archived page with its pictures and styles in one file
    fangzhi show ID --rendition png > page.png          the picture that was made of it by fetch or crawl

    The file of single-html has no scripts and requests nothing; its head says where it comes from. What is not archived
    is named on stderr, and the exit code is 3.
    """
    from contextlib import closing

    from pipelines.catalogue.catalogue import Catalogue

    if form == "single-html" and (diff or session.as_json):
        raise click.UsageError(_("--format single-html is for a page: leave out --diff and --json"))
    if form != "text" and (whole or reprints or evidence or requisites or rendition):
        raise click.UsageError(_("--format applies to an entry or to --diff: leave it out, or use --json for JSON"))
    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        entry = _find(session, catalogue, key)
        captures = _captures(catalogue, entry, with_history=bool(number or diff or whole or reprints))
        found = versions(captures)
        unmodified = entry.status == NOT_MODIFIED and not entry.id.startswith(key)
        entry = _version(entry, found, number, instead=reprints or unmodified)
        if proof:
            from crawler.cli.proof import show_proof

            show_proof(session, entry)
            return 0
        if cite:
            from crawler.cli.cite import show_citation

            show_citation(session, entry, cite)
            return 0
        if reprints:
            from crawler.cli.reprints import show_reprints

            show_reprints(session, catalogue, entry, found)
            return 0
        if form == "single-html":
            from crawler.cli.single import show_single

            return show_single(session, catalogue, entry)
        if rendition:
            from crawler.cli.renditions import show_rendition

            show_rendition(session, entry, rendition)
            return 0
        if requisites:
            from crawler.cli.requisites import show_requisites

            show_requisites(session, catalogue, entry)
            return 0
        joined = catalogue.with_attachments(entry)
    if diff:
        from crawler.cli.diff import show_diff

        show_diff(session, entry, found, form)
    elif whole:
        _show_history(session, history(captures))
    elif evidence and not session.as_json:
        from crawler.cli.evidence import article_lines
        from crawler.cli.results import no_article

        parts = (
            "\n".join(article_lines(article, session.config.lang, session.screen.columns)) for article in entry.articles
        )
        echo("\n\n".join(parts) or session.text(no_article(entry)))
    else:
        _show(session, joined, history(captures), form)
    return 0


def _find(session: Session, catalogue: Catalogue, key: str) -> Entry:
    """Return the capture with a key; prints the candidates of an ambiguous one to stderr."""
    from crawler.cli.list import article_row
    from crawler.cli.rows import row_lines

    try:
        return find_capture(catalogue, key)
    except AmbiguousId as error:
        entries = [entry for each in error.candidates if (entry := catalogue.get(each))]
        rows = (article_row(session, catalogue, entry, next(iter(entry.articles), None)) for entry in entries)
        for line in row_lines(rows, session.screen):
            echo(line, err=True, styled=True)
        raise


def _captures(catalogue: Catalogue, entry: Entry, *, with_history: bool) -> list[Entry]:
    """Return all captures of an entry's page.

    Captures of a page that never was an article are returned only if `with_history`: a list that is crawled every hour
    has many captures and no history.
    """
    if not (with_history or is_present(entry) or is_missing(entry)):
        return []
    return catalogue.captures(entry.final_url if is_present(entry) else entry.url)


def _version(entry: Entry, versions: Sequence[Entry], number: int | None, *, instead: bool) -> Entry:
    """Return the version with this number, or the entry; `instead` of one without a text, the version then in force."""
    if number and number > len(versions):
        has = ngettext(
            "{url} has {count} version, not {number}",
            "{url} has {count} versions, not {number}",
            len(versions),
            url=entry.final_url,
            number=number,
        )
        raise FangzhiError(has)
    if number:
        return versions[number - 1]
    return (version_at_capture(versions, entry) if instead and not entry.articles else None) or entry


def _show(session: Session, entry: Entry, events: Sequence[Event], form: str) -> None:
    from crawler.cli.render import render

    echo(render(entry, "json" if session.as_json else form, session.config.lang, session.screen.columns))
    if form == "text" and not session.as_json and len(events) > 1:
        echo("\n".join(("", session.text(_("History")), *history_lines(events, session.config.lang))))
    if form == "text" and not session.as_json:
        from crawler.cli.renditions import rendition_lines

        try:
            lines = rendition_lines(session, entry)
        except StoreError as error:  # the entry itself is in the catalogue
            session.complain(error)
            return
        if lines:
            echo("\n".join(("", *lines)))


def history_lines(events: Sequence[Event], lang: str) -> list[str]:
    """Return the history of a page as lines, oldest first."""
    from crawler.cli.columns import padded, width
    from crawler.config.language import in_language

    texts = [in_language(_event_text(event), lang) for event in events]
    columns = max(map(width, texts), default=0)
    return [
        f"  {event.at.astimezone(CHINA):%Y-%m-%d %H:%M}  {padded(text, columns)}  {event.id}"
        for event, text in zip(events, texts, strict=True)
    ]


def _event_text(event: Event) -> str:
    if event.kind == "gone" and event.confirmed_at:
        return _("gone, confirmed {day}", day=f"{event.confirmed_at.astimezone(CHINA):%Y-%m-%d}")
    if event.kind == "gone":
        return _("gone, not yet confirmed")
    return _("back") if event.kind == "back" else _("version {number}", number=event.version)


def _show_history(session: Session, events: Sequence[Event]) -> None:
    if not session.as_json:
        lines = history_lines(events, session.config.lang)
        echo("\n".join(lines) or session.text(_("This page never had an article.")))
        return
    for event in events:
        session.emit(attrs.asdict(event, value_serializer=_as_json))


def _as_json(_instance: object, _attribute: object, value: object) -> object:
    return rfc3339(value) if isinstance(value, dt.datetime) else value
