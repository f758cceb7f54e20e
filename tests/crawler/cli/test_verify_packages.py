"""`verify x.wacz`: each kind of change is found by name; packages without defects have no findings."""

from __future__ import annotations

import functools
import gzip
import hashlib
import io
import json
import shutil
import threading
import zipfile
from collections.abc import Callable
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipelines.archive import Archive
from pipelines.archive.signatures.check import TrustedRoots
from pipelines.archive.sources import Source
from pipelines.storage import open_storage
from pipelines.verify.packages import PackageCheck
from tests.crawler.cli.signed import (
    DESCRIPTION,
    DIGEST,
    DOMAIN,
    changed,
    exported,
    json_change,
    signed_data,
    stamp_roots,
    verified,
)
from tests.fangzhi import documents, fangzhi
from tests.pipelines.archive.authority import NAME, Authority
from tests.pipelines.archive.domains import DAY, Domain, domain, issued
from tests.pipelines.archive.made import digests, made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with packages: `anonymous.wacz`, `domain.wacz` and a later one for the same domain, `other.wacz`."""
    folder = tmp_path_factory.mktemp("packages")
    data = {"XDG_DATA_HOME": str(folder / "data")}
    authority, settings = Authority(), domain(DOMAIN).write(folder / "keys")
    for name, signer in (("anonymous", {}), ("domain", settings), ("other", settings)):
        if name == "other":
            archive = Archive(open_storage(str(folder / "archive")))
            archive.put(made(50), digests(made(50)), "three")
            archive.close()
        done = exported(folder, authority=authority, **data, **signer)
        assert done.returncode == 0, done.stderr
        shutil.move(folder / "x.wacz", folder / f"{name}.wacz")
    assert signed_data(folder / "other.wacz")["hash"] != signed_data(folder / "domain.wacz")["hash"]
    return folder


@pytest.fixture
def package(folder: Path, tmp_path: Path) -> Path:
    """A package that is signed for a domain, with a time stamp."""
    return Path(shutil.copy(folder / "domain.wacz", tmp_path / "x.wacz"))


@pytest.fixture
def trusted(folder: Path) -> dict[str, str]:
    """The settings that trust its certificates."""
    return {"FANGZHI_PACKAGE_ROOTS": str(folder / "keys" / "root.pem"), **stamp_roots(folder)}


def kinds(package: Path, *options: str, **settings: str) -> list[tuple[str, str]]:
    return [(kind, file) for kind, file, _what in verified(package, *options, **settings)[0]]


def warc_name(package: Path) -> str:
    with zipfile.ZipFile(package) as file:
        return next(name for name in file.namelist() if name.startswith("archive/"))


def flipped(data: bytes) -> bytes:
    return data[:-20] + bytes([data[-20] ^ 1]) + data[-19:]


def signature_change(**values: str | None) -> Callable[[bytes], bytes]:
    def change(document: dict[str, Any]) -> None:
        for name, value in values.items():
            document["signedData"].pop(name, None) if value is None else document["signedData"].update({name: value})

    return json_change(change)


@pytest.mark.parametrize("deep", [(), ("--deep",)])
def test_unchanged_packages_have_no_findings(folder: Path, trusted: dict[str, str], deep: tuple[str, ...]) -> None:
    for name, owner in (("domain", DOMAIN), ("anonymous", None)):
        found, last = verified(folder / f"{name}.wacz", *deep, **trusted)
        assert (found, last["signature"]["domain"], last["signature"]["valid"]) == ([], owner, True)
        assert last["signature"]["stamp"]["authority"] == NAME
        assert (last["files"], last["lines"], last["lines_read"]) == (5, 5, 5)


def test_people_read_who_signed_when_and_who_confirms_it(folder: Path, trusted: dict[str, str]) -> None:
    done = fangzhi("verify", str(folder / "domain.wacz"), **trusted)
    assert (done.returncode, done.stdout) == (0, "")
    for text in (
        f"signed for the domain {DOMAIN} at ",
        "certificate by Issuer of Domains, valid from ",
        "root certificate Root of Domains, SHA-256 ",
        f"time stamp of {NAME} at ",
        "no errors found in what was read",
    ):
        assert text in done.stderr
    chinese = fangzhi("verify", str(folder / "domain.wacz"), **trusted, FANGZHI_LANG="zh")
    assert f"以域名 {DOMAIN} 的名义签名" in chinese.stderr


def test_a_forged_signature_is_not_presented_as_right(package: Path, trusted: dict[str, str]) -> None:
    path = changed(package, {DIGEST: signature_change(signature="AAAA")})
    done = fangzhi("verify", str(path), **trusted)
    lines = done.stderr.splitlines()
    at = lines.index("the signature did not pass the check; what it states is not confirmed:")
    assert lines[at + 1].startswith(f"signed for the domain {DOMAIN} at ")
    assert "wrong-signature: the package is not what its signer signed" in done.stderr
    assert verified(path, **trusted)[1]["signature"]["valid"] is False


def test_a_package_without_a_signature_is_no_error(package: Path) -> None:
    for change in ({DIGEST: json_change(lambda document: document.pop("signedData"))}, {DIGEST: None}):
        done = fangzhi("verify", str(changed(package, change)))
        assert (done.returncode, "not signed" in done.stderr) == (0, True), done.stderr


def test_a_changed_byte_of_a_warc_is_found(package: Path, trusted: dict[str, str]) -> None:
    name = warc_name(package)
    assert ("wrong-digest", name) in kinds(changed(package, {name: flipped}), **trusted)
    assert ("wrong-size", name) in kinds(changed(package, {name: lambda data: data + b"?"}), **trusted)
    raw = package.read_bytes()
    with zipfile.ZipFile(package) as file:
        data = file.read(name)
    package.write_bytes(raw.replace(data, flipped(data)))  # without a new CRC-32
    assert ("wrong-digest", name) in kinds(package, **trusted)


def test_a_changed_description_is_found(package: Path, trusted: dict[str, str]) -> None:
    """A forger who changes a file with all digests fails at the signature."""
    name = "pages/pages.jsonl"
    with zipfile.ZipFile(package) as file:
        pages = file.read(name) + b"{}\n"

    def describe(document: dict[str, Any]) -> None:
        entry = next(each for each in document["resources"] if each["path"] == name)
        entry |= {"hash": f"sha256:{hashlib.sha256(pages).hexdigest()}", "bytes": len(pages)}

    forged = {name: lambda _data: pages, DESCRIPTION: json_change(describe)}
    assert kinds(changed(package, forged), **trusted) == [("wrong-digest", DESCRIPTION), ("wrong-signature", DIGEST)]
    with zipfile.ZipFile(package) as file:
        digest = f"sha256:{hashlib.sha256(json_change(describe)(file.read(DESCRIPTION))).hexdigest()}"
    forged[DIGEST] = json_change(lambda document: document.update(hash=digest))
    assert kinds(changed(package, forged), **trusted) == [("wrong-signature", DIGEST)]
    forged[DIGEST] = json_change(
        lambda document: (document.update(hash=digest), document["signedData"].update(hash=digest))
    )
    assert kinds(changed(package, forged), **trusted) == [("wrong-signature", DIGEST)]


def test_parts_of_other_packages_are_found(folder: Path, package: Path, trusted: dict[str, str]) -> None:
    """A whole signature, a signature, or a stamp of another package by the same signer and authority."""
    other = signed_data(folder / "other.wacz")
    whole = json_change(lambda document: document.update(signedData=other))
    assert ("wrong-signature", DIGEST) in kinds(changed(package, {DIGEST: whole}), **trusted)
    value = signature_change(signature=other["signature"])
    assert kinds(changed(package, {DIGEST: value}), **trusted) == [("wrong-signature", DIGEST), ("wrong-stamp", DIGEST)]
    stamp = signature_change(timeSignature=other["timeSignature"])
    found, _last = verified(changed(package, {DIGEST: stamp}), **trusted)
    assert [(kind, what.partition(":")[0]) for kind, _file, what in found] == [
        ("wrong-stamp", "its time stamp is of other content")
    ]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"signature": "AAAA"}, "wrong-signature"),
        ({"signature": "no base64"}, "wrong-signature"),
        ({"created": "2020-01-01T00:00:00Z"}, "wrong-signature"),
        ({"created": "yesterday"}, "wrong-signature"),
        ({"created": "2020-01-01T00:00:00"}, "wrong-signature"),
        ({"hash": None}, "wrong-signature"),
        ({"domain": "news.other.example"}, "wrong-certificate"),
        ({"domain": "x"}, "wrong-certificate"),
        ({"domain": "坏 name"}, "wrong-certificate"),
        ({"domainCert": "no certificate"}, "wrong-certificate"),
        ({"domainCert": None}, "wrong-certificate"),
        ({"timeSignature": None, "timestampCert": None}, "no-stamp"),
        ({"timeSignature": "AAAA"}, "wrong-stamp"),
        ({"timeSignature": "no base64"}, "wrong-stamp"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_changed_value_of_a_signature_is_found(
    package: Path, trusted: dict[str, str], values: dict[str, str | None], kind: str
) -> None:
    found = kinds(changed(package, {DIGEST: signature_change(**values)}), **trusted)
    assert (kind, DIGEST) in found
    assert {file for _kind, file in found} == {DIGEST}


def test_no_json_of_any_form_ends_the_program(package: Path) -> None:
    for text in (b"", b"[]", b"null", b"\xff", b'{"resources": 1}', b'{"resources": [1]}', b"[" * 100_000):
        for name in (DESCRIPTION, DIGEST):
            found = kinds(changed(package, {name: lambda _data, text=text: text}))
            assert found[0] in {("wrong-description", DESCRIPTION), ("wrong-digest", DESCRIPTION)}, (name, text[:20])
    for value in (1, [], {"hash": 1}, {"hash": "", "created": "", "signature": "", "publicKey": "AAAA"}):
        change = json_change(lambda document, value=value: document.update(signedData=value))
        assert ("wrong-signature", DIGEST) in kinds(changed(package, {DIGEST: change})), value


def test_files_that_were_added_removed_or_doubled_are_found(package: Path, trusted: dict[str, str]) -> None:
    name = warc_name(package)
    assert kinds(changed(package, {}, {"archive/extra.warc.gz": b"?"}), **trusted) == [
        ("unlisted", "archive/extra.warc.gz")
    ]
    assert ("missing", "pages/pages.jsonl") in kinds(changed(package, {"pages/pages.jsonl": None}), **trusted)
    removed = kinds(changed(package, {name: None}), **trusted)
    assert {("missing", name), ("wrong-index", "indexes/index.cdx.gz")} == set(removed)
    with pytest.warns(UserWarning, match="Duplicate name"):
        doubled = changed(package, {}, {"pages/pages.jsonl": b"{}"})
    assert ("repeated-name", "pages/pages.jsonl") in kinds(doubled, **trusted)
    assert kinds(changed(package, {DESCRIPTION: None}), **trusted) == [("no-description", DESCRIPTION)]


def test_names_of_files_and_signers_cannot_control_the_terminal(package: Path) -> None:
    added = {"archive/\x1b[2J\u202e\n.warc.gz": b"?"}
    path = changed(package, {DIGEST: signature_change(software="\x1b[31mfangzhi\n0.1.0")}, added)
    for language in ("en", "zh"):
        done = fangzhi("verify", str(path), FANGZHI_LANG=language)
        assert not set("\x1b\u202e") & set(done.stdout + done.stderr)
        assert len(done.stdout.splitlines()) == len(documents(fangzhi("verify", "--json", str(path)))) - 1


def test_no_byte_of_a_package_ends_the_program(folder: Path) -> None:
    """Each 97th byte of 12 kB, and the package cut off there: 250 packages in 5 s."""
    content = (folder / "anonymous.wacz").read_bytes()
    nobody = TrustedRoots(domains=[], stamps=[])
    for at in range(0, len(content), 97):
        for broken in (content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :], content[:at]):
            source = Source(
                name="x",
                open=lambda data=broken: io.BytesIO(data),
                read=lambda offset, length, data=broken: data[offset : offset + length],
                size=lambda data=broken: len(data),
            )
            assert list(PackageCheck("x.wacz", sample=None, trusted=nobody).findings(source))


def test_index_lines_that_lead_to_no_record_are_found(package: Path) -> None:
    def shifted(data: bytes) -> bytes:
        lines = gzip.decompress(data).decode().splitlines(keepends=True)
        key, second, values = lines[0].split(" ", 2)
        place = json.loads(values)
        lines[0] = f"{key} {second} {json.dumps(place | {'offset': str(int(place['offset']) + 1)})}\n"
        key, second, values = lines[1].split(" ", 2)
        lines[1] = f"{key} {second} {json.dumps(json.loads(values) | {'url': 'http://other.example/'})}\n"
        return gzip.compress("".join([*lines, "no line\n"]).encode())

    path = changed(package, {"indexes/index.cdx.gz": shifted})
    found = verified(path, "--deep")[0]
    problems = " ".join(what for kind, file, what in found if (kind, file) == ("wrong-index", "indexes/index.cdx.gz"))
    for text in ("line 6 is no CDXJ", "no record lies at byte", "not of http://other.example/"):
        assert text in problems
    broken = changed(package, {"indexes/index.cdx.gz": lambda data: data[:30]})
    assert ("wrong-index", "indexes/index.cdx.gz") in kinds(broken)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"digest": "sha256:00"}, "the block at byte 0 is another one"),
        ({"length": 1 << 40}, "the block at byte 0 is another one"),
        ({"offset": 9}, "the block at byte 9 is another one"),
        ({"filename": "other.cdx.gz"}, "which is not in the package"),
        ({"offset": None}, "it cannot be read"),
        ({"offset": -1}, "the block at byte -1 is another one"),
    ],
    ids=str,
)
def test_a_list_of_blocks_that_does_not_fit_the_index_is_found(
    package: Path, change: dict[str, Any], problem: str
) -> None:
    def changed_line(data: bytes) -> bytes:
        meta, line = data.decode().splitlines()
        key, values = line[: line.index(" {")], json.loads(line[line.index(" {") :])
        return f"{meta}\n{key} {json.dumps(values | change)}\n".encode()

    found = verified(changed(package, {"indexes/index.idx": changed_line}))[0]
    (what,) = [what for kind, file, what in found if (kind, file) == ("wrong-index", "indexes/index.idx")]
    assert problem in what


def resigned(
    folder: Path, tmp_path: Path, signer: Domain, roots: Path | None, **settings: str
) -> list[tuple[str, str, str]]:
    """Sign with the certificates of a domain, and verify with the roots in a file."""
    done = exported(tmp_path, authority=Authority(), **signer.write(tmp_path / "keys"), **settings)
    assert done.returncode == 0, done.stderr
    trust = {"FANGZHI_PACKAGE_ROOTS": str(roots)} if roots else {}
    return verified(tmp_path / "x.wacz", **trust, **stamp_roots(tmp_path))[0]


def test_a_domain_that_no_trusted_root_confirms_is_found(folder: Path, tmp_path: Path) -> None:
    """Anybody can make certificates for any domain: of one's own root, or without one."""
    other = folder / "keys" / "root.pem"
    for roots in (other, None):
        ((kind, _file, what),) = resigned(folder, tmp_path, domain(DOMAIN), roots)
        assert (kind, "its chain ends at Root of Domains" in what) == ("wrong-certificate", True)
    alone = issued(DOMAIN, None, domains=(DOMAIN,))
    ((kind, _file, what),) = resigned(folder, tmp_path, Domain(root=alone, middle=alone, owner=alone), other)
    assert (kind, "the certificate is self-made" in what) == ("wrong-certificate", True)


