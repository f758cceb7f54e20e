"""The CMS families that we know: how their sites look, how they list articles, and how their pages are read."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from crawler.families.epoint import EPOINT
from crawler.families.family import Family, Link, Listing, ListRequest, list_requests, media_type
from crawler.families.founder_paper import FOUNDER_PAPER
from crawler.families.generic import GENERIC
from crawler.families.gkmlpt import GKMLPT
from crawler.families.jcms import JCMS
from crawler.families.jpaas import JPAAS
from crawler.families.linked import LINKED
from crawler.families.trs import TRS
from crawler.families.truecms import TRUECMS
from crawler.families.ucap import UCAP
from crawler.families.vsb import VSB

__all__ = [
    "FAMILIES",
    "GENERIC",
    "Family",
    "Link",
    "ListRequest",
    "Listing",
    "list_requests",
    "media_type",
    "recognise",
]

# In the order in which they are tried: JPaaS keeps the addresses of JCMS, truecms its pager, 开普's body holds the
# editor of TRS, papers have Founder's marks too, and generic says yes to every page.
_BY_SCRIPT = (GKMLPT, JPAAS, TRUECMS, JCMS, UCAP, EPOINT)
_BY_LINKS = (TRS, VSB, FOUNDER_PAPER, *LINKED, GENERIC)
FAMILIES: Mapping[str, Family] = MappingProxyType({family.name: family for family in (*_BY_SCRIPT, *_BY_LINKS)})


def recognise(html: str, url: str) -> Family:
    """Return the family that made a page, list or article; generic where none is recognised."""
    return next(family for family in FAMILIES.values() if family.recognise(html, url))
