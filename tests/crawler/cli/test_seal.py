"""`fangzhi seal`, `verify --seal` and `show --proof`, and the script that checks a proof without fangzhi."""

from __future__ import annotations

import fcntl
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.archive.manifest import manifest_key
from pipelines.archive.seals.statement import SEALS_FOLDER
from pipelines.storage import OPEN_SUFFIX
from tests.fangzhi import ROOT, documents, fangzhi, one_line
from tests.pipelines.archive.sealed import build, catalogue_url, reseal


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANGZHI_SEAL_KEY", str(tmp_path / "keys" / "seal.pem"))
    build(tmp_path / "archive")
    return tmp_path / "archive"


def options(folder: Path) -> tuple[str, ...]:
    return ("--archive", str(folder), "--catalogue", catalogue_url(folder))


def sealed(folder: Path) -> Path:
    """Make a key and a seal, and return the seal's file."""
    assert fangzhi("seal", "--new-key").returncode == 0
    done = fangzhi("seal", "--folder", str(folder.parent / "seals"), "--json", *options(folder))
    assert done.returncode == 0, done.stderr
    (document,) = documents(done)
    (path,) = (folder.parent / "seals").glob("*.json")
    assert json.loads(path.read_text("utf-8")) == document
    assert (document["objects"], document["captures"], document["entries"]) == (2, 5, 2)
    return path


def checked(folder: Path, seal: Path) -> tuple[int, set[tuple[str, str]]]:
    done = fangzhi("verify", "--seal", str(seal), "--json", *options(folder))
    return done.returncode, {(finding["kind"], finding["file"]) for finding in documents(done)}


def warc(folder: Path) -> Path:
    (path,) = folder.glob("warc/one/**/*.gz")
    return path


def test_an_unchanged_archive_has_all_that_a_seal_covers_also_after_more_was_added(folder: Path) -> None:
    seal = sealed(folder)
    assert checked(folder, seal) == (0, set())
    from pipelines.archive import Archive
    from pipelines.storage import open_storage
    from tests.pipelines.archive.made import digests, made

    archive = Archive(open_storage(str(folder)))
    archive.put(made(50), digests(made(50)), "three")
    archive.close()
    assert checked(folder, seal) == (0, set())
    people = fangzhi("verify", "--seal", str(seal), *options(folder))
    assert "all files of the seal are here unchanged" in people.stderr


