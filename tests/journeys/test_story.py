"""The story of each text of the city: its reprints, its mirror, its edits, and what only looks alike.

What a crawl tells of it two days running is what the truth says, and what a replay tells, whoever reads how much of it.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import frozen

from crawler.demo import Truth, build, serve
from tests.fangzhi import Entries, documents, fangzhi
from tests.town import Town, settle

SITES = ("yunzhou", "huawu", "fanti", "bianmin")
TODAY = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()
EXACT = ("same-bytes", "same-text")


@frozen
class Sourced:
    """What was made of two days of the city, by a crawl or by a replay of it."""

    town: Town
    archive: Path
    truths: tuple[Truth, ...]
    entries: Entries

    def run(self, *arguments: str) -> list[dict]:
        done = fangzhi(*arguments, "--archive", str(self.archive), "--registry", str(self.town.registry))
        assert done.returncode == 0, done.stderr
        return documents(done)

    def original(self, entry: dict) -> dict:
        """Return what an entry is a copy of, itself if of nothing."""
        by_id = {each["id"]: each for each in self.entries}
        while entry["verdict"]["kind"] in (*EXACT, "near-copy"):
            entry = by_id[entry["verdict"]["of"]]
        return entry


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sourced]:
    """Two crawls a day apart: on the second day an article is edited, one is deleted, two are new."""
    with serve(build(pages=150, newest=TODAY)) as server:
        town = settle(server, tmp_path_factory.mktemp("story"))
        town.run("crawl", *SITES, "--json")
        server.city = build(pages=150, visit=2, newest=TODAY)
        town.pass_time(days=1)
        town.run("crawl", *SITES, "--json")
        truths = tuple(truth for truth in server.city.truth(server.base_urls) if truth.portal in SITES)
        yield Sourced(town, Path(town.archive), truths, town.entries())


@pytest.fixture(scope="module", params=["crawl", "1", "2", "4"])
def told(request: pytest.FixtureRequest, crawled: Sourced, tmp_path_factory: pytest.TempPathFactory) -> Sourced:
    """The crawl's own catalogue, and those that a replay by so many workers makes of its archive."""
    if request.param == "crawl":
        return crawled
    copy = tmp_path_factory.mktemp("replayed") / "archive"
    shutil.copytree(crawled.archive, copy, ignore=shutil.ignore_patterns("catalogue*"))
    replayed = Sourced(crawled.town, copy, crawled.truths, [])
    replayed.run("replay", "--json", "--workers", request.param)
    return Sourced(crawled.town, copy, crawled.truths, replayed.run("list", "--json")[::-1])


def test_every_verdict_is_the_crawls(told: Sourced, crawled: Sourced) -> None:
    assert {each["id"]: each["verdict"] for each in told.entries} == {
        each["id"]: each["verdict"] for each in crawled.entries
    }


def test_copies_are_those_of_the_truth_and_no_others(told: Sourced) -> None:
    """Of several prints of a text it depends on their order of capture which is the first: so texts are compared."""
    articles = [entry for entry in told.entries if entry["outcome"] == "article"]
    first = {entry["final_url"]: entry for entry in articles[::-1]}
    wanted, found = dict[str, set[str]](), dict[str, set[str]]()
    for truth in told.truths:
        if truth.kind == "article" and truth.linked:
            wanted.setdefault(truth.copy_of or truth.final_url, set()).add(truth.final_url)
            original = told.original(first[truth.final_url])
            found.setdefault(original["final_url"], set()).add(truth.final_url)
    assert {frozenset(prints) for prints in found.values()} == {frozenset(prints) for prints in wanted.values()}
    assert max(map(len, wanted.values())) == 3, "a reprint and a mirror"


@pytest.mark.parametrize("trap", ["reprint", "mirror", "near-copy", "same-bytes"])
def test_each_kind_of_copy_is_told_as_that_kind(told: Sourced, trap: str) -> None:
    """Whichever of two prints was captured later is told; of a rewritten one it can be the mirror of its original."""
    kinds = {entry["final_url"]: entry["verdict"]["kind"] for entry in told.entries[::-1] if entry["articles"]}
    copies = [truth for truth in told.truths if truth.trap == trap and truth.copy_of]
    assert copies
    for truth in copies:
        others = [each.final_url for each in told.truths if each.copy_of == truth.copy_of and truth.copy == "near-copy"]
        assert truth.copy in {kinds[url] for url in (truth.final_url, truth.copy_of, *others)}, truth


def test_look_alikes_are_texts_of_their_own(told: Sourced) -> None:
    alike = {truth.final_url for truth in told.truths if truth.trap == "look-alike" and truth.kind == "article"}
    verdicts = [entry["verdict"] for entry in told.entries if entry["final_url"] in alike and entry["articles"]]
    assert len(verdicts) == len(alike) == 16
    assert {verdict["kind"] for verdict in verdicts} == {"new"}


def test_the_edited_page_has_two_versions_and_the_deleted_one_is_gone(told: Sourced) -> None:
    (edited,) = (truth.final_url for truth in told.truths if truth.trap == "edited")
    (deleted,) = (truth.final_url for truth in told.truths if truth.trap == "deleted")
    histories = [[each["kind"] for each in told.run("show", url, "--history", "--json")] for url in (edited, deleted)]
    assert histories == [["first", "edited"], ["first", "gone"]]
    (change,) = told.run("show", edited, "--diff", "--json")
    assert [article["kind"] for article in change["articles"]] == ["changed"]
    assert [edit["after"] for edit in change["articles"][0]["text"] if not edit["before"]] != []


def test_the_likely_source_is_the_citys_portal_whoever_was_crawled_first(told: Sourced) -> None:
    prints = {truth.copy_of: truth for truth in told.truths if truth.trap in ("mirror", "near-copy")}
    for original, truth in list(prints.items())[::4]:
        members = told.run("show", truth.final_url, "--reprints", "--json")
        assert [member["url"] for member in members if member["likely_source"]] == [original]
        assert members[0]["url"] == original
        assert len(members[0]["named_by"]) == len(members) - 1
