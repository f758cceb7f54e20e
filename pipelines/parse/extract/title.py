"""An article's headline, without the names of site and column that stand around it in `<title>`."""

from __future__ import annotations

import re
from itertools import islice

from lxml.html import HtmlElement

from pipelines.parse.extract.datetimes import WRITTEN
from pipelines.parse.extract.lines import Line
from pipelines.parse.extract.meta_tags import plain
from pipelines.parse.extract.page import HEADINGS, Page, Sourced, fold
from pipelines.parse.extract.sites import MEDIA, OFFICE, is_site, without_site
from pipelines.parse.extract.tree import SKIPPED, hanzi

LONGEST = 120
"""Characters of the longest headline: two-part ones with subtitle reach about 90."""

MOST_DECLARED = 200
"""Characters of a declared title that are looked at: the longest with site and columns behind them have about 150."""

MOST_GAPS = 12
"""Separators of a declared title that are looked at: site, columns and a headline in parts make about eight."""

MOST_HEADINGS = 400
"""Elements that look like headings: an article page has under 100, most of them in lists beside the article."""

SHORTEST = 4
"""Hanzi from which a text can be a headline by itself; below stand 首页, 正文, column names."""

ABOVE = 4
"""Lines above the info line in which the headline stands: subtitle, and tools for font size, may come between."""

_SEPARATOR = re.compile(r"\s*(?:_+|\||｜|丨|--+|－|—+|\s-\s|-|–|»|>|<|,|::|·|[:：])\s*|\s+")
_CLASS = re.compile(r"title|\btit\b|biaoti|headline|\bbt\b|(?:^|[\s_-])h1(?:$|[\s_-])|_tit\b|\btit_")
_NO_HEADING = SKIPPED | {"a", "li", "ul", "body"}
_INFO = re.compile(r"(?:发布|發布|更新|发稿|发表|提交)?(?:时间|日期|時間)\s*[:：]|(?:来源|來源|稿源)\s*[:：]")
_TOOLS = re.compile(r"字[号体體]|打印|分享|扫一扫|当前位置|首页|[>＞]|登录|[:：]$|^\W*$")


def title(page: Page) -> Sourced[str] | None:
    """Return the headline: what the recipe selects, else what is declared, else what `<title>` and headings share."""
    chosen = next(page.selected("recipe:", *page.recipe.title), None)
    return chosen or _declared(page) or _shared(page, _named(page)) or _alone(page) or _shown_or_named(page)


def _declared(page: Page) -> Sourced[str] | None:
    """Return the title that the official tag, Founder or gkmlpt gives, without a site's name or a cut-off end."""
    tags = [told for told in page.meta("ArticleTitle") if not is_site(told.value, page)]
    post = [Sourced(plain(str(page.detail["title"])), "_CONFIG:title")] if page.detail.get("title") else []
    for name, origin in (*tags, *page.properties("title"), *post):
        whole = _uncut(name, page) if name.endswith(("…", "...")) else None
        return whole or Sourced(_as_shown(without_site(name, page), page), origin)
    return next(page.selected("", "founder-title"), None)


def _as_shown(name: str, page: Page) -> str:
    """Return a declared title as its heading has it: a space in it may be a line's break."""
    shown = _headings(page).get(fold(name)) if " " in name else None
    return shown.value if shown else name


def _named(page: Page) -> list[Sourced[str]]:
    """Return what the page is called for sharing and in its `<title>`."""
    headline = page.linked_data.get("headline") or page.linked_data.get("title")
    told = (
        *page.meta("og:title"),
        *page.selected("", "title"),
        *([Sourced(plain(str(headline)), "json-ld")] if headline else ()),
        *page.meta("title", "twitter:title"),
    )
    return [Sourced(name[:MOST_DECLARED], origin) for name, origin in told if name]


def _shared(page: Page, named: list[Sourced[str]]) -> Sourced[str] | None:
    """Return the longest part of a declared name, between separators, that the page shows as a heading or line."""
    headings = _headings(page)
    for name, _ in named:
        whole = fold(name)
        parts = [fold(part) for part in _parts(name)]
        fitting = [part for part in parts if hanzi(part) >= SHORTEST and not is_site(part, page)]
        opening = [key for key in headings if whole.startswith(key)]
        begun = [key for key in opening if hanzi(key) >= SHORTEST and not is_site(key, page)]
        shown = [*begun, *(part for part in fitting if part in headings)]
        if shown:
            return headings[max(shown, key=_weight)]
        longer = _within(fitting, headings, name)
        if longer:
            return longer
        lines = {part: page.lines[page.folded.index(part)].text for part in fitting if part in page.folded}
        pairs = _broken(page)
        broken = {folded: piece for piece in _parts(name) if (folded := fold(piece)) in pairs}
        if lines or broken:
            part = max([*lines, *broken], key=_weight)
            return Sourced(lines[part], "line") if part in lines else Sourced(broken[part], "lines")
    return None


