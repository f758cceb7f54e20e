"""Pure. The registry's TOML for the portals that a crawl of the city covers."""

from __future__ import annotations

from urllib.parse import urlsplit

from crawler.city.model import BaseUrls, Portal
from crawler.city.portals import BEIGANG, HUAWU, LINTAN_XXGK, NANPING, QINGHE, QINGHE_XXGK, SHIXI, YUNZHOU

CRAWLED = (
    (YUNZHOU, "trs"),
    (HUAWU, "generic"),
    (QINGHE, "jcms"),
    (QINGHE_XXGK, "jcms"),
    (LINTAN_XXGK, "gkmlpt"),
    (SHIXI, "jpaas"),
    (BEIGANG, "ucap"),
    (NANPING, "epoint"),
)
"""Portals with the family their site is registered under."""


def registry(base_urls: BaseUrls) -> dict[str, str]:
    """Return the text of each site's TOML by its path in a registry folder."""
    return {f"{portal.slug}.toml": _site(portal, family, base_urls[portal.slug]) for portal, family in CRAWLED}


def _site(portal: Portal, family: str, base: str) -> str:
    head = (
        f'name = "{portal.name}"\nfamily = "{family}"\nhosts = ["{urlsplit(base).netloc}"]\n'
        f'region = {{ code = "{portal.region_code}", name = "{portal.region_name}" }}\n'
        "delay = 0          # seconds between requests to a host\n"
        "concurrency = 8    # requests at once to a host\n"
    )
    sections = (
        f'\n[[sections]]\nname = "{section.name}"\nurl = "{base}{section.path}"\n'
        "depth = 1000       # list pages walked on an ordinary crawl\n"
        for section in portal.sections
    )
    return head + "".join(sections)
