"""A site's delay depends on the content of its pages, once they are extracted."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from attrs import evolve
from scrapy import signals
from scrapy.core.downloader import Slot, _default_jitter, _slot_jitter
from scrapy.utils.test import get_crawler

from crawler.config.config import Config
from crawler.download.throttle import Throttle
from crawler.frontier.availability import CHALLENGES_TO_SLOW_DOWN
from crawler.settings import run_settings
from crawler.sites.registry import Registry
from crawler.sites.site import Site
from pipelines.model import Entry
from tests.pipelines.made import capture, entry

ARTICLE = entry(capture())
CHALLENGE = evolve(entry(capture(), text=None), reason="challenge", status=412)


def delays(*entries: Entry) -> list[float]:
    """Return the delay of a site after each of its pages was extracted; it starts at 0.1 s."""
    crawler, slot, found = get_crawler(), SimpleNamespace(delay=0.1), []
    crawler.engine = SimpleNamespace(downloader=SimpleNamespace(slots={"news": slot}), scheduler=None)
    pace = Throttle.from_crawler(crawler)
    for item in entries:
        crawler.signals.send_catch_log(signals.item_scraped, item=item)
        found.append(slot.delay)
    assert pace
    return found


def test_challenges_in_a_row_increase_the_delay_more_and_more() -> None:
    before, row = (
        delays(*[CHALLENGE] * (CHALLENGES_TO_SLOW_DOWN - 1)),
        delays(*[CHALLENGE] * (CHALLENGES_TO_SLOW_DOWN + 1)),
    )
    assert before == [0.1] * (CHALLENGES_TO_SLOW_DOWN - 1), "one or two pages say nothing about the site"
    assert row[CHALLENGES_TO_SLOW_DOWN - 1 :] == [1.0, 2.0]


@pytest.mark.parametrize(
    ("between", "row"),
    [
        (ARTICLE, False),
        (evolve(CHALLENGE, reason="not-an-article", status=200), False),
        (evolve(CHALLENGE, reason="http-error", status=403), True),
    ],
    ids=["article", "list", "403"],
)
def test_a_page_with_content_resets_the_count(between: Entry, row: bool) -> None:
    assert (delays(*[CHALLENGE] * (CHALLENGES_TO_SLOW_DOWN - 1), between, CHALLENGE)[-1] > 0.1) is row


def test_no_request_comes_sooner_than_the_delay_of_its_site() -> None:
    site = Site(slug="fu", name="fu", family="generic", hosts=("fu.cn",), delay=2.5)
    config = Config(archive="", catalogue="", frontier="", user_agent="", workers=0)
    settings = run_settings(config, Registry(sites={"fu": site}))
    own = settings["DOWNLOAD_SLOTS"]["fu"]
    slot = Slot(jitter=_slot_jitter(own, _default_jitter(settings)), **own)
    assert {slot.download_delay() for _ in range(20)} == {2.5}
