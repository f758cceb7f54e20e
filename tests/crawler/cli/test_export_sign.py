"""`export --sign`: who signs, what is in the package, what must be set, and what other programs say of it."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tests.crawler.cli.signed import DESCRIPTION, DOMAIN, content, exported, signed_data, stamp_roots, verified
from tests.fangzhi import ROOT, documents, fangzhi, one_line
from tests.pipelines.archive.authority import NAME, Authority
from tests.pipelines.archive.domains import DAY, domain, issued

PLAYERS = Path(os.environ.get("FANGZHI_PLAYERS", ROOT / ".players/bin"))


@pytest.fixture(autouse=True)
def _own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def test_the_first_signature_makes_a_key_that_later_ones_use(tmp_path: Path) -> None:
    key = tmp_path / "data" / "fangzhi" / "package-key.pem"
    first = exported(tmp_path)
    assert first.returncode == 0, first.stderr
    assert f"made a new key, which signs packages from now on: {key}" in first.stderr
    assert key.stat().st_mode & 0o777 == 0o600
    before = signed_data(tmp_path / "x.wacz")
    again = exported(tmp_path, "--json")
    assert "made a new key" not in again.stderr
    data = signed_data(tmp_path / "x.wacz")
    assert data["publicKey"] == before["publicKey"]
    (document,) = documents(again)
    digest = hashlib.sha256(base64.b64decode(data["publicKey"])).hexdigest()
    assert (document["signature"]["key"], document["signature"]["domain"]) == (digest, None)
    assert digest in first.stderr


def test_an_anonymous_signature_has_the_keys_and_the_form_of_archiveweb_page(tmp_path: Path) -> None:
    """The two numbers side by side, by a key of P-384, over the text of the digest; `created` is the package's."""
    assert exported(tmp_path).returncode == 0
    data = signed_data(tmp_path / "x.wacz")
    assert data.keys() == {"hash", "created", "software", "version", "signature", "publicKey"}
    assert data["created"] == content(tmp_path / "x.wacz", DESCRIPTION)["created"]
    key = serialization.load_der_public_key(base64.b64decode(data["publicKey"]))
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert isinstance(key.curve, ec.SECP384R1)
    value = base64.b64decode(data["signature"])
    assert len(value) == 96
    der = encode_dss_signature(int.from_bytes(value[:48], "big"), int.from_bytes(value[48:], "big"))
    key.verify(der, data["hash"].encode(), ec.ECDSA(hashes.SHA256()))
    assert verified(tmp_path / "x.wacz")[0] == []


def test_an_anonymous_signature_gets_a_time_stamp_where_an_authority_is_set(tmp_path: Path) -> None:
    authority = Authority()
    done = exported(tmp_path, authority=authority)
    assert done.returncode == 0, done.stderr
    assert f"time stamp of {NAME} at " in done.stderr
    assert len(authority.queries) == 1
    found, last = verified(tmp_path / "x.wacz", **stamp_roots(tmp_path))
    assert (found, last["signature"]["stamp"]["authority"]) == ([], NAME)


def test_a_domain_signs_with_its_chain_up_to_the_root_and_a_time_stamp(tmp_path: Path) -> None:
    settings = domain(DOMAIN).write(tmp_path / "keys")
    authority = Authority()
    done = exported(tmp_path, authority=authority, **settings)
    assert done.returncode == 0, done.stderr
    assert f"signed for the domain {DOMAIN} at " in done.stderr
    data = signed_data(tmp_path / "x.wacz")
    assert (data["domain"], "publicKey" in data) == (DOMAIN, False)
    names = [
        [each.subject.rfc4514_string() for each in x509.load_pem_x509_certificates(data[key].encode())]
        for key in ("domainCert", "timestampCert")
    ]
    assert names == [
        [f"CN={DOMAIN}", "CN=Issuer of Domains", "CN=Root of Domains"],
        [f"CN={NAME}", "CN=Root of Yunzhou"],
    ]
    assert all(part.count("BEGIN") == 1 for part in data["domainCert"].split("\n\n"))
    found, last = verified(tmp_path / "x.wacz", **settings, **stamp_roots(tmp_path))
    assert found == []
    assert last["signature"]["domain"] == DOMAIN
    assert last["signature"]["root"]["owner"] == "Root of Domains"


