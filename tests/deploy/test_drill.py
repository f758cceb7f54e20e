"""The disaster drill: a machine is lost, its backups are restored elsewhere, and the crawl goes on."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import subprocess
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from tests.fangzhi import PROGRAM, ROOT, documents, environment, fangzhi
from tests.journeys.test_kill import crawling
from tests.town import SITES, Town

DRILL = ROOT / "deploy/drill.sh"


def drill(*arguments: str | Path, **changes: str) -> subprocess.CompletedProcess[str]:
    env = environment(FANGZHI=str(PROGRAM), **changes)
    command = ["sh", str(DRILL), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=600, env=env, check=False)


def pages_of(frontier: Path) -> int:
    with closing(sqlite3.connect(f"{frontier.as_uri()}?mode=ro", uri=True)) as db:
        return int(db.execute("SELECT count(*) FROM pages").fetchone()[0])


def test_a_lost_machine_is_restored_and_the_crawl_goes_on(new_town: Town, tmp_path: Path) -> None:
    home = {"XDG_DATA_HOME": str(tmp_path / "home"), "FANGZHI_SEAL_KEY": str(tmp_path / "home/seal.pem")}
    new_town.crawl()
    new_town.run("seal", "--new-key", "--json", **home)
    new_town.run("seal", "--folder", str(tmp_path / "safe"), "--json", **home)
    (seal,) = (tmp_path / "safe").glob("*.json")
    before = new_town.entries()

    copy, backup = tmp_path / "copy", tmp_path / "backup"
    assert fangzhi("copy", str(new_town.archive), str(copy)).returncode == 0
    done = fangzhi("backup", str(backup), "--json", *new_town.options, **home)
    names = documents(done)[0]["files"]
    assert {
        "frontier.sqlite",
        "records.sqlite",
        "keys/seal-key.pem",
        *(f"registry/0/{site}.toml" for site in SITES),
    } <= names.keys()
    assert {stat.S_IMODE(path.stat().st_mode) for path in backup.rglob("*") if path.is_file()} == {0o600}
    shutil.rmtree(new_town.archive)
    shutil.rmtree(tmp_path / "home")

    used = {name: str(tmp_path / f"used-{name}.sqlite") for name in ("catalogue", "frontier")}
    at_work = {"FANGZHI_CATALOGUE": f"sqlite:///{used['catalogue']}", "FANGZHI_FRONTIER": used["frontier"]}
    restored = drill(copy, backup, tmp_path / "new", seal, XDG_DATA_HOME=str(tmp_path / "other"), **at_work)
    assert restored.returncode == 0, restored.stderr
    assert not any(map(Path.exists, map(Path, used.values()))), "the drill wrote into the databases of a crawler"
    assert (tmp_path / "new/keys/seal-key.pem").is_file()
    here = ("--archive", str(tmp_path / "new/archive"))
    assert documents(fangzhi("list", "--json", *here))[::-1] == before

    requests = len(new_town.server.log)
    (report,) = documents(fangzhi("crawl", *SITES, "--json", *here))
    assert report["articles"] == 0, "nothing known is fetched again"
    assert report["fetched"] < len(before) / 5, "only lists are asked again"
    asked = {each.target for each in new_town.server.log[requests:]}
    articles = {urlsplit(each["final_url"]).path for each in before if each["outcome"] == "article"}
    assert not asked & articles
    assert fangzhi("verify", "--deep", *here).returncode == 0


def test_the_frontier_is_copied_while_a_crawl_writes_it(new_town: Town, tmp_path: Path) -> None:
    with crawling(new_town, 12) as (process, _gate):
        for number in range(3):
            done = fangzhi("backup", str(tmp_path / "backup"), *new_town.options)
            assert done.returncode == 0, done.stderr
            assert process.poll() is None, number
    assert pages_of(tmp_path / "backup/frontier.sqlite") > 12
    assert not list((tmp_path / "backup").rglob("*.new"))


def test_a_backup_that_cannot_be_written_leaves_the_one_before(new_town: Town, tmp_path: Path) -> None:
    new_town.crawl()
    backup = tmp_path / "backup"
    assert fangzhi("backup", str(backup), *new_town.options).returncode == 0
    before = (backup / "frontier.sqlite").read_bytes()
    frontier = Path(new_town.archive, "frontier.sqlite")
    frontier.write_bytes(b"no database" * 1_000)
    done = fangzhi("backup", str(backup), *new_town.options)
    assert done.returncode == 1
    assert "the backup before this one is unchanged" in done.stderr
    assert (backup / "frontier.sqlite").read_bytes() == before


def test_wrong_use_of_the_drill_is_said(tmp_path: Path) -> None:
    assert drill(tmp_path, tmp_path, tmp_path).returncode == 2
