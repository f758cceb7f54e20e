"""Completion of names in the shell: `_FANGZHI_COMPLETE=bash_source fangzhi` prints what bash has to load."""

from __future__ import annotations

import os
from pathlib import Path

import click


def complete_site(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the slugs of registered sites that begin with a text.

    Only the names of TOML files are read, of the folders that the command line, else the environment names.
    """
    from crawler.sites.folders import slugs

    folders = context.params.get("registry") or filter(None, os.environ.get("FANGZHI_REGISTRY", "").split(os.pathsep))
    return [slug for slug in slugs(*map(Path, folders)) if slug.startswith(incomplete)]
