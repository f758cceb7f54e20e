"""From the name of a place to a crawl: the directory names the portals of the demo city, which run on loopback."""

from __future__ import annotations

import csv
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import frozen

from crawler.demo import Server, build, serve
from crawler.directory.columns import COLUMNS
from crawler.sites.folders import load
from tests.crawler.wire import silent
from tests.fangzhi import PROGRAM, Done, documents, environment, fangzhi, one_line
from tests.journeys.test_new_site import hasten

PLACES = (
    ("990100", "云岭省云洲市", "yun zhou shi", "prefecture", "yunzhou"),
    ("990101", "云岭省云洲市华务区", "hua wu qu", "county", "huawu"),
    ("990102", "云岭省云洲市清河县", "qing he xian", "county", "college"),
    ("980101", "远山省清河县", "qing he xian", "county", "hospital"),
)


@frozen
class Country:
    """A running city, and the settings with a directory that names some of its portals."""

    server: Server
    folder: Path
    directory: Path

    def run(self, *arguments: str, **environment: str) -> Done:
        return fangzhi(*arguments, FANGZHI_DIRECTORY=str(self.directory), cwd=self.folder, **environment)

    def base(self, portal: str) -> str:
        return self.server.base_urls[portal]


def directory_file(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(COLUMNS), restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Country]:
    folder = tmp_path_factory.mktemp("country")
    with serve(build(pages=150)) as server, silent() as dead:
        rows = []
        for code, name, pinyin, level, portal in PLACES:
            own = name[-3:]
            place = {"code": code, "name": name, "own": own, "pinyin": pinyin, "level": level, "seen": "2026-11"}
            rows.append(place | {"url": f"{server.base_urls[portal]}/"})
        rows[0] |= {"list_url": f"{server.base_urls['yunzhou']}/xwzx/yw/", "list_name": "要闻", "kind": "news"}
        county = {"pinyin": "wu sheng xian", "level": "county"}
        rows.append(county | {"code": "990103", "name": "云岭省云洲市无声县", "own": "无声县", "url": f"{dead}/"})
        doubtful = {"own": "旧县", "doubt": "did not answer", "url": "http://127.0.0.9:1/", "pinyin": "jiu xian"}
        rows.append(county | doubtful | {"code": "990104", "name": "云岭省云洲市旧县"})
        for code in ("990105", "990106"):
            shared = {"own": f"共{code}区", "url": "http://127.0.0.9:2/", "pinyin": "gong"}
            rows.append(county | shared | {"code": code, "name": f"云岭省云洲市共{code}区"})
        yield Country(server, folder, directory_file(folder / "directory.csv", rows))


@pytest.fixture(scope="module")
def registered(country: Country) -> tuple[Country, Done]:
    command = ("sites", "new", "--region", "云洲", "--write", "sites", "--delay", "0")
    done = country.run(*command, "--json", FANGZHI_TIMEOUT="1")
    return country, done


def test_a_region_is_registered_and_each_reason_is_reported(registered: tuple[Country, Done]) -> None:
    country, done = registered
    assert done.returncode == 3, done.stderr
    results = {each["code"]: each["result"] for each in documents(done)}
    assert results == {
        "990100": "written",
        "990101": "written",
        "990102": "written",
        "990103": "unreachable",
        "990104": "doubtful",
        "990105": "shared-host",
        "990106": "shared-host",
    }
    sites = load(country.folder / "sites")
    city = sites.find(f"{country.base('yunzhou')}/")
    assert city is not None
    assert (city.name, city.family, city.region.code) == ("云岭省云洲市", "trs", "990100")
    assert city.sections[0].url == f"{country.base('yunzhou')}/xwzx/yw/", "the list of the directory comes first"
    assert "1  does not answer" in done.stderr
    assert "云岭省云洲市旧县" in done.stderr, "doubtful sites are named"


def test_a_second_run_keeps_what_is_there(registered: tuple[Country, Done]) -> None:
    country, _ = registered
    before = {file: file.read_bytes() for file in (country.folder / "sites").iterdir()}
    again = country.run("sites", "new", "--region", "9901", "--offline", "--write", "sites", "--json")
    results = {each["code"]: each["result"] for each in documents(again)}
    assert [results[code] for code in ("990100", "990101", "990102", "990103")] == [*["registered"] * 3, "written"]
    assert again.returncode == 0
    assert "1 draft was not checked" in again.stderr
    after = {file: file.read_bytes() for file in (country.folder / "sites").iterdir()}
    assert before.items() <= after.items()
    (draft,) = after.keys() - before.keys()
    assert draft.read_text("utf-8").startswith("# Drafted from the directory of ")
    draft.unlink()


def test_crawl_and_the_readers_take_a_region(registered: tuple[Country, Done]) -> None:
    country, _ = registered
    options = ("--registry", "sites", "--archive", "archive")
    hasten(country.folder / "sites")
    crawled = country.run("crawl", "--region", "清河县", "--limit", "3", *options)
    assert crawled.returncode == 2, "two regions have this name"
    assert "990102" in one_line(crawled.stderr.splitlines()[-1])
    crawled = country.run("crawl", "--region", "990102", "--limit", "3", *options, "--json")
    assert crawled.returncode == 0, crawled.stderr
    assert [site["site"] for site in documents(crawled)[0]["sites"]] == [slug_of(country, "college")]
    entries = documents(country.run("list", *options, "--json"))
    assert entries

    def ids(*arguments: str) -> set[str]:
        return {each["id"] for each in documents(country.run(*arguments, *options, "--json"))}

    of_region = {each["id"] for each in entries if each["region"] and each["region"]["code"].startswith("9901")}
    assert of_region
    for region in ("9901", "990100", "99", "云洲", "yunzhou"):
        assert ids("list", "--region", region) == of_region, region
    assert ids("list", "--region", "98") == ids("list", "--region", "990101") == set()
    assert ids("search", "云洲", "--region", "9901") == ids("search", "云洲") & of_region
    exported = country.run("export", "-", "--region", "9901", *options)
    assert {each["id"] for each in documents(exported)} == of_region
    for region, slugs in (("990102", [slug_of(country, "college")]), ("98", [])):
        (status,) = documents(country.run("status", "--region", region, *options, "--json"))
        assert [site["site"] for site in status["sites"]] == slugs
    nothing = country.run("status", "--region", "98", *options)
    assert (nothing.returncode, nothing.stderr.strip()) == (0, "No site with captures was found.")
    timetable = documents(country.run("schedule", "--dry-run", "--region", "9901", *options, "--json"))
    assert len(timetable) == 3


