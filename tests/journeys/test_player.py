"""Archived pages of the demo city look in the player as on the live site, after the site is switched off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from crawler.demo import build, registry, serve
from crawler.player import Address, Response, play
from crawler.player.holdings import ArchiveHoldings
from pipelines.archive import Archive
from pipelines.catalogue.catalogue import Catalogue
from pipelines.storage import open_storage
from tests.crawler.player.pictures import difference, picture_of
from tests.crawler.player.served import chromium, needs_browser, server
from tests.fangzhi import fangzhi

pytestmark = needs_browser

MAX_DIFFERENCE = 0.01
"""Share of the pixels of a page that may differ."""

WITHOUT_WRITING = "document.write = document.writeln = () => {}"
"""The player runs no scripts: a live page is compared without what its scripts write, such as the number of visits."""

NOT_FOUND = Response(status=404, headers=(), body=b"")


@frozen
class Seen:
    """A page as a browser showed it: its picture, and the status of each file that it requested."""

    url: str
    picture: bytes
    statuses: dict[str, int]


def seen(context: Any, url: str) -> Seen:
    page = context.new_page()
    statuses: dict[str, int] = {}
    page.on("response", lambda response: statuses.update({response.url: response.status}))
    picture = picture_of(page, url)
    page.close()
    return Seen(url, picture, statuses)


@contextmanager
def archived(context: Any, folder: Path, portals: Collection[str], pages: int) -> Iterator[tuple[list[Seen], Path]]:
    """Archive some pages of each portal, and yield them as the city showed them; it is switched off then."""
    context.add_init_script(WITHOUT_WRITING)
    with serve(build(pages=150)) as city:
        (folder / "sites").mkdir()
        for name, toml in registry(city.base_urls, "whole").items():
            (folder / "sites" / name).write_text(toml, "utf-8")
        urls, count = [], Counter[str]()
        for each in city.city.truth(city.base_urls):
            if each.kind == "article" and each.linked and each.portal in portals and count[each.portal] < pages:
                urls.append(each.url)
                count[each.portal] += 1
        options = ("--archive", str(folder / "archive"), "--registry", str(folder / "sites"), "--quiet")
        done = fangzhi("fetch", *urls, *options, timeout=1800)
        assert done.returncode in (0, 3), done.stderr
        live = [seen(context, url) for url in urls]
    yield live, folder / "archive"


def faults(context: Any, base: str, live: Seen, catalogue: Catalogue, folder: Path) -> str:
    """Return what is wrong with a page in the player; the pictures of a page that differs are kept in a folder."""
    entry = catalogue.get(live.url)
    assert entry is not None, live.url
    again = seen(context, base + Address(url=live.url, at=entry.fetched_at, mode="mp_").path())
    page = context.new_page()
    share = difference(page, live.picture, again.picture)
    page.close()
    if share > MAX_DIFFERENCE:
        (folder / f"{entry.id}-live.png").write_bytes(live.picture)
        (folder / f"{entry.id}-played.png").write_bytes(again.picture)
        return f"{share:.1%} of the pixels differ: {entry.id}"
    if outside := [url for url in again.statuses if not url.startswith((f"{base}/play/", "data:"))]:
        return f"requests outside the archive: {outside}"
    fine = {url for url, status in live.statuses.items() if status == 200}
    lost = [url for url, status in again.statuses.items() if status == 404 and url.partition("_/")[2] in fine]
    return f"files that the live site had: {lost}" if lost else "" if len(again.statuses) > 1 else "no files"


def compare(folder: Path, portals: Collection[str], pages: int) -> None:
    """Compare pages of some portals."""
    with ExitStack() as stack:
        context = stack.enter_context(chromium())
        live, archive = stack.enter_context(archived(context, folder, portals, pages))
        catalogue = Catalogue(f"sqlite:///{archive}/catalogue.sqlite", create=False)
        stack.callback(catalogue.close)
        holdings = ArchiveHoldings(Archive(open_storage(str(archive))), catalogue)
        base, _ = stack.enter_context(server(lambda path: play(holdings, path, lang="en") or NOT_FOUND))
        found = {each.url: faults(context, base, each, catalogue, folder) for each in live}
    assert len(found) >= len(portals)
    assert {url: fault for url, fault in found.items() if fault} == {}


def test_pages_look_as_on_the_live_site(tmp_path: Path) -> None:
    """A portal in UTF-8, one in GBK, and a newspaper."""
    compare(tmp_path, ("yunzhou", "huawu", "lintan-ribao"), 1)


@pytest.mark.soak
def test_pages_of_every_cms_look_as_on_the_live_site(tmp_path: Path) -> None:
    compare(tmp_path, [portal.slug for portal in build(pages=150).portals], 2)
