"""Finds the lines around a headline in newspapers: the kicker (引题, 肩题) above it, the subtitle (副题) below it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, takewhile

from attrs import evolve, frozen
from lxml.html import HtmlElement

from pipelines.parse.extract.byline import DATELINE, LABELS
from pipelines.parse.extract.datetimes import DATETIME
from pipelines.parse.extract.meta_tags import plain_text
from pipelines.parse.extract.page import ParsedPage, Sourced, fold
from pipelines.parse.extract.sites import OFFICE_NAME, is_site_or_column
from pipelines.parse.extract.tree import count_hanzi, first_texts

MAX_HEADLINE_CHARS = 80
"""Characters of the longest kicker or subtitle: those of three clauses have about 60; a summary has more."""

MIN_HEADLINE_HANZI = 4
"""Chinese characters of the shortest one: 视频, 组图 and 要闻 have fewer."""

MAX_COLUMN_HANZI = 6
"""Chinese characters of the longest column name that a template sets as a heading above a headline: 政府信息公开."""

MAX_HEADINGS = 60
"""Headings of a page that are searched for the headline; later ones belong to lists next to and below the text."""

MAX_TEXTS = 20
"""Texts in a heading or an element next to it; an element with more is a box or the body."""

MAX_LEVELS = 3
"""Elements from a headline up to the one that has a neighbour: heading, cell, row."""

MAX_OPENING_LINES = 12
"""First lines of a body that are searched for the dateline: headlines in four rows, info line and tools precede it."""

_LOWER_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_KICKER_NAMES = re.compile(
    r"""
    (?:^|[\s_-])(?:yt|yinti|jianti|kicker|eyebrow)(?:$|[\s_\d-])  # whole words
    | (?:intro|pre|up|shoulder)[_-]?title
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Classes and ids of kickers."""

_SUBTITLE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:ft|fbt|futi|fubiaoti)(?:$|[\s_\d-])|(?:sub|second)[_-]?title", re.IGNORECASE
)
_DASHES = "—－─- "
_NOT_A_HEADLINE = re.compile(
    rf"""
    [。；>＞|] | [：:，、]$                                                                # prose, breadcrumbs
    | 字[号体] | 打印 | 分享 | 扫一扫 | 当前位置 | 首页 | 登录                           # tools
    | (?:{LABELS})\s*[:：/] | (?:来源|时间|日期)\s*[:：]                              # credits, info lines
    | ^本[报台网] | 记者[\s/／] | 记者\w{{1,3}}\s?\w{{1,2}}$ | 通讯员                      # datelines, reporters
    | ^(?:相关|更多|推荐|热[门点])                                         # headings of boxes
    | ^第[\d一二三四五六七八九十]+[章节条] | ^[（(]?[一二三四五六七八九十\d]+[)）、.．]  # numbered headings
    """,
    re.VERBOSE,
)
"""Texts that are not a kicker or a subtitle."""

_KEYWORDS = re.compile(r"[^,，;；]{1,10}(?:[,，;；][^,，;；]{1,20}){3,}")
_SPEECH_VERB = re.compile(r"(?:强调|指出|要求|表示|讲话|主持召开.*|出席)$")
"""The end of a kicker that names a meeting, of which the headline gives the words."""


@frozen(kw_only=True)
class HeadlineGroup:
    """A headline with the kicker above it and the subtitle below it."""

    title: Sourced[str] | None = None
    kicker: Sourced[str] | None = None
    subtitle: Sourced[str] | None = None


def headline_group(page: ParsedPage, title: Sourced[str] | None) -> HeadlineGroup:
    """Return a page's headline, kicker and subtitle: from Founder's fields, or as the page shows them.

    A dash before the second of two headlines marks it as the subtitle: 为了一江清水 / ——市水务局巡河记.
    """
    heading = _heading_of(page, title.value) if title else None
    main = _main_heading(page, heading) if heading is not None else None
    if main is not None:
        title, heading = _read(page, main), main
    above, below = _around(page, heading) if heading is not None else (None, None)
    kicker = _founder_field(page, "introtitle", title) or above
    subtitle = _founder_field(page, "subtitle", title) or _dashed(page, title) or below
    return HeadlineGroup(title=_without_kicker(title, kicker), kicker=kicker, subtitle=subtitle)


def add_from_body(group: HeadlineGroup, body: Sequence[str]) -> tuple[HeadlineGroup, tuple[str, ...]]:
    """Add kicker and subtitle from the lines before the dateline of the body; return also these lines.

    The copy of news agencies begins with kicker, headline, subtitle, 新华社北京1月1日电. These lines are headlines if
    the page's headline is one of them, or is the beginning of a kicker such as 某某主持召开座谈会强调.
    """
    end = next((number for number, text in enumerate(body[:MAX_OPENING_LINES]) if DATELINE.match(text)), 0)
    if group.title is None or not end:
        return group, ()
    name = fold(group.title.value)
    place = next((number for number, text in enumerate(body[:end]) if fold(text) == name), end)
    above = _leading_headlines(reversed(body[:place]))[::-1]
    below = _leading_headlines(body[place + 1 : end])
    if place == end:
        if not above or not (fold(above[0]).startswith(name) and _SPEECH_VERB.search(above[0])):
            return group, ()
        above, below = above[:1], above[1:]
    kicker, subtitle = (Sourced(" ".join(part).strip(_DASHES), "body") if part else None for part in (above, below))
    group = evolve(group, kicker=group.kicker or kicker, subtitle=group.subtitle or subtitle)
    return group, (*above, *below)


def _leading_headlines(texts: Iterable[str]) -> list[str]:
    return list(takewhile(_is_headline, texts))


def _founder_field(page: ParsedPage, name: str, title: Sourced[str] | None) -> Sourced[str] | None:
    """Return the value of Founder's field, unless an editor put the headline or keywords there."""
    headline = fold(title.value) if title else ""
    values = chain(page.founder(name), page.select_texts("", f"founder-{name}"))
    return next((each for each in values if fold(each.value) != headline and not _KEYWORDS.fullmatch(each.value)), None)


