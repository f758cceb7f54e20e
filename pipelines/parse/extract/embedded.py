"""Finds bodies that a page marks with HTML comments, or holds as JSON in a script."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator

COMMENT_SELECTORS = ("comment:enpcontent", "comment:ZJEG_RSS.content", "comment:<$[信息内容]>")
"""Comments that Founder and JCMS put around the body, written as in recipes."""

COMMENT_PREFIX = "comment:"
"""Marks a selector in a recipe as the name of a comment."""

_BODY_COMMENT = re.compile(r"<!--\s{0,9}(?i:enpcontent|ZJEG_RSS|<\$\[)")
"""The beginnings of these comments: a page has hundreds of other comments, so one search covers all names."""

_GKMLPT_POST = re.compile(r'\bDETAIL"?\s{0,9}[:=]\s{0,9}(?=\{)')


_CMS_MARK = re.compile(r"<!--\s*(?:[eE][nN][pP]|[zZ][jJ][eE][gG]|<\$)")
"""The beginnings of these comments and of Founder's fields."""


def with_cms_marks(page: str, selectors: Iterable[str]) -> str:
    """Return the HTML of a page if a CMS or a selector of a recipe marks texts in it outside of elements, else nothing.

    Most pages have no such mark. One search here takes the place of five searches in the whole page.
    """
    is_marked = _CMS_MARK.search(page) or "_CONFIG" in page or any(map(_is_comment, selectors))
    return page if is_marked else ""


def _is_comment(selector: str) -> bool:
    return selector.startswith(COMMENT_PREFIX)


def embedded_bodies(page: str) -> Iterator[tuple[str, str]]:
    """Yield each body that a page embeds in its CMS's own way, as the marker's name and the markup."""
    if _BODY_COMMENT.search(page):
        yield from ((selector, markup) for selector in COMMENT_SELECTORS for markup in commented_bodies(page, selector))
    content = gkmlpt_content(page)
    if content.strip():
        yield "_CONFIG.DETAIL.content", content


def commented_bodies(page: str, selector: str) -> Iterator[str]:
    """Yield the markup between pairs of comments: `NAME` and `/NAME`, or `NAME` followed by `begin` and `end`.

    Pages of Founder contain the pair twice, first around an abstract; JCMS writes `<$[信息内容]>begin`.
    """
    start: int | None = None
    for comment in _comments_named(selector).finditer(page):
        is_end = bool(comment[1]) or (comment[2] or "").lower() == "end"
        if is_end and start is not None and page[start : comment.start()].strip():
            yield page[start : comment.start()]
        start = None if is_end else comment.end()


@functools.cache
def _comments_named(selector: str) -> re.Pattern[str]:
    """Return the pattern of the comments before and after a body."""
    name = re.escape(re.sub(r"\.?begin$", "", selector.removeprefix(COMMENT_PREFIX), flags=re.IGNORECASE))
    return re.compile(rf"<!--\s{{0,9}}(/?)\s{{0,9}}(?i:{name}(?:\.?(begin|end))?)\s{{0,9}}-->")


def gkmlpt_content(page: str) -> str:
    """Return the markup in `_CONFIG.DETAIL.content` of Guangdong's gkmlpt platform, or an empty string."""
    found = _GKMLPT_POST.search(page) if "_CONFIG" in page else None
    if not found:
        return ""
    try:
        post, _ = json.JSONDecoder(strict=False).raw_decode(page, found.end())
    except (ValueError, RecursionError):
        return ""
    content = post.get("content") if isinstance(post, dict) else None
    return content if isinstance(content, str) else ""
