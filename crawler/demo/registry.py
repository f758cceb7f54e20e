"""The TOML files that register the portals of the city as sites."""

from __future__ import annotations

from urllib.parse import urlsplit

from crawler.demo.model import BaseUrls, Portal
from crawler.demo.portals import PORTALS
from crawler.sites.site import PageMode

FAMILY_BY_CMS = {
    "founder-paper-pc": "founder-paper",
    "jcms-xxgk": "jcms",
    "ucap-named": "ucap",
    **dict.fromkeys(("no-extension", "channels", "thtml", "uuid-columns", "page-numbers"), "generic"),
}
"""The crawler's family for each CMS whose name is not that of a family."""


def registry(base_urls: BaseUrls, page: PageMode = "whole") -> dict[str, str]:
    """Return the TOML text of each site by its path in a registry folder; `page` is what is archived of a page."""
    return {f"{portal.slug}.toml": site_toml(portal, base_urls[portal.slug], page) for portal in PORTALS}


def site_toml(portal: Portal, base: str, page: PageMode) -> str:
    """Return the TOML text of one portal."""
    family = FAMILY_BY_CMS.get(portal.cms, portal.cms)
    head = (
        f'name = "{portal.name}"\nfamily = "{family}"\nhosts = ["{urlsplit(base).netloc}"]\n'
        f'region = {{ code = "{portal.region_code}", name = "{portal.region_name}" }}\n'
        "delay = 0          # seconds between requests to a host\n"
        "concurrency = 8    # requests at once to a host\n"
    )
    head += "" if page == "whole" else f'page = "{page}"      # no style sheets, pictures and scripts of the layout\n'
    sections = (
        f'\n[[sections]]\nname = "{name}"\nurl = "{base}{path}"\n'
        "depth = 1000       # list pages walked on an ordinary crawl\n"
        for name, path in portal.start_pages or ((section.name, section.path) for section in portal.sections)
    )
    return head + "".join(sections)
