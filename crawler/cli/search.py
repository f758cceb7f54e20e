"""`fangzhi search`: find articles by words in their title or text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from attrs import evolve

from crawler.cli.filters import Selected, narrowed, with_filters, with_query
from crawler.cli.query_command import QueryCommand
from crawler.cli.session import Session, fangzhi_command
from pipelines.messages import Message, ngettext
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crawler.cli.rows import PrintedRow
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.catalogue.lookups import Hit
    from pipelines.catalogue.results import Results


@fangzhi_command("search", kind=QueryCommand)
@click.argument("query", nargs=-1, required=True)
@with_filters
@click.option("--facets", is_flag=True, help="Also count it by month, site, region, source, column and verdict.")
def command(session: Session, query: tuple[str, ...], selected: Selected, *, facets: bool) -> int:
    """Find articles that match QUERY. Titles and texts are searched, in simplified and traditional characters alike.

    \b
    老旧小区 电梯               both words
    '"加装电梯"'                a phrase; Chinese words are phrases anyway
    电梯 OR 扶梯                one of the words at least
    电梯 -防汛                  without the word; also: 电梯 NOT 防汛
    '(电梯 OR 扶梯) 补贴'       parentheses
    title:电梯                  in the title; also source: column: author: number:
    number:国办发〔2017〕47号   a document number (文号) or index number (索引号)
    site:yunzhou region:4407    a site, a region with all below it

    A word of letters or digits is found only as a whole word. Punctuation and white space do not count: 10月 finds
    10 月, too. The first 100,000 characters of a text are searched.

    The order is by relevance: articles with most of the words in their title come first, then the newest capture;
    --sort changes it. Each article has a row as in `fangzhi list`, followed by the first passage with one of the words.
    Copies of a text are one result with their number, unless --copies or --no-copies is given. With --json each line is
    an entry with the additional keys `found`, the index of each matching article and its passage, and `copies`.

    --facets adds numbers of articles, counted as `fangzhi counts` does: all months, and of everything else the ten most
    frequent values. With --json a last line with the only key `facets` has all values.
    """
    from contextlib import closing

    from pipelines.catalogue.catalogue import Catalogue

    wanted = with_query(session, selected.filter, query)
    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        filters = narrowed(catalogue, evolve(selected, filter=wanted))
        results = catalogue.search(
            filters,
            selected.limit,
            order=selected.order or "relevance",
            folded=selected.copies is None,
        )
        _print(session, catalogue, catalogue.hits(wanted.query, results.found))
        if facets:
            from crawler.cli.facets import print_facets

            print_facets(session, catalogue.facets(filters, once=selected.copies is not True))
    if not session.as_json or not results.total:
        from crawler.cli.list import total_line

        session.say(total_line(session, _summary(" ".join(query), results), len(results.found)))
    return 0


def _print(session: Session, catalogue: Catalogue, hits: Iterable[Hit]) -> None:
    from crawler.cli.list import print_rows
    from pipelines.model.serialize import entry_document

    if session.as_json:
        for hit in hits:
            found = [{"article": number, "passage": passage.text} for number, passage in hit.passages.items()]
            document = entry_document(catalogue.with_attachments(hit.entry))
            session.emit(document | {"found": found, "copies": hit.copies})
        return
    print_rows(session, (row for hit in hits for row in _rows(session, catalogue, hit)))


def _rows(session: Session, catalogue: Catalogue, hit: Hit) -> Iterator[PrintedRow]:
    """Yield a row for each matching article; the last one says how many copies there are."""
    from crawler.cli.list import article_row

    copies = ngettext("and {count} copy", "and {count} copies", hit.copies) if hit.copies else ""
    for number, passage in hit.passages.items():
        row = article_row(session, catalogue, hit.entry, hit.entry.articles[number])
        note = session.text(copies) if number == max(hit.passages) else ""
        yield evolve(row, passage=passage, note=note)


def _summary(query: str, results: Results) -> Message:
    """Return how many captures match, how many of them are folded, and how many are shown."""
    if not results.total:
        return _("No article matches {query}.", query=query)
    found = ngettext("{count} capture", "{count} captures", results.total)
    if results.captures > results.total:
        copies = ngettext("{count} copy", "{count} copies", results.captures - results.total)
        found = _("{found} and {copies}", found=found, copies=copies)
    shown = len(results.found)
    return _("{found}, {shown} shown", found=found, shown=shown) if shown < results.total else found
