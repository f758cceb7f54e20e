"""Pages as a browser shows them live and in a player, and what is wrong if they differ."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from attrs import frozen

from tests.crawler.player.pictures import difference, picture_of

MAX_DIFFERENCE = 0.01
"""Share of the pixels of a page that may differ."""

_ARCHIVED = re.compile(r"/\d{14}[a-z_]*/(https?://.+)$")
"""The end of an address in a player: a time, a mode and the original address."""


@frozen
class Seen:
    """A page as a browser showed it: its picture, and the status of each file that it requested."""

    url: str
    picture: bytes
    statuses: dict[str, int]


def seen(context: Any, url: str) -> Seen:
    """Open a URL in a new tab; requests that got no response have the status 0."""
    page = context.new_page()
    statuses: dict[str, int] = {}
    page.on("response", lambda response: statuses.update({response.url: response.status}))
    page.on("requestfailed", lambda request: statuses.setdefault(request.url, 0))
    picture = picture_of(page, url)
    page.close()
    return Seen(url, picture, statuses)


def faults(context: Any, live: Seen, again: Seen, inside: str, folder: Path) -> str:
    """Return what is wrong with a page as a player showed it `again`; its addresses begin with `inside`.

    The pictures of a page that differs are kept in a folder.
    """
    if outside := [url for url in again.statuses if not url.startswith((inside, "data:", "blob:"))]:
        return f"requests outside the archive: {outside}"
    lost = [
        url
        for url, status in again.statuses.items()
        if not 200 <= status <= 399 and (found := _ARCHIVED.search(url)) and live.statuses.get(found[1]) == 200
    ]
    if lost:
        return f"files that the live site had: {lost}"
    page = context.new_page()
    share = difference(page, live.picture, again.picture)
    page.close()
    if share > MAX_DIFFERENCE:
        name = re.sub(r"\W+", "-", live.url)
        (folder / f"{name}-live.png").write_bytes(live.picture)
        (folder / f"{name}-played.png").write_bytes(again.picture)
        return f"{share:.1%} of the pixels differ: {folder / name}"
    return "" if len(again.statuses) > 1 else "no files"
