"""Writes the TOML file of a site."""

from __future__ import annotations

import json
from collections.abc import Iterator

from crawler.sites.site import Site


def site_toml(site: Site, comment: str = "") -> str:
    """Return the text of a site's TOML file, as the registry reads it, without fields that have their default.

    The lines of `comment` are comments at the beginning.
    """
    return "\n".join((*(f"# {line}" for line in comment.splitlines()), *_lines(site))) + "\n"


def _lines(site: Site) -> Iterator[str]:
    yield f"name = {_toml_string(site.name)}"
    yield f"family = {_toml_string(site.family)}"
    yield f"hosts = [{', '.join(map(_toml_string, site.hosts))}]"
    if site.region:
        yield f"region = {{ code = {_toml_string(site.region.code)}, name = {_toml_string(site.region.name)} }}"
    if site.charset:
        yield f"charset = {_toml_string(site.charset)}"
    for section in site.sections:
        yield from ("", "[[sections]]", f"name = {_toml_string(section.name)}", f"url = {_toml_string(section.url)}")


def _toml_string(value: str) -> str:
    """Return a TOML basic string: its escapes are those of JSON, and DEL must be escaped too."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
