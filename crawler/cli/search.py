"""`fangzhi search`: find articles by words in their title or text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from attrs import evolve

from crawler.cli.filters import with_filters
from crawler.cli.session import Session, fangzhi_command
from pipelines.messages import Message, ngettext
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.catalogue.queries import Filter
    from pipelines.catalogue.search import Passage
    from pipelines.model import Entry


OPERATORS = ("OR", "AND", "NOT")
"""Words that are operators in other searches."""


@fangzhi_command("search")
@click.argument("query", nargs=-1, required=True)
@with_filters
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N captures.")
def command(session: Session, query: tuple[str, ...], filters: Filter, limit: int | None) -> int:
    """Find articles that contain every word of QUERY, newest capture first.

    Titles and texts are searched. Words in simplified or traditional characters find texts in both. Quote a word that
    contains white space: '"10 月"'. There are no operators: OR, -word and the like are searched literally.

    Each article has a row as in `fangzhi list`, followed by the first passage with one of the words. With --json each
    line is an entry with the additional key `found`: the index of each matching article and its passage.

    The search reads every entry that the options select: --site, --since and --until make it faster, --region does not.
    """
    from contextlib import closing
    from itertools import islice

    from crawler.cli.rows import Counted
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.catalogue.search import split_query

    query_words = split_query(" ".join(query))
    if not query_words:
        raise click.UsageError(_("QUERY contains no word: give at least one letter, digit or character"))
    for word in filter(_looks_like_operator, query_words):
        session.say(_("{word} is searched literally: a query has words and no operators", word=word))
    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        matches = Counted(islice(catalogue.search(query_words, filters), limit))
        _print(session, catalogue, matches)
    if not session.as_json or not matches.count:
        from crawler.cli.list import total_line

        session.say(total_line(session, _summary(query_words, matches.count, limit), matches.count))
    return 0


def _looks_like_operator(word: str) -> bool:
    return word in OPERATORS or (word.startswith("-") and len(word) > 1)


def _print(session: Session, catalogue: Catalogue, matches: Iterable[tuple[Entry, dict[int, Passage]]]) -> None:
    from crawler.cli.list import article_row, print_rows
    from pipelines.model.serialize import entry_document

    if session.as_json:
        for entry, passages in matches:
            found = [{"article": number, "passage": passage.text} for number, passage in passages.items()]
            session.emit(entry_document(catalogue.with_attachments(entry)) | {"found": found})
        return
    print_rows(
        session,
        (
            evolve(article_row(session, catalogue, entry, entry.articles[number]), passage=passage)
            for entry, passages in matches
            for number, passage in passages.items()
        ),
    )


def _summary(query_words: Sequence[str], shown: int, limit: int | None) -> Message:
    """Return how many captures match; after `limit` captures the search has ended, and the total is not known."""
    if not shown:
        return _("No article contains {words}.", words=list(query_words))
    found = ngettext("{count} capture", "{count} captures", shown)
    return _("{found} shown, the search ended there (--limit)", found=found) if shown == limit else found
