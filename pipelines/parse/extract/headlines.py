"""What the press sets around a headline: the kicker (引题, 肩题) over it and the subtitle (副题) under it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice, takewhile

from attrs import evolve, frozen
from lxml.html import HtmlElement

from pipelines.parse.extract.byline import DATELINE, LABELS
from pipelines.parse.extract.datetimes import WRITTEN
from pipelines.parse.extract.meta_tags import plain
from pipelines.parse.extract.page import Page, Sourced, fold
from pipelines.parse.extract.sites import OFFICE, is_site
from pipelines.parse.extract.tree import hanzi

LONGEST = 80
"""Characters of the longest kicker or subtitle: those of three clauses have about 60; a summary has more."""

SHORTEST = 4
"""Hanzi of the shortest: below stand 视频, 组图, 要闻."""

COLUMN = 6
"""Hanzi of the longest name of a column, such as 政府信息公开, that a template sets as a heading over the headline."""

MOST_HEADINGS = 60
"""Headings among which the headline is looked for; those behind belong to lists beside and below the article."""

MOST_TEXTS = 20
"""Pieces of text that a heading and its neighbours have at most; what has more is a box or the body."""

REACH = 3
"""Elements from a headline up to the one that has a neighbour: heading, cell, row."""

MOST_OPENING = 12
"""Lines of a body among which the dateline is looked for: headlines in four rows, info line and tools come before."""

_LESSER = frozenset({"h2", "h3", "h4", "h5", "h6"})
_KICKER = re.compile(
    r"(?:^|[\s_-])(?:yt|yinti|jianti|kicker|eyebrow)(?:$|[\s_\d-])|(?:intro|pre|up|shoulder)[_-]?title", re.IGNORECASE
)
_SUBTITLE = re.compile(r"(?:^|[\s_-])(?:ft|fbt|futi|fubiaoti)(?:$|[\s_\d-])|(?:sub|second)[_-]?title", re.IGNORECASE)
_DASHES = "—－─- "
_NO_HEAD = re.compile(
    rf"[。；>＞|]|[：:，、]$|字[号体體]|打印|分享|扫一扫|当前位置|首页|登录|(?:{LABELS})\s*[:：/]|(?:来源|來源|时间|日期)\s*[:：]"
    r"|^本[报台网]|记者[\s/／]|记者\w{1,3}\s?\w{1,2}$|通讯员|^(?:相[关關]|更多|推[荐薦]|[热熱][门門点點])|^第[\d一二三四五六七八九十]+[章节條条]"
    r"|^[（(]?[一二三四五六七八九十\d]+[)）、.．]"
)
"""What is no kicker: prose, tools, trails, credits, headings of boxes, numbered headings of the text."""

_KEYWORDS = re.compile(r"[^,，;；]{1,10}(?:[,，;；][^,，;；]{1,20}){3,}")
_SAYS = re.compile(r"(?:强调|指出|要求|表示|讲话|主持召开.*|出席)$")
"""How kickers end that name the meeting of which the headline gives the words."""


@frozen(kw_only=True)
class Heads:
    """A headline, and what stands over and under it."""

    title: Sourced[str] | None = None
    kicker: Sourced[str] | None = None
    subtitle: Sourced[str] | None = None


def heads(page: Page, title: Sourced[str] | None) -> Heads:
    """Return a page's headline apart from kicker and subtitle: as Founder declares them, else as the page sets them.

    A dash before the second of two headlines is the press's rule, as in 为了一江清水 / ——市水务局巡河记.
    """
    shown = _shown(page, title.value) if title else None
    main = _main(page, shown) if shown is not None else None
    if main is not None:
        title, shown = _read(page, main), main
    over, under = _around(page, shown) if shown is not None else (None, None)
    kicker = _declared(page, "introtitle", title) or over
    subtitle = _declared(page, "subtitle", title) or _dashed(page, title) or under
    return Heads(title=_without(title, kicker), kicker=kicker, subtitle=subtitle)


def opening(found: Heads, body: Sequence[str]) -> tuple[Heads, tuple[str, ...]]:
    """Return the heads with those that a body's lines repeat before its dateline, and these lines.

    Agencies' copy opens with kicker, headline, subtitle, 新华社北京1月1日电. Its lines are headlines where the page's
    own is one of them, or begins a kicker such as 某某主持召开座谈会强调.
    """
    end = next((number for number, text in enumerate(body[:MOST_OPENING]) if DATELINE.match(text)), 0)
    if found.title is None or not end:
        return found, ()
    name = fold(found.title.value)
    place = next((number for number, text in enumerate(body[:end]) if fold(text) == name), end)
    over = _run(reversed(body[:place]))[::-1]
    under = _run(body[place + 1 : end])
    if place == end:
        if not over or not (fold(over[0]).startswith(name) and _SAYS.search(over[0])):
            return found, ()
        over, under = over[:1], over[1:]
    kicker, subtitle = (Sourced(" ".join(part).strip(_DASHES), "body") if part else None for part in (over, under))
    told = evolve(found, kicker=found.kicker or kicker, subtitle=found.subtitle or subtitle)
    return told, (*over, *under)


def _run(texts: Iterable[str]) -> list[str]:
    return list(takewhile(_is_head, texts))


def _declared(page: Page, name: str, title: Sourced[str] | None) -> Sourced[str] | None:
    """Return what Founder's fields hold, unless an editor put the headline or keywords there."""
    headline = fold(title.value) if title else ""
    told = chain(page.properties(name), page.selected("", f"founder-{name}"))
    return next((one for one in told if fold(one.value) != headline and not _KEYWORDS.fullmatch(one.value)), None)


