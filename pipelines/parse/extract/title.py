"""Finds an article's headline, without the names of site and column that are around it in `<title>`."""

from __future__ import annotations

import re
from itertools import islice

from lxml.html import HtmlElement

from pipelines.parse.extract.datetimes import DATETIME
from pipelines.parse.extract.lines import Line
from pipelines.parse.extract.meta_tags import plain_text
from pipelines.parse.extract.page import HEADING_TAGS, ParsedPage, Sourced, fold
from pipelines.parse.extract.sites import (
    OFFICE_ENDS,
    OFFICE_NAME,
    SITE_ENDS,
    SITE_NAME,
    is_site_or_column,
    without_site,
)
from pipelines.parse.extract.tree import SKIPPED, count_hanzi, first_texts

MAX_TITLE_CHARS = 120
"""Characters of the longest headline: two-part headlines with a subtitle have up to about 90."""

MAX_PAGE_TITLE_CHARS = 200
"""Characters of a page title that are read: the longest ones, with site and columns at the end, have about 150."""

MAX_SEPARATORS = 12
"""Separators of a page title that are examined: site, columns and the parts of a headline need about eight."""

MAX_HEADINGS = 400
"""Elements that look like headings: an article page has under 100, most of them in lists next to the article."""

MAX_HEADING_TEXTS = 40
"""Texts in a heading; an element with more is a container."""

MIN_TITLE_HANZI = 4
"""Chinese characters from which a text alone can be a headline: 首页, 正文 and names of columns have fewer."""

MIN_TITLE_SHARE = 0.6
"""Share of a heading's characters that the headline must have if a counter or a button follows it there."""

MAX_LINES_ABOVE_INFO = 4
"""Lines above the info line in which the headline is: a subtitle and tools for font size may be between the two."""

_SEPARATOR = re.compile(
    r"""
    \s*(?:
        _+ | \| | ｜ | 丨 | » | > | < | , | :: | · | [:：]  # bars, arrows, other punctuation
        | --+ | － | —+ | \s-\s | - | –                     # dashes
    )\s*
    | \s+
    """,
    re.VERBOSE,
)
_HEADING_CLASS = re.compile(
    r"title|tit(?<=\btit)\b|biaoti|headline|bt(?<=\bbt)\b|h1(?:(?<=^h1)|(?<=[\s_-]h1))(?:$|[\s_-])"
    r"|_tit\b|tit_(?<=\btit_)"
)
"""Names of headings. Each alternative begins with a letter, by which a search skips most of a text."""

_NOT_HEADING_TAGS = SKIPPED | {"a", "li", "ul", "body"}
_INFO_LABEL = re.compile(r"(?:发布|更新|发稿|发表|提交)?(?:时间|日期)\s*[:：]|(?:来源|稿源)\s*[:：]")
_INSTITUTION = re.compile(rf"(?:{SITE_ENDS}|{OFFICE_ENDS}|厅|院|所|馆|站|校|会|社|团|署|区|市|县)$")
"""The end of a page title that is only the name of an institution or of its site."""

_TOOL = re.compile(r"字[号体]|打印|分享|扫一扫|当前位置|首页|[>＞]|登录|[:：]$|^\W*$")


def find_title(page: ParsedPage) -> Sourced[str] | None:
    """Return the headline: from the recipe, from metadata, or the text that the page title and a heading share."""
    by_recipe = next(page.select_texts("recipe:", *page.recipe.title), None)
    return (
        by_recipe
        or _metadata(page)
        or _begun_by_name(page)
        or _shared(page)
        or _only_h1(page)
        or _above_info_or_page_title(page)
    )


def _metadata(page: ParsedPage) -> Sourced[str] | None:
    """Return the title in the official tag, or of Founder or gkmlpt, without a site's name and without a cut end."""
    tags = [each for each in page.meta("ArticleTitle") if not is_site_or_column(each.value, page)]
    post_title = page.gkmlpt_post.get("title")
    post = [Sourced(plain_text(str(post_title)), "_CONFIG:title")] if post_title else []
    for name, origin in (*tags, *page.founder("title"), *post):
        complete = _complete(name, page) if name.endswith(("…", "...")) else None
        return complete or Sourced(_as_shown(without_site(name, page), page), origin)
    return next(page.select_texts("", "founder-title"), None)


