"""Addresses within the reading room, with its prefix and the language that an address names."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, urlencode

from attrs import evolve, frozen

Parameters = tuple[tuple[str, str], ...]
"""The parameters of an address in their order; a name may be repeated."""


@frozen(kw_only=True)
class Links:
    """Makes addresses of pages. `lang` is the language if the address of the present page names one, else empty."""

    prefix: str = ""
    base_url: str = ""
    lang: str = ""

    def to(self, *path: str, parameters: Iterable[tuple[str, str]] = ()) -> str:
        """Return the address of a page by the parts of its path.

        >>> Links(prefix="/fz", lang="en").to("search", parameters=[("q", "电梯")])
        '/fz/search?q=%E7%94%B5%E6%A2%AF&lang=en'
        """
        every = [*parameters, *([("lang", self.lang)] if self.lang else [])]
        query = f"?{urlencode(every)}" if every else ""
        return f"{self.prefix}/{'/'.join(quote(part, safe=':') for part in path)}{query}"

    def absolute(self, *path: str, parameters: Iterable[tuple[str, str]] = ()) -> str:
        """Return the whole address of a page, without a language: the same for every reader."""
        return evolve(self, prefix=self.base_url, lang="").to(*path, parameters=parameters)


def without(parameters: Parameters, *names: str) -> Parameters:
    """Return parameters without some names."""
    return tuple(each for each in parameters if each[0] not in names)


def replaced(parameters: Parameters, **values: str) -> Parameters:
    """Return parameters with other values; an empty one leaves its name out.

    >>> replaced((("q", "电梯"), ("page", "2")), site="a", page="")
    (('q', '电梯'), ('site', 'a'))
    """
    return (*without(parameters, *values), *((name, value) for name, value in values.items() if value))
