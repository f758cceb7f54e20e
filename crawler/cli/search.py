"""Shell. `fangzhi search`: the articles in which words stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crawler.cli.filters import filtering
from crawler.cli.session import Session, fangzhi_command

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.catalogue import Catalogue, Filter
    from pipelines.model import Article, Entry
    from pipelines.search import Passage

Found = tuple["Article", "Passage"]


@fangzhi_command("search")
@click.argument("query", nargs=-1, required=True)
@filtering
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="The first N captures only.")
def command(session: Session, query: tuple[str, ...], wanted: Filter, limit: int | None) -> int:
    """Search titles and texts: the articles with every word of QUERY, the newest capture first.

    Words may be simplified or traditional, and find texts in either; what white space is in goes into quotation marks.
    Below each article, which has a row as with `list`, stands the first passage with a word. With --json it is the
    entry, with `found`: the number of each of its articles that was found, and that passage.

    All entries that the options let through are read: --site, --since and --until make it quicker.
    """
    from contextlib import closing

    from pipelines.catalogue import Catalogue
    from pipelines.search import words

    sought = words(" ".join(query))
    if not sought:
        raise click.UsageError("QUERY has no word in it")
    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        number = 0
        for entry, found in _found(catalogue, wanted, sought):
            number += 1
            _show(session, catalogue, entry, found)
            if number == limit:
                break
    if not number:
        session.say(f"No article has {'、'.join(sought)} in it.")
    return 0


def _found(catalogue: Catalogue, wanted: Filter, sought: Sequence[str]) -> Iterator[tuple[Entry, list[Found]]]:
    from attrs import evolve

    from pipelines.search import passage, spellings

    asked = evolve(wanted, words=tuple(map(spellings, sought)), outcome=wanted.outcome or "article")
    for entry in catalogue.entries(asked):
        found = [(article, told) for article in entry.articles if (told := passage(article, sought))]
        if found:
            yield entry, found


def _show(session: Session, catalogue: Catalogue, entry: Entry, found: Sequence[Found]) -> None:
    from crawler.cli.entries import row
    from pipelines.document import entry_document

    if session.machine:
        told = [{"article": entry.articles.index(article), "passage": passage.text} for article, passage in found]
        session.emit(entry_document(catalogue.joined(entry)) | {"found": told})
        return
    for article, passage in found:
        click.echo(row(entry, article))
        click.echo(f"    {passage.before}{click.style(passage.word, bold=True)}{passage.behind}")
