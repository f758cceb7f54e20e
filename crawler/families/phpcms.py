"""PHPCMS v9: the CMS of trade sites and small towns, with addresses in plain and in index.php's form."""

from __future__ import annotations

from crawler.families.linked import linked
from pipelines.model import Recipe

_MARKS = r"""
    index\.php\?m=content(?:&amp;|&)c=(?:index|rss|hits) | \bclass=["']?Article-Tool\b | /statics/js/search_common\.js
    | /index\.php\?m=(?:comment|member)(?:&amp;|&)c=index
"""

PHPCMS = linked("phpcms", _MARKS, Recipe(name="phpcms/1", body=("#Article .content",)), free=True)
