"""What the health of a site is computed from: a few facts of each capture, which need not be read from its document."""

from __future__ import annotations

from typing import Self

from attrs import astuple, fields, frozen

from pipelines.model import Article, Entry

LOSSES = ("lost-characters", "private-characters", "guessed-characters")
"""Quality flags of texts that no repair restores for certain."""


@frozen(kw_only=True)
class Facts:
    """The status of an answer, and the numbers of its articles: all, those with a field, repaired, and with losses."""

    status: int | None = None
    articles: int = 0
    title: int = 0
    date: int = 0
    source: int = 0
    column: int = 0
    repaired: int = 0
    lossy: int = 0

    @property
    def text(self) -> str:
        """Return the facts as text: numbers between commas, without zeros at the end.

        >>> Facts(status=200, articles=1, title=1).text
        '200,1,1'
        """
        return ",".join(str(value or "") for value in astuple(self)).rstrip(",")

    @classmethod
    def from_text(cls, text: str | None) -> Self:
        """Return the facts of a text.

        >>> Facts.from_text(",2,,1") == Facts(articles=2, date=1)
        True
        """
        numbers = [int(part or 0) for part in (text or "").split(",")]
        values = dict(zip((field.name for field in fields(cls)), numbers, strict=False))
        return cls(status=values.pop("status") or None, **values)


def facts_of(entry: Entry) -> Facts:
    """Return the facts of an entry."""
    numbers = [_numbers(article) for article in entry.articles]
    sums = (sum(column) for column in zip(*numbers, strict=True))
    names = ("articles", "title", "date", "source", "column", "repaired", "lossy")
    return Facts(status=entry.status, **dict(zip(names, sums, strict=False)))


def _numbers(article: Article) -> tuple[bool, ...]:
    date = article.published_on or article.published_at
    lossy = any(flag in LOSSES for flag in article.quality.flags)
    values = (article.title, date, article.source, article.column, article.repairs, lossy)
    return (True, *map(bool, values))
