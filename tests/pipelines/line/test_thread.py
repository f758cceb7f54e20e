"""The line in a thread: pages that are parsed one after another share a transaction, and none waits long for it."""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from attrs import evolve

from pipelines.catalogue.catalogue import Catalogue
from pipelines.line import batch
from pipelines.line.thread import LineThread
from pipelines.model import Entry
from tests.pipelines.line.test_process import Crawl, jobs, settings
from tests.pipelines.pages import SENTENCE, job, page


def transactions(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the list in which each transaction of any catalogue is noted from now on."""
    begun: list[int] = []
    real = Catalogue.transaction

    def transaction(self: Catalogue) -> AbstractContextManager[None]:
        begun.append(1)
        return real(self)

    monkeypatch.setattr(Catalogue, "transaction", transaction)
    return begun


def index(folder: Path, sync_age: dt.timedelta) -> list[Entry]:
    line_settings = settings(folder)
    options = evolve(line_settings.options, sync_age=sync_age)
    line = LineThread(evolve(line_settings, options=options), Crawl())
    other = job(page(1, text=SENTENCE, url="http://a.cn/9"))
    answers = [line.submit(each) for each in (jobs()[0], jobs()[2], other)]
    entries = [each.result() for each in answers]
    assert line.close(None).result() is None
    return entries


def test_pages_wait_for_those_that_are_parsed_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = transactions(monkeypatch)
    monkeypatch.setattr(batch, "GATHER_S", 60.0)
    assert len(index(tmp_path, dt.timedelta(minutes=1))) == 3
    assert len(begun) == 1


def test_no_page_waits_where_each_has_a_sync_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = transactions(monkeypatch)
    assert len(index(tmp_path, dt.timedelta())) == 3
    assert len(begun) == 3
