"""The CMS families that fangzhi knows: how each is recognised, how it lists articles, and how its articles are read."""

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

# The order in which families are tried. It matters where a page has the fingerprints of two: JPaaS keeps the URLs of
# JCMS, truecms keeps the pager of JCMS, the body of 开普 pages contains the editor of TRS, digital papers also have
# the fingerprints of Founder's news sites, and generic accepts every page.
_WITH_LIST_API = (GKMLPT, JPAAS, TRUECMS, JCMS, UCAP, EPOINT)
_WITH_LINKS = (TRS, VSB, FOUNDER_PAPER, *LINKED, GENERIC)
FAMILIES: Mapping[str, Family] = MappingProxyType({family.name: family for family in (*_WITH_LIST_API, *_WITH_LINKS)})


def recognise(html: str, url: str) -> Family:
    """Return the family that made a list page or an article; generic if no CMS is recognised."""
    return next(family for family in FAMILIES.values() if family.recognise(html, url))
