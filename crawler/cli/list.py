"""`fangzhi list`: list captures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
from attrs import evolve

from crawler.cli.filters import Selected, entry_order, with_filters
from crawler.cli.output import echo
from crawler.cli.session import Session, fangzhi_command
from pipelines.messages import Message, ngettext
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from crawler.cli.rows import PrintedRow
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.catalogue.filters import Filter, Order
    from pipelines.model import Article, Entry


@fangzhi_command("list")
@with_filters
@click.option("--all", "everything", is_flag=True, help="List files, list pages and rejected pages, too.")
@click.option("--worst", is_flag=True, help="Only articles, sorted by quality score, lowest first: --sort score.")
def command(session: Session, selected: Selected, everything: bool, worst: bool) -> int:
    """List captured articles, newest capture first unless --sort says another order.

    Columns: id, result, publication date, site, title (the URL if there is no article); - stands for an empty cell.
    With --worst or --sort score a score column follows the id. A page with several articles has a row for each. On a
    terminal, ids are shortened, and titles that do not fit end in an ellipsis; in a pipe both are complete. --json
    prints captures of every kind, as --all does, unless --outcome selects some.

    The result is article; or new-version, near-copy, same-text or same-bytes if an earlier capture has the same or
    similar content (`fangzhi show ID --reprints` shows which); or the reason why there is no article.

    With --gone, one row for each removed page, latest removal first. Columns: date on which it was found missing,
    whether and when that was confirmed, id of the last capture with its text, site, title and URL, which is on a second
    line on a terminal. --captured-since and --captured-until select by the date on which it was found missing, all
    other options by the last capture with its text.
    """
    from contextlib import closing

    from pipelines.catalogue.catalogue import Catalogue

    if selected.gone and (worst or everything or selected.order):
        raise click.UsageError(_("--gone lists the latest removal first: leave out --all, --worst and --sort"))
    if worst:
        selected = evolve(selected, order="score")
    order = entry_order(selected)
    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        if selected.gone:
            from crawler.cli.gone import list_gone

            list_gone(session, catalogue, selected.filter, selected.limit)
        else:
            filters = selected.filter
            if not (everything or session.as_json or filters.reason):
                filters = evolve(filters, outcome=filters.outcome or "article")
            _list(session, catalogue, filters, selected.limit, order)
    return 0


def _list(session: Session, catalogue: Catalogue, filters: Filter, limit: int | None, order: Order) -> None:
    from crawler.cli.rows import Counted
    from pipelines.model.serialize import entry_document

    entries = catalogue.entries(filters, limit, order=order)
    if session.as_json:
        for entry in entries:
            session.emit(entry_document(catalogue.with_attachments(entry)))
        return
    counted = Counted(entries)
    print_rows(
        session,
        (
            article_row(session, catalogue, entry, article, scored=order == "score")
            for entry in counted
            for article in entry.articles or (None,)
        ),
    )
    total = catalogue.count(filters, scored=order == "score") if counted.count == limit else counted.count
    session.say(total_line(session, _summary(total, counted.count, filters.outcome), counted.count))


def print_rows(session: Session, rows: Iterator[PrintedRow]) -> None:
    """Print rows to stdout, each as soon as its block is complete."""
    from crawler.cli.rows import row_lines

    for line in row_lines(rows, session.screen):
        echo(line, styled=True)


def article_row(
    session: Session, catalogue: Catalogue, entry: Entry, article: Article | None, *, scored: bool = False
) -> PrintedRow:
    """Return the row of an article, or of a capture without an article; its id is shortened on a terminal."""
    from crawler.cli.capture_key import short_id
    from crawler.cli.results import result
    from crawler.cli.rows import PrintedRow
    from pipelines.model.readable import minute

    key = entry.id if session.screen.columns is None else short_id(catalogue, entry.id)
    score = [f"{article.quality.score or 0:.3f}" if article else ""] if scored else []
    published = minute(article.published_on) if article else ""
    title = article.title or _("(no title)") if article else entry.final_url
    return PrintedRow(
        cells=(key, *score, session.text(result(entry)), published), site=entry.site or "", title=session.text(title)
    )


def total_line(session: Session, found: Message, shown: int) -> Message:
    """Return the line below rows of captures; on a terminal it says that their ids are shortened."""
    if session.screen.columns is None or not shown:
        return found
    return _("{found}; ids are shortened, `fangzhi show` accepts them", found=found)


def _summary(total: int, shown: int, outcome: str | None) -> Message:
    """Return how many captures were found, and how many of them are listed."""
    if outcome == "article":
        if not total:
            return _("No article was found. --all also lists files, list pages and rejected pages.")
        found = ngettext("{count} capture with articles", "{count} captures with articles", total)
    elif not total:
        return _("No capture was found.")
    else:
        found = ngettext("{count} capture", "{count} captures", total)
    return _("{found}, {shown} shown", found=found, shown=shown) if shown < total else found
