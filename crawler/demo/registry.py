"""The registry's TOML for the portals that a crawl of the city covers."""

from __future__ import annotations

from urllib.parse import urlsplit

from crawler.demo.model import BaseUrls, Portal
from crawler.demo.portals import PORTALS

FAMILIES = {
    "founder-paper-pc": "founder-paper",
    "jcms-xxgk": "jcms",
}
"""The family of the crawler for portals of a CMS, where it is called otherwise."""


def registry(base_urls: BaseUrls) -> dict[str, str]:
    """Return the text of each site's TOML by its path in a registry folder."""
    return {
        f"{portal.slug}.toml": _site(portal, FAMILIES.get(portal.family, portal.family), base_urls[portal.slug])
        for portal in PORTALS
    }


def _site(portal: Portal, family: str, base: str) -> str:
    head = (
        f'name = "{portal.name}"\nfamily = "{family}"\nhosts = ["{urlsplit(base).netloc}"]\n'
        f'region = {{ code = "{portal.region_code}", name = "{portal.region_name}" }}\n'
        "delay = 0          # seconds between requests to a host\n"
        "concurrency = 8    # requests at once to a host\n"
    )
    sections = (
        f'\n[[sections]]\nname = "{name}"\nurl = "{base}{path}"\n'
        "depth = 1000       # list pages walked on an ordinary crawl\n"
        for name, path in portal.starts or ((section.name, section.path) for section in portal.sections)
    )
    return head + "".join(sections)
