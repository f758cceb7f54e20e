"""The repaired text with what the page says about it, and what it is worth."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from attrs import field, frozen

from pipelines.model.draft import About, Evidence, Rejection, Repair


@frozen(kw_only=True)
class Parts:
    """What `Quality.score` is the product of, each from 0 to 1, where 1 is faultless.

    `intact`: how little damage is left; `chinese`: the share of Chinese among the letters; `complete`: the share of
    the text that is there and not masked; `length`: how far the text is long enough to be read with certainty.
    """

    intact: float
    chinese: float
    complete: float
    length: float


@frozen(kw_only=True)
class Quality:
    """What is known to be missing or masked in the text, in characters, and what the text is worth from 0 to 1.

    `truncated`: there was more of it; `paywall`: for those who pay, subscribe or log in. `omitted_chars` is what the
    page says that it left out, or what `full_chars` and `shown_chars` leave. `flags` are kebab-case.
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


Script = Literal["hans", "hant", "mixed"]


@frozen(kw_only=True)
class Article(About):
    """A repaired text with what the page says about it; only `repair` makes one.

    `text` has one paragraph a line in the page's own script, `text_hans` is its simplified form. `outline` has the
    headings that a document site prints before a text; they also name the chapters that the site withholds.
    `published_on` is the day of `published_at` in China. `anchors` are the winnowing fingerprints by which near copies
    are found, if they have been computed already; they follow from the text and are in no JSON document.
    """

    text: str
    script: Script
    text_hans: str
    outline: tuple[str, ...] = ()
    published_on: dt.date | None = None
    quality: Quality = Quality()
    repairs: tuple[Repair, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    fingerprints: tuple[int, ...] = field(default=(), eq=False, repr=False)


Outcome = tuple[Article, ...] | Rejection
"""What `read` makes of a page: its articles in reading order, never none of them, or the reason why there are none."""
