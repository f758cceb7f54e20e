"""Find a capture by what people type: its id, the beginning of its id, or the address of its page."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from pipelines.errors import ConfigError, FangzhiError
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.model import Entry

ID_BEGINNING = re.compile(r"\d{4,14}|\d{14}-[0-9a-f]{0,12}")
"""An id or its beginning, from the year of capture on; four characters are the least in git, too."""

MAX_CANDIDATES = 10
"""Ids that an ambiguous beginning lists: they fit on a screen with their titles."""


MIN_SHORT_ID_CHARS = 17
"""Characters of a shortened id: its second, the hyphen and two hex digits. Captures of one second need these two, and
ids of equal length make a column. Captures that come later have another second, so what is unique stays so."""


class AmbiguousId(ConfigError):
    """Several ids begin with what was given; `candidates` are the first of them."""

    def __init__(self, beginning: str, candidates: list[str]) -> None:
        super().__init__(
            _("several ids begin with {beginning}", beginning=beginning), _("give more characters of the id")
        )
        self.candidates = candidates


def find_capture(catalogue: Catalogue, key: str) -> Entry:
    """Return the capture with this id, the only one whose id begins so, or the newest one of this URL.

    The scheme of the URL may be left out. Raises AmbiguousId, or FangzhiError if there is no such capture.
    """
    if ID_BEGINNING.fullmatch(key):
        candidates = catalogue.ids(key, MAX_CANDIDATES)
        if len(candidates) > 1:
            raise AmbiguousId(key, candidates)
        found = catalogue.get(candidates[0]) if candidates else None
    elif "://" in key:
        found = catalogue.get(key)
    else:
        with_schemes = (catalogue.get(f"{scheme}://{key}") for scheme in ("http", "https"))
        found = max(filter(None, with_schemes), key=lambda entry: entry.fetched_at, default=None)
    if found is None:
        raise FangzhiError(
            _("no capture of {key} is in the catalogue", key=key), _("`fangzhi list --all` shows the captures")
        )
    return found


def short_id(catalogue: Catalogue, capture_id: str) -> str:
    """Return the beginning of an id that no other id in the catalogue has, of at least `MIN_SHORT_ID_CHARS`."""
    pairs = (zip(capture_id, other, strict=False) for other in catalogue.adjacent_ids(capture_id))
    shared = (len(list(takewhile(lambda pair: pair[0] == pair[1], each))) for each in pairs)
    return capture_id[: max(MIN_SHORT_ID_CHARS, max(shared, default=0) + 1)]
