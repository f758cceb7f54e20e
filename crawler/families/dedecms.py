"""织梦 DedeCMS: the CMS of small news and trade sites; lists are list_7_2.html or plus/list.php."""

from __future__ import annotations

from crawler.families.linked import linked
from pipelines.model import Recipe

_MARKS = r"""
    /plus/(?:count|diggindex|feedback|heightsearch|list|search|view)\.php | /include/dedeajax2\.js | \bdede_pages\b
    | \bdedecms\b | /list_\d+_\d+\.html\b
"""

# The default template wraps the text in one cell; the block below it says who is to blame and what to click.
DEDECMS = linked(
    "dedecms", _MARKS, Recipe(name="dedecms/1", body=(".viewbox .content", ".viewbox #content")), free=True
)
