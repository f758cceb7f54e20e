"""Loads the registry's TOML files, fangzhi's own and the user's, into one registry."""

from __future__ import annotations

import tomllib
from pathlib import Path

from crawler.sites.registry import Registry
from crawler.sites.serialize import site_from_mapping
from crawler.sites.site import Site
from pipelines.errors import RegistryError

_BUILT_IN = Path(__file__).parent


def load(*folders: Path) -> Registry:
    """Return the registry of fangzhi's own sites and those of these folders; later folders replace sites by slug.

    Folders are searched recursively; a file's name without `.toml` is its site's slug. Raises RegistryError with one
    line that names the file, the key and the allowed values.
    """
    files: dict[str, Path] = {}
    for folder in (_BUILT_IN, *folders):
        files |= _files(folder)
    sites = {slug: _read(file) for slug, file in files.items()}
    owners: dict[str, str] = {}
    for site in sites.values():
        for host in site.hosts:
            if (owner := owners.setdefault(host, site.slug)) != site.slug:
                hint = f"name it {files[owner].name} to replace that site"
                raise RegistryError(f"{files[site.slug]}: hosts: {host} already belongs to {files[owner]}", hint=hint)
    return Registry(sites=sites)


def slugs(*folders: Path) -> list[str]:
    """Return the slugs of fangzhi's own sites and those of these folders, sorted; no file is read or checked."""
    return sorted({file.stem for folder in (_BUILT_IN, *folders) for file in folder.rglob("*.toml")})


def _files(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise RegistryError(
            f"no such folder: {folder}", hint="--registry and FANGZHI_REGISTRY name folders of TOML files"
        )
    files: dict[str, Path] = {}
    for file in sorted(folder.rglob("*.toml")):
        if (other := files.setdefault(file.stem, file)) != file:
            raise RegistryError(f"{file}: {other} has the same slug {file.stem}", hint="rename one of the two files")
    return files


def _read(file: Path) -> Site:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise RegistryError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise RegistryError(f"{file}: not UTF-8 at byte {error.start}", hint="save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise RegistryError(f"{file}: no valid TOML: {error}", hint="correct the file there") from None
    return site_from_mapping(data, file.stem, str(file))
