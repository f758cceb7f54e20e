"""Pure. The CMS families that we know: how their sites look, how they list articles, and how their pages are read."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from crawler.families.family import Ask, Family, Link, Listing, asks, media_type
from crawler.families.generic import GENERIC
from crawler.families.trs import TRS

__all__ = ["FAMILIES", "GENERIC", "Ask", "Family", "Link", "Listing", "asks", "media_type", "recognise"]

# In the order in which they are tried: generic says yes to every page.
FAMILIES: Mapping[str, Family] = MappingProxyType({family.name: family for family in (TRS, GENERIC)})


def recognise(html: str, url: str) -> Family:
    """Return the family that made a page, list or article; generic where none is recognised."""
    return next(family for family in FAMILIES.values() if family.recognise(html, url))
