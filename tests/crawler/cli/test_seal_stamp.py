"""Time stamps of `fangzhi seal`: requested of an authority on loopback, checked by `verify --seal`."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from attrs import evolve

from crawler.download.stamp import StampClient
from pipelines.archive.seals.stamps import check_stamp
from pipelines.archive.seals.statement import parse_seal, stamped_content
from pipelines.archive.stamps import trusted_roots
from pipelines.errors import FangzhiError
from pipelines.messages import Message
from tests.crawler.cli.test_seal import script
from tests.fangzhi import ROOT, documents, fangzhi, one_line
from tests.pipelines.archive.authority import DAY, NAME, Authority, serving
from tests.pipelines.archive.sealed import build, catalogue_url


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("FANGZHI_SEAL_ROOTS", str(tmp_path / "roots.pem"))
    build(tmp_path / "archive")
    return tmp_path / "archive"


def options(folder: Path) -> tuple[str, ...]:
    return ("--archive", str(folder), "--catalogue", catalogue_url(folder))


def stamped(folder: Path, authority: Authority | None = None, *, signed: bool = True) -> Path:
    """Make a seal with the stamp of an authority, and return the seal's file."""
    authority = authority or Authority()
    if signed:
        assert fangzhi("seal", "--new-key").returncode == 0
    with serving(authority, folder.parent / "roots.pem") as url:
        done = fangzhi("seal", "--folder", str(folder.parent), *options(folder), FANGZHI_SEAL_AUTHORITY=url)
    assert done.returncode == 0, done.stderr
    assert f"time stamp of {NAME} at " in done.stdout
    (path,) = folder.parent.glob("seal-*.json")
    return path


def findings(folder: Path, seal: Path, **changes: str) -> list[tuple[str, str]]:
    done = fangzhi("verify", "--seal", str(seal), "--json", *options(folder), **changes)
    found = [(each["kind"], each["what"]) for each in documents(done)]
    assert done.returncode == bool(found), done.stderr
    return found


@pytest.mark.parametrize("signed", [True, False])
def test_a_stamp_is_checked_years_later_without_its_authority(folder: Path, *, signed: bool) -> None:
    """Its certificate need be valid at the time of the stamp only."""
    seal = stamped(folder, signed=signed)
    assert findings(folder, seal) == []
    people = fangzhi("verify", "--seal", str(seal), *options(folder))
    assert f"time stamp of {NAME} at {json.loads(seal.read_text('utf-8'))['at'][:10]}" in people.stderr


def test_the_stamp_is_in_the_proof_and_covers_the_signature(folder: Path) -> None:
    seal = stamped(folder)
    document = json.loads(seal.read_text("utf-8"))
    entry = documents(fangzhi("list", "--all", "--json", *options(folder)))[0]
    (proof,) = documents(fangzhi("show", entry["id"], "--proof", *options(folder)))
    assert proof["seal"] == document
    assert document["stamp"].keys() == {"authority", "response"}
    seal.write_text(json.dumps(document | {"signature": None}), "utf-8")
    assert [kind for kind, _what in findings(folder, seal)] == ["wrong-stamp"]


def test_a_seal_without_a_stamp_has_no_key_for_it(folder: Path) -> None:
    (folder.parent / "roots.pem").write_text("")
    done = fangzhi("seal", "--folder", str(folder.parent), *options(folder))
    assert "no time stamp: " in done.stdout
    (path,) = folder.parent.glob("seal-*.json")
    assert "stamp" not in json.loads(path.read_text("utf-8"))
    assert findings(folder, path) == []
    assert "no time stamp: " in fangzhi("verify", "--seal", str(path), *options(folder)).stderr


def test_a_changed_or_foreign_stamp_is_a_finding(folder: Path) -> None:
    seal = stamped(folder)
    document = json.loads(seal.read_text("utf-8"))
    response = base64.b64decode(document["stamp"]["response"])
    for changed in (response[:-1] + bytes([response[-1] ^ 1]), response[:-9], b"no stamp", b""):
        stamp = document["stamp"] | {"response": base64.b64encode(changed).decode()}
        seal.write_text(json.dumps(document | {"stamp": stamp}), "utf-8")
        assert [kind for kind, _what in findings(folder, seal)] == ["wrong-stamp"]
    seal.write_text(json.dumps(document | {"captures": 6}), "utf-8")
    assert [kind for kind, _what in findings(folder, seal)] == ["wrong-stamp", "wrong-seal"]


def test_no_changed_byte_of_a_response_passes_or_ends_the_program(folder: Path) -> None:
    """Bytes outside the signed part exist, such as the status text: a change there may pass, with the same facts."""
    seal = parse_seal(stamped(folder).read_bytes())
    assert seal
    assert seal.stamp
    roots = trusted_roots(folder.parent / "roots.pem")
    facts = check_stamp(seal, seal.stamp, roots)
    response = base64.b64decode(seal.stamp.response)
    wrong = 0
    for at in range(len(response)):
        changed = response[:at] + bytes([response[at] ^ 0x55]) + response[at + 1 :]
        found = check_stamp(seal, evolve(seal.stamp, response=base64.b64encode(changed).decode()), roots)
        wrong += isinstance(found, Message)
        assert isinstance(found, Message) or found == facts, at
    assert wrong > 0.95 * len(response)


