"""The registry's TOML files, ours and the user's, into one registry."""

from __future__ import annotations

import tomllib
from pathlib import Path

from crawler.sites.registry import Registry
from crawler.sites.serialize import site_from_mapping
from crawler.sites.site import Site
from pipelines.errors import RegistryError

_OURS = Path(__file__).parent


def load(*folders: Path) -> Registry:
    """Return the registry of the sites that come with fangzhi and of these folders; later ones replace by slug.

    A folder is searched with all below it; a file's name is its site's slug. Raises RegistryError with one line that
    names the file, the key, and what is allowed.
    """
    files: dict[str, Path] = {}
    for folder in (_OURS, *folders):
        files |= _files(folder)
    sites = {slug: _read(file) for slug, file in files.items()}
    owners: dict[str, str] = {}
    for site in sites.values():
        for host in site.hosts:
            if (owner := owners.setdefault(host, site.slug)) != site.slug:
                hint = f"name it {files[owner].name} to replace that site"
                raise RegistryError(f"{files[site.slug]}: hosts: {host} is {files[owner]}'s already", hint=hint)
    return Registry(sites=sites)


def _files(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise RegistryError(
            f"no such folder: {folder}", hint="--registry and FANGZHI_REGISTRY name folders of TOML files"
        )
    files: dict[str, Path] = {}
    for file in sorted(folder.rglob("*.toml")):
        if (other := files.setdefault(file.stem, file)) != file:
            raise RegistryError(f"{file}: the slug {file.stem} is taken by {other}", hint="rename one of the two files")
    return files


def _read(file: Path) -> Site:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise RegistryError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise RegistryError(
            f"{file}: not UTF-8 at byte {error.start}", hint="TOML is always UTF-8; save it as that"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise RegistryError(f"{file}: no valid TOML: {error}", hint="correct the file there") from None
    return site_from_mapping(data, file.stem, str(file))
