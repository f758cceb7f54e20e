"""The language of a page: the one that its address names, else the one that the browser prefers."""

from __future__ import annotations

import re

from crawler.config.language import LANGUAGES

DEFAULT = "zh"
"""The language for browsers that prefer neither: the texts are in Chinese."""

_RANGE = re.compile(r"\s*([a-zA-Z*]{1,8})(?:-[a-zA-Z0-9-]*)?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*")


def chosen_language(named: str | None, accepted: str) -> str:
    """Return `zh` or `en`, from the parameter `lang` of an address and the header Accept-Language.

    >>> chosen_language(None, "en-GB,en;q=0.8,zh;q=0.3"), chosen_language("zh", "en"), chosen_language(None, "fr")
    ('en', 'zh', 'zh')
    """
    if named in LANGUAGES:
        return named
    weights: dict[str, float] = {}
    for part in accepted[:1_000].split(","):
        found = _RANGE.fullmatch(part)
        if found and (language := found[1].lower()) in LANGUAGES:
            weights[language] = max(weights.get(language, 0.0), float(found[2] or 1))
    best = max(weights, key=weights.__getitem__, default=DEFAULT)
    return best if weights.get(best, 1) else DEFAULT