def _dashed(page: Page, title: Sourced[str] | None) -> Sourced[str] | None:
    """Return the line under the headline that a dash opens."""
    name = fold(title.value) if title else ""
    for number, folded in enumerate(page.folded[:-1]):
        below = page.lines[number + 1].text
        if name and folded == name and re.match(r"[—－─-]{2}", below) and len(below) <= LONGEST:
            return Sourced(below.strip(_DASHES), "under-title")
    return None


def _shown(page: Page, name: str) -> HtmlElement | None:
    """Return the heading that shows a headline, or an h1 that shows its end: a kicker may be declared before it."""
    wanted = fold(name)
    end: HtmlElement | None = None
    for element in page.headings[:MOST_HEADINGS]:
        text = fold(_text(element))
        if text == wanted:
            return element
        if end is None and element.tag == "h1" and wanted.endswith(text) and hanzi(text) > COLUMN:
            end = element
    return end


def _main(page: Page, shown: HtmlElement) -> HtmlElement | None:
    """Return the h1 right under a lesser heading that was taken for the headline: that one is the kicker then."""
    below = _beside(shown, HtmlElement.getnext) if shown.tag in _LESSER else None
    return below if below is not None and below.tag == "h1" and _read(page, below) else None


def _around(page: Page, shown: HtmlElement) -> tuple[Sourced[str] | None, Sourced[str] | None]:
    """Return what is set over and under a headline as parts of it: by name, by a lesser heading, or both alike."""
    inside = next((child for child in shown.iterdescendants("span", "em", "small", "p") if _is(child, _KICKER)), None)
    over = inside if inside is not None else _beside(shown, HtmlElement.getprevious)
    under = _beside(shown, HtmlElement.getnext)
    alike = over is not None and under is not None and over.get("class") and over.get("class") == under.get("class")
    kicker = subtitle = None
    if over is not None and (alike or over is inside or _is_lesser(over) or _is(over, _KICKER)):
        kicker = _read(page, over)
    if under is not None and (alike or _is(under, _SUBTITLE) or (_is_lesser(under) and _is_alone(under))):
        subtitle = _read(page, under)
    return kicker, subtitle


def _beside(element: HtmlElement, step: Callable[[HtmlElement], HtmlElement | None]) -> HtmlElement | None:
    """Return the innermost element with the whole of the text next to an element or to what holds only that."""
    around: HtmlElement | None = element
    for _ in range(REACH):
        neighbour = step(around) if around is not None else None
        while neighbour is not None and not _text(neighbour):
            neighbour = step(neighbour)
        if neighbour is not None:
            return _innermost(neighbour)
        around = around.getparent() if around is not None else None
        if around is None or fold(_text(around)) != fold(_text(element)):
            return None
    return None


def _innermost(element: HtmlElement) -> HtmlElement:
    text = _text(element)
    while (inner := next((child for child in element if _text(child) == text), None)) is not None:
        element = inner
    return element


def _text(element: HtmlElement) -> str:
    """Return an element's text; none where it is a comment, or longer than what stands by a headline."""
    if not isinstance(element.tag, str):
        return ""
    texts = list(islice(element.itertext(), MOST_TEXTS))
    return plain("".join(texts)) if len(texts) < MOST_TEXTS else "…"


def _is(element: HtmlElement, names: re.Pattern[str]) -> bool:
    return bool(names.search(f"{element.get('class') or ''} {element.get('id') or ''}"))


def _is_lesser(element: HtmlElement) -> bool:
    """Tell a lesser heading that says something from one that names a column or an office."""
    text = _text(element)
    return element.tag in _LESSER and hanzi(text) > COLUMN and not OFFICE.search(text)


def _is_alone(element: HtmlElement) -> bool:
    """Tell a subtitle from the first of the text's own headings."""
    return all(other.tag != element.tag for other in element.itersiblings())


def _is_head(text: str) -> bool:
    fits = len(text) <= LONGEST and hanzi(text) >= SHORTEST
    return fits and not _NO_HEAD.search(text) and not WRITTEN.search(text)


def _read(page: Page, element: HtmlElement) -> Sourced[str] | None:
    text = _text(element).strip(_DASHES)
    if not _is_head(text) or is_site(text, page) or next(element.iter("a"), None) is not None:
        return None
    names = (element.get("class") or "").split()
    return Sourced(text, f".{names[0]}" if names and element.tag not in (_LESSER | {"h1"}) else str(element.tag))


def _without(title: Sourced[str] | None, kicker: Sourced[str] | None) -> Sourced[str] | None:
    """Take a kicker off the title before which it is declared, or in whose heading it stands."""
    if title is None or kicker is None or not fold(title.value).startswith(fold(kicker.value)):
        return title
    over = len(fold(kicker.value))
    places = [number for number in range(len(title.value)) if len(fold(title.value[:number])) == over]
    rest = title.value[places[0] :].strip() if places else ""
    return Sourced(rest, title.origin) if hanzi(rest) >= SHORTEST else title
