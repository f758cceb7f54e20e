"""The options of a crawl are one value, from the command line to the frontier."""

from __future__ import annotations

import datetime as dt

import attrs
import click
import pytest

from crawler.cli.crawl import command
from crawler.spiders.options import CrawlOptions
from crawler.spiders.site import SiteSpider

COMMON = {
    *(
        "archive",
        "catalogue",
        "frontier",
        "registry",
        "config",
        "lang",
        "allow_private",
        "as_json",
        "quiet",
        "verbose",
        "log_format",
    ),
}
"""Parameters that every command has."""

NOT_IN_A_CRAWL = {"yes", "region"}
"""Parameters that only the command itself needs: whether it asks before it crawls every site, and a region, which it
replaces by the region's sites."""


def test_each_option_of_the_command_is_a_field_and_each_field_an_option() -> None:
    given = (
        {parameter.name for parameter in command.params if isinstance(parameter, click.Parameter)}
        - COMMON
        - NOT_IN_A_CRAWL
    )
    assert given == {field.name for field in attrs.fields(CrawlOptions)}


def test_scrapy_gives_the_same_options_as_text() -> None:
    arguments = {"sites": "zhen,xian", "limit": "3", "since": "2026-03-05", "full": "1", "recheck": "1", "page": "text"}
    assert set(arguments) | {"due"} == {field.name for field in attrs.fields(CrawlOptions)}
    spider = SiteSpider(**arguments)
    assert spider._options == CrawlOptions(
        sites=("zhen", "xian"), limit=3, since=dt.date(2026, 3, 5), full=True, due=False, recheck=True, page="text"
    )


def test_a_page_mode_is_one_of_two() -> None:
    with pytest.raises(ValueError, match="half"):
        SiteSpider(page="half")


def test_an_unknown_argument_is_refused() -> None:
    with pytest.raises(TypeError, match="depth"):
        SiteSpider(depth="2")


@pytest.mark.parametrize(
    "changed", [{"limit": 4}, {"since": dt.date(2026, 3, 6)}, {"full": False}, {"recheck": True}], ids=str
)
def test_a_killed_crawl_is_continued_only_with_the_same_limits(changed: dict) -> None:
    options = CrawlOptions(sites=("zhen",), limit=3, since=dt.date(2026, 3, 5), full=True)
    assert attrs.evolve(options, sites=("xian",), due=True).resume_key == options.resume_key
    assert attrs.evolve(options, **changed).resume_key != options.resume_key