def test_a_certificate_that_had_expired_is_found(folder: Path, package: Path, trusted: dict[str, str]) -> None:
    """What counts is the time of the stamp."""
    expired = domain(DOMAIN, -3 * DAY, 2)
    root = expired.write(package.parent / "expired")["FANGZHI_PACKAGE_ROOTS"]
    chain = expired.owner.pem + expired.middle.pem + expired.root.pem
    path = changed(package, {DIGEST: signature_change(domainCert=chain.decode())})
    found = verified(path, **trusted | {"FANGZHI_PACKAGE_ROOTS": root})[0]
    assert "not at the time of the signature" in {kind: what for kind, _file, what in found}["wrong-certificate"]


def test_a_stamp_of_an_authority_that_is_not_trusted_is_found(
    folder: Path, package: Path, trusted: dict[str, str]
) -> None:
    """Also where a forger puts the root of the authority beside the stamp."""
    roots = {"FANGZHI_PACKAGE_ROOTS": trusted["FANGZHI_PACKAGE_ROOTS"]}
    ((kind, _file, what),) = verified(package, **roots)[0]
    assert (kind, "the certificate of its time stamp is not trusted" in what) == ("wrong-stamp", True)


def test_several_packages_are_checked_and_one_that_cannot_be_read_does_not_end_it(
    folder: Path, trusted: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "text.wacz").write_text("no package")
    paths = [str(tmp_path / "none.wacz"), str(tmp_path / "text.wacz"), str(folder / "domain.wacz")]
    done = fangzhi("verify", "--json", *paths, **trusted)
    assert (done.returncode, "none.wacz" in done.stderr.splitlines()[0]) == (1, True)
    found = documents(done)
    assert [each.get("kind") or each["package"] for each in found] == ["no-package", paths[1], paths[2]]
    assert not list(tmp_path.glob("archive*"))


