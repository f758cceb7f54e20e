"""Reprints, mirrors, edits and look-alikes of the city's articles are classified as the ground truth says.

The verdicts of two crawls on two days are compared with the ground truth, and with those of replays with different
numbers of workers.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import frozen

from crawler.demo import Truth, build, serve
from tests.fangzhi import Entries, documents, fangzhi
from tests.town import SECOND_DAY, YESTERDAY, Town, settle

SITES = ("yunzhou", "huawu", "fanti", "bianmin")
EXACT = ("same-bytes", "same-text")


@frozen
class Classified:
    """The entries of two days of the city, made by crawls or by a replay of their archive."""

    town: Town
    archive: Path
    truths: tuple[Truth, ...]
    entries: Entries

    def run(self, *arguments: str) -> list[dict]:
        done = fangzhi(*arguments, "--archive", str(self.archive), "--registry", str(self.town.registry))
        assert done.returncode == 0, done.stderr
        return documents(done)

    def original(self, entry: dict) -> dict:
        """Return the original that an entry is a copy of; the entry itself if it is no copy."""
        by_id = {each["id"]: each for each in self.entries}
        while entry["verdict"]["kind"] in (*EXACT, "near-copy"):
            entry = by_id[entry["verdict"]["of"]]
        return entry


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classified]:
    """Two crawls a day apart: on the second day one article is edited, one is deleted, two are new."""
    with serve(build(pages=150, newest_day=YESTERDAY)) as server:
        town = settle(server, tmp_path_factory.mktemp("story"))
        town.run("crawl", *SITES, "--json")
        server.city = build(pages=150, visit=2, newest_day=YESTERDAY)
        town.pass_time(SECOND_DAY)
        town.run("crawl", *SITES, "--json")
        truths = tuple(truth for truth in server.city.truth(server.base_urls) if truth.portal in SITES)
        yield Classified(town, Path(town.archive), truths, town.entries())


SOAK = [pytest.param(workers, marks=pytest.mark.soak) for workers in ("1", "4")]
"""tests/journeys/test_replay.py also compares 1, 2 and 4 workers, so these two are left to the soak run."""


@pytest.fixture(scope="module", params=["crawl", "2", *SOAK])
def classified(
    request: pytest.FixtureRequest, crawled: Classified, tmp_path_factory: pytest.TempPathFactory
) -> Classified:
    """The catalogue of the crawls, and those of replays of their archive by several workers."""
    if request.param == "crawl":
        return crawled
    copy = tmp_path_factory.mktemp("replayed") / "archive"
    shutil.copytree(crawled.archive, copy, ignore=shutil.ignore_patterns("catalogue*"))
    replayed = Classified(crawled.town, copy, crawled.truths, [])
    replayed.run("replay", "--json", "--workers", request.param)
    return Classified(crawled.town, copy, crawled.truths, replayed.run("list", "--json")[::-1])


def test_replays_produce_the_verdicts_of_the_crawl(classified: Classified, crawled: Classified) -> None:
    assert {each["id"]: each["verdict"] for each in classified.entries} == {
        each["id"]: each["verdict"] for each in crawled.entries
    }


def test_copies_match_the_ground_truth(classified: Classified) -> None:
    """Groups of prints are compared, because the first print of a text depends on the order of capture."""
    articles = [entry for entry in classified.entries if entry["outcome"] == "article"]
    first = {entry["final_url"]: entry for entry in articles[::-1]}
    expected, found = dict[str, set[str]](), dict[str, set[str]]()
    for truth in classified.truths:
        if truth.kind == "article" and truth.linked:
            expected.setdefault(truth.copy_of or truth.final_url, set()).add(truth.final_url)
            original = classified.original(first[truth.final_url])
            found.setdefault(original["final_url"], set()).add(truth.final_url)
    assert {frozenset(prints) for prints in found.values()} == {frozenset(prints) for prints in expected.values()}
    assert max(map(len, expected.values())) == 3, "a reprint and a mirror"


@pytest.mark.parametrize("trap", ["reprint", "mirror", "near-copy", "same-bytes"])
def test_each_kind_of_copy_is_recognised_as_that_kind(classified: Classified, trap: str) -> None:
    """The later capture of two prints has the verdict; for a rewritten print it can be the mirror of its original."""
    kinds = {entry["final_url"]: entry["verdict"]["kind"] for entry in classified.entries[::-1] if entry["articles"]}
    copies = [truth for truth in classified.truths if truth.trap == trap and truth.copy_of]
    assert copies
    for truth in copies:
        others = [
            each.final_url for each in classified.truths if each.copy_of == truth.copy_of and truth.copy == "near-copy"
        ]
        assert truth.copy in {kinds[url] for url in (truth.final_url, truth.copy_of, *others)}, truth


def test_look_alikes_are_new_texts(classified: Classified) -> None:
    alike = {truth.final_url for truth in classified.truths if truth.trap == "look-alike" and truth.kind == "article"}
    verdicts = [entry["verdict"] for entry in classified.entries if entry["final_url"] in alike and entry["articles"]]
    assert len(verdicts) == len(alike) == 16
    assert {verdict["kind"] for verdict in verdicts} == {"new"}


def test_the_edited_page_has_two_versions_and_the_deleted_page_is_gone(classified: Classified) -> None:
    (edited,) = (truth.final_url for truth in classified.truths if truth.trap == "edited")
    (deleted,) = (truth.final_url for truth in classified.truths if truth.trap == "deleted")
    histories = [
        [each["kind"] for each in classified.run("show", url, "--history", "--json")] for url in (edited, deleted)
    ]
    assert histories == [["first", "edited"], ["first", "gone"]]
    (change,) = classified.run("show", edited, "--diff", "--json")
    assert [article["kind"] for article in change["articles"]] == ["changed"]
    assert [edit["after"] for edit in change["articles"][0]["text"] if not edit["before"]] != []


def test_the_likely_source_is_the_citys_portal_whatever_the_order_of_crawls(classified: Classified) -> None:
    prints = {truth.copy_of: truth for truth in classified.truths if truth.trap in ("mirror", "near-copy")}
    for original, truth in list(prints.items())[::4]:
        reprints = classified.run("show", truth.final_url, "--reprints", "--json")
        assert [reprint["url"] for reprint in reprints if reprint["likely_source"]] == [original]
        assert reprints[0]["url"] == original
        assert len(reprints[0]["named_by"]) == len(reprints) - 1