def test_a_stamp_of_an_authority_that_is_not_trusted_is_a_finding(folder: Path) -> None:
    """Anybody can make an authority with any name and any clock: only the root certificate distinguishes them."""
    seal = stamped(folder)
    with serving(Authority(), folder.parent / "roots.pem"):
        pass
    ((kind, what),) = findings(folder, seal)
    assert (kind, "the certificate of its time stamp is not trusted" in what) == ("wrong-stamp", True)
    ((kind, what),) = findings(folder, seal, FANGZHI_SEAL_ROOTS="")
    assert (kind, "the certificate of its time stamp is not trusted" in what) == ("wrong-stamp", True)


@pytest.mark.parametrize(
    ("authority", "problem"),
    [
        (Authority(wrong_digest=True), "its time stamp is of other content"),
        (Authority(wrong_nonce=True), "Nonce mismatch"),
        (Authority(for_stamps=False), "is not trusted: unsuitable certificate purpose"),
        (Authority(valid=DAY), "is not trusted: certificate has expired"),
        (Authority(offset=dt.timedelta(hours=1)), "wrong clock or false date"),
        (Authority(offset=-dt.timedelta(hours=1)), "wrong clock or false date"),
        (Authority(refuses=True), "status 2 no stamps today"),
        (Authority(extra=bytes(70_000)), "more than 65536 bytes"),
        (Authority(status=500), "the status 500"),
        (Authority(status=307, headers=(("Location", "http://127.0.0.1:9/"),)), "the status 307"),
        (Authority(delay_s=2), "no complete answer within 1 s"),
        (Authority(extra=b"?"), "its time stamp cannot be read"),
    ],
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "",
)
def test_no_seal_is_made_without_a_valid_stamp(folder: Path, authority: Authority, problem: str) -> None:
    with serving(authority, folder.parent / "roots.pem") as url:
        changes = {"FANGZHI_SEAL_AUTHORITY": url, "FANGZHI_TIMEOUT": "1" if authority.delay_s else "30"}
        done = fangzhi("seal", "--folder", str(folder.parent), *options(folder), **changes)
    assert (done.returncode, len(authority.queries)) == (1, 1)
    assert "so no seal was made" in done.stderr
    assert problem in done.stderr
    assert list(folder.parent.rglob("seal-*")) == []


def test_an_authority_at_a_private_address_is_not_asked(folder: Path) -> None:
    authority = Authority()
    with serving(authority, folder.parent / "roots.pem") as url:
        for address in (url, url.replace("127.0.0.1", "localhost")):
            changes = {"FANGZHI_SEAL_AUTHORITY": address, "FANGZHI_ALLOW_PRIVATE": "0"}
            done = fangzhi("seal", "--folder", str(folder.parent), *options(folder), **changes)
            assert (done.returncode, "--allow-private" in one_line(done.stderr)) == (2, True)
        with pytest.raises(FangzhiError, match="a loopback address"):  # as for a name that leads to such an address
            StampClient(user_agent="test", timeout=30, allow_private=False).request(url, b"?")
    assert authority.queries == []


def test_the_scripts_of_the_guide_read_a_seal_with_a_stamp(folder: Path, tmp_path: Path) -> None:
    seal = stamped(folder)
    entry = documents(fangzhi("list", "--all", "--json", *options(folder)))[0]
    (tmp_path / "proof.json").write_text(fangzhi("show", entry["id"], "--proof", *options(folder)).stdout)
    (tmp_path / "check_proof.py").write_text(script("docs/guide/archive.md"), "utf-8")
    files = (tmp_path / "proof.json", folder / entry["location"]["file"], seal)
    right = subprocess.run([sys.executable, tmp_path / "check_proof.py", *files], check=True, capture_output=True)
    assert right.stdout.startswith(b"right: ")
    blocks = [
        re.findall(r"<<'END'\n(.*?)^END$", (ROOT / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)
        for page in ("docs/guide/archive.md", "docs/guide/archive.zh.md")
    ]
    assert blocks[0] == blocks[1]
    subprocess.run([sys.executable, "-c", blocks[0][0], seal], check=True, cwd=tmp_path)
    read = parse_seal(seal.read_bytes())
    assert read
    assert read.stamp
    assert (tmp_path / "stamped.json").read_bytes() == stamped_content(read)
    assert (tmp_path / "stamp.tsr").read_bytes() == base64.b64decode(read.stamp.response)


def test_a_file_without_root_certificates_is_an_error(folder: Path) -> None:
    (folder.parent / "roots.pem").write_text("no certificate")
    changes = {"FANGZHI_SEAL_AUTHORITY": "http://127.0.0.1:9/"}
    done = fangzhi("seal", *options(folder), **changes)
    assert (done.returncode, "holds no certificate in PEM" in one_line(done.stderr)) == (2, True)
