"""A rebuild goes on where it was stopped, and begins anew where another version had begun."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from attrs import evolve

from crawler.replay.rebuild import Rebuild
from crawler.sites.registry import Registry
from pipelines.archive import Archive
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.replacement import Replacement
from pipelines.line.order import Stores, process
from pipelines.line.workers import ExtractionPool
from pipelines.model import Version
from pipelines.storage import open_storage
from tests.pipelines.pages import job, page

PAGES = 8
SITES = 4


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Archive, str]:
    """An archive of a file for each of four sites, and its catalogue's address."""
    archive, url = Archive(open_storage(str(tmp_path))), f"sqlite:///{tmp_path}/catalogue.sqlite"
    with closing(Catalogue(url)) as catalogue:
        stores = Stores(archive=archive, catalogue=catalogue)
        for number in range(PAGES):
            made = page(number, text=f"第{number // 2}条消息，全市各县区的工作都已经完成，群众满意。")
            process(evolve(job(made), site=f"site-{number % SITES}"), stores)
    archive.close()
    return archive, url


@contextmanager
def rebuilding(archive: Archive, url: str) -> Iterator[tuple[Rebuild, Replacement]]:
    with ExitStack() as stack:
        readers = stack.enter_context(closing(ExtractionPool(1)))
        replacement = stack.enter_context(closing(Replacement(url)))
        rebuild = stack.enter_context(closing(Rebuild(archive, replacement, Registry(), readers)))
        assert len(list(rebuild.scan())) == SITES
        yield rebuild, replacement


def entries(url: str) -> list:
    with closing(Catalogue(url)) as catalogue:
        return [evolve(entry, site=None, region=None, recipe="") for entry in catalogue.entries()]


def test_what_was_catalogued_before_it_was_stopped_is_not_read_again(kept: tuple[Archive, str]) -> None:
    before = entries(kept[1])
    with rebuilding(*kept) as (rebuild, _):
        begun = rebuild.entries()
        first = {next(begun).id for _ in range(5)}
    with rebuilding(*kept) as (rebuild, _):
        then = [entry.id for entry in rebuild.entries()]
        assert len(then) == PAGES - 4, "two files were done; a third was begun"
        assert first | set(then) == {entry.id for entry in before}
        rebuild.swap()
    assert [entry.id for entry in entries(kept[1])] == [entry.id for entry in before]
    assert [entry.verdict for entry in entries(kept[1])] == [entry.verdict for entry in before]


def test_what_another_version_had_begun_is_forgotten(kept: tuple[Archive, str]) -> None:
    archive, url = kept
    with closing(Catalogue(url)) as old, closing(Replacement(url)) as begun:
        for entry in old.entries():
            begun.catalogue.put(evolve(entry, version=Version(fangzhi="0.0.1", trafilatura="0")))
    with rebuilding(archive, url) as (rebuild, _):
        assert len(list(rebuild.entries())) == PAGES
        rebuild.swap()
    assert {entry.version.fangzhi for entry in entries(url)} != {"0.0.1"}
