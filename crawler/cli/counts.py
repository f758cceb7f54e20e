"""`fangzhi counts`: how many articles there are by day, place, source or verdict."""

from __future__ import annotations

import csv
import sys
from typing import TYPE_CHECKING, Any

import click

from crawler.cli.filters import Selected, narrowed, with_filters, with_query
from crawler.cli.main import DONE
from crawler.cli.query_command import QueryCommand
from crawler.cli.session import Session, fangzhi_command
from pipelines.messages import gettext as _
from pipelines.messages import ngettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.catalogue.counting import Count
    from pipelines.catalogue.dimensions import Dimension

HEADS = {
    "year": _("year"),
    "month": _("month"),
    "week": _("week"),
    "day": _("day"),
    "site": _("site"),
    "region": _("region"),
    "source": _("source"),
    "column": _("column"),
    "verdict": _("verdict"),
}
"""What articles are counted by, with the heads of the columns; a test compares them with those of the catalogue."""


@fangzhi_command("counts", kind=QueryCommand)
@click.argument("query", nargs=-1)
@click.option(
    "--by",
    type=click.Choice([*HEADS]),
    multiple=True,
    required=True,
    help="What to count by. May be repeated: --by month --by site.",
)
@click.option("--share", is_flag=True, help="Also print the articles without QUERY, and the share of those with it.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), help="Output format.  [default: table]")
@with_filters
def command(
    session: Session,
    query: tuple[str, ...],
    by: tuple[Dimension, ...],
    share: bool,
    form: str | None,
    selected: Selected,
) -> int:
    """Count articles by day of publication, place, source, column or verdict. QUERY is that of `fangzhi search`.

    An article counts once, however often its page was captured; on each site that printed it. --no-copies leaves out
    what was printed before on any site, --copies counts every capture. Days are days of publication in China; weeks are
    those of ISO 8601. Articles without a day are counted, too.

    `crawled` is the number of days on which a site was crawled: a month without articles in which no site was crawled
    says nothing about the news. A crawl also finds articles of earlier days: a day without a crawl can have articles.
    """
    from contextlib import closing

    from attrs import evolve

    from pipelines.catalogue.catalogue import Catalogue

    if selected.order:
        raise click.UsageError(_("counts have an order of their own: leave out --sort"))
    wanted = with_query(session, selected.filter, query)
    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        counts = catalogue.count_articles(
            narrowed(catalogue, evolve(selected, filter=wanted)), by, once=selected.copies is not True
        )
    form = form or ("json" if session.as_json else "table")
    _print(session, form, by, counts[: selected.limit], share=share)
    if form == "table":
        session.say(ngettext("{count} article", "{count} articles", sum(count.articles for count in counts)))
    return DONE


def _print(session: Session, form: str, by: Sequence[Dimension], counts: Sequence[Count], *, share: bool) -> None:
    rows = [document(by, count, share=share) for count in counts]
    if form == "json":
        for row in rows:
            session.emit(row)
    elif form == "csv":
        _write_csv(by, rows, share=share)
    else:
        _print_table(session, by, rows)


def document(by: Sequence[Dimension], count: Count, *, share: bool) -> dict[str, Any]:
    """Return a count as JSON: its values, `articles`, with `share` those without the query, and `crawled_days`."""
    of = {"all": count.of, "share": round(count.articles / count.of, 4) if count.of else None} if share else {}
    days = {"crawled_days": count.crawled_days} if count.crawled_days is not None else {}
    return dict(zip(by, count.key, strict=True)) | {"articles": count.articles} | of | days


def _write_csv(by: Sequence[Dimension], rows: Sequence[dict[str, Any]], *, share: bool) -> None:
    from pipelines.export.rows import cell_text

    out = csv.writer(sys.stdout)
    out.writerow(rows[0] if rows else (*by, "articles", *(("all", "share") if share else ())))
    out.writerows([cell_text(value) for value in row.values()] for row in rows)


def _print_table(session: Session, by: Sequence[Dimension], rows: Sequence[dict[str, Any]]) -> None:
    from crawler.cli.tables import TextColumn
    from crawler.cli.value_names import value_cells

    def cells(name: str) -> list[str]:
        return ["" if row.get(name) is None else str(row[name]) for row in rows]

    if rows:
        columns = [
            TextColumn(head=HEADS[name], cells=value_cells(session, name, [row[name] for row in rows]), is_text=True)
            for name in by
        ]
        columns.append(TextColumn(head=_("articles"), cells=cells("articles")))
        if "share" in rows[0]:
            shares = ["" if row["share"] is None else f"{row['share']:.1%}" for row in rows]
            columns.append(TextColumn(head=_("all"), cells=cells("all"), meaning=_("articles without the query")))
            columns.append(TextColumn(head=_("share"), cells=shares))
        if "crawled_days" in rows[0]:
            crawled = _("days on which a site was crawled")
            columns.append(TextColumn(head=_("crawled"), cells=cells("crawled_days"), meaning=crawled))
        for line in session.layout(sys.stdout).table(columns):
            session.echo(line, styled=True)