def test_a_seal_and_packages_are_not_checked_together(folder: Path) -> None:
    done = fangzhi("verify", "--seal", str(folder / "domain.wacz"), str(folder / "domain.wacz"))
    assert (done.returncode, "--seal checks an archive" in done.stderr) == (2, True)


def test_a_package_in_a_package_is_checked(package: Path, tmp_path: Path) -> None:
    inner = changed(package, {warc_name(package): flipped}).read_bytes()
    resources = [{"path": "inner.wacz", "hash": f"sha256:{hashlib.sha256(inner).hexdigest()}", "bytes": len(inner)}]
    outer = tmp_path / "outer.wacz"
    with zipfile.ZipFile(outer, "w") as file:
        file.writestr("inner.wacz", inner)
        file.writestr(DESCRIPTION, json.dumps({"profile": "multi-wacz-package", "resources": resources}))
    assert ("wrong-digest", f"inner.wacz/{warc_name(package)}") in kinds(outer)


def test_a_package_is_read_over_http(folder: Path, trusted: dict[str, str]) -> None:
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        done = fangzhi("verify", "--json", f"http://127.0.0.1:{server.server_port}/domain.wacz", **trusted)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    (document,) = documents(done)
    assert (done.returncode, document["signature"]["domain"], document["files"]) == (0, DOMAIN, 5)
