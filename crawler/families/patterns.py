"""Named patterns of URLs, which are compiled when they are first used."""

from __future__ import annotations

import functools
import re
from urllib.parse import urlsplit

from attrs import frozen


@frozen
class UrlPattern:
    """A pattern of URLs. Other pages also have the URLs of a `loose` one, so that something else must confirm it."""

    name: str
    pattern: str
    loose: bool = False

    @property
    def compiled(self) -> re.Pattern[str]:
        """The pattern, which ignores case."""
        return compiled(self.pattern)


@functools.cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern that ignores case; commands that list no links need none of the hundred in the tables."""
    return re.compile(pattern, re.IGNORECASE)


def path_and_query(url: str) -> str:
    """Return the part of a URL in which patterns are searched."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
