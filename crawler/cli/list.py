"""`fangzhi list`: what the catalogue holds."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import click

from crawler.cli.filters import filtering
from crawler.cli.session import Session, fangzhi_command
from pipelines.times import rfc3339

if TYPE_CHECKING:
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.catalogue.queries import Filter
    from pipelines.model import Article, Entry


@fangzhi_command("list")
@filtering
@click.option("--worst", is_flag=True, help="Articles only, by rising quality score.")
@click.option("--gone", is_flag=True, help="Pages that were articles and are missing now, the last gone first.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="The first N only.")
def command(session: Session, wanted: Filter, worst: bool, gone: bool, limit: int | None) -> int:
    """List the captures, newest first: id, what came of it, date, title; with --worst the score, too.

    What came of it is article, or new-version, near-copy, same-text, same-bytes where something like it was there
    before (show ID --family tells what), or why there is no article; then its address stands for the title. A page of
    several articles has a row for each.

    With --gone a line a page: since when it is gone, when that was confirmed, the last capture of its text, title,
    address. --site, --since and --until choose among them, by the day on which they were found gone.
    """
    from contextlib import closing

    from pipelines.catalogue.catalogue import Catalogue

    if gone and (worst or wanted.outcome or wanted.verdict or not wanted.copies):
        raise click.UsageError("--gone goes with --site, --since, --until and --limit only")
    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        if gone:
            _list_gone(session, catalogue, wanted, limit)
        else:
            _list(session, catalogue, wanted, limit, worst)
    return 0


def _list(session: Session, catalogue: Catalogue, wanted: Filter, limit: int | None, worst: bool) -> None:
    from pipelines.model.serialize import entry_document

    for entry in catalogue.entries(wanted, limit, worst=worst):
        if session.machine:
            session.emit(entry_document(catalogue.with_attachments(entry)))
            continue
        for article in entry.articles or (None,):
            score = f"{article.quality.score or 0:.3f}  " if worst and article else ""
            click.echo(row(entry, article, score))


def row(entry: Entry, article: Article | None, score: str = "") -> str:
    """Return the line of an article, or of what is none."""
    from pipelines.model.fields import minute

    published = minute(article.published_on) if article else ""
    title = article.title or "（无题）" if article else entry.final_url
    return f"{entry.id}  {score}{_came_of(entry):<14}  {published:<10}  {title}"


def _came_of(entry: Entry) -> str:
    if not entry.articles:
        return entry.reason or entry.outcome
    return "article" if entry.verdict.kind == "new" else entry.verdict.kind


def _list_gone(session: Session, catalogue: Catalogue, wanted: Filter, limit: int | None) -> None:
    from crawler.monitoring import gone

    found = (each for each in gone(catalogue, wanted.site) if wanted.spans(each.event.at.date()))
    for each in islice(found, limit):
        title, event = each.last.articles[0].title or "（无题）", each.event
        if session.machine:
            confirmed = rfc3339(event.confirmed_at) if event.confirmed_at else None
            moments = {"gone_at": rfc3339(event.at), "confirmed_at": confirmed}
            told = {"url": each.url, "site": each.last.site, **moments, "gone": event.id, "last": each.last.id}
            session.emit(told | {"title": title})
        else:
            sure = f"confirmed {event.confirmed_at:%Y-%m-%d}" if event.confirmed_at else "not yet confirmed"
            click.echo(f"{event.at:%Y-%m-%d}  {sure:<20}  {each.last.id}  {title}  {each.url}")
