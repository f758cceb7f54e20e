"""Match the source that a page states (来源) with the names of a site or a newspaper."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.text.normalise import normalise
from pipelines.text.simplify import simplify

MIN_NAME_CHARS = 3
"""Minimum characters of a name that is searched within a source.

人民网 has three; two characters are a place or a common word.
"""

MIN_DISTINCTIVE_CHARS = 4
"""Minimum characters of a name after its suffix is removed, and of a source that may be the beginning of a name.

江门日报 is distinctive, but many names begin with 新华.
"""

_GOVERNMENT = re.compile("人民政府")
_MEDIUM_SUFFIX = re.compile("(?:门户|官方)?网站$|数字报刊?$|电子[报版]$|客户端$|公众号$|信息公开(?:平台|专栏)?$")
"""A suffix that names the medium, not the publisher: website, digital edition, app, official account."""


def is_named(source: str, names: Iterable[str]) -> bool:
    """Return whether a source equals one of these names, contains one, or is the beginning of one.

    >>> is_named("江门日报社", ["江门日报数字报"]), is_named("江門市人民政府", ["江门市政府门户网站"])
    (True, True)
    >>> is_named("新华日报", ["新华网"]), is_named("市政府办公室", ["江门市人民政府"])
    (False, False)
    """
    normalised = _normalised(source)
    return any(_matches(normalised, _normalised(name)) for name in names)


def _matches(source: str, name: str) -> bool:
    without_suffix = _MEDIUM_SUFFIX.sub("", name)
    core = without_suffix if len(without_suffix) >= MIN_DISTINCTIVE_CHARS else name
    return (len(core) >= MIN_NAME_CHARS and core in source) or (
        len(source) >= MIN_DISTINCTIVE_CHARS and core.startswith(source)
    )


def _normalised(name: str) -> str:
    return _GOVERNMENT.sub("政府", normalise(simplify(name)))
