"""Pure. The CMS families that we know: how their sites look, how they list articles, and how their pages are read."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from crawler.families.epoint import EPOINT
from crawler.families.family import Ask, Family, Link, Listing, asks, media_type
from crawler.families.generic import GENERIC
from crawler.families.gkmlpt import GKMLPT
from crawler.families.jcms import JCMS
from crawler.families.jpaas import JPAAS
from crawler.families.trs import TRS
from crawler.families.ucap import UCAP

__all__ = ["FAMILIES", "GENERIC", "Ask", "Family", "Link", "Listing", "asks", "media_type", "recognise"]

# In the order in which they are tried: JPaaS keeps the addresses of JCMS, 开普's body holds the editor of TRS, and
# generic says yes to every page.
_TRIED = (GKMLPT, JPAAS, JCMS, UCAP, EPOINT, TRS, GENERIC)
FAMILIES: Mapping[str, Family] = MappingProxyType({family.name: family for family in _TRIED})


def recognise(html: str, url: str) -> Family:
    """Return the family that made a page, list or article; generic where none is recognised."""
    return next(family for family in FAMILIES.values() if family.recognise(html, url))
