"""`fangzhi demo` leaves an archive of two days of the city, which is exactly the ground truth; its commands work.

It is also the crawl of all portals, on which a later crawl asks for little again.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from attrs import frozen

from crawler.cli.demo import _ports_are_free
from crawler.demo import Truth, build, serve
from crawler.demo.portals import PORTALS, YUNZHOU
from tests.fangzhi import Done, Entries, documents, environment, fangzhi, installed, one_line
from tests.journeys.test_crawl import expected, outcome_of, read
from tests.town import SECOND_DAY, YESTERDAY, Town
from tests.wait import PATIENCE_S

SLUGS = [portal.slug for portal in PORTALS]

SETTINGS = {"FANGZHI_ALLOW_PRIVATE": "0"}
"""A person who types the commands has not set that private addresses are allowed."""


@frozen
class Demo:
    """The folder in which the demo was run, and what it printed."""

    folder: Path
    printed: str
    port: int

    @property
    def base_urls(self) -> dict[str, str]:
        """The base URL of each portal."""
        return {slug: f"http://127.0.0.1:{self.port + number}" for number, slug in enumerate(SLUGS)}

    def truths(self, visit: int) -> tuple[Truth, ...]:
        """The ground truth of a day of the city."""
        return build(pages=150, visit=visit, newest_day=YESTERDAY).truth(self.base_urls)

    def days(self) -> tuple[Entries, Entries]:
        """The entries of the two days: the second one begins when the first site is asked for a page again."""
        entries = self.run("list")[::-1]
        pages = [(entry["url"], entry["final_url"]) for entry in entries]
        first = [number for number, entry in enumerate(entries) if entry["site"] == YUNZHOU.slug]
        again = next(number for number in first if pages[number] in pages[:number])
        return entries[:again], entries[again:]

    @property
    def commands(self) -> list[str]:
        """The commands that the demo printed."""
        return re.findall(r"^  (\S*fangzhi .*)$", self.printed, re.MULTILINE)

    def run(self, *arguments: str) -> Entries:
        return documents(fangzhi(*arguments, "--json", "--archive", "demo-archive", cwd=self.folder, **SETTINGS))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo")
    # Below the ports that the system gives to connections, from 32768 on; tests in other processes look for ports too.
    first = 10_000 + os.getpid() * len(PORTALS) % 10_000
    port = next(port for port in range(first, 32_000, len(PORTALS)) if _ports_are_free(port, len(PORTALS)))
    done = installed("demo", "--port", str(port), "--pages", "150", cwd=folder, **SETTINGS)
    assert done.returncode == 0, done.stderr
    return Demo(folder, done.stderr, port)


@pytest.fixture(scope="module")
def days(demo: Demo) -> tuple[Entries, Entries]:
    return demo.days()


def in_shell(command: str, folder: Path) -> Done:
    """Run a command as a shell does: its words, and its stdout to the file behind `>`."""
    program, *words = shlex.split(command)
    assert Path(program).name == "fangzhi", command
    file = folder / words.pop() if words[-2] == ">" else None
    done = fangzhi(*(word for word in words if word != ">"), cwd=folder, timeout=PATIENCE_S, **SETTINGS)
    if file:
        file.write_text(done.stdout, "utf-8")
    return done


@contextmanager
def served(command: str, folder: Path, ready: str) -> Iterator[None]:
    """Run a command that serves until Ctrl-C, in another terminal as it were; it says `ready` on stderr."""
    with subprocess.Popen(
        f"exec {command}", shell=True, cwd=folder, env=environment(**SETTINGS), stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr
            assert any(ready in line for line in process.stderr)
            yield
        finally:
            process.send_signal(signal.SIGINT)
            rest = process.stderr.read() if process.stderr else ""
    assert process.returncode in (0, 130), rest


def test_both_days_are_in_the_archive(demo: Demo) -> None:
    verdicts = [entry["verdict"]["kind"] for entry in demo.run("list")]
    assert verdicts.count("new-version") == 1
    (gone,) = demo.run("list", "--gone")
    assert [event["kind"] for event in demo.run("show", gone["url"], "--history")] == ["first", "gone"]
    assert {"same-text", "near-copy", "same-bytes"} <= set(verdicts)


PICTURE = ".jpg"
"""Pictures of a newspaper are requisites of its pages, which `list` does not show."""


def is_no_issue(entry: dict) -> bool:
    """Say whether the entry is a day without an issue of a newspaper, which only a request can find out."""
    first_page = entry["url"].rpartition("/")[2] in ("node_1.htm", "node_01.html")
    return first_page and entry["reason"] == "http-error"


@pytest.mark.parametrize("slug", SLUGS)
def test_the_first_day_archives_every_page_of_the_truth_and_nothing_else(
    demo: Demo, days: tuple[Entries, Entries], slug: str
) -> None:
    entries = [entry for entry in days[0] if entry["site"] == slug and not is_no_issue(entry)]
    expected_truths = {
        (truth.url, truth.final_url): truth
        for truth in demo.truths(1)
        if truth.portal == slug and truth.linked and not truth.url.endswith(PICTURE)
    }
    answers = {(entry["url"], entry["final_url"]): entry for entry in entries}
    assert {url for url, _ in answers} == {url for url, _ in expected_truths}
    for urls, truth in expected_truths.items():
        assert outcome_of(answers[urls]) == ("not-an-article" if truth.kind == "list" else truth.kind), truth
        if truth.kind == "article":
            assert read(answers[urls]) == expected(truth), truth


@pytest.mark.parametrize(
    ("trap", "rule"),
    [
        ("pinyin", "strip-pinyin"),
        ("gbk-shift", "mend-gbk-shift"),
        ("wrapped-lines", "join-lines"),
        ("paywall", "drop-stubs"),
    ],
)
def test_damaged_articles_are_repaired_by_the_rule_for_their_damage(
    demo: Demo, days: tuple[Entries, Entries], trap: str, rule: str
) -> None:
    (truth,) = (truth for truth in demo.truths(1) if truth.trap == trap)
    (article,) = next(entry["articles"] for entry in days[0] if entry["final_url"] == truth.final_url)
    assert {repair["rule"] for repair in article["repairs"]} == {rule}
    assert article["quality"]["paywall"] == (trap == "paywall")


def test_masked_names_are_counted_and_stay(demo: Demo, days: tuple[Entries, Entries]) -> None:
    (truth,) = (truth for truth in demo.truths(1) if truth.trap == "masked-names")
    (article,) = next(entry["articles"] for entry in days[0] if entry["final_url"] == truth.final_url)
    assert article["quality"]["masked_chars"] == truth.text.count("*") == 6
    assert not article["repairs"]


def test_a_day_later_only_changed_pages_are_sent(demo: Demo, days: tuple[Entries, Entries]) -> None:
    truths = [truth for truth in demo.truths(2) if truth.portal == YUNZHOU.slug]
    known = {entry["final_url"]: entry for entry in days[0]}
    edited, deleted = (next(truth for truth in truths if truth.trap == trap) for trap in ("edited", "deleted"))
    new = {truth.final_url for truth in truths if truth.kind == "article"} - known.keys()
    changed = ("new", "new-version")  # a page behind a redirect is sent again, and is the same
    articles = [entry for entry in days[1] if outcome_of(entry) == "article"]
    sent = {entry["final_url"]: entry for entry in articles if entry["verdict"]["kind"] in changed}
    assert sent.keys() == new | {edited.final_url}
    assert len(new) == 2
    verdict = sent[edited.final_url]["verdict"]
    assert (verdict["kind"], verdict["of"]) == ("new-version", known[edited.final_url]["id"])
    (missing,) = (entry for entry in days[1] if entry["final_url"] == deleted.final_url)
    assert (missing["status"], known[deleted.final_url]["outcome"]) == (404, "article")


def test_its_sites_are_neither_late_nor_dead(demo: Demo) -> None:
    (status,) = demo.run("status")
    assert {site["site"]: site["health"]["state"] for site in status["sites"]} == {
        portal.slug: "alive" for portal in PORTALS
    }


def test_every_printed_command_works_as_it_is_printed(demo: Demo) -> None:
    (serve,) = (command for command in demo.commands if "--serve-only" in command)
    (room,) = (command for command in demo.commands if " serve " in command)
    others = [command for command in demo.commands if command not in (serve, room)]
    assert len(others) == 15
    with served(room, demo.folder, "The reading room of"), served(serve, demo.folder, "The city runs at"):
        for command in others:
            done = in_shell(command, demo.folder)
            assert done.returncode == 0, f"{command}\n{done.stderr}"
            assert done.stdout or done.stderr or ">" in command, command
    assert {"demo.wacz", "demo.csv", "edit.html"} <= {path.name for path in demo.folder.iterdir()}
    assert "<ins" in (demo.folder / "edit.html").read_text("utf-8")


def test_the_examples_have_something_to_show(demo: Demo) -> None:
    shown = {
        option: in_shell(command, demo.folder).stdout
        for option in ("--evidence", "--reprints", "--diff")
        for command in demo.commands
        if option in command and ">" not in command
    }
    assert "strip-pinyin" in shown["--evidence"]
    assert len(re.findall(r"http://", shown["--reprints"])) == 3
    assert "{+" in shown["--diff"]


def test_a_second_run_continues_with_the_same_city(demo: Demo) -> None:
    before = demo.run("list", "--gone")
    done = fangzhi("demo", cwd=demo.folder, **SETTINGS)
    assert done.returncode == 0, done.stderr
    assert "Day 1" not in done.stderr
    assert demo.run("list", "--gone") == before
    assert [entry["verdict"]["kind"] for entry in demo.run("list")].count("new-version") == 1


def test_a_later_crawl_needs_less_than_a_third_of_the_requests_also_to_the_end_of_all_lists(demo: Demo) -> None:
    archive = demo.folder / "demo-archive"
    pages = len({entry["url"] for entry in demo.run("list")})
    with serve(build(pages=150, visit=2, newest_day=YESTERDAY), demo.port) as server:
        town = Town(server, archive / "registry", archive)
        town.pass_time(SECOND_DAY)
        town.run("crawl", *SLUGS, "--full", "--json")
        assert 0 < len(server.log) < pages / 3


def test_only_a_saved_city_is_served(tmp_path: Path) -> None:
    done = fangzhi("demo", "--serve-only", cwd=tmp_path)
    assert done.returncode == 2
    assert "no city of this port and size was crawled into this archive" in one_line(done.stderr)
    (tmp_path / "demo-archive").mkdir()
    (tmp_path / "demo-archive" / "city.toml").write_text("port = 8930\npages = 'many'\n")
    done = fangzhi("demo", "--serve-only", cwd=tmp_path)
    assert done.returncode == 2
    assert "city.toml" in one_line(done.stderr)
