"""Whether what a page names as the source of its text is a site or a paper that is known by some names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.text.normalise import normalise
from pipelines.text.simplify import simplify

LEAST = 3
"""Characters of a name that is looked for inside a source, as 人民网 has: two are a place's or a common word."""

ALONE = 4
"""Characters of a name that can go without what it ends in, and of a source that may be a name's beginning: 江门日报 is
a name, but 新华 begins many."""

_GOVERNMENT = re.compile("人民政府")
_ENDING = re.compile("(?:门户|官方)?网站$|数字报刊?$|电子[报版]$|客户端$|公众号$|信息公开(?:平台|专栏)?$")


def is_named(source: str, names: Iterable[str]) -> bool:
    """Tell whether a source is one of these names, holds one, or is what one begins with.

    >>> is_named("江门日报社", ["江门日报数字报"]), is_named("江門市人民政府", ["江门市政府门户网站"])
    (True, True)
    >>> is_named("新华日报", ["新华网"]), is_named("市政府办公室", ["江门市人民政府"])
    (False, False)
    """
    told = _plain(source)
    return any(_is(told, _plain(name)) for name in names)


def _is(source: str, name: str) -> bool:
    short = _ENDING.sub("", name)
    core = short if len(short) >= ALONE else name
    return (len(core) >= LEAST and core in source) or (len(source) >= ALONE and core.startswith(source))


def _plain(name: str) -> str:
    return _GOVERNMENT.sub("政府", normalise(simplify(name)))
