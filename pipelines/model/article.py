"""An article: its repaired text, its metadata and its quality."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from attrs import field, frozen

from pipelines.model.draft import About, Evidence, Rejection, Repair


@frozen(kw_only=True)
class Parts:
    """The factors whose product is `Quality.score`, each from 0 to 1, where 1 is faultless.

    `intact` falls with the damage that is left in the text. `chinese` is the share of Chinese characters among the
    letters, `complete` the share of the text that is present and not masked. `length` is lower for texts that are too
    short to be read with certainty.
    """

    intact: float
    chinese: float
    complete: float
    length: float


@frozen(kw_only=True)
class Quality:
    """What is missing or masked in a text, in characters, and its quality score from 0 to 1.

    `truncated` is whether the page shows only a part of the text, `paywall` whether the rest is for readers who pay,
    subscribe or log in. `omitted_chars` is the number that the page states, or `full_chars` less `shown_chars`. `flags`
    are kebab-case.
    """

    truncated: bool = False
    paywall: bool = False
    shown_chars: int | None = None
    full_chars: int | None = None
    omitted_chars: int | None = None
    masked_chars: int = 0
    score: float | None = None
    parts: Parts | None = None
    flags: tuple[str, ...] = ()


@frozen(kw_only=True)
class Table:
    """A data table of an article: its rows from top to bottom, each with its cells from left to right.

    A cell that spans several rows or columns is repeated in each of them; several paragraphs in a cell are separated by
    line breaks. `headers` are the header cells, as indices of row and column. The table is in `text[start:end]` of the
    article, and its cells have the repairs of that text.
    """

    rows: tuple[tuple[str, ...], ...]
    start: int
    end: int
    caption: str | None = None
    headers: tuple[tuple[int, int], ...] = ()


Script = Literal["hans", "hant", "mixed"]


@frozen(kw_only=True)
class Article(About):
    """A repaired text with its metadata; only `repair` creates one.

    `text` has one paragraph per line in the page's own script, `text_hans` is the same in simplified characters.
    `outline` are the headings that a document site prints before a text, including those of chapters that it withholds.
    `tables` are the data tables in the text. `published_on` is the day of `published_at` in China. `fingerprints` are
    the winnowing fingerprints by which near copies are found, empty if they have not been computed yet; they follow
    from the text and are not in the JSON.
    """

    text: str
    script: Script
    text_hans: str
    outline: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    published_on: dt.date | None = None
    quality: Quality = Quality()
    repairs: tuple[Repair, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    fingerprints: tuple[int, ...] = field(default=(), eq=False, repr=False)


Outcome = tuple[Article, ...] | Rejection
"""The result of `read_page`: at least one article, in reading order, or the reason why there is none."""
