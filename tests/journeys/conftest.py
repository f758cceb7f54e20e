"""The made city, served from this process so that a test can change the visit and read the access log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import frozen

from crawler.city import Server, Truth, build, registry, serve
from tests.fangzhi import Entries, documents, fangzhi

SITES = ("yunzhou", "huawu")


@frozen
class Town:
    """A city that is up, a registry that knows its sites, and an archive for them."""

    server: Server
    registry: Path
    archive: Path

    def run(self, *arguments: str, **environment: str) -> list[dict]:
        """Run a command on the archive; it must succeed, its JSON comes back."""
        done = fangzhi(*arguments, *self.options, **environment)
        assert done.returncode == 0, done.stderr
        return documents(done)

    @property
    def options(self) -> tuple[str, ...]:
        """What a command needs to know of this town."""
        return ("--archive", str(self.archive), "--registry", str(self.registry))

    def crawl(self) -> dict:
        """Crawl both sites and return the report."""
        (report,) = self.run("crawl", *SITES, "--json")
        return report

    def entries(self) -> Entries:
        """Return all entries, oldest first."""
        return self.run("list", "--json")[::-1]

    def truths(self) -> list[Truth]:
        """Return what a crawl of the two sites must bring on the city's present visit."""
        truths = self.server.city.truth(self.server.base_urls)
        return [truth for truth in truths if truth.portal in SITES and truth.linked]


@pytest.fixture
def new_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A small city of a test's own."""
    with serve(build(pages=150)) as server:
        yield _town(server, tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The city, crawled once."""
    with serve(build()) as server:
        crawled = _town(server, tmp_path_factory.mktemp("town"))
        crawled.crawl()
        yield crawled


def _town(server: Server, folder: Path) -> Town:
    sites = folder / "sites"
    sites.mkdir()
    for name, toml in registry(server.base_urls).items():
        (sites / name).write_text(toml, "utf-8")
    return Town(server, sites, folder / "archive")
