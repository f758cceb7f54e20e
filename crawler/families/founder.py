"""方正翔宇: Founder's CMS of news sites, node_12.htm leading to content_34.htm and on to node_12_2.htm."""

from __future__ import annotations

from crawler.families.linked import linked
from pipelines.model import Recipe

_MARKS = r"""
    <!--\s*enp(?:property|content)\b | \bid=["']?(?:autopage|displaypagenum)\b | \bnode_\w{2,40}\.html?\b
"""

# Within its comments alone: the templates put shares and notices around them in the same container.
FOUNDER = linked("founder", _MARKS, Recipe(name="founder/1", body=("comment:enpcontent",)))
