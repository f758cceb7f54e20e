"""An interrupted rebuild resumes where it stopped, and starts over if another version had begun it."""

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
from pipelines.line.order import process
from pipelines.line.protocols import Stores
from pipelines.line.workers import ExtractionPool
from pipelines.model import Version
from pipelines.storage import open_storage
from tests.pipelines.pages import job, page

PAGES = 8
SITES = 4


@pytest.fixture
def stored(tmp_path: Path) -> tuple[Archive, str]:
    """An archive with one file for each of four sites, and the URL of its catalogue."""
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
        pool = stack.enter_context(closing(ExtractionPool(1)))
        replacement = stack.enter_context(closing(Replacement(url)))
        rebuild = stack.enter_context(closing(Rebuild(archive, replacement, Registry(), pool)))
        assert len(list(rebuild.scan())) == SITES
        yield rebuild, replacement


def entries(url: str) -> list:
    with closing(Catalogue(url)) as catalogue:
        return [evolve(entry, site=None, region=None, recipe="") for entry in catalogue.entries()]


def test_captures_catalogued_before_the_interruption_are_not_read_again(stored: tuple[Archive, str]) -> None:
    before = entries(stored[1])
    with rebuilding(*stored) as (rebuild, _):
        interrupted = rebuild.entries()
        first = {next(interrupted).id for _ in range(5)}
    with rebuilding(*stored) as (rebuild, _):
        then = [entry.id for entry in rebuild.entries()]
        assert len(then) == PAGES - 4, "two files were finished, a third was begun"
        assert first | set(then) == {entry.id for entry in before}
        rebuild.swap()
    assert [entry.id for entry in entries(stored[1])] == [entry.id for entry in before]
    assert [entry.verdict for entry in entries(stored[1])] == [entry.verdict for entry in before]


def test_a_rebuild_begun_by_another_version_is_discarded(stored: tuple[Archive, str]) -> None:
    archive, url = stored
    with closing(Catalogue(url)) as old, closing(Replacement(url)) as begun:
        for entry in old.entries():
            begun.catalogue.put(evolve(entry, version=Version(fangzhi="0.0.1", trafilatura="0")))
    with rebuilding(archive, url) as (rebuild, _):
        assert len(list(rebuild.entries())) == PAGES
        rebuild.swap()
    assert {entry.version.fangzhi for entry in entries(url)} != {"0.0.1"}
