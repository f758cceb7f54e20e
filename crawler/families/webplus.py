"""苏迪 WebPlus: the CMS of many universities and hospitals; list.htm, list2.htm, articles in page.htm."""

from __future__ import annotations

from crawler.families.linked import linked
from pipelines.model import Recipe

_MARKS = r"""
    \bwp_articlecontent\b | /_js/_portletPlugs/ | \bwp_paging\b | /c\d+a\d+/page\.(?:html?|psp)\b
"""

WEBPLUS = linked("webplus", _MARKS, Recipe(name="webplus/1"))
