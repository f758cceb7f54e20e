"""`fangzhi search`: find articles by words in their title or text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crawler.cli.filters import with_filters
from crawler.cli.session import Session, fangzhi_command

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.catalogue.queries import Filter
    from pipelines.catalogue.search import Passage
    from pipelines.model import Entry


@fangzhi_command("search")
@click.argument("query", nargs=-1, required=True)
@with_filters
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N captures.")
def command(session: Session, query: tuple[str, ...], filters: Filter, limit: int | None) -> int:
    """Find articles that contain every word of QUERY, newest capture first.

    Titles and texts are searched. Words in simplified or traditional characters find texts in both. Quote a word that
    contains white space. Each article has a row as in `fangzhi list`, followed by the first passage with one of the
    words. With --json each line is an entry with the additional key `found`: the index of each matching article and
    its passage.

    The search reads every entry that the options select: --site, --since and --until make it faster.
    """
    from contextlib import closing
    from itertools import islice

    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.catalogue.search import split_query

    query_words = split_query(" ".join(query))
    if not query_words:
        raise click.UsageError("QUERY contains no word: give at least one letter, digit or character")
    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        any_shown = False
        for entry, passages in islice(catalogue.search(query_words, filters), limit):
            any_shown = True
            _show(session, catalogue, entry, passages)
    if not any_shown:
        session.say(f"No article contains {'、'.join(query_words)}.")
    return 0


def _show(session: Session, catalogue: Catalogue, entry: Entry, passages: Mapping[int, Passage]) -> None:
    from crawler.cli.list import article_row
    from pipelines.model.serialize import entry_document

    if session.as_json:
        found = [{"article": number, "passage": passage.text} for number, passage in passages.items()]
        session.emit(entry_document(catalogue.with_attachments(entry)) | {"found": found})
        return
    for number, passage in passages.items():
        click.echo(article_row(entry, entry.articles[number]))
        click.echo(f"    {passage.before}{click.style(passage.word, bold=True)}{passage.after}")
