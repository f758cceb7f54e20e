"""Pure. An article's headline, without the names of site and column that stand around it in `<title>`."""

from __future__ import annotations

import re
import unicodedata

from pipelines.extract.page import Page, plain
from pipelines.extract.tree import hanzi, select, squeeze

LONGEST = 120
"""Characters of the longest headline: two-part ones with subtitle reach about 90."""

MOST_DECLARED = 200
"""Characters of a declared title that are looked at: the longest with site and columns behind them have about 150."""

SHORTEST = 4
"""Hanzi from which a text can be a headline by itself; below stand 首页, 正文, column names."""

_SEPARATOR = re.compile(r"\s*(?:_+|\||｜|丨|--+|－|—+|\s-\s|-|–|»|>|<|,|::|·)\s*|\s+")
_CLASS = re.compile(r"title|\btit\b|biaoti|headline|\bbt\b|^h1$", re.IGNORECASE)
_TAGS = ("h1", "h2", "h3")
_SPLIT = re.compile(
    r"_|\||｜|\s[-–—]\s|--|－|—(?=[^—]*(?:网|门户|政府|频道)$)|-(?=[^-]*(?:网|门户网站|政府|频道|日报|新闻|局|委员会|办公室)$)"
)


def title(page: Page) -> str | None:
    """Return the headline: what the recipe selects, else what is declared, else what `<title>` and headings share."""
    chosen = page.first(*page.recipe.title)
    if chosen:
        return chosen
    declared = page.meta("articletitle") or page.founder.get("title", "")
    if declared:
        return _without_site(declared, page)
    headline = page.linked_data.get("headline")
    declarations = (page.meta("og:title"), page.first("title"), str(headline or ""))
    named = [name[:MOST_DECLARED] for name in declarations if name]
    return _shared(page, named) or _alone(page) or next((_without_site(name, page) for name in named), None)


def fold(text: str) -> str:
    """Return a text as headlines are compared: NFKC without white space."""
    return squeeze(unicodedata.normalize("NFKC", text))


def _shared(page: Page, named: list[str]) -> str | None:
    """Return the longest part of a declared name, between separators, that the page shows as a heading or line."""
    headings = _headings(page)
    shown = {fold(line.text): line.text for line in page.lines if len(line.text) <= LONGEST}
    for pool in (headings, shown):
        for name in named:
            whole = fold(name)
            begun = [key for key in pool if pool is headings and hanzi(key) >= SHORTEST and whole.startswith(key)]
            parts = [fold(part) for part in _parts(name) if hanzi(part) >= SHORTEST and fold(part) in pool]
            if begun or parts:
                return pool[max([*begun, *parts], key=hanzi)]
    return None


def _parts(name: str) -> list[str]:
    """Return the beginnings and ends of a name at its separators, the longest first, a beginning before an end."""
    found = list(_SEPARATOR.finditer(name))
    parts = [name, *(name[: gap.start()] for gap in found), *(name[gap.end() :] for gap in found)]
    return sorted(filter(None, parts), key=len, reverse=True)


def _headings(page: Page) -> dict[str, str]:
    """Collect what looks like headings, by tag or class, h1 first."""
    found: dict[str, str] = {}
    for element in [*page.root.iter("h1"), *page.root.iter("h2", "h3", "div", "p", "td", "span", "strong")]:
        if element.tag in _TAGS or _CLASS.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            text = plain(element.text_content())
            if text and len(text) <= LONGEST:
                found.setdefault(fold(text), text)
    return found


def _alone(page: Page) -> str | None:
    """Return the only h1 with enough hanzi."""
    texts = [plain(element.text_content()) for element in select(page.root, "h1")]
    fitting = [text for text in texts if hanzi(text) >= SHORTEST and len(text) <= LONGEST]
    return fitting[0] if len(fitting) == 1 else None


def _without_site(name: str, page: Page) -> str:
    """Return a declared title without what follows the site's name or a separator."""
    text = plain(name)
    site = page.meta("sitename", "og:site_name")
    if site and text.endswith(site) and text != site:
        text = text[: -len(site)].rstrip(" -_|—–－｜")
    return _SPLIT.split(text)[0].strip() or text