def test_authsign_verifies_the_signature_of_a_domain(tmp_path: Path) -> None:
    if (
        not (PLAYERS / "python").exists()
        or subprocess.run([PLAYERS / "python", "-c", "import authsign"], check=False).returncode
    ):
        pytest.skip("authsign is not installed: make players, or FANGZHI_PLAYERS")
    made, authority = domain(DOMAIN), Authority()
    done = exported(tmp_path, authority=authority, **made.write(tmp_path / "keys"))
    assert done.returncode == 0, done.stderr
    roots = {
        "domain_cert_roots": [made.root.certificate.fingerprint(hashes.SHA256()).hex()],
        "timestamp_cert_roots": [authority.root.certificate.fingerprint(hashes.SHA256()).hex()],
    }
    (tmp_path / "roots.yaml").write_text(json.dumps(roots), "utf-8")  # JSON is YAML
    (tmp_path / "signed.json").write_text(json.dumps(signed_data(tmp_path / "x.wacz")), "utf-8")
    script = (
        "import json, sys; from authsign.verifier import Verifier; "
        "print(Verifier(sys.argv[1])(json.load(open(sys.argv[2]))).observer)"
    )
    command = [PLAYERS / "python", "-c", script, tmp_path / "roots.yaml", tmp_path / "signed.json"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout.splitlines()[-1:]) == (0, [DOMAIN]), checked.stderr
    valid = subprocess.run([PLAYERS / "wacz", "validate", "-f", tmp_path / "x.wacz"], capture_output=True, check=False)
    assert (valid.returncode, b"Validation succeeded" in valid.stdout) == (0, True), valid.stdout


def no_authority(folder: Path) -> dict[str, str]:
    return domain(DOMAIN).write(folder)


def no_key(folder: Path) -> dict[str, str]:
    return {name: value for name, value in domain(DOMAIN).write(folder).items() if name != "FANGZHI_PACKAGE_KEY"}


def other_key(folder: Path) -> dict[str, str]:
    settings = domain(DOMAIN).write(folder)
    (folder / "privkey.pem").write_bytes(domain(DOMAIN).owner.key_pem)
    return settings | {"FANGZHI_SEAL_AUTHORITY": "http://127.0.0.1:9/"}


def curve(folder: Path) -> dict[str, str]:
    return {"FANGZHI_PACKAGE_KEY": domain(DOMAIN).write(folder)["FANGZHI_PACKAGE_KEY"]}


def no_ecdsa(folder: Path) -> dict[str, str]:
    folder.mkdir()
    (folder / "key.pem").write_text("no key")
    return {"FANGZHI_PACKAGE_KEY": str(folder / "key.pem")}


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        (no_authority, "needs a time stamp"),
        (no_key, "`package_key` is not"),
        (other_key, "is of another key"),
        (curve, "anonymous signatures need P-384"),
        (no_ecdsa, "holds no ECDSA key"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_wrong_settings_are_named_before_anything_is_written(tmp_path: Path, settings, problem: str) -> None:
    done = exported(tmp_path, **settings(tmp_path / "keys"))
    assert (done.returncode, problem in one_line(done.stderr)) == (2, True), done.stderr
    assert not (tmp_path / "x.wacz").exists()


@pytest.mark.parametrize(
    ("start", "days", "problem"), [(-91 * DAY, 90, "not at the time of the signature"), (DAY, 90, "not at the time")]
)
def test_nothing_is_signed_with_a_certificate_that_is_not_valid_now(
    tmp_path: Path, start: dt.timedelta, days: int, problem: str
) -> None:
    settings = domain(DOMAIN, start, days).write(tmp_path / "keys")
    done = exported(tmp_path, authority=Authority(), **settings)
    assert (done.returncode, problem in one_line(done.stderr)) == (1, True), done.stderr
    assert not (tmp_path / "x.wacz").exists()


def test_nothing_is_signed_without_a_valid_stamp_where_an_authority_is_set(tmp_path: Path) -> None:
    for authority, problem in (
        (Authority(wrong_nonce=True), "so the package was not signed: "),
        (Authority(offset=dt.timedelta(hours=1)), "10 minutes are allowed"),
    ):
        done = exported(tmp_path, authority=authority)
        assert (done.returncode, problem in done.stderr) == (1, True), done.stderr
        assert not (tmp_path / "x.wacz").exists()


def test_a_stamp_that_is_seconds_too_early_is_requested_again(tmp_path: Path) -> None:
    """authsign rejects a stamp from before the signature."""
    authority = Authority(offset=-dt.timedelta(seconds=3))
    done = exported(tmp_path, authority=authority)
    assert (done.returncode, len(authority.queries)) == (0, 2), done.stderr
    found, last = verified(tmp_path / "x.wacz", **stamp_roots(tmp_path))
    assert found == []
    assert last["signature"]["stamp"]["at"] >= last["signature"]["created"]


@pytest.mark.parametrize("name", ["x.jsonl", "x.csv", "x.cdxj", "-"])
def test_only_packages_can_be_signed(tmp_path: Path, name: str) -> None:
    done = fangzhi("export", name, "--sign", cwd=tmp_path)
    assert (done.returncode, "--sign is for WACZ packages" in done.stderr) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_a_domain_without_a_trusted_root_cannot_sign(tmp_path: Path) -> None:
    settings = domain(DOMAIN).write(tmp_path / "keys")
    (tmp_path / "keys" / "root.pem").write_bytes(issued("Other Root", None).pem)
    done = exported(tmp_path, authority=Authority(), **settings)
    assert (done.returncode, "its chain ends at Issuer of Domains" in one_line(done.stderr)) == (1, True), done.stderr
