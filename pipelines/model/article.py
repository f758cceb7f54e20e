"""The repaired text with what the page says about it, and what it is worth."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from attrs import field, frozen

from pipelines.model.draft import Attachment, Document, Edition, Evidence, Image, Moment, Person, Rejection, Repair


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
class Article:
    """A repaired text with what the page says about it; only `repair` makes one.

    `kicker` is the line over the headline (引题), `subtitle` the one under it (副题); neither is in title or text.
    `text` has one paragraph a line in the page's own script, `text_hans` is its simplified form. `outline` has the
    headings that a document site prints before a text, which tell of the chapters that it keeps back, too.
    `parts` are the addresses of the article's further pages, where the site shows it in several: each is a capture and
    an entry too. `site_name` and `site_code` are what the page declares of its site (SiteName; SiteIDCode, whose first
    six digits are a region's). `anchors` are what texts near this one are found by, if they are worked out already;
    they follow from the text and stand in no document.
    """

    title: str | None
    subtitle: str | None = None
    kicker: str | None = None
    text: str
    script: Script
    text_hans: str
    outline: tuple[str, ...] = ()
    published_at: Moment | None = None
    published_on: dt.date | None = None
    modified_at: Moment | None = None
    source: str | None = None
    authors: tuple[Person, ...] = ()
    dateline: str | None = None
    column: tuple[str, ...] = ()
    document: Document | None = None
    images: tuple[Image, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    parts: tuple[str, ...] = ()
    site_name: str | None = None
    site_code: str | None = None
    edition: Edition | None = None
    quality: Quality = Quality()
    repairs: tuple[Repair, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    anchors: tuple[int, ...] = field(default=(), eq=False, repr=False)


Outcome = tuple[Article, ...] | Rejection
"""What `read` makes of a page: its articles in reading order, never none of them, or the reason why there are none."""