def _dashed(page: ParsedPage, title: Sourced[str] | None) -> Sourced[str] | None:
    """Return the line below the headline if it begins with a dash."""
    name = fold(title.value) if title else ""
    if name not in page.folded_lines:
        return None
    for number, folded in enumerate(page.folded_lines[:-1]):
        if name and folded == name:
            below = page.lines[number + 1].text
            if re.match(r"[—－─-]{2}", below) and len(below) <= MAX_HEADLINE_CHARS:
                return Sourced(below.strip(_DASHES), "under-title")
    return None


def _heading_of(page: ParsedPage, name: str) -> HtmlElement | None:
    """Return the heading with a headline, or an h1 with the end of it: a meta tag may have the kicker before it."""
    wanted = fold(name)
    end: HtmlElement | None = None
    for element in page.headings[:MAX_HEADINGS]:
        text = fold(_text(element))
        if text == wanted:
            return element
        if end is None and element.tag == "h1" and wanted.endswith(text) and count_hanzi(text) > MAX_COLUMN_HANZI:
            end = element
    return end


def _main_heading(page: ParsedPage, heading: HtmlElement) -> HtmlElement | None:
    """Return the h1 directly below a lower heading that was taken for the headline but is the kicker."""
    below = _neighbour(heading, HtmlElement.getnext) if heading.tag in _LOWER_HEADINGS else None
    return below if below is not None and below.tag == "h1" and _read(page, below) else None


