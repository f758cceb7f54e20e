"""What all requests share: the configuration, the readers, the registry and the directory."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from crawler.cli.filters import Places
from crawler.cli.regions import matching_regions
from crawler.cli.site_names import SiteNames
from crawler.config.config import Config
from crawler.config.load import file_beside_frontier
from crawler.directory import Directory, code_prefix, load_directory
from crawler.records import RECORDS_FILE
from crawler.sites.folders import load
from crawler.sites.registry import Registry
from crawler.web.cache import ResultCache
from crawler.web.desk import Desk, desk_of
from crawler.web.readers import Reader, ReaderPool, open_reader
from crawler.web.serving import READERS, Serving
from crawler.web.state import DatabaseState
from pipelines.catalogue.catalogue import Catalogue
from pipelines.errors import ConfigError
from pipelines.masking import mask
from pipelines.messages import either
from pipelines.messages import gettext as _
from pipelines.model import Region

REGISTRY_AGE_S = 60
"""Seconds for which the registry is kept: a new site shows up after a minute; 500 files take 0.3 s."""


class Room:
    """The reading room of an archive."""

    def __init__(self, config: Config, serving: Serving, desk: Desk | None = None) -> None:
        """Open the room; raises ConfigError if the archive has no catalogue.

        `desk` is what it shares with other processes; None: there are no others.
        """
        self.desk = desk or desk_of(config, serving)
        self.config = config
        self.serving = serving
        self.records_file = file_beside_frontier(config, RECORDS_FILE)
        self._states = (DatabaseState(config.catalogue), DatabaseState(f"sqlite:///{self.records_file}"))
        self.kept = ResultCache()
        self.facets = ResultCache()
        self._readers = ReaderPool(functools.partial(open_reader, config), READERS)
        self._lock = threading.Lock()
        self._registry: tuple[float, Registry] | None = None
        with self.reader():
            pass

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """Yield what a request reads with."""
        with self._readers.reader() as found:
            yield found

    def close(self) -> None:
        """Close the readers."""
        self._readers.close()
        for each in self._states:
            each.close()

    async def state(self) -> str:
        """Return a text that differs after each change of the catalogue and of the records."""
        return " ".join([await each.now() for each in self._states])

    @property
    def archive_name(self) -> str:
        """The address of the archive, for people."""
        return mask(self.config.archive)

    @functools.cached_property
    def directory(self) -> Directory:
        """The directory of the country."""
        return load_directory(self.config.directory)

    @functools.cached_property
    def region_names(self) -> dict[str, str]:
        """The names of all regions of the directory and the registry by code."""
        named = {site.code: site.name for site in self.directory.sites if site.is_government and site.code}
        return {region.code: region.name for region in self._registered_regions()} | named

    @property
    def registry(self) -> Registry:
        """The registry of sites, read again after a minute."""
        with self._lock:
            now = time.monotonic()
            if self._registry is None or now - self._registry[0] > REGISTRY_AGE_S:
                self._registry = (now, load(*self.config.registry))
            return self._registry[1]

    def site_name(self, slug: str | None) -> str:
        """Return the name of a site; its slug if it is not registered."""
        site = self.registry.sites.get(slug or "")
        return site.name if site else slug or ""

    def places(self, catalogue: Catalogue) -> Places:
        """Return what finds sites and regions by what people call them."""
        return {"site": SiteNames(registry=self.registry, catalogue=catalogue).slug, "region": self._prefix}

    def _prefix(self, given: str) -> str:
        found = matching_regions(given, self.directory, self._registered_regions)
        if len(found) > 1:
            codes = either([f"{region.code} ({region.name})" for region in found])
            raise ConfigError(
                _("{count} places are called {name}", count=len(found), name=given),
                _("name one by its code: {codes}", codes=codes),
            )
        return code_prefix(found[0].code)

    def _registered_regions(self) -> list[Region]:
        return [site.region for site in self.registry.sites.values() if site.region]
