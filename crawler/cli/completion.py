"""Completion of names in the shell: `_FANGZHI_COMPLETE=bash_source fangzhi` prints what bash has to load."""

from __future__ import annotations

import os
from pathlib import Path

import click


def complete_site(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the slugs of registered sites that begin with a text.

    Only the names of TOML files are read, of the folders that the command line, else the environment names.
    """
    from crawler.sites.files import slugs

    folders = context.params.get("registry") or filter(None, os.environ.get("FANGZHI_REGISTRY", "").split(os.pathsep))
    return [slug for slug in slugs(*map(Path, folders)) if slug.startswith(incomplete)]


def complete_place(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the codes or names of regions that begin with a text: own names, full names or pinyin without blanks."""
    from crawler.directory import load_directory

    governments = load_directory().governments
    if not incomplete:
        return [site.own for code, site in governments.items() if code.endswith("0000")]
    if incomplete.isdigit():
        return [code for code in governments if code.startswith(incomplete)]
    names = ((site.own, site.name, site.spellings[1]) for site in governments.values())
    return list(dict.fromkeys(name for each in names for name in each if name.startswith(incomplete)))
