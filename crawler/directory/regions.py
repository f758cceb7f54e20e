"""Regions by a code or a name, and what is below them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from crawler.directory.find import best_matches
from crawler.directory.names import short_name
from crawler.directory.places import Directory, Level

if TYPE_CHECKING:
    from pipelines.model import Region


def code_prefix(code: str) -> str:
    """Return what the codes of a region and of all regions below it begin with.

    >>> code_prefix("440700"), code_prefix("4407"), code_prefix("44"), code_prefix("440783")
    ('4407', '4407', '44', '440783')
    """
    return re.sub(r"(?:00){1,2}$", "", code.ljust(6, "0"))


def is_region_code(text: str) -> bool:
    """Tell whether a text is a code of GB/T 2260, of which zeros at the end may be left out."""
    return bool(re.fullmatch(r"[1-9]\d(?:\d\d){0,2}", text))


def regions_called(
    directory: Directory, name: str, others: Iterable[Region] = (), *, level: Level | None = None
) -> list[Region]:
    """Return the regions that a name means, of one level or of any; several if they have the same name.

    `others` are regions that the directory need not have, such as those of registered sites; they are only searched if
    the directory has no match: for names that end in this one, with or without the last part, else for a part of them.
    """
    from pipelines.model import Region

    if level:
        directory = Directory(sites=tuple(site for site in directory.sites if site.level == level))
    found = [site for site in best_matches(directory, name) if site.is_government and site.code]
    if found:
        return [Region(code=site.code, name=site.name) for site in found]
    named = {region.code: region for region in others if name in region.name}
    ends = [each for each in named.values() if each.name.endswith(name) or short_name(each.name).endswith(name)]
    return ends or list(named.values())
