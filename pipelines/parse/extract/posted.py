"""The files of a post that Guangdong's gkmlpt names in its script alone, for its own program to show."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pipelines.model import Attachment
from pipelines.parse.extract.media import MEDIA_TYPES, absolute, file_type
from pipelines.parse.extract.meta_tags import plain
from pipelines.parse.extract.page import Page

ORIGIN = "_CONFIG:attachment"

MOST_FILES = 500
"""Files of a post that are read: a yearly budget of 90 departments has about 200."""


def files(page: Page, linked: Collection[Attachment]) -> tuple[Attachment, ...]:
    """Return the files that `_CONFIG.DETAIL.attachment` lists, each once, without those that the page links."""
    listed = page.detail.get("attachment")
    known = {file.url for file in linked}
    found: dict[str, Attachment] = {}
    for item in listed[:MOST_FILES] if isinstance(listed, list) else ():
        file = _file(item, page.base) if isinstance(item, dict) else None
        if file and file.url not in known:
            found.setdefault(file.url, file)
    return tuple(found.values())


def _file(item: dict[str, Any], base: str) -> Attachment | None:
    """Return a listed file: its type may stand beside the name alone; its size is known once it is archived itself."""
    url = absolute(str(item.get("url") or ""), base)
    name = plain(str(item.get("name") or "")) or url.rpartition("/")[2]
    kind = file_type(url) or MEDIA_TYPES.get(str(item.get("type") or "").lstrip(".").lower())
    return Attachment(url=url, title=name, media_type=kind) if url else None