def _around(page: ParsedPage, heading: HtmlElement) -> tuple[Sourced[str] | None, Sourced[str] | None]:
    """Return the kicker and the subtitle of a headline: by name, as lower headings, or both of the same class."""
    children = heading.iterdescendants("span", "em", "small", "p")
    inside = next((child for child in children if _has_name(child, _KICKER_NAMES)), None)
    above = inside if inside is not None else _neighbour(heading, HtmlElement.getprevious)
    below = _neighbour(heading, HtmlElement.getnext)
    alike = above is not None and below is not None and above.get("class") and above.get("class") == below.get("class")
    kicker = subtitle = None
    if above is not None and (alike or above is inside or _is_lower_heading(above) or _has_name(above, _KICKER_NAMES)):
        kicker = _read(page, above)
    if below is not None and (
        alike or _has_name(below, _SUBTITLE_NAMES) or (_is_lower_heading(below) and _is_only_sibling(below))
    ):
        subtitle = _read(page, below)
    return kicker, subtitle


def _neighbour(element: HtmlElement, step: Callable[[HtmlElement], HtmlElement | None]) -> HtmlElement | None:
    """Return the innermost element with the whole text next to an element, or next to a parent with no other text."""
    own = fold(_text(element))
    current: HtmlElement | None = element
    for _ in range(MAX_LEVELS):
        sibling = step(current) if current is not None else None
        while sibling is not None and not _text(sibling):
            sibling = step(sibling)
        if sibling is not None:
            return _innermost(sibling)
        current = current.getparent() if current is not None else None
        if current is None or fold(_text(current)) != own:
            return None
    return None


def _innermost(element: HtmlElement) -> HtmlElement:
    text = _text(element)
    while (inner := next((child for child in element if _text(child) == text), None)) is not None:
        element = inner
    return element


def _text(element: HtmlElement) -> str:
    """Return the text of an element; empty for a comment, and … for more text than is near a headline."""
    if not isinstance(element.tag, str):
        return ""
    texts = first_texts(element, MAX_TEXTS)
    return plain_text("".join(texts)) if len(texts) < MAX_TEXTS else "…"


def _has_name(element: HtmlElement, names: re.Pattern[str]) -> bool:
    return bool(names.search(f"{element.get('class') or ''} {element.get('id') or ''}"))


def _is_lower_heading(element: HtmlElement) -> bool:
    """Return whether an element is a lower heading, and not the name of a column or an office."""
    text = _text(element)
    return element.tag in _LOWER_HEADINGS and count_hanzi(text) > MAX_COLUMN_HANZI and not OFFICE_NAME.search(text)


def _is_only_sibling(element: HtmlElement) -> bool:
    """Return whether no sibling has the same tag: otherwise the element is the first of the text's own headings."""
    return all(other.tag != element.tag for other in element.itersiblings())


def _is_headline(text: str) -> bool:
    fits = len(text) <= MAX_HEADLINE_CHARS and count_hanzi(text) >= MIN_HEADLINE_HANZI
    return fits and not _NOT_A_HEADLINE.search(text) and not DATETIME.search(text)


def _read(page: ParsedPage, element: HtmlElement) -> Sourced[str] | None:
    text = _text(element).strip(_DASHES)
    if not _is_headline(text) or is_site_or_column(text, page) or next(element.iter("a"), None) is not None:
        return None
    names = (element.get("class") or "").split()
    return Sourced(
        text, f".{names[0]}" if names and element.tag not in (_LOWER_HEADINGS | {"h1"}) else str(element.tag)
    )


def _without_kicker(title: Sourced[str] | None, kicker: Sourced[str] | None) -> Sourced[str] | None:
    """Remove the kicker from a title that begins with it."""
    if title is None or kicker is None or not fold(title.value).startswith(fold(kicker.value)):
        return title
    length = len(fold(kicker.value))
    places = [number for number in range(len(title.value)) if len(fold(title.value[:number])) == length]
    rest = title.value[places[0] :].strip() if places else ""
    return Sourced(rest, title.origin) if count_hanzi(rest) >= MIN_HEADLINE_HANZI else title