def slug_of(country: Country, portal: str) -> str:
    site = load(country.folder / "sites").find(f"{country.base(portal)}/")
    assert site is not None
    return site.slug


def test_a_region_without_a_registered_site_says_what_to_do(country: Country) -> None:
    done = country.run("crawl", "--region", "9801")
    assert done.returncode == 2
    assert one_line(done.stderr) == (
        "no enabled site of the region 9801 is registered "
        "(`fangzhi sites new --region 9801 --write DIR` registers its sites)"
    )


def test_a_place_is_inspected_by_its_code_or_name(country: Country) -> None:
    for name in ("990101", "华务区", "huawu", "華務"):
        done = country.run("sites", "new", name, "--delay", "0", "--json")
        (site,) = documents(done)
        assert site["region"] == {"code": "990101", "name": "云岭省云洲市华务区"}, done.stderr
        assert site["sections"]


def test_a_name_of_two_places_is_refused_without_a_terminal(country: Country) -> None:
    done = country.run("sites", "new", "清河县", "--offline")
    assert (done.returncode, done.stdout) == (2, "")
    *lines, last = done.stderr.splitlines()
    assert [line.split()[:3] for line in lines] == [
        ["1", "980101", "远山省清河县"],
        ["2", "990102", "云岭省云洲市清河县"],
    ]
    assert one_line(last) == "2 places are called 清河县 (name one by its code: 980101 or 990102)"


def test_a_name_of_two_places_is_asked_for_at_a_terminal(country: Country) -> None:
    ours, theirs = os.openpty()
    environ = environment(FANGZHI_DIRECTORY=str(country.directory))
    with os.fdopen(theirs, "rb") as terminal:
        command = [PROGRAM, "sites", "new", "清河县", "--offline", "--json"]
        running = subprocess.Popen(command, stdin=terminal, stdout=subprocess.PIPE, stderr=terminal, env=environ)
    with os.fdopen(ours, "r+b", buffering=0) as keyboard:
        shown = b""
        while b"?" not in shown:
            shown += keyboard.read(1000)
        keyboard.write(b"2\n")
        out, _ = running.communicate(timeout=60)
    assert running.returncode == 0
    assert json.loads(out)["region"]["code"] == "990102"
    assert shown.decode().splitlines()[0].split() == ["1", "980101", "远山省清河县", f"{country.base('hospital')}/"]


def test_what_is_not_registered_without_a_person(country: Country) -> None:
    shared = country.run("sites", "new", "990105", "--offline")
    assert shared.returncode == 2
    assert one_line(shared.stderr).startswith("127.0.0.9:2 belongs to several regions: 990105, 990106")
    doubtful = country.run("sites", "new", "旧县", "--offline")
    assert doubtful.returncode == 2
    assert one_line(doubtful.stderr) == (
        "the address of 云岭省云洲市旧县 is doubtful: did not answer (leave out --offline, to look at it)"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("sites", "new"), "name sites (URL, CODE or NAME), or a region with --region"),
        (("sites", "new", "云洲", "--region", "9901"), "name sites (URL, CODE or NAME), or a region with --region"),
        (("sites", "new", "--region", "9901"), "--region writes many files: name their folder with --write"),
        (("sites", "new", "云洲", "--level", "county"), "--level selects sites of a region: give --region as well"),
        (("sites", "new", "--region", "9901", "--slug", "a", "--write", "x"), "--slug names a single site"),
        (("sites", "new", "云舟市"), "the directory has no place '云舟市' (did you mean 云洲市"),
        (("list", "--region", "云舟市"), "the directory has no place '云舟市' (did you mean 云洲市"),
        (("list", "--region", "440"), "'440' is no code of a region (codes of GB/T 2260 have 2, 4 or 6 digits"),
    ],
)
def test_bad_input_names_the_remedy(country: Country, arguments: tuple[str, ...], message: str) -> None:
    done = country.run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


@pytest.mark.parametrize("text", ["", "code,name\n", "not a table", "\x1f\x8b broken"])
def test_a_file_that_is_no_directory_is_reported(tmp_path: Path, text: str) -> None:
    (tmp_path / "d.csv").write_bytes(text.encode("latin-1") + b"x,y\n" * bool(text))
    done = fangzhi("sites", "find", "云洲", FANGZHI_DIRECTORY=str(tmp_path / "d.csv"))
    assert done.returncode == 2
    assert "no directory" in one_line(done.stderr)
    missing = fangzhi("sites", "find", "云洲", FANGZHI_DIRECTORY=str(tmp_path / "nowhere.csv"))
    assert missing.returncode == 2
    assert one_line(missing.stderr).startswith(f"{tmp_path}/nowhere.csv: No such file")
