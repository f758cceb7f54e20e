"""The names by which a user may call a site: its slug, its name or one of its hosts."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from typing import TYPE_CHECKING

from attrs import frozen

from crawler.cli.session import Session
from crawler.sites.hosts import netloc
from crawler.sites.registry import Registry
from crawler.sites.site import Site
from pipelines.errors import ConfigError, RegistryError
from pipelines.messages import either
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from pipelines.catalogue.lookups import CatalogueLookups

MAX_SUGGESTIONS = 3
"""Sites in a hint: more would not be read."""


@frozen(kw_only=True)
class SiteNames:
    """Finds the site that a user names, in the registry and in the catalogue, if there is one.

    A site that only the catalogue knows, as in an archive without its TOML files, has a slug and hosts, but no name.
    """

    registry: Registry
    catalogue: CatalogueLookups | None = None

    def slug(self, given: str) -> str:
        """Return the slug of a site; raises RegistryError with the closest sites if there is none."""
        if given in self.registry.sites:
            return given
        named = {site.slug for site in self.registry.sites.values() if site.name == given.strip()}
        of_host = self._slug_of_host(given)
        found = named or ({of_host} if of_host else set())
        if len(found) > 1:
            raise RegistryError(
                _("several sites are called {name}", name=given), _("name {slugs}", slugs=either(sorted(found)))
            )
        if found:
            return found.pop()
        archived = self.catalogue.sites() if self.catalogue else []
        if given in archived:
            return given
        raise RegistryError(_("unknown site {slug!r}", slug=given), hint=self._hint(given, archived))

    def site(self, given: str) -> Site:
        """Return a registered site; raises RegistryError if there is none, or if only the catalogue knows it."""
        slug = self.slug(given)
        if slug not in self.registry.sites:
            raise RegistryError(
                _("the site {slug} is archived, but not registered", slug=slug),
                _("name the folder of its TOML file with --registry"),
            )
        return self.registry.sites[slug]

    def sites(self, given: Iterable[str]) -> list[Site]:
        """Return registered sites in the order of their names, each once."""
        return list({site.slug: site for site in map(self.site, given)}.values())

    def _slug_of_host(self, given: str) -> str | None:
        if "." not in given and ":" not in given:
            return None
        urls = [given] if "://" in given else [f"{scheme}://{given}" for scheme in ("http", "https")]
        for url in urls:
            if slug := self.registry.slug_of(url):
                return slug
        hosts = dict.fromkeys(filter(None, map(netloc, urls)))
        return next(filter(None, map(self.catalogue.site_of_host, hosts)), None) if self.catalogue else None

    def _hint(self, given: str, archived: Iterable[str]) -> str:
        called: dict[str, set[str]] = defaultdict(set)
        for slug in archived:
            called[slug].add(slug)
        for site in self.registry.sites.values():
            for name in (site.slug, site.name, *site.hosts):
                called[name].add(site.slug)
        close = difflib.get_close_matches(given, called, n=MAX_SUGGESTIONS)
        partial = sorted(name for name in called if given in name)
        slugs = dict.fromkeys(slug for name in (*close, *partial) for slug in sorted(called[name]))
        if not slugs:
            return _("`fangzhi sites list` lists all sites")
        return _("did you mean {names}?", names=either([*slugs][:MAX_SUGGESTIONS]))


def sites_of_region(registry: Registry, prefix: str, sites: Iterable[Site]) -> list[Site]:
    """Return the sites whose regions' codes begin with a prefix; raises RegistryError if there is none."""
    found = Registry(sites={site.slug: site for site in sites}).of_region(prefix)
    if found:
        return found
    others = [site.slug for site in registry.of_region(prefix)]
    hint = _("`fangzhi sites new --region {region} --write DIR` registers its sites", region=prefix)
    if others:
        hint = _("it has {names}, not enabled: name one to use it nevertheless", names=others)
    raise RegistryError(_("no enabled site of the region {region} is registered", region=prefix), hint)


def site_slug(session: Session, given: str) -> str:
    """Return the slug of the site that a user names, from the registry and the catalogue of a session.

    Raises RegistryError if there is no such site. A missing catalogue is none, and is not created.
    """
    from crawler.sites.folders import load
    from pipelines.catalogue.catalogue import Catalogue

    registry = load(*session.config.registry)
    try:
        with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
            return SiteNames(registry=registry, catalogue=catalogue).slug(given)
    except RegistryError:
        raise
    except ConfigError:
        return SiteNames(registry=registry).slug(given)
