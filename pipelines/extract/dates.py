"""Pure. When an article was published and changed, by the strongest evidence on its page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from pipelines.extract.moments import day, moment, url_date
from pipelines.extract.page import Page
from pipelines.extract.title import fold
from pipelines.extract.tree import hanzi
from pipelines.model import Moment

PUBLISHED = [
    "pubdate",
    "publishdate",
    "firstpublishedtime",
    "article:published_time",
    "og:release_date",
    "og:time",
    "datepublished",
    "publish_time",
    "weibo:article:create_at",
    "bytedance:published_time",
    "dc.date.issued",
    "maketime",
    "createdate",
    "apub:time",
]
MODIFIED = ("lastmodifiedtime", "article:modified_time", "og:updated_time", "datemodified")
SELECTORS = (
    "#pubtime_baidu",
    "founder-date",
    "#NewsArticlePubDay",
    "[itemprop=datePublished]",
    "#pub_date",
    "#pubtime",
)

NEAR = 10
"""Lines below the headline in which the info line stands, on every template surveyed."""

PLACES = 5
"""Showings of a headline that are looked at: in the trail, over the text, in two boxes beside it, behind it."""

LABEL_HANZI = 60
"""Hanzi of the longest info line; a longer line is prose, whose dates are those of the events."""

_LABEL = re.compile(
    r"(?:发布|發布|发表|发稿|刊登|录入|上传|添加|更新|成文|印发)?\s*(?:时间|日期|時間)\s*[:：]|(?:发布|發布|发表"
    r"|发稿|更新)(?:于|时间|日期)"
)
_FOOTER = re.compile(r"copyright|版权|©|ICP备|主办|技术支持|今天是|现在是", re.IGNORECASE)


def published(page: Page, title: str | None) -> Moment | None:
    """Return when the article was published, as exactly as the page says it.

    Order: recipe, meta tags, Founder's properties, Baidu's ids, JSON-LD, the lines under the headline, a labelled line,
    the address. A day is made exact by later evidence of the same day with a time.
    """
    found = [value for text in _evidence(page, title) if (value := moment(text, page.latest))]
    if not found:
        return url_date(page.url, page.latest)
    first = found[0]
    exact = (value for value in found if isinstance(value, dt.datetime) and day(value) == day(first))
    return first if isinstance(first, dt.datetime) else next(exact, first)


def modified(page: Page) -> Moment | None:
    """Return when the page says the article was last changed."""
    texts = (page.meta(*MODIFIED), str(page.linked_data.get("dateModified") or ""))
    return next((value for text in texts if (value := moment(text, page.latest))), None)


def _evidence(page: Page, title: str | None) -> Iterator[str]:
    yield from page.texts(*page.recipe.published)
    yield from (page.metas[name] for name in PUBLISHED if name in page.metas)
    yield page.founder.get("date", "")
    yield from page.texts(*SELECTORS)
    yield str(page.linked_data.get("datePublished") or "")
    yield from near_title(page, title)
    yield from (line.text for line in page.lines if _is_label(line.text) and _LABEL.search(line.text))


def near_title(page: Page, title: str | None) -> Iterator[str]:
    """Yield the short lines on and under the headline, from its last showing up that is no link.

    Navigation may show it before, and lists of other articles behind.
    """
    name = fold(title or "")
    places = [number for number, line in enumerate(page.lines) if name and name in fold(line.text)]
    short = [place for place in places if hanzi(page.lines[place].text) <= LABEL_HANZI + hanzi(name)]
    for place in sorted(short, key=lambda place: (bool(page.lines[place].linked), -place))[:PLACES]:
        for line in page.lines[place : place + NEAR]:
            if _is_label(line.text):
                yield line.text.replace(title or "", " ") if title else line.text


def _is_label(text: str) -> bool:
    return hanzi(text) <= LABEL_HANZI and not _FOOTER.search(text)
