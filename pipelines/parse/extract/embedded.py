"""Bodies that a page marks with comments, or carries in a script as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

COMMENTS = ("comment:enpcontent", "comment:ZJEG_RSS.content", "comment:<$[信息内容]>")
"""Comments that Founder and JCMS put around the body, as recipes write them."""

COMMENT = "comment:"

_MARKED = re.compile(r"<!--\s{0,9}(?i:enpcontent|ZJEG_RSS|<\$\[)")
"""How these open; a page has hundreds of other comments, and is searched once for all of them."""

_DETAIL = re.compile(r'\bDETAIL"?\s{0,9}[:=]\s{0,9}(?=\{)')


def embedded(page: str) -> Iterator[tuple[str, str]]:
    """Yield the markup of each body that a page embeds in a way of its CMS's own, behind the name of its mark."""
    if _MARKED.search(page):
        yield from ((marker, markup) for marker in COMMENTS for markup in commented(page, marker))
    content = scripted(page)
    if content.strip():
        yield "_CONFIG.DETAIL.content", content


def commented(page: str, selector: str) -> Iterator[str]:
    """Yield the markup between pairs of comments: `NAME` and `/NAME`, or `NAME` with `begin` and `end` behind it.

    Founder pages hold the pair twice, the first with an abstract; JCMS writes `<$[信息内容]>begin`.
    """
    name = re.escape(re.sub(r"\.?begin$", "", selector.removeprefix(COMMENT), flags=re.IGNORECASE))
    pattern = rf"<!--\s{{0,9}}(/?)\s{{0,9}}(?i:{name}(?:\.?(begin|end))?)\s{{0,9}}-->"
    opened: int | None = None
    for found in re.finditer(pattern, page):
        closes = bool(found[1]) or (found[2] or "").lower() == "end"
        if closes and opened is not None and page[opened : found.start()].strip():
            yield page[opened : found.start()]
        opened = None if closes else found.end()


def scripted(page: str) -> str:
    """Return the markup that Guangdong's gkmlpt puts into `_CONFIG.DETAIL.content`, or an empty string."""
    found = _DETAIL.search(page) if "_CONFIG" in page else None
    if not found:
        return ""
    try:
        detail, _ = json.JSONDecoder(strict=False).raw_decode(page, found.end())
    except (ValueError, RecursionError):
        return ""
    content = detail.get("content") if isinstance(detail, dict) else None
    return content if isinstance(content, str) else ""
