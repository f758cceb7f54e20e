"""What a CMS does for a portal of the city, and those that do it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from crawler.demo.cms import (
    epoint,
    founder_paper,
    founder_paper_pc,
    gkmlpt,
    jcms,
    jcms_xxgk,
    jpaas,
    phpcms,
    trs,
    truecms,
    ucap,
)
from crawler.demo.cms.layouts import LAYOUTS
from crawler.demo.model import Article
from crawler.demo.request_context import RequestContext


class Family(Protocol):
    """What a CMS does with a portal's articles; each family is a module, or a layout of links."""

    def article(self, desk: RequestContext, page: Article) -> str:
        """Return an article's page."""

    def other(self, desk: RequestContext, target: str) -> tuple[str, str] | None:
        """Return media type and text of a page that is no article, or none if there is no such page."""

    def lists(self, desk: RequestContext) -> Iterator[str]:
        """Yield the address of every list page."""


FAMILIES: Mapping[str, Family] = {
    "trs": trs,
    "jcms": jcms,
    "gkmlpt": gkmlpt,
    "founder-paper": founder_paper,
    "founder-paper-pc": founder_paper_pc,
    "phpcms": phpcms,
    "jcms-xxgk": jcms_xxgk,
    "jpaas": jpaas,
    "ucap": ucap,
    "epoint": epoint,
    "truecms": truecms,
    **LAYOUTS,
}
