"""Every file that a browser loads with the live pages of the demo city is in the archive, and the player shows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from attrs import define, field, frozen

from crawler.demo import Portal, build, registry, serve
from crawler.player import Address, Response, play
from crawler.player.holdings import ArchiveHoldings
from pipelines.archive import Archive
from pipelines.catalogue.catalogue import Catalogue
from pipelines.model import Entry
from pipelines.storage import open_storage
from tests.crawler.player.served import chromium, server
from tests.fangzhi import fangzhi
from tests.torture.report import Case, Row, run_cases

PAGES = 40
"""Pages of each CMS; some portals of the city have fewer."""

CITY_PAGES = 800
"""Pages of the large portals, so that each of them has more than `PAGES`."""

CRAWL_S = 1800
"""Seconds within which the city is archived, also on a busy machine."""

BY_SCRIPTS = ("xhr", "fetch", "ping", "websocket", "eventsource", "other")
"""Requests that scripts make by themselves. They load data and no file that shows the page."""

NOT_FOUND = Response(status=404, headers=(), body=b"")


@define
class Played:
    """What was compared: pages, the requisites that the live pages loaded, and what is wrong."""

    pages: int = 0
    requisites: int = 0
    data: set[str] = field(factory=set)
    missing: list[str] = field(factory=list)
    leaving: list[str] = field(factory=list)


@frozen
class LivePage:
    """A page as the live site showed it: the URLs that answered 200, and those of data that scripts requested."""

    url: str
    cms: str
    files: frozenset[str]
    data: frozenset[str]


def rows(folder: Path, pages: int = PAGES) -> list[Row]:
    """Archive and open pages of every CMS; a row each."""
    portals = build(pages=CITY_PAGES).portals
    played = compare(folder, portals, pages, CITY_PAGES)

    def act(case: Case) -> None:
        found = played[case.name]
        case.tries, case.lost = found.pages, len(found.missing)
        data = f", {len(found.data)} addresses of data that scripts requested" if found.data else ""
        case.note = f"{found.pages} pages, {found.requisites} requisites, {len(found.missing)} misses{data}"
        for problem in (*found.missing, *found.leaving):
            case.fail(problem)

    return run_cases("requisites", folder, dict.fromkeys(sorted(played), act))


def compare(folder: Path, portals: Sequence[Portal], pages: int, city_pages: int) -> dict[str, Played]:
    """Return what the archive and the player have of up to `pages` pages of each CMS of some portals."""
    with ExitStack() as stack:
        context = stack.enter_context(chromium())
        tab = context.new_page()
        # Otherwise only the first page of a site would request what all of its pages have in common.
        context.new_cdp_session(tab).send("Network.setCacheDisabled", {"cacheDisabled": True})
        live, archive = archived(tab, folder, portals, pages, city_pages)
        catalogue = Catalogue(f"sqlite:///{archive}/catalogue.sqlite", create=False)
        stack.callback(catalogue.close)
        holdings = ArchiveHoldings(Archive(open_storage(str(archive))), catalogue)
        base, _ = stack.enter_context(server(lambda path: play(holdings, path, lang="en") or NOT_FOUND))
        found: dict[str, Played] = defaultdict(Played)
        for each in live:
            _compare(tab, base, holdings, each, found[each.cms])
        return dict(found)


def archived(
    tab: Any, folder: Path, portals: Sequence[Portal], pages: int, city_pages: int
) -> tuple[list[LivePage], Path]:
    """Crawl the portals, and open their captured pages on the live city; it is switched off at the end."""
    sites, archive = folder / "sites", folder / "archive"
    sites.mkdir()
    with serve(build(pages=city_pages)) as city:
        for name, toml in registry(city.base_urls, "whole").items():
            (sites / name).write_text(toml, "utf-8")
        options = ("--archive", str(archive), "--registry", str(sites), "--quiet")
        slugs = [portal.slug for portal in portals]
        done = fangzhi("crawl", *slugs, "--limit", str(pages), *options, timeout=CRAWL_S)
        assert done.returncode in (0, 3), done.stderr
        catalogue = Catalogue(f"sqlite:///{archive}/catalogue.sqlite", create=False)
        cms_of = {city.base_urls[portal.slug]: portal.cms for portal in portals}
        chosen = list(_chosen(catalogue.entries(), cms_of, pages))
        catalogue.close()
        return [_live(tab, entry.final_url, cms) for entry, cms in chosen], archive


def _chosen(entries: Iterator[Entry], cms_of: dict[str, str], pages: int) -> Iterator[tuple[Entry, str]]:
    """Yield up to `pages` captured pages of each CMS: articles first, then lists."""
    by_cms: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        parts = urlsplit(entry.final_url)
        cms = cms_of.get(f"{parts.scheme}://{parts.netloc}")
        if cms and entry.status == 200 and entry.file is None and entry.reason in (None, "not-an-article"):
            by_cms[cms].append(entry)
    for cms, found in by_cms.items():
        for entry in sorted(found, key=lambda each: (each.outcome != "article", each.id))[:pages]:
            yield entry, cms


def _live(tab: Any, url: str, cms: str) -> LivePage:
    with _responses(tab) as seen:
        tab.goto(url, wait_until="load")
        tab.wait_for_timeout(20)  # for what the scripts request when everything is loaded
    fine = [(each.url, each.request.resource_type) for each in seen if each.status == 200 and each.url != url]
    files = frozenset(address for address, kind in fine if kind not in BY_SCRIPTS)
    return LivePage(url, cms, files, frozenset(address for address, kind in fine if kind in BY_SCRIPTS))


def _compare(tab: Any, base: str, holdings: ArchiveHoldings, live: LivePage, found: Played) -> None:
    held = next(iter(holdings._held(live.url)), None)
    assert held is not None, live.url
    found.pages += 1
    found.requisites += len(live.files)
    found.data |= live.data
    missing = live.files - holdings.archived(live.files)
    found.missing += [f"{live.url}: not archived: {url}" for url in sorted(missing)]
    with _responses(tab) as seen:
        tab.goto(base + Address(url=live.url, at=held.at, mode="mp_").path(), wait_until="load")
    for each in seen:
        if not each.url.startswith((f"{base}/play/", "data:")):
            found.leaving.append(f"{live.url}: left the archive: {each.url}")
        elif each.status != 200 and each.url.partition("_/")[2] in live.files:
            found.missing.append(f"{live.url}: {each.status} in the player: {each.url}")


@contextmanager
def _responses(tab: Any) -> Iterator[list[Any]]:
    """Collect the responses of a page."""
    found: list[Any] = []

    def add(response: Any) -> None:
        found.append(response)

    tab.on("response", add)
    try:
        yield found
    finally:
        tab.remove_listener("response", add)


def misses(found: dict[str, Played], wanted: Collection[str]) -> list[str]:
    """Return what is wrong with the pages of some CMSs, also if none was compared."""
    empty = [f"{cms}: no page" for cms in wanted if cms not in found or not found[cms].requisites]
    return [*empty, *(problem for each in found.values() for problem in (*each.missing, *each.leaving))]
