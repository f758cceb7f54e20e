"""`fangzhi list`: list captures."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import click

from crawler.cli.filters import with_filters
from crawler.cli.session import Session, fangzhi_command
from pipelines.times import rfc3339

if TYPE_CHECKING:
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.catalogue.queries import Filter
    from pipelines.model import Article, Entry


@fangzhi_command("list")
@with_filters
@click.option("--worst", is_flag=True, help="Only articles, sorted by quality score, lowest first.")
@click.option("--gone", is_flag=True, help="List articles that were removed from their site, latest removal first.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N captures.")
def command(session: Session, filters: Filter, worst: bool, gone: bool, limit: int | None) -> int:
    """List captures, newest first.

    Columns: id, result, publication date, title (the URL if no article was extracted). With --worst a score column
    follows the id. A page with several articles has a row for each.

    The result is article; or new-version, near-copy, same-text or same-bytes if an earlier capture has the same or
    similar content (`fangzhi show ID --reprints` shows which); or the reason why there is no article.

    With --gone, one row for each removed page. Columns: date on which it was found missing, whether and when that was
    confirmed, id of the last capture with its text, title, URL. --site, --since and --until filter by that date.
    """
    from contextlib import closing

    from pipelines.catalogue.catalogue import Catalogue

    if gone and (worst or filters.outcome or filters.verdict or not filters.copies):
        raise click.UsageError("--gone can be combined only with --site, --since, --until and --limit")
    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        if gone:
            _list_gone(session, catalogue, filters, limit)
        else:
            _list(session, catalogue, filters, limit, worst)
    return 0


def _list(session: Session, catalogue: Catalogue, filters: Filter, limit: int | None, worst: bool) -> None:
    from pipelines.model.serialize import entry_document

    for entry in catalogue.entries(filters, limit, worst=worst):
        if session.as_json:
            session.emit(entry_document(catalogue.with_attachments(entry)))
            continue
        for article in entry.articles or (None,):
            score = f"{article.quality.score or 0:.3f}  " if worst and article else ""
            click.echo(article_row(entry, article, score))


def article_row(entry: Entry, article: Article | None, score: str = "") -> str:
    """Return the row of an article, or of a capture without an article."""
    from pipelines.model.fields import minute

    published = minute(article.published_on) if article else ""
    title = article.title or "（无题）" if article else entry.final_url
    return f"{entry.id}  {score}{_result(entry):<14}  {published:<10}  {title}"


def _result(entry: Entry) -> str:
    if not entry.articles:
        return entry.reason or entry.outcome
    return "article" if entry.verdict.kind == "new" else entry.verdict.kind


def _list_gone(session: Session, catalogue: Catalogue, filters: Filter, limit: int | None) -> None:
    from crawler.monitoring import gone_pages

    pages = (each for each in gone_pages(catalogue, filters.site) if filters.spans(each.event.at))
    for each in islice(pages, limit):
        title, event = each.last.articles[0].title or "（无题）", each.event
        if session.as_json:
            confirmed = rfc3339(event.confirmed_at) if event.confirmed_at else None
            times = {"gone_at": rfc3339(event.at), "confirmed_at": confirmed}
            page = {"url": each.url, "site": each.last.site, **times, "gone": event.id, "last": each.last.id}
            session.emit(page | {"title": title})
        else:
            status = f"confirmed {event.confirmed_at:%Y-%m-%d}" if event.confirmed_at else "not yet confirmed"
            click.echo(f"{event.at:%Y-%m-%d}  {status:<20}  {each.last.id}  {title}  {each.url}")
