"""Wrong input and failures of the environment: one line names the problem and the remedy; the archive is not harmed."""

from __future__ import annotations

import re
import resource
import shutil
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve

from tests.crawler.wire import silent
from tests.fangzhi import PROGRAM, documents, environment, fangzhi, one_line, start_installed, warcio_check, warcs
from tests.town import SITES, Town

NAMESPACE = ("unshare", "--mount", "--map-root-user", "sh", "-ec")
"""A shell with its own mount namespace; its mounts disappear when it exits."""


def in_namespace(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [*NAMESPACE, script, "sh", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment(), check=False)


@pytest.fixture(scope="module")
def mounts(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("mount")
    if not shutil.which("unshare") or in_namespace('mount -t tmpfs tmpfs "$1"', folder).returncode:
        pytest.skip("this user may not mount a file system")


@pytest.fixture(scope="module")
def crawled(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A copy of a crawled archive; after all failures every byte and every entry of it must be unchanged."""
    copy = evolve(town, archive=tmp_path_factory.mktemp("crawled") / "archive")
    shutil.copytree(town.archive, copy.archive)
    before = {path: path.read_bytes() for path in warcs(copy.archive)}
    yield copy
    assert {path: path.read_bytes() for path in warcs(copy.archive)} == before
    assert copy.entries() == town.entries()


def test_an_unknown_site_is_reported_with_similar_names(crawled: Town) -> None:
    done = fangzhi("crawl", "yunzhuo", *crawled.options)
    assert done.returncode == 2
    assert one_line(done.stderr) == "unknown site 'yunzhuo' (did you mean yunzhou or suzhou?)"


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        ("news.example.cn/a.html", "http://"),
        ("http://[::1", "ipv6"),
        ("", "characters"),
    ],
)
def test_an_invalid_url_is_reported_before_any_request(tmp_path: Path, url: str, remedy: str) -> None:
    done = fangzhi("fetch", url, "--archive", str(tmp_path / "a"))
    assert done.returncode == 2
    message = one_line(done.stderr)
    assert message.startswith(f"not a URL: {url or 'nothing'}")
    assert remedy in message.rpartition("(")[2]
    assert not (tmp_path / "a").exists()


EMPTY_OPTIONS = [
    [*command, option]
    for command in (["list"], ["search", "图书馆"], ["export", "x.csv"])
    for option in ("--site", "--region", "--since")
] + [
    ["crawl", "--region"],
    ["status", "--region"],
    ["sites", "check", "--region"],
    ["replay", "--site"],
    ["seal", "--folder"],
]


@pytest.mark.parametrize("command", EMPTY_OPTIONS, ids=" ".join)
def test_an_empty_option_does_not_mean_everything(crawled: Town, tmp_path: Path, command: list[str]) -> None:
    done = fangzhi(*command, "", *crawled.options, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert command[-1] in done.stderr
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("command", [["list", "--archive", ""], ["--archive", "", "list"]], ids=["after", "before"])
def test_an_empty_archive_is_not_the_default_one(crawled: Town, command: list[str]) -> None:
    done = fangzhi(*command, cwd=Path(crawled.archive).parent)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--archive" in done.stderr


def test_an_empty_file_name_is_not_the_working_folder(crawled: Town) -> None:
    done = fangzhi("replay", "", *crawled.options)
    assert (done.returncode, done.stdout) == (2, "")
    assert "the name of a WARC file is empty" in done.stderr


@pytest.mark.parametrize(
    "command", [["replay"], ["list", "--archive"], ["list", "--catalogue"], ["list", "--registry"]]
)
def test_a_path_that_no_file_system_allows_is_named(tmp_path: Path, command: list[str]) -> None:
    start = "sqlite:///" if command[-1] == "--catalogue" else ""
    done = fangzhi(*command, f"{start}{'新' * 90}.db", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "has a name of 273 bytes (file systems allow 255)" in one_line(done.stderr)


def test_a_private_address_is_refused_unless_allowed(tmp_path: Path) -> None:
    done = fangzhi("fetch", "http://127.0.0.1/", "--archive", str(tmp_path / "a"), FANGZHI_ALLOW_PRIVATE="0")
    assert done.returncode == 2
    assert one_line(done.stderr) == "127.0.0.1 is a loopback address (--allow-private allows it)"


def test_a_host_that_does_not_answer_fails_and_the_others_are_fetched(town: Town, tmp_path: Path) -> None:
    truth = next(truth for truth in town.truths() if truth.kind == "article")
    with silent() as base:
        both = fangzhi("fetch", f"{base}/a.html", truth.url, "--page", "text", "--archive", str(tmp_path))
    assert both.returncode == 3
    assert one_line(both.stderr).startswith(f"{base}/a.html: its host cannot be reached; ")
    assert [entry["url"] for entry in documents(both)] == [truth.url]


def test_a_host_that_cannot_be_resolved_is_reported(tmp_path: Path) -> None:
    done = fangzhi("fetch", "http://no-such-host.invalid/", "--archive", str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert "its host name cannot be resolved; check the spelling" in one_line(done.stderr)


def test_a_file_that_is_not_a_warc_or_does_not_exist_is_named(crawled: Town, tmp_path: Path) -> None:
    noise = tmp_path / "noise.warc.gz"
    noise.write_bytes(b"no WARC at all\n" * 99)
    for path, remedy in ((noise, "check that it is a WARC file"), (tmp_path / "none.warc", "correct the path")):
        done = fangzhi("replay", str(path), *crawled.options, "--json")
        assert done.returncode == 1
        assert str(path) in one_line(done.stderr)
        assert remedy in done.stderr


@pytest.mark.parametrize(
    ("place", "remedy", "command"),
    [
        ("file", "this path is a file", ("crawl", "yunzhou")),
        ("file", "this path is a file", ("fetch", "http://127.0.0.1:9/")),
        ("file/below", "a part of this path is a file", ("replay",)),
        ("no/such/folder", "create the missing folder", ("crawl", "yunzhou")),
    ],
)
def test_an_archive_that_cannot_be_created_is_named(
    town: Town, tmp_path: Path, place: str, remedy: str, command: tuple[str, ...]
) -> None:
    (tmp_path / "file").write_text("mine")
    archive = tmp_path / place
    done = fangzhi(*command, "--archive", str(archive), *town.options[2:])
    assert (done.returncode, done.stdout) == (1, "")
    message = one_line(done.stderr)
    assert f"cannot write to {archive}: " in message
    assert remedy in message
    assert (tmp_path / "file").read_text() == "mine"


READ_ONLY = 'mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"; shift; "$@"'


def test_a_read_only_archive_can_be_listed(crawled: Town, mounts: None) -> None:
    done = in_namespace(READ_ONLY, crawled.archive, PROGRAM, "list", "--json", *crawled.options)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(crawled.entries())


def test_a_read_only_archive_is_named(crawled: Town, mounts: None) -> None:
    crawl = in_namespace(READ_ONLY, crawled.archive, PROGRAM, "crawl", "yunzhou", *crawled.options)
    assert (crawl.returncode, crawl.stdout) == (1, "")
    assert f"cannot write to {crawled.archive}: Read-only file system (" in one_line(crawl.stderr)


@pytest.mark.parametrize(
    ("command", "toml", "problem"),
    [
        (
            ("crawl", "yunzhou"),
            "name = ",
            "no valid TOML: ",
        ),
        (("replay",), f"delay = {'9' * 5_000}", "no valid TOML: "),
        (("replay",), 'name = "x"\nfamily = "joomla"\nhosts = ["a.cn"]\n', "unknown family 'joomla'; allowed are "),
        (("sites", "list"), 'name = "x"\nfamly = "trs"\nhosts = ["a.cn"]\n', "unknown key famly; allowed are "),
    ],
)
def test_a_broken_site_is_named_with_its_file(
    crawled: Town, tmp_path: Path, command: tuple[str, ...], toml: str, problem: str
) -> None:
    file = tmp_path / "town.toml"
    file.write_text(toml)
    done = fangzhi(*command, *crawled.options, "--registry", str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    message = one_line(done.stderr)
    assert message.startswith(f"{file}: ")
    assert problem in message


@pytest.mark.parametrize(
    ("toml", "problem"),
    [
        ("archive = ", "no valid TOML"),
        ("archive = " + "[" * 5_000, "no valid TOML"),
        ('archiv = "a"', "unknown key archiv"),
        ('workers = "two"', "a whole number"),
    ],
)
def test_a_broken_configuration_is_named_with_its_file(tmp_path: Path, toml: str, problem: str) -> None:
    (tmp_path / "fangzhi.toml").write_text(toml)
    done = fangzhi("list", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert one_line(done.stderr).startswith(str(tmp_path / "fangzhi.toml"))
    assert problem in done.stderr


@pytest.mark.parametrize("command", ["search", "show"])
def test_an_argument_that_is_no_utf_8_is_named(crawled: Town, command: str) -> None:
    done = fangzhi(command, "a\udc80", *crawled.options)
    assert (done.returncode, done.stdout) == (2, "")
    assert "\\udc80" in one_line(done.stderr)
    assert "is not valid UTF-8" in done.stderr


def test_a_damaged_entry_is_named_with_the_remedy(crawled: Town, tmp_path: Path) -> None:
    shutil.copytree(crawled.archive, tmp_path / "archive")
    with closing(sqlite3.connect(tmp_path / "archive" / "catalogue.sqlite")) as db, db:
        db.execute("UPDATE entries SET document = substr(document, 1, 200)")
    done = fangzhi("list", "--json", "--archive", str(tmp_path / "archive"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "the catalogue has an entry that is damaged: 200 bytes that cannot be decompressed" in one_line(done.stderr)
    assert "fangzhi rebuild" in done.stderr


def test_a_missing_or_broken_catalogue_is_named(crawled: Town, tmp_path: Path) -> None:
    done = fangzhi("list", "--archive", str(tmp_path / "none"))
    assert done.returncode == 2
    assert "there is no catalogue" in one_line(done.stderr)
    (tmp_path / "noise.sqlite").write_bytes(b"no database at all\n" * 99)
    done = fangzhi("crawl", "yunzhou", *crawled.options, "--catalogue", f"sqlite:///{tmp_path}/noise.sqlite")
    assert done.returncode == 1
    assert "noise.sqlite" in one_line(done.stderr)


@pytest.mark.soak
def test_a_catalogue_that_cannot_grow_ends_the_crawl_and_the_next_one_completes_it(new_town: Town) -> None:
    """A limit on file sizes stands for a full disk; the catalogue's journal reaches it first."""
    limit = (100_000, 100_000)
    crawl = start_installed(
        "crawl",
        *SITES,
        "--json",
        *new_town.options,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
    )
    stderr = crawl.communicate(timeout=120)[1]
    assert crawl.returncode == 1
    assert re.search(r"the (catalogue sqlite:|frontier )", one_line(stderr))
    completes(new_town)


@pytest.mark.soak
def test_a_full_disk_ends_the_crawl_and_the_next_one_completes_it(
    new_town: Town, mounts: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The archive is on a file system of 64 KB, the catalogue and the frontier are on the machine's own disk."""
    monkeypatch.setenv("FANGZHI_FRONTIER", str(tmp_path / "frontier.sqlite"))
    catalogue = f"sqlite:///{tmp_path}/catalogue.sqlite"
    script = """
        archive=$1 saved=$2; shift 2; mkdir "$archive"
        mount -t tmpfs -o size=64k tmpfs "$archive"
        code=0; "$@" || code=$?
        cp -a "$archive" "$saved"; exit $code
    """
    program = PROGRAM
    command = (program, "crawl", *SITES, "--json", *new_town.options, "--catalogue", catalogue)
    crawl = in_namespace(script, new_town.archive, tmp_path / "saved", *command)
    assert crawl.returncode == 1
    assert "No space left on device (free some disk space, then start again)" in one_line(crawl.stderr)
    Path(new_town.archive).rmdir()
    (tmp_path / "saved").rename(new_town.archive)
    completes(new_town, "--catalogue", catalogue)


@pytest.mark.soak
def test_a_full_disk_of_the_catalogue_ends_the_crawl_and_the_next_one_fetches_nothing_again(
    new_town: Town, mounts: None, tmp_path: Path
) -> None:
    """The catalogue is on a file system of 1 MB, the archive and the frontier are on the machine's own disk."""
    (tmp_path / "small").mkdir()
    catalogue = f"sqlite:///{tmp_path}/small/catalogue.sqlite"
    script = """
        folder=$1 saved=$2; shift 2
        mount -t tmpfs -o size=1m tmpfs "$folder"
        code=0; "$@" || code=$?
        cp -a "$folder" "$saved"; exit $code
    """
    command = (PROGRAM, "crawl", *SITES, "--json", *new_town.options, "--catalogue", catalogue)
    crawl = in_namespace(script, tmp_path / "small", tmp_path / "saved", *command)
    assert crawl.returncode == 1
    assert "disk is full (free some disk space, then start again)" in one_line(crawl.stderr)
    (tmp_path / "small").rmdir()
    (tmp_path / "saved").rename(tmp_path / "small")
    completes(new_town, "--catalogue", catalogue)


def without_files(entry: dict) -> dict:
    """Return an entry without the fields joined from attachments, which may have been fetched after their article."""
    articles = [
        article | {"attachments": [each["url"] for each in article["attachments"]]} for article in entry["articles"]
    ]
    return entry | {"articles": articles}


def completes(town: Town, *options: str) -> None:
    """Check what a crawl that reached its limit left, and that a crawl without the limit fetches the rest."""
    before = town.run("list", "--json", *options)
    assert before
    town.run("crawl", *SITES, "--json", *options)
    after = {entry["id"]: entry for entry in town.run("list", "--json", *options)}
    assert [without_files(after[entry["id"]]) for entry in before] == list(map(without_files, before))
    assert {entry["url"] for entry in after.values()} == {truth.url for truth in town.truths()}
    captured = Counter((one["url"], one["final_url"]) for one in after.values() if one["reason"] != "redirect")
    assert {pair for pair, times in captured.items() if times > 1} == set(), "what was archived is not fetched again"
    assert warcio_check(town.archive).returncode == 0
    (report,) = town.run("replay", "--json", "--dry-run", *options)
    assert (report["unchanged"], report["changed"], report["added"]) == (len(after), 0, 0)