def _as_shown(name: str, page: ParsedPage) -> str:
    """Return a title from metadata as its heading shows it: a space in the metadata may stand for a line break."""
    shown = _headings(page).get(fold(name)) if " " in name else None
    return shown.value if shown else name


def _page_titles(page: ParsedPage) -> list[Sourced[str]]:
    """Return the titles of the page for sharing and in `<title>`."""
    headline = page.linked_data.get("headline") or page.linked_data.get("title")
    titles = (
        *page.meta("og:title"),
        *(Sourced(text, "title") for text in page.titles),
        *([Sourced(plain_text(str(headline)), "json-ld")] if headline else ()),
        *page.meta("title", "twitter:title"),
    )
    return [Sourced(name[:MAX_PAGE_TITLE_CHARS], origin) for name, origin in titles if name]


def _begun_by_name(page: ParsedPage) -> Sourced[str] | None:
    """Return the only heading that begins with the page title and goes on, if that is the name of an institution.

    Small sites have only their name in `<title>`, and their headlines often begin with it.
    """
    names = [fold(name) for name, _ in _page_titles(page) if len(_parts(name)) == 1 and _INSTITUTION.search(name)]
    headings = {
        fold(line.text): line.text
        for line in page.lines
        if names and line.kind == "heading" and not line.link_chars and len(line.text) <= MAX_TITLE_CHARS
    }
    longer = [text for key, text in headings.items() if any(_goes_on(key, name) for name in names)]
    return Sourced(longer[0], "heading") if len(longer) == 1 else None


def _goes_on(heading: str, name: str) -> bool:
    rest = heading.removeprefix(name)
    is_headline = count_hanzi(rest) >= MIN_TITLE_HANZI and not (_TOOL.search(rest) or DATETIME.search(rest))
    return heading.startswith(name) and is_headline and not SITE_NAME.search(rest) and not _INFO_LABEL.search(rest)


def _shared(page: ParsedPage) -> Sourced[str] | None:
    """Return the longest part of a page title, between separators, that the page shows as a heading or a line."""
    headings = _headings(page)
    for name, _ in _page_titles(page):
        whole = fold(name)
        parts = [part for piece in _parts(name) if _can_be_title(part := fold(piece), page)]
        beginnings = [key for key in headings if whole.startswith(key) and _can_be_title(key, page)]
        shown = [*beginnings, *(part for part in parts if part in headings)]
        if shown:
            return headings[max(shown, key=_weight)]
        found = _beginning_of_heading(parts, headings, name) or _in_lines(parts, name, page)
        if found:
            return found
    return None


def _can_be_title(folded: str, page: ParsedPage) -> bool:
    return count_hanzi(folded) >= MIN_TITLE_HANZI and not is_site_or_column(folded, page)


def _weight(part: str) -> tuple[bool, int]:
    """Return the sort key of a part: a text that ends like a site's name comes last, since a heading may be one."""
    return not SITE_NAME.search(part), count_hanzi(part)


def _beginning_of_heading(parts: list[str], headings: dict[str, Sourced[str]], name: str) -> Sourced[str] | None:
    """Return the part of a page title with which a heading begins: a counter or a button may follow the headline."""
    for key, (_, origin) in headings.items():
        if origin in HEADING_TAGS:
            matching = [part for part in parts if key.startswith(part) and len(part) >= MIN_TITLE_SHARE * len(key)]
            if matching:
                longest = max(matching, key=len)
                return Sourced(next(piece for piece in _parts(name) if fold(piece) == longest), origin)
    return None


def _in_lines(parts: list[str], name: str, page: ParsedPage) -> Sourced[str] | None:
    """Return the part of a page title that is a line of the page, or two lines together."""
    lines = {part: page.lines[page.folded_lines.index(part)].text for part in parts if part in page.folded_lines}
    pairs = _line_pairs(page)
    broken = {folded: piece for piece in _parts(name) if (folded := fold(piece)) in pairs}
    if not lines and not broken:
        return None
    part = max([*lines, *broken], key=_weight)
    return Sourced(lines[part], "line") if part in lines else Sourced(broken[part], "lines")


