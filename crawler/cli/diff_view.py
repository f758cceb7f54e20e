"""What the difference between two versions shows of each article, for the pages that are written from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from attrs import frozen

from crawler.compare.entries import ArticleChange, ComparisonKind, compare, pair_articles, without_derived_fields
from crawler.compare.text import ComparedParagraph, TextChange, inline_diff, paragraphs
from crawler.config.language import in_language
from pipelines.messages import Message
from pipelines.messages import gettext as _
from pipelines.model import Article, Entry, fields
from pipelines.model.readable import ROLES, person

KINDS: dict[ComparisonKind, Message] = {"new": _("Article added"), "lost": _("Article removed")}
"""The headings of articles that only one version has."""

_MINUTE = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)\S*")
_ROLE = re.compile(rf"([^\s、]+) ({'|'.join(ROLES)})(?=、|$)")


@frozen(kw_only=True)
class DiffPassage:
    """Consecutive paragraphs that all stayed or all changed."""

    stayed: bool
    paragraphs: tuple[ComparedParagraph, ...]

    @property
    def text(self) -> str:
        """The later text, its paragraphs separated by spaces."""
        return " ".join("".join(change.after for change in paragraph) for paragraph in self.paragraphs)

    @property
    def characters(self) -> int:
        """The number of characters of the later text."""
        return sum(len(change.after) for paragraph in self.paragraphs for change in paragraph)


@frozen(kw_only=True)
class ArticleDiff:
    """An article in two versions: its changed fields with their labels in reading order, and its passages."""

    kind: ComparisonKind
    title: str
    fields: tuple[tuple[str, TextChange], ...]
    passages: tuple[DiffPassage, ...]

    @property
    def stayed(self) -> bool:
        """Whether the text is unchanged."""
        return all(passage.stayed for passage in self.passages)


def article_views(before: Entry, after: Entry, lang: str) -> list[ArticleDiff]:
    """Return the articles of two versions side by side, with labels in a language."""
    changes = [without_derived_fields(change) for change in compare(before, after).articles]
    pairs = pair_articles(before.articles, after.articles)
    return [_view(change, *pair, lang) for change, pair in zip(changes, pairs, strict=True)]


def pieces(change: TextChange) -> Iterator[TextChange]:
    """Yield a sentence or a value piece by piece; an unchanged one is one piece."""
    yield from (change,) if change.unchanged else inline_diff(change.before, change.after)


def _view(change: ArticleChange, before: Article | None, after: Article | None, lang: str) -> ArticleDiff:
    text = paragraphs(before.text if before else "", after.text if after else "")
    return ArticleDiff(
        kind=change.kind,
        title=change.title,
        fields=tuple(_fields(change, lang)),
        passages=tuple(DiffPassage(stayed=stayed, paragraphs=tuple(run)) for stayed, run in groupby(text, key=_stayed)),
    )


def _fields(change: ArticleChange, lang: str) -> Iterator[tuple[str, TextChange]]:
    order = [*(field.key for field in fields.FIELDS), *change.fields]
    for name in sorted(change.fields, key=order.index):
        edit = change.fields[name]
        readable = TextChange(before=_readable(edit.before, lang), after=_readable(edit.after, lang))
        yield fields.label_of(name, lang), readable


def _stayed(paragraph: ComparedParagraph) -> bool:
    return all(change.unchanged for change in paragraph)


def _readable(value: str, lang: str) -> str:
    """Return a field's value as people write it.

    >>> _readable("2024-03-05T09:30:00+08:00", "en"), _readable("何榕 reporter、刘洋 editor", "en")
    ('2024-03-05 09:30', '何榕 (reporter)、刘洋 (editor)')
    """
    return _ROLE.sub(lambda found: in_language(person(found[1], found[2]), lang), _MINUTE.sub(r"\1 \2", value))
