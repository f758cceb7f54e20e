"""Pure. The registry: what is known of each site, kept as `<province>/<slug>.toml` beside this file."""

from crawler.sites.folders import load
from crawler.sites.forms import site_from_json, site_json
from crawler.sites.registry import Registry
from crawler.sites.site import Section, Site

__all__ = ["Registry", "Section", "Site", "load", "site_from_json", "site_json"]
