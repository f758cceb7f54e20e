"""Loads the registry's TOML files, fangzhi's own and the user's, into one registry."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

from crawler.sites.files import site_files
from crawler.sites.registry import Registry
from crawler.sites.serialize import site_from_mapping
from crawler.sites.site import Site
from pipelines.errors import RegistryError
from pipelines.messages import gettext as _

MAX_PARSED = 10_000
"""Sites that are remembered: more than there are municipalities and districts, each with some 2 kB."""


def load(*folders: Path) -> Registry:
    """Return the registry of fangzhi's own sites and those of these folders; later folders replace sites by slug.

    Folders are searched recursively; a file's name without `.toml` is its site's slug. Raises RegistryError with one
    line that names the file, the key and the allowed values.
    """
    files = site_files(*folders)
    sites = {slug: _read_again(file) for slug, file in files.items()}
    owners: dict[str, str] = {}
    for site in sites.values():
        for host in site.hosts:
            if (owner := owners.setdefault(host, site.slug)) != site.slug:
                hint = _("name it {name} to replace that site", name=files[owner].name)
                raise RegistryError(
                    _(
                        "{file}: hosts: {host} already belongs to {owner}",
                        file=files[site.slug],
                        host=host,
                        owner=files[owner],
                    ),
                    hint=hint,
                )
    return Registry(sites=sites)


def _read_again(file: Path) -> Site:
    """Return the site of a file, which is parsed if it is new or has changed: schedules read it every minute."""
    try:
        stat = file.stat()
    except OSError:
        return _read(file)
    return _parsed(file, (stat.st_mtime_ns, stat.st_size, stat.st_ino))


@functools.lru_cache(MAX_PARSED)
def _parsed(file: Path, _version: tuple[int, int, int]) -> Site:
    return _read(file)


def _read(file: Path) -> Site:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise RegistryError(_("{file}: {strerror}", file=file, strerror=error.strerror)) from None
    except UnicodeDecodeError as error:
        raise RegistryError(
            _("{file}: not UTF-8 at byte {start}", file=file, start=error.start), hint=_("save the file as UTF-8")
        ) from None
    except (ValueError, RecursionError) as error:  # of tomllib, also for numbers of 5,000 digits and deep arrays
        raise RegistryError(
            _("{file}: no valid TOML: {error}", file=file, error=error), hint=_("correct the file there")
        ) from None
    return site_from_mapping(data, file.stem, str(file))