def _weight(part: str) -> tuple[bool, int]:
    """Prefer what is not called like a medium: a site's name may stand in a heading, too."""
    return not MEDIA.search(part), hanzi(part)


def _within(parts: list[str], headings: dict[str, Sourced[str]], name: str) -> Sourced[str] | None:
    """Return the part of a name that opens a heading: a counter or a button may stand behind the headline in it."""
    for key, (_, origin) in headings.items():
        if origin in HEADINGS:
            opening = [part for part in parts if key.startswith(part) and len(part) >= 0.6 * len(key)]
            if opening:
                part = max(opening, key=len)
                return Sourced(next(piece for piece in _parts(name) if fold(piece) == part), origin)
    return None


def _uncut(name: str, page: Page) -> Sourced[str] | None:
    """Return the heading that goes on where a declared title ends in dots."""
    start = fold(name.rstrip("….").rstrip())
    fitting = (told for key, told in _headings(page).items() if key.startswith(start) and len(key) > len(start))
    return next(fitting, None) if hanzi(start) >= SHORTEST else None


def _broken(page: Page) -> frozenset[str]:
    """Return what two neighbouring lines are together: a long headline is broken over them."""
    pairs = zip(page.folded, page.folded[1:], strict=False)
    return frozenset(one + two for one, two in pairs if len(one) >= SHORTEST and len(one + two) <= LONGEST)


def _parts(name: str) -> list[str]:
    """Return the stretches of a name between separators, the longest first, a beginning before an end."""
    found = list(islice(_SEPARATOR.finditer(name), MOST_GAPS))
    starts = [0, *(gap.end() for gap in found)]
    ends = [len(name), *(gap.start() for gap in reversed(found))]
    parts = [name[start:end] for start in starts for end in ends if start < end]
    return sorted(parts, key=len, reverse=True)


def _headings(page: Page) -> dict[str, Sourced[str]]:
    """Return what looks like a heading, by tag or class, h1 first, folded and as it is."""
    found: dict[str, Sourced[str]] = {}
    tagged = sorted(page.headings, key=lambda element: element.tag != "h1")
    for element in (*tagged[:MOST_HEADINGS], *page.called(_CLASS)[:MOST_HEADINGS]):
        if element.tag not in _NO_HEADING:
            text = _short(element)
            if text:
                found.setdefault(fold(text), Sourced(text, element.tag if element.tag in HEADINGS else _mark(element)))
    return found


def _short(element: HtmlElement) -> str:
    """Return an element's text, or nothing where it is longer than a headline: it is a container then."""
    pieces: list[str] = []
    for number, piece in enumerate(element.itertext()):
        pieces.append(piece)
        if number > 40 or sum(map(len, pieces)) > 4 * LONGEST:
            return ""
    text = plain("".join(pieces))
    return text if len(text) <= LONGEST else ""


def _mark(element: HtmlElement) -> str:
    names = (element.get("class") or "").split()
    return f".{names[0]}" if names else f"#{element.get('id')}"


def _alone(page: Page) -> Sourced[str] | None:
    """Return the only h1 with enough hanzi."""
    told = [told for told in _headings(page).values() if told.origin in ("h1", "ucaptitle")]
    fitting = [told for told in told if hanzi(told.value) >= SHORTEST and not is_site(told.value, page)]
    return fitting[0] if len(fitting) == 1 else None


def _above_info(page: Page) -> Sourced[str] | None:
    """Return the line over the first info line: old portals write their name into every `<title>` and mark nothing."""
    for number, line in enumerate(page.lines):
        if len(line.text) <= LONGEST and _INFO.search(line.text) and WRITTEN.search(line.text):
            above = reversed(page.lines[max(0, number - ABOVE) : number])
            return next((Sourced(one.text, "over-info-line") for one in above if _fits(one, page)), None)
    return None


def _fits(line: Line, page: Page) -> bool:
    bare = not line.linked and hanzi(line.text) >= SHORTEST and len(line.text) <= LONGEST
    return bare and not _TOOLS.search(line.text) and not is_site(line.text, page)


def _shown_or_named(page: Page) -> Sourced[str] | None:
    """Return the line over the info line where the declared name is part of it or names no more than the site."""
    shown, named = _above_info(page), _cut(page)
    if shown is None or named is None:
        return shown or named
    apart = fold(named.value) not in fold(shown.value)
    return named if apart and not OFFICE.search(named.value) else shown


def _cut(page: Page) -> Sourced[str] | None:
    """Return what a declared name has beside names of sites and columns."""
    for name, origin in _named(page):
        return Sourced(without_site(name, page), origin)
    return None
