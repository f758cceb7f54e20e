"""Renditions end when their time is over or a person stops them."""

from __future__ import annotations

import datetime as dt
import os
import signal
from pathlib import Path

import pytest

from crawler.cli.crawl_renditions import _stopping
from crawler.player.rendition import make_renditions
from pipelines.archive import Renditions
from pipelines.storage import open_storage
from tests.crawler.player.held import PAGE, Memory, capture


def test_no_page_is_begun_when_the_time_is_over(tmp_path: Path) -> None:
    archived = Memory([capture(body="<p>x")])
    held = archived._held(PAGE)
    out = Renditions(open_storage(str(tmp_path)), dt.datetime.now(dt.UTC))
    assert make_renditions(archived, held, "png", "no-browser", out, lambda _held, _error: None, lambda: False) == 0
    out.close()
    assert out.keys == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_stops_after_the_page_in_work_and_the_second_one_at_once(number: int) -> None:
    before = signal.getsignal(number)
    with _stopping() as stopped:
        assert not stopped()
        os.kill(os.getpid(), number)
        assert stopped()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)
    assert signal.getsignal(number) is before
