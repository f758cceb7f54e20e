"""The TOML of a site that was found, for people to go on with."""

from __future__ import annotations

import json
from collections.abc import Iterator

from crawler.sites.site import Site


def site_toml(site: Site) -> str:
    """Return the text of a site's file, as the registry reads it; what is as usual is left out."""
    return "\n".join(_lines(site)) + "\n"


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
    """Write a basic string: TOML's escapes are JSON's, and it wants DEL escaped too."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
