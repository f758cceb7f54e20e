"""A crawl of a portal of each CMS family brings its truth and nothing else, however the family lists."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crawler.city import build, serve
from tests.journeys.test_crawl import expected, read, told
from tests.town import Town, settle

PORTALS = ("qinghe", "qinghe-xxgk", "lintan-xxgk", "shixi", "beigang", "nanping")


@pytest.fixture(scope="module")
def families(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A small city of which the portals were crawled whose lists are asked for by script."""
    with serve(build(pages=150)) as server:
        crawled = settle(server, tmp_path_factory.mktemp("families"))
        crawled.run("crawl", *PORTALS, "--json")
        yield crawled


@pytest.mark.parametrize("slug", PORTALS)
def test_a_crawl_brings_the_truth_and_nothing_else(families: Town, slug: str) -> None:
    truths = [truth for truth in families.server.city.truth(families.server.base_urls) if truth.portal == slug]
    wanted = {truth.url: truth for truth in truths if truth.linked}
    entries = {entry["url"]: entry for entry in families.entries() if entry["site"] == slug}
    assert entries.keys() == wanted.keys()
    for url, truth in wanted.items():
        assert told(entries[url]) == ("not-an-article" if truth.kind == "list" else truth.kind), truth
        if truth.kind == "article":
            assert read(entries[url]) == expected(truth), truth
