"""`verify x.wacz` of packages as other programs write them; py-wacz makes its own where it is installed."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from rfc3161_client import TimestampRequestBuilder

from pipelines.archive.signatures.certificates import chain_text
from pipelines.times import rfc3339
from tests.crawler.cli.signed import DESCRIPTION, DIGEST, DOMAIN, changed, verified
from tests.fangzhi import ROOT, fangzhi
from tests.pipelines.archive import foreign
from tests.pipelines.archive.authority import Authority
from tests.pipelines.archive.domains import domain

URL = "http://a.cn/1"
RECORD = gzip.compress(foreign.record("response", url=URL))


def index_line(name: str) -> bytes:
    values = {
        "url": URL,
        "mime": "text/html",
        "status": "200",
        "offset": "0",
        "length": str(len(RECORD)),
        "filename": name,
    }
    return f"cn,a)/1 20260304050607 {json.dumps(values)}\n".encode()


def written(
    path: Path, *, stats: bool = False, created: str = "2026-11-29T01:02:03Z", index: str = "indexes/index.cdx"
) -> str:
    """Write a package without its digest file, and return the digest of its description; old ones have `stats`."""
    line = index_line("data.warc.gz")
    files = {
        "archive/data.warc.gz": RECORD,
        index: gzip.compress(line) if index.endswith(".gz") else line,
        "pages/pages.jsonl": b'{"format": "json-pages-1.0", "id": "pages"}\n',
    }
    resources = [_resource(name, data, stats=stats) for name, data in files.items()]
    content = json.dumps({"profile": "data-package", "created": created, "resources": resources}).encode()
    with zipfile.ZipFile(path, "w") as file:
        for name, data in (files | {DESCRIPTION: content}).items():
            file.writestr(name, data)
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _resource(name: str, data: bytes, *, stats: bool) -> dict[str, Any]:
    facts = {"hash": f"sha256:{hashlib.sha256(data).hexdigest()}", "bytes": len(data)}
    return {"name": name, "path": name, **({"stats": facts} if stats else facts)}


def sign(path: Path, digest: str, signed: Mapping[str, str] | None) -> None:
    document = {"path": DESCRIPTION, "hash": digest, **({"signedData": signed} if signed else {})}
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(DIGEST, json.dumps(document))


def as_archiveweb_page(digest: str, created: str) -> dict[str, str]:
    """`src/sw/keystore.ts`: a P-384 key, numbers side by side, no version."""
    key = ec.generate_private_key(ec.SECP384R1())
    numbers = decode_dss_signature(key.sign(digest.encode(), ec.ECDSA(hashes.SHA256())))
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {
        "hash": digest,
        "signature": base64.b64encode(b"".join(number.to_bytes(48, "big") for number in numbers)).decode(),
        "publicKey": base64.b64encode(public).decode(),
        "created": created,
        "software": "Webrecorder ArchiveWeb.page 0.12.0",
    }


@pytest.mark.parametrize("index", ["indexes/index.cdx", "indexes/index.cdxj", "indexes/index.cdx.gz"])
@pytest.mark.parametrize("stats", [True, False])
def test_a_package_of_archiveweb_page(tmp_path: Path, index: str, stats: bool) -> None:
    path, created = tmp_path / "x.wacz", "2026-11-29T01:02:03.456Z"
    digest = written(path, stats=stats, created=created, index=index)
    sign(path, digest, as_archiveweb_page(digest, created))
    found, last = verified(path, "--deep")
    assert (found, last["lines_read"], last["files"]) == ([], 1, 3)
    assert last["signature"]["software"] == "Webrecorder ArchiveWeb.page 0.12.0"


@pytest.mark.parametrize("with_certificates", [True, False])
def test_a_package_signed_as_browsertrix_and_scoop_do_by_authsign_and_wacz_signing(
    tmp_path: Path, with_certificates: bool
) -> None:
    """authsign: signature in DER, certificates in the stamp. wacz-signing: only beside it."""
    path, owner, authority = tmp_path / "x.wacz", domain(DOMAIN, days=7), Authority()
    created = rfc3339(authority.now(), "seconds")
    digest = written(path, created=created)
    signature = base64.b64encode(owner.owner.key.sign(digest.encode(), ec.ECDSA(hashes.SHA256()))).decode()
    query = TimestampRequestBuilder().data(signature.encode()).cert_request(cert_request=with_certificates).build()
    signed = {
        "hash": digest,
        "created": created,
        "version": "0.1.0",
        "software": "authsigner 0.6.1",
        "signature": signature,
        "domain": DOMAIN,
        "domainCert": (owner.owner.pem + owner.middle.pem + owner.root.pem).decode(),
        "timeSignature": base64.b64encode(authority.answer(query.as_bytes())).decode(),
        "timestampCert": chain_text([authority.signer.certificate, authority.root.certificate]),
    }
    sign(path, digest, signed)
    trust = owner.write(tmp_path / "keys")
    roots = authority.root.certificate.public_bytes(serialization.Encoding.PEM)
    (tmp_path / "stamp-roots.pem").write_bytes(roots)
    settings = {"FANGZHI_PACKAGE_ROOTS": trust["FANGZHI_PACKAGE_ROOTS"]}
    found, last = verified(path, **settings, FANGZHI_SEAL_ROOTS=str(tmp_path / "stamp-roots.pem"))
    assert (found, last["signature"]["root"]["owner"]) == ([], "Root of Domains")
    assert {kind for kind, _file, _what in verified(path)[0]} == {"wrong-certificate", "wrong-stamp"}


def test_packages_of_before_the_digest_file_and_other_zip_files(tmp_path: Path) -> None:
    path = tmp_path / "x.wacz"
    written(path, stats=True)
    done = fangzhi("verify", str(path))
    assert (done.returncode, "not signed" in done.stderr) == (0, True)
    with zipfile.ZipFile(tmp_path / "old.wacz", "w") as file:
        file.writestr("webarchive.yaml", "format: wacz")  # WACZ 0.1
    assert [kind for kind, _file, _what in verified(tmp_path / "old.wacz")[0]] == ["no-description"]


def test_a_digest_that_cannot_be_checked_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "x.wacz"
    written(path)

    def without(data: bytes) -> bytes:
        document = json.loads(data)
        document["resources"][0].pop("hash")
        document["resources"][1]["hash"] = "shake_128:00"
        document["resources"][2]["hash"] = "md5:" + hashlib.md5(b"?", usedforsecurity=False).hexdigest()
        return json.dumps(document).encode()

    kinds = [kind for kind, _file, _what in verified(changed(path, {DESCRIPTION: without}))[0]]
    assert kinds == ["no-digest", "no-digest", "wrong-digest"]


@pytest.mark.parametrize("hash_type", ["sha256", "md5"])
def test_a_package_of_py_wacz(tmp_path: Path, hash_type: str) -> None:
    program = Path(os.environ.get("FANGZHI_WACZ", ROOT / ".players/bin/wacz"))
    if not program.exists():
        pytest.skip("py-wacz is not installed: make players, or FANGZHI_WACZ")
    warc, path = tmp_path / "data.warc.gz", tmp_path / "x.wacz"
    warc.write_bytes(b"".join(gzip.compress(foreign.record("response", url=f"http://a.cn/{n}")) for n in range(9)))
    command = [program, "create", "-o", path, "--hash-type", hash_type, "--detect-pages", warc]
    subprocess.run(command, check=True, capture_output=True)
    found, last = verified(path, "--deep")
    assert (found, last["signature"], last["lines_read"]) == ([], None, 9)
    raw = path.read_bytes()
    at = raw.index(warc.read_bytes()) + 200
    path.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
    assert ("wrong-digest", "archive/data.warc.gz") in {(kind, file) for kind, file, _what in verified(path)[0]}
