"""Articles with their captures: one by one, as rows of a table, or as a pandas data frame."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import attrs
from attrs import frozen

from pipelines.errors import ConfigError
from pipelines.model import Article, Entry, Region, Verdict
from pipelines.model.fields import Cell

if TYPE_CHECKING:
    import pandas
    import polars

PANDAS_TYPES = {
    str: "string",
    int: "Int64",
    float: "float64",
    dt.date: "datetime64[s]",
    dt.datetime: "datetime64[us, UTC]",
}
"""The pandas types of columns, by the types of their cells. Without them the type of a column would depend on whether
it has a value. Seconds are the coarsest unit of pandas: with nanoseconds a date before 1677 would be an error."""


@frozen(kw_only=True, repr=False)
class ArchivedArticle(Article):
    """An article with all its fields (`title`, `text`, `text_hans`, `published_on`, …) and the entry of its capture.

    `number` counts the articles of a page from 1. `passage` is the first place of a word of a search.
    """

    entry: Entry
    number: int = 1
    passage: str | None = None

    @property
    def id(self) -> str:
        """The id of the capture."""
        return self.entry.id

    @property
    def site(self) -> str | None:
        """The site's name in the registry, None if it is not registered."""
        return self.entry.site

    @property
    def region(self) -> Region | None:
        """The region that the article is from, with its code in GB/T 2260."""
        return self.entry.region

    @property
    def url(self) -> str:
        """The URL that was requested."""
        return self.entry.url

    @property
    def final_url(self) -> str:
        """The URL that returned the page; it differs from `url` after a redirect."""
        return self.entry.final_url

    @property
    def fetched_at(self) -> dt.datetime:
        """The time of the capture, in UTC."""
        return self.entry.fetched_at

    @property
    def verdict(self) -> Verdict:
        """Whether the capture is new, a new version or a copy, and of which capture."""
        return self.entry.verdict

    def row(self) -> dict[str, Cell]:
        """Return the article as a row with the columns of the CSV export."""
        from pipelines.export.rows import row

        return row(self.entry, self.number, self)

    def __repr__(self) -> str:
        return f"<ArchivedArticle {self.id} {self.published_on or '(no date)'} {self.title or '(no title)'}>"


def archived_article(entry: Entry, number: int, passage: str | None = None) -> ArchivedArticle:
    """Return the article with this number, counted from 1, of an entry."""
    article = entry.articles[number - 1]
    values = {field.name: getattr(article, field.name) for field in attrs.fields(Article)}
    return ArchivedArticle(**values, entry=entry, number=number, passage=passage)


class Articles:
    """The articles that a call selected, newest capture first. Nothing is read before it is iterated.

    Each iteration reads the catalogue again. A loop that is left early keeps a read transaction open as long as its
    iterator exists; meanwhile the write-ahead log of a running crawl cannot be shortened.
    """

    def __init__(self, read: Callable[[], Iterator[ArchivedArticle]]) -> None:
        """Yield what `read` returns."""
        self._read = read

    def __iter__(self) -> Iterator[ArchivedArticle]:
        return self._read()

    def rows(self) -> Iterator[dict[str, Cell]]:
        """Yield each article as a row with the columns of the CSV export: plain values, None for what is unknown.

        Libraries for tables accept them: `polars.DataFrame(articles.rows())`, `pyarrow.Table.from_pylist([...])`.
        """
        return (article.row() for article in self)

    def to_polars(self) -> polars.DataFrame:
        """Return the articles as a data frame of polars, one row an article, with the columns of the CSV export.

        All texts are in memory at once. Raises ConfigError if polars is not installed.
        """
        try:
            import polars as pl
        except ImportError as error:
            message = "a data frame of polars needs polars, which is not installed"
            raise ConfigError(message, "pip install 'fangzhi[polars]', or use rows()") from error
        from pipelines.export.rows import columns

        kinds = {str: pl.String, int: pl.Int64, float: pl.Float64, dt.date: pl.Date}
        types = {name: kinds.get(kind, pl.Datetime("us", "UTC")) for name, kind in columns().items()}
        return pl.DataFrame(list(self.rows()), schema=types, orient="row")

    def to_pandas(self) -> pandas.DataFrame:
        """Return the articles as a data frame, one row an article, with the columns of the CSV export.

        The days of publication and of capture are of type `datetime64`, so that `resample` and `dt` work. All texts
        are in memory at once. Raises ConfigError if pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError as error:
            message = "a data frame needs pandas, which is not installed"
            raise ConfigError(message, "pip install 'fangzhi[pandas]', or use rows()") from error
        from pipelines.export.rows import columns

        types = columns()
        frame = pd.DataFrame(list(self.rows()), columns=list(types))
        return frame.astype({name: PANDAS_TYPES[kind] for name, kind in types.items()})
