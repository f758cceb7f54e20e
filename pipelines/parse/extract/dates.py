"""When an article was published and changed, by the strongest evidence on its page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from pipelines.model import Moment
from pipelines.parse.extract.datetimes import WRITTEN, day, moment, url_date, written_out
from pipelines.parse.extract.info import LABEL_HANZI, is_info
from pipelines.parse.extract.lines import CELL_MARK
from pipelines.parse.extract.page import Page, Sourced
from pipelines.parse.extract.tree import hanzi
from pipelines.times import CHINA

PUBLISHED = (
    "PubDate",
    "publishdate",
    "firstpublishedtime",
    "article:published_time",
    "og:published_time",
    "og:release_date",
    "og:time",
    "datePublished",
    "publish_time",
    "publish-date",
    "weibo:article:create_at",
    "bytedance:published_time",
    "DC.date.issued",
    "createDate",
    "apub:time",
)
MODIFIED = (
    "lastmodifiedtime",
    "article:modified_time",
    "og:updated_time",
    "dateModified",
    "dateUpdate",
    "bytedance:updated_time",
)
MADE = ("Maketime",)
"""What CMSes write when they make the static page anew: no earlier than publishing, often years later."""

SELECTORS = (
    "#pubtime_baidu",
    "founder-date",
    "#NewsArticlePubDay",
    "[itemprop=datePublished]",
    "#pub_date",
    "#pubtime",
)

_BEFORE_DATE = r"[\]】]?\s*(?:于|：|:)?\s*\[?\s*"
_PUBLISHED = re.compile(
    rf"(?:(?:发布|發布|发表|發表|发稿|刊登|刊发|录入|上传|添加|上网|公开|发文|加入|编辑)(?:时间|日期|時間|于)?"
    rf"){_BEFORE_DATE}(?=(?:19|20)\d\d\s*[-/.年－]|\d\d?/\d\d?/(?:19|20)\d\d )"
)
_CHANGED = re.compile(rf"(?:更新|修改)(?:时间|日期|時間)?{_BEFORE_DATE}(?=(?:19|20)\d\d\s*[-/.年－])")
_WRITTEN = re.compile(rf"(?:成文|印发|生成|制发|发文)(?:时间|日期){_BEFORE_DATE}(?=(?:19|20)\d\d\s*[-/.年－])")
_TIME = re.compile(rf"(?<![\u4e00-\u9fff、])(?:时间|日期|時間){_BEFORE_DATE}(?=(?:19|20)\d\d\s*[-/.年－])")
_AFTER = re.compile(r"\s*(?:发布|發布|发表|發表|刊登|上传)(?!会|机构|单位|人)")
_FOOTER = re.compile(r"copyright|版权|©|备案|标识码|主办|技术支持|今天是|现在是", re.IGNORECASE)


def published(page: Page, near: Sequence[str]) -> Sourced[Moment] | None:
    """Return when the article was published, as exactly as the page says it.

    `near` has the lines by the headline. Order: recipe, meta tags, Founder's properties, JSON-LD, Baidu's ids, the info
    line by the headline, a line with a label, the address, when it was changed, and at last a line that is nothing
    but a day, such as the one under an official letter. A day is made exact by later evidence of it with a time.
    """
    strong = _moments(page, chain(_declared(page), _shown(page, near), _near_change(near)))
    first = next(strong, None)
    if first:
        exact = (told for told in strong if isinstance(told.value, dt.datetime) and day(told.value) == day(first.value))
        return first if isinstance(first.value, dt.datetime) else next(exact, first)
    told = url_date(page.url, page.latest)
    return Sourced(told, "url") if told else next(_moments(page, _faint(page)), None) or _bare(page)


def modified(page: Page, near: Sequence[str]) -> Sourced[Moment] | None:
    """Return when the page says the article was last changed."""
    return next(_moments(page, [*_changed(page), *_near_change(near)]), None)


def _near_change(near: Sequence[str]) -> Iterator[Sourced[str]]:
    for text in near:
        found = _CHANGED.search(text)
        if found and not _FOOTER.search(text):
            yield Sourced(text[found.end() :], "info-line")


def _moments(page: Page, texts: Iterable[Sourced[str]]) -> Iterator[Sourced[Moment]]:
    for text, origin in texts:
        value = moment(text, page.latest)
        if value:
            yield Sourced(value, origin)


def _declared(page: Page) -> Iterator[Sourced[str]]:
    yield from page.selected("recipe:", *page.recipe.published)
    yield from page.meta(*PUBLISHED)
    for name in ("display_publish_time", "created_at"):
        yield Sourced(_stamp(page.detail.get(name)), f"_CONFIG:{name}")
    yield from page.properties("date")
    for name in ("datePublished", "pubDate"):
        yield Sourced(str(page.linked_data.get(name) or ""), f"json-ld:{name}")
    yield from page.selected("", *SELECTORS)


def _stamp(value: object) -> str:
    """Return seconds since 1970 as a written moment, and a string as it is."""
    if isinstance(value, int) and 0 < value < 1 << 33:
        return dt.datetime.fromtimestamp(value, CHINA).isoformat()
    return value if isinstance(value, str) else ""


def _shown(page: Page, near: Sequence[str]) -> Iterator[Sourced[str]]:
    """Yield the dates of the lines by the headline, labelled ones first, then those of lines with a label anywhere."""
    near = [text for text in near if not _FOOTER.search(text)]
    yield from (Sourced(text, "info-line") for line in near for text in _labelled(line))
    yield from (Sourced(line, "info-line") for line in near if is_info(line) and not _CHANGED.search(line))
    yield from (Sourced(text, "label") for line in page.lines if _is_label(line.text) for text in _labelled(line.text))


def _is_label(text: str) -> bool:
    """Tell a short line with a year in it that is not the page's footer."""
    return ("20" in text or "19" in text) and hanzi(text) <= LABEL_HANZI and not _FOOTER.search(text)


def _labelled(line: str) -> Iterator[str]:
    line = line.replace("\t", " ")
    yield from (line[found.end() :] for found in _PUBLISHED.finditer(line))
    yield from (found[0] for found in WRITTEN.finditer(line) if _AFTER.match(line, found.end()))


def _changed(page: Page) -> Iterator[Sourced[str]]:
    yield from page.meta(*MODIFIED)
    for name in ("dateModified", "upDate"):
        yield Sourced(str(page.linked_data.get(name) or ""), f"json-ld:{name}")


def _faint(page: Page) -> Iterator[Sourced[str]]:
    yield from _changed(page)
    for pattern in (_TIME, _CHANGED, _WRITTEN):
        for line in page.lines:
            found = pattern.search(line.text) if _is_label(line.text) else None
            if found:
                yield Sourced(line.text[found.end() :], "label")
    yield from page.meta(*MADE)


def _bare(page: Page) -> Sourced[Moment] | None:
    """Return what a line says that is nothing but a moment: the first with a time or medium, else the last day."""
    lone = [line.text for line in page.lines if not line.linked and len(line.text) <= 40]
    cells = (cell for text in lone for cell in text.split(CELL_MARK))
    begun = (found for cell in cells if (found := WRITTEN.match(cell)) and hanzi(cell[found.end() :]) <= 4)
    named = [found for found in begun if found["H"] or found.string.endswith(("报", "网", "社", "報", "網"))]
    exact = next(_moments(page, [Sourced(found[0], "lone-date") for found in named]), None)
    days = [value for text in lone if (value := written_out(text, page.latest))]
    return exact or (Sourced(days[-1], "sign-off") if days else None)
