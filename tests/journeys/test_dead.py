"""Sites that gave articles and give none any more are dead or blocked; quiet sites are not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from crawler.demo import build, serve, traps
from crawler.demo.city import City
from crawler.demo.model import HttpAnswer
from tests.crawler.wire import Wire
from tests.fangzhi import documents, fangzhi
from tests.journeys.small import asked, crawl
from tests.town import Town, settle

REBUILT, GUARDED, DOWN, QUIET = "huawu", "qinghe", "shixi", "hospital"
ALL = (REBUILT, GUARDED, DOWN, QUIET)
SCRIPT_ONLY_PAGE = (
    '<html><head><title>新版</title></head><body><div id="app"></div><script src="/js/app.js"></script></body></html>'
)


@frozen
class ChangedCity:
    """A city in which some portals have changed their answers."""

    city: City
    portals: Mapping[str, Callable[[str], HttpAnswer | None]]

    def answer(self, slug: str, target: str, *arguments: Any, **options: Any) -> HttpAnswer:
        """Answer with the portal's new answer, or with the city's."""
        changed = self.portals.get(slug, lambda _: None)(target)
        return changed or self.city.answer(slug, target, *arguments, **options)


def rebuilt(city: City) -> Callable[[str], HttpAnswer | None]:
    """Return the answers of a portal whose lists are now made by scripts, while its articles are unchanged."""

    def answer(target: str) -> HttpAnswer | None:
        known = (REBUILT, target) in city.article_by_address
        return None if known else traps.html_answer(200, SCRIPT_ONLY_PAGE)

    return answer


def guarded(target: str) -> HttpAnswer | None:
    """Answer each request except robots.txt with a challenge, of one of two statuses."""
    return None if target == "/robots.txt" else traps.challenge(("challenge-521", "challenge-412")[len(target) % 2], 7)


def down(_: str) -> HttpAnswer:
    """Answer as a proxy whose server is down."""
    return HttpAnswer(status=502, reason="Bad Gateway", headers=(("Content-Type", "text/html"),), body=b"<h1>502</h1>")


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, Any, Any]:
    """Return a town, its first crawl, and a second crawl after three of its four portals changed."""
    city = build(pages=150)
    with serve(city) as server:
        town = settle(server, tmp_path_factory.mktemp("town"))
        first = fangzhi("crawl", *ALL, *town.options, "--json")
        server.city = ChangedCity(city, {REBUILT: rebuilt(city), GUARDED: guarded, DOWN: down})
        return town, first, fangzhi("crawl", *ALL, *town.options, "--json")


def by_site(done: Any) -> dict[str, dict[str, Any]]:
    (report,) = documents(done)
    return {site["site"]: site for site in report["sites"]}


def test_after_the_first_crawl_no_site_is_dead(crawled: tuple[Town, Any, Any]) -> None:
    _, first, _ = crawled
    assert first.returncode == 0, first.stderr
    assert {site["state"] for site in by_site(first).values()} == {"quiet"}, "the city's newest articles are years old"


@pytest.mark.parametrize(
    ("slug", "state", "why"),
    [
        (REBUILT, "dead", "its 3 sections answered, but none showed an article: was the site rebuilt?"),
        (GUARDED, "blocked", "3 of its 3 sections gave a challenge instead of a list"),
        (DOWN, "dead", "its 2 sections showed no article: 2 × robots-unreachable"),
        (QUIET, "quiet", None),
    ],
)
def test_the_state_of_a_site_without_articles_has_a_reason(
    crawled: tuple[Town, Any, Any], slug: str, state: str, why: str | None
) -> None:
    town, _, second = crawled
    assert second.returncode == 3
    site = by_site(second)[slug]
    assert (site["state"], site["why"]) == (state, why)
    (status,) = documents(fangzhi("status", *town.options, "--json"))
    (now,) = [each["health"] for each in status["sites"] if each["site"] == slug]
    assert (now["state"], now["why"]) == (state, why)


def test_status_shows_the_states_and_has_their_exit_code(crawled: tuple[Town, Any, Any]) -> None:
    town, _, _ = crawled
    done = fangzhi("status", *town.options)
    assert done.returncode == 3
    *_, last = done.stdout.strip().split("\n\n")
    assert [line.split(":")[0] for line in last.splitlines()] == ["DEAD huawu", "BLOCKED qinghe", "DEAD shixi"]
    assert f"(fangzhi sites check {REBUILT})" in last
    assert fangzhi("status", QUIET, *town.options).returncode == 0


def test_every_page_of_each_site_is_counted_once(crawled: tuple[Town, Any, Any]) -> None:
    town, *crawls = crawled
    captures = 0
    for done in crawls:
        (report,) = documents(done)
        for site in report["sites"]:
            kinds = ("new", "changed", "back", "gone", "duplicate", "not_modified")
            assert site["captures"] == sum(site[kind] for kind in kinds) + sum(site["rejected"].values())
            assert sum(site["statuses"].values()) == site["captures"] + sum(site["failed"].values())
            captures += site["captures"]
        assert report["fetched"] == sum(s["captures"] + sum(s["failed"].values()) for s in report["sites"])
    assert len(town.entries()) == captures


def test_a_site_that_does_not_answer_any_more_is_dead_and_the_crawl_has_not_failed(wire: Wire, tmp_path: Path) -> None:
    assert crawl(wire, tmp_path, "delay = 0.01")["articles"] == len(asked(wire)) - 1
    wire.close()
    (site,) = crawl(wire, tmp_path, "delay = 0.01")["sites"]
    assert (site["state"], site["failed"], site["statuses"]) == ("dead", {"unreachable": 1}, {"none": 1})
    assert site["why"] == "its section showed no article: 1 × unreachable"


def test_a_list_that_is_not_modified_shows_as_many_articles_as_before(wire: Wire, tmp_path: Path) -> None:
    headers, _, body = wire.answers["/list/"].partition(b"\r\n\r\n")
    wire.answers["/list/"] = headers + b'\r\nETag: "1"\r\n\r\n' + body
    crawl(wire, tmp_path, "delay = 0.01")
    wire.answers["/list/"] = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'
    (site,) = crawl(wire, tmp_path, "delay = 0.01")["sites"]
    assert (site["state"], site["not_modified"]) == ("quiet", 1)


def test_a_site_that_never_answered_is_in_the_status_with_the_reason(wire: Wire, tmp_path: Path) -> None:
    wire.close()
    crawl(wire, tmp_path, "delay = 0.01")
    options = ("--archive", str(tmp_path / "archive"), "--registry", str(tmp_path / "sites"))
    ((site,),) = (document["sites"] for document in documents(fangzhi("status", "--json", *options)))
    assert (site["captures"], site["newest"], site["frontier"]["failing"]) == (0, None, 1)
    assert (site["health"]["state"], site["schedule"]["outcome"]) == ("dead", "failed")
    status = fangzhi("status", "fu", *options)
    assert status.returncode == 3
    assert "DEAD fu: its section showed no article: 1 × unreachable" in status.stdout
