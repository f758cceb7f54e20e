"""Finds the registry's TOML files, and which of them has a host, without reading the sites."""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Collection
from pathlib import Path

from pipelines.errors import RegistryError
from pipelines.messages import gettext as _

BUILT_IN = Path(__file__).parent
"""The folder of fangzhi's own sites."""


def site_files(*folders: Path) -> dict[str, Path]:
    """Return the files of fangzhi's own sites and those of these folders by slug; later folders replace files.

    Folders are searched recursively; a file's name without `.toml` is its site's slug. Raises RegistryError for a
    folder that does not exist, and for two files of the same slug in a folder.
    """
    files: dict[str, Path] = {}
    for folder in (BUILT_IN, *folders):
        files |= _files(folder)
    return files


def slugs(*folders: Path) -> list[str]:
    """Return the slugs of fangzhi's own sites and those of these folders, sorted; no file is read or checked."""
    return sorted({file.stem for folder in (BUILT_IN, *folders) for file in folder.rglob("*.toml")})


def slugs_of_hosts(hosts: Collection[str], *folders: Path) -> dict[str, str]:
    """Return the slug of each of these hosts that a site has, fangzhi's own or one of these folders.

    Only files that contain a host are parsed, and their other values are not checked: thousands of files take a tenth
    of a second.
    """
    found: dict[str, str] = {}
    for slug, file in site_files(*folders).items():
        text = file.read_text(encoding="utf-8", errors="replace")
        if not any(host in text for host in hosts):
            continue
        with contextlib.suppress(ValueError, RecursionError):  # the commands that use the site report it
            found |= {host: slug for host in tomllib.loads(text).get("hosts", ()) if host in hosts}
    return found


def _files(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise RegistryError(
            _("no such folder: {folder}", folder=folder),
            hint=_("--registry and FANGZHI_REGISTRY name folders of TOML files"),
        )
    files: dict[str, Path] = {}
    for file in sorted(folder.rglob("*.toml")):
        if (other := files.setdefault(file.stem, file)) != file:
            raise RegistryError(
                _("{file}: {other} has the same slug {stem}", file=file, other=other, stem=file.stem),
                hint=_("rename one of the two files"),
            )
    return files
