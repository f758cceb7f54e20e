"""The interface of a CMS of the demo city, and the table of all CMSs."""

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
from crawler.demo.cms.county_layouts import COUNTY_LAYOUTS
from crawler.demo.cms.layouts import LAYOUTS
from crawler.demo.model import CmsName, DemoArticle
from crawler.demo.request_context import RequestContext


class DemoCms(Protocol):
    """A CMS, which makes the pages of a portal. Each is a module of this package or a `LinkedCms`."""

    def article_page(self, context: RequestContext, article: DemoArticle) -> str:
        """Return the page of an article."""

    def other_page(self, context: RequestContext, target: str) -> tuple[str, str] | None:
        """Return media type and text of a page other than an article page, or None if there is no such page."""

    def list_addresses(self, context: RequestContext) -> Iterator[str]:
        """Yield the addresses of all list pages."""


CMS_BY_NAME: Mapping[CmsName, DemoCms] = {
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
    **COUNTY_LAYOUTS,
}