def _complete(name: str, page: ParsedPage) -> Sourced[str] | None:
    """Return the heading that continues a title from metadata, which ends in an ellipsis."""
    start = fold(name.rstrip("….").rstrip())
    longer = (each for key, each in _headings(page).items() if key.startswith(start) and len(key) > len(start))
    return next(longer, None) if count_hanzi(start) >= MIN_TITLE_HANZI else None


def _line_pairs(page: ParsedPage) -> frozenset[str]:
    """Return each pair of adjacent lines as one text: a long headline is broken into two lines."""
    pairs = zip(page.folded_lines, page.folded_lines[1:], strict=False)
    return frozenset(
        one + two for one, two in pairs if len(one) >= MIN_TITLE_HANZI and len(one) + len(two) <= MAX_TITLE_CHARS
    )


def _parts(name: str) -> list[str]:
    """Return all stretches of a page title between two separators, the longest first, a beginning before an end."""
    separators = list(islice(_SEPARATOR.finditer(name), MAX_SEPARATORS))
    starts = [0, *(separator.end() for separator in separators)]
    ends = [len(name), *(separator.start() for separator in reversed(separators))]
    parts = [name[start:end] for start in starts for end in ends if start < end]
    return sorted(parts, key=len, reverse=True)


def _headings(page: ParsedPage) -> dict[str, Sourced[str]]:
    """Return the elements that are headings by tag or class, h1 first, by their folded texts."""
    found: dict[str, Sourced[str]] = {}
    by_tag = sorted(page.headings, key=lambda element: element.tag != "h1")
    for element in (*by_tag[:MAX_HEADINGS], *page.elements_named(_HEADING_CLASS)[:MAX_HEADINGS]):
        text = _short_text(element) if element.tag not in _NOT_HEADING_TAGS else ""
        if text:
            origin = element.tag if element.tag in HEADING_TAGS else _selector(element)
            found.setdefault(fold(text), Sourced(text, origin))
    return found


def _short_text(element: HtmlElement) -> str:
    """Return the text of an element; empty if it is longer than a headline, because the element is a container then."""
    pieces = first_texts(element, MAX_HEADING_TEXTS + 2)
    joined = "".join(pieces)
    if len(pieces) > MAX_HEADING_TEXTS + 1 or len(joined) > 4 * MAX_TITLE_CHARS:
        return ""
    text = plain_text(joined)
    return text if len(text) <= MAX_TITLE_CHARS else ""


def _selector(element: HtmlElement) -> str:
    names = (element.get("class") or "").split()
    return f".{names[0]}" if names else f"#{element.get('id')}"


def _only_h1(page: ParsedPage) -> Sourced[str] | None:
    """Return the only h1 with enough Chinese characters."""
    headings = [each for each in _headings(page).values() if each.origin in ("h1", "ucaptitle")]
    candidates = [each for each in headings if _can_be_title(each.value, page)]
    return candidates[0] if len(candidates) == 1 else None


def _above_info(page: ParsedPage) -> Sourced[str] | None:
    """Return the headline above the first info line: old portals put only their name in `<title>` and mark nothing."""
    for number, line in enumerate(page.lines):
        if len(line.text) <= MAX_TITLE_CHARS and _INFO_LABEL.search(line.text) and DATETIME.search(line.text):
            above = reversed(page.lines[max(0, number - MAX_LINES_ABOVE_INFO) : number])
            return next((Sourced(each.text, "over-info-line") for each in above if _is_title_line(each, page)), None)
    return None


def _is_title_line(line: Line, page: ParsedPage) -> bool:
    is_short = not line.link_chars and count_hanzi(line.text) >= MIN_TITLE_HANZI and len(line.text) <= MAX_TITLE_CHARS
    return is_short and not _TOOL.search(line.text) and not is_site_or_column(line.text, page)


def _above_info_or_page_title(page: ParsedPage) -> Sourced[str] | None:
    """Return the line above the info line if it contains the page title, or if that is only the name of a site."""
    line, page_title = _above_info(page), _first_page_title(page)
    if line is None or page_title is None:
        return line or page_title
    differs = fold(page_title.value) not in fold(line.value)
    return page_title if differs and not OFFICE_NAME.search(page_title.value) else line


def _first_page_title(page: ParsedPage) -> Sourced[str] | None:
    """Return the first page title without the names of site and columns."""
    for name, origin in _page_titles(page):
        return Sourced(without_site(name, page), origin)
    return None
