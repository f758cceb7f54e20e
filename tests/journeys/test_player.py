"""Archived pages of the demo city look in players as on the live site, after the site is switched off.

The light player runs no scripts: a page is compared with the live one without what its scripts write, such as the
number of visits. pywb runs them, and is compared with the live page as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from crawler.demo import build, registry, serve
from crawler.player import Address, Response, play
from crawler.player.holdings import ArchiveHoldings
from pipelines.archive import Archive
from pipelines.catalogue.catalogue import Catalogue
from pipelines.storage import open_storage
from tests.crawler.player.served import chromium, needs_browser, server
from tests.fangzhi import fangzhi
from tests.journeys.played import Seen, faults, seen
from tests.journeys.test_pywb import TREE, needs_pywb, playing
from tests.torture import requisites

pytestmark = needs_browser

WITHOUT_WRITING = "document.write = document.writeln = () => {}"

WITHOUT_FRAME = TREE + "framed_replay: false\n"
"""pywb shows the page itself, without its bar."""

NOT_FOUND = Response(status=404, headers=(), body=b"")


@contextmanager
def archived(context: Any, folder: Path, portals: Collection[str], pages: int) -> Iterator[tuple[list[Seen], Path]]:
    """Archive some pages of each portal, and yield them as the city showed them; it is switched off then."""
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


@contextmanager
def light_player(archive: Path) -> Iterator[str]:
    """Serve the light player and yield its base URL."""
    catalogue = Catalogue(f"sqlite:///{archive}/catalogue.sqlite", create=False)
    holdings = ArchiveHoldings(Archive(open_storage(str(archive))), catalogue)
    with server(lambda path: play(holdings, path, lang="en") or NOT_FOUND) as (base, _):
        yield base
    catalogue.close()


def times(archive: Path, live: Collection[Seen]) -> Mapping[str, Any]:
    """Return when each page was captured."""
    catalogue = Catalogue(f"sqlite:///{archive}/catalogue.sqlite", create=False)
    entries = {each.url: catalogue.get(each.url) for each in live}
    catalogue.close()
    assert all(entries.values())
    return {url: entry.fetched_at for url, entry in entries.items() if entry}


def compare_light(folder: Path, portals: Collection[str], pages: int) -> None:
    """Compare pages of some portals in the light player."""
    with ExitStack() as stack:
        context = stack.enter_context(chromium())
        context.add_init_script(WITHOUT_WRITING)
        live, archive = stack.enter_context(archived(context, folder, portals, pages))
        base = stack.enter_context(light_player(archive))
        places = {url: base + Address(url=url, at=at, mode="mp_").path() for url, at in times(archive, live).items()}
        found = {
            each.url: faults(context, each, seen(context, places[each.url]), f"{base}/play/", folder) for each in live
        }
    check(found, portals)


def compare_pywb(folder: Path, portals: Collection[str], pages: int) -> None:
    """Compare pages of some portals in pywb."""
    with ExitStack() as stack:
        context = stack.enter_context(chromium())
        live, archive = stack.enter_context(archived(context, folder, portals, pages))
        base = stack.enter_context(playing(folder, WITHOUT_FRAME.format(folder=folder)))
        places = {url: f"{base}/{at:%Y%m%d%H%M%S}/{url}" for url, at in times(archive, live).items()}
        inside = base.removesuffix("archive")
        found = {each.url: faults(context, each, seen(context, places[each.url]), inside, folder) for each in live}
    check(found, portals)


def check(found: Mapping[str, str], portals: Collection[str]) -> None:
    assert len(found) >= len(portals)
    assert {url: fault for url, fault in found.items() if fault} == {}


SOME = ("yunzhou", "huawu", "lintan-ribao")
"""A portal in UTF-8, one in GBK, and a newspaper."""


def test_pages_look_as_on_the_live_site(tmp_path: Path) -> None:
    compare_light(tmp_path, SOME, 1)


@needs_pywb
def test_pages_look_as_on_the_live_site_in_pywb(tmp_path: Path) -> None:
    compare_pywb(tmp_path, SOME[:2], 1)


def test_every_file_of_a_live_page_is_in_the_archive(tmp_path: Path) -> None:
    """`python -m tests.soak requisites` compares 40 pages of every CMS."""
    portals = [portal for portal in build(pages=150).portals if portal.slug in SOME[:2]]
    found = requisites.compare(tmp_path, portals, pages=3, city_pages=150)
    assert requisites.misses(found, [portal.cms for portal in portals]) == []


@pytest.mark.soak
def test_pages_of_every_cms_look_as_on_the_live_site(tmp_path: Path) -> None:
    compare_light(tmp_path, [portal.slug for portal in build(pages=150).portals], 2)


@pytest.mark.soak
@needs_pywb
def test_pages_of_every_cms_look_as_on_the_live_site_in_pywb(tmp_path: Path) -> None:
    compare_pywb(tmp_path, [portal.slug for portal in build(pages=150).portals], 2)
