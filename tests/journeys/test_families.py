"""Families in more detail than in the crawl of the whole city: longer lists, POST requests, and later crawls."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.demo import build, serve
from crawler.demo.cms import epoint
from tests.fangzhi import warcio_check, warcs
from tests.journeys.test_crawl import outcome_of
from tests.town import Town, settle

BY_SCRIPT = ("qinghe", "nanping", "lintan-xxgk")
PAPERS = ("lintan-ribao", "qinghe-wanbao")


@pytest.fixture(scope="module")
def families(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A city with second list pages; some of its portals were crawled."""
    with serve(build(pages=400)) as server:
        crawled = settle(server, tmp_path_factory.mktemp("families"))
        crawled.run("crawl", *BY_SCRIPT, *PAPERS, "--json")
        yield crawled


@pytest.mark.parametrize("slug", BY_SCRIPT)
def test_a_crawl_fetches_all_articles_also_those_of_second_pages(families: Town, slug: str) -> None:
    truths = [truth for truth in families.server.city.truth(families.server.base_urls) if truth.portal == slug]
    wanted = {truth.url: "not-an-article" if truth.kind == "list" else truth.kind for truth in truths if truth.linked}
    assert {entry["url"]: outcome_of(entry) for entry in families.entries() if entry["site"] == slug} == wanted


def test_post_requests_are_archived_with_their_headers_once_per_page(families: Town) -> None:
    sent: list[str] = []
    for path in warcs(families.archive):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                target = record.rec_headers.get_header("WARC-Target-URI")
                if record.rec_type == "request" and target.endswith(epoint.API):
                    headers = record.http_headers
                    assert (headers.protocol.split()[0], headers.statusline.split()[0]) == ("POST", epoint.API)
                    assert headers.get_header("Content-Type") == "application/json; charset=UTF-8"
                    assert headers.get_header("X-Requested-With") == "XMLHttpRequest"
                    assert headers.get_header("Referer").startswith(f"{families.server.base_urls['nanping']}/dynamic/")
                    sent.append(record.content_stream().read().decode())
    assert sorted(sent) == sorted(epoint.post_bodies(families.server.city.contexts["nanping"]))
    assert warcio_check(families.archive).returncode == 0


def test_a_later_crawl_reads_every_list_although_the_script_only_pages_are_unchanged(families: Town) -> None:
    families.pass_time(0.01)
    families.server.log.clear()
    (report,) = families.run("crawl", "nanping", "lintan-xxgk", "--json")
    targets = [visit.target for visit in families.server.log if visit.target != "/robots.txt"]
    assert report["articles"] == 0
    assert sum("/gkmlpt/api/all/" in target for target in targets) == 3
    assert [target.count('"pageIndex":0') for target in targets if target.startswith(epoint.API)] == [1, 1]


def test_a_later_crawl_reads_only_the_newest_issue_of_a_paper(families: Town) -> None:
    families.pass_time(0.01)
    families.server.log.clear()
    (report,) = families.run("crawl", *PAPERS, "--json")
    assert report["articles"] == 0
    ribao, wanbao = (
        sorted(visit.target for visit in families.server.log if visit.portal == slug and visit.target != "/robots.txt")
        for slug in PAPERS
    )
    assert ribao == ["/", *(f"/html/2024-03/29/node_{number}.htm" for number in range(1, 5))]
    assert wanbao == ["/", *(f"/pc/layout/202403/29/node_0{number}.html" for number in (1, 2))]
