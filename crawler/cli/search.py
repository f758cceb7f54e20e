"""`fangzhi search`: the articles in which words stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crawler.cli.filters import filtering
from crawler.cli.session import Session, fangzhi_command

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.catalogue.queries import Filter
    from pipelines.catalogue.search import Passage
    from pipelines.model import Entry


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
    from itertools import islice

    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.catalogue.search import split_query

    sought = split_query(" ".join(query))
    if not sought:
        raise click.UsageError("QUERY has no word in it")
    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        shown = False
        for entry, found in islice(_found(catalogue, wanted, sought), limit):
            shown = True
            _show(session, catalogue, entry, found)
    if not shown:
        session.say(f"No article has {'、'.join(sought)} in it.")
    return 0


def _found(catalogue: Catalogue, wanted: Filter, sought: Sequence[str]) -> Iterator[tuple[Entry, dict[int, Passage]]]:
    """Yield the entries that were found, with the passages of their articles by number."""
    from attrs import evolve

    from pipelines.catalogue.search import find_passage, fold, spellings

    asked = evolve(wanted, words=tuple(map(spellings, sought)), outcome=wanted.outcome or "article")
    compared = [fold(word) for word in sought]
    for entry in catalogue.entries(asked):
        told = ((number, find_passage(article, compared)) for number, article in enumerate(entry.articles))
        if found := {number: each for number, each in told if each}:
            yield entry, found


def _show(session: Session, catalogue: Catalogue, entry: Entry, found: Mapping[int, Passage]) -> None:
    from crawler.cli.list import row
    from pipelines.model.serialize import entry_document

    if session.machine:
        told = [{"article": number, "passage": passage.text} for number, passage in found.items()]
        session.emit(entry_document(catalogue.with_attachments(entry)) | {"found": told})
        return
    for number, passage in found.items():
        click.echo(row(entry, entry.articles[number]))
        click.echo(f"    {passage.before}{click.style(passage.word, bold=True)}{passage.after}")