def test_a_seal_removes_what_killed_seals_left_and_nothing_that_a_living_one_writes(folder: Path) -> None:
    seals = folder.parent / "seals"
    key = f"{SEALS_FOLDER}1.objects"
    left = [folder / f"{name}{OPEN_SUFFIX}" for name in (key, manifest_key(key))]
    written, part = folder / f"{SEALS_FOLDER}2.json{OPEN_SUFFIX}", seals / "seal.json.part"
    for path in (*left, written, part):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{" * 10_000, "utf-8")
    with written.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        seal = sealed(folder)
    assert [path for path in left if path.exists()] == []
    assert written.exists()
    assert sorted(seals.iterdir()) == [seal, seal.with_suffix(".objects")]
    assert checked(folder, seal) == (0, set())


def removed(folder: Path) -> str:
    path = warc(folder)
    path.unlink()
    (folder / manifest_key(path.relative_to(folder).as_posix())).unlink()
    return "missing"


def replaced(folder: Path) -> str:
    reseal(folder, warc(folder), warc(folder).read_bytes()[:-1] + b"?")
    return "changed"


@pytest.mark.parametrize("act", [removed, replaced])
@pytest.mark.parametrize("with_ledger", [True, False])
def test_what_a_seal_covers_and_is_not_here_unchanged_is_named(
    folder: Path, act: Callable[[Path], str], *, with_ledger: bool
) -> None:
    seal = sealed(folder)
    key = warc(folder).relative_to(folder).as_posix()
    kind = act(folder)
    if not with_ledger:
        shutil.rmtree(folder / "ledger")
        shutil.rmtree(folder / "manifest" / "ledger")
    code, found = checked(folder, seal)
    assert code == 1
    assert (kind, key) in found
    assert {file for _kind, file in found if file.startswith("warc/")} == {key}


def test_a_rolled_back_archive_is_found_by_a_seal(folder: Path) -> None:
    """The whole archive, with ledger and catalogue, as it was before: nothing in it contradicts itself."""
    from pipelines.archive import Archive
    from pipelines.storage import open_storage
    from tests.pipelines.archive.made import digests, made

    shutil.copytree(folder, folder.parent / "before")
    archive = Archive(open_storage(str(folder)))
    archive.put(made(50), digests(made(50)), "three")
    archive.close()
    assert fangzhi("seal", "--folder", str(folder.parent / "seals"), "--new-key").returncode == 0
    assert fangzhi("seal", "--folder", str(folder.parent / "seals"), *options(folder)).returncode == 0
    (seal,) = (folder.parent / "seals").glob("*.json")
    shutil.rmtree(folder)
    shutil.move(folder.parent / "before", folder)
    assert fangzhi("verify", "--deep", "-q", *options(folder)).returncode == 0
    code, found = checked(folder, seal)
    assert code == 1
    assert any(kind == "missing" and file.startswith("warc/three/") for kind, file in found)


def test_a_changed_seal_or_signature_is_found(folder: Path) -> None:
    seal = sealed(folder)
    document = json.loads(seal.read_text("utf-8"))
    for change in ({"captures": 6}, {"sha256": "0" * 64}, {"at": "2020-01-01T00:00:00Z"}):
        seal.write_text(json.dumps(document | change), "utf-8")
        code, found = checked(folder, seal)
        assert (code, "wrong-seal") in {(code, kind) for kind, _file in found}, change
        assert code == 1
    seal.write_text("no seal", "utf-8")
    done = fangzhi("verify", "--seal", str(seal), *options(folder))
    assert (done.returncode, "is not a seal" in one_line(done.stderr)) == (2, True)


def test_no_seal_is_made_of_a_ledger_that_was_changed(folder: Path) -> None:
    (folder / "ledger" / "000000" / "0000000001.json").unlink()
    done = fangzhi("seal", *options(folder))
    assert done.returncode == 1
    assert "no seal was made" in one_line(done.stderr)


def test_an_archive_from_before_the_ledger_is_sealed_after_it_was_read(folder: Path) -> None:
    shutil.rmtree(folder / "ledger")
    shutil.rmtree(folder / "manifest" / "ledger")
    assert fangzhi("seal", "--new-key").returncode == 0
    done = fangzhi("seal", "--folder", str(folder.parent / "seals"), "--json", *options(folder))
    assert done.returncode == 0
    (document,) = documents(done)
    assert (document["objects"], document["entries"]) == (2, 2)
    (seal,) = (folder.parent / "seals").glob("*.json")
    assert checked(folder, seal) == (0, set())


def test_a_key_is_made_once_and_only_its_owner_can_read_it(folder: Path) -> None:
    done = fangzhi("seal", "--new-key", "--json")
    (document,) = documents(done)
    path = Path(document["file"])
    assert path.stat().st_mode & 0o777 == 0o600
    again = fangzhi("seal", "--new-key")
    assert (again.returncode, "exists already" in one_line(again.stderr)) == (2, True)


def script(page: str) -> str:
    (block,) = re.findall(
        r"^```python\n(import gzip.*?)^```$", (ROOT / page).read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    return str(block)


def test_the_script_of_the_guide_checks_the_proof_of_a_capture(folder: Path, tmp_path: Path) -> None:
    assert script("docs/guide/archive.md") == script("docs/guide/archive.zh.md")
    assert len(script("docs/guide/archive.md").splitlines()) <= 45
    (tmp_path / "check_proof.py").write_text(script("docs/guide/archive.md"), "utf-8")
    seal = sealed(folder)
    for entry in documents(fangzhi("list", "--all", "--json", *options(folder))):
        proof = tmp_path / "proof.json"
        done = fangzhi("show", entry["id"], "--proof", *options(folder))
        proof.write_text(done.stdout, "utf-8")
        path = folder / entry["location"]["file"]
        command = [sys.executable, str(tmp_path / "check_proof.py"), str(proof)]
        right = subprocess.run([*command, str(path), str(seal)], capture_output=True, text=True, check=False)
        assert (right.returncode, right.stdout.startswith("right: ")) == (0, True), right.stderr
        changed = tmp_path / "changed.warc.gz"
        changed.write_bytes(path.read_bytes()[:-1] + b"?")
        wrong = subprocess.run([*command, str(changed), str(seal)], capture_output=True, text=True, check=False)
        assert (wrong.returncode, wrong.stderr) == (1, "WRONG: the sha256 digest of the file\n")


def test_without_a_seal_there_is_no_proof(folder: Path) -> None:
    entry = documents(fangzhi("list", "--all", "--json", *options(folder)))[0]
    done = fangzhi("show", entry["id"], "--proof", *options(folder))
    assert (done.returncode, "no seal in the archive covers" in one_line(done.stderr)) == (1, True)
