"""HTTPS: the archive notes protocol, cipher and the validity of the certificate with each exchange."""

from __future__ import annotations

import datetime as dt
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest
import trustme

from crawler.download.capture import iana_name
from pipelines.archive import read_file
from pipelines.model import Tls
from tests.crawler.download.test_handler import PAGE, records
from tests.crawler.wire import wired
from tests.fangzhi import fangzhi, one_line

AES128_SHA = "TLS_RSA_WITH_AES_128_CBC_SHA"
LONG_AGO = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)
WITHOUT_CERTIFICATES = ("PSK", "SRP", "ADH", "AECDH", "NULL")
"""Suites for servers with another kind of authentication, or none; no web client offers them."""


def serving(authority: trustme.CA, **certificate: object) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*certificate.pop("names", ("127.0.0.1",)), **certificate).configure_cert(context)
    return context


def fetched(tls: ssl.SSLContext, folder: Path, authority: trustme.CA) -> tuple[Tls | None, list[bytes]]:
    """Fetch a page over HTTPS with a trusted authority; return the TLS data of its capture, and the requests."""
    authority.cert_pem.write_to_path(str(folder / "trusted.pem"))
    with wired(tls) as wire:
        wire.answers["/a.html"] = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + PAGE
        trust = {"SSL_CERT_FILE": str(folder / "trusted.pem")}
        done = fangzhi("fetch", f"{wire.base}/a.html", "--archive", str(folder), **trust)
        assert done.returncode == 0, done.stderr
        warned = done.stderr.count("untrusted certificate of 127.0.0.1:")
    (capture,) = [capture for path in folder.rglob("*.warc.gz") for _, capture in read_file(path)]
    assert capture.body == PAGE
    assert warned == (capture.tls is not None and capture.tls.certificate != "trusted"), done.stderr
    return capture.tls, wire.requests


def test_both_records_have_protocol_cipher_and_a_valid_certificate(tmp_path: Path) -> None:
    authority = trustme.CA()
    tls, _ = fetched(serving(authority), tmp_path, authority)
    assert tls is not None
    assert (tls.protocol, tls.certificate) == ("tls/1.3", "trusted")
    assert tls.cipher
    for kind in ("response", "request"):
        ((record, _, _),) = records(tmp_path)[kind]
        fields = record.rec_headers.headers
        assert [value for name, value in fields if name == "WARC-Protocol"] == ["http/1.1", "tls/1.3"]
        assert ("WARC-Cipher-Suite", tls.cipher) in fields
        assert ("Fangzhi-Certificate", "trusted") in fields
        assert ("WARC-IP-Address", "127.0.0.1") in fields


@pytest.mark.parametrize(
    ("certificate", "known", "said"),
    [
        ({}, False, "unable to get local issuer certificate"),
        ({"not_before": LONG_AGO, "not_after": LONG_AGO + dt.timedelta(days=90)}, True, "certificate has expired"),
        ({"names": ("news.example.cn",)}, True, "IP address mismatch, certificate is not valid for '127.0.0.1'."),
    ],
    ids=["unknown", "expired", "of another"],
)
def test_a_bad_certificate_is_noted_and_the_page_is_requested_once(
    tmp_path: Path, certificate: dict[str, object], known: bool, said: str
) -> None:
    authority = trustme.CA()
    trusted = authority if known else trustme.CA()
    tls, requests = fetched(serving(authority, **certificate), tmp_path, trusted)
    assert tls is not None
    assert tls.certificate == said
    assert [request.split(b" ")[1] for request in requests] == [b"/robots.txt", b"/a.html"]


def test_an_older_protocol_is_noted_with_the_iana_name_of_its_cipher(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = serving(authority)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256")
    tls, _ = fetched(context, tmp_path, authority)
    expected = Tls(protocol="tls/1.2", cipher="TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", certificate="trusted")
    assert tls == expected


def old(authority: trustme.CA, version: ssl.TLSVersion) -> ssl.SSLContext:
    context = serving(authority, key_type=trustme.KeyType.RSA)
    context.minimum_version = context.maximum_version = version
    context.set_ciphers("AES128-SHA@SECLEVEL=0")
    return context


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize(
    ("version", "protocol"), [(ssl.TLSVersion.TLSv1, "tls/1.0"), (ssl.TLSVersion.TLSv1_1, "tls/1.1")]
)
def test_legacy_tls_is_used_after_a_refusal_and_stored_for_the_host(
    tmp_path: Path, version: ssl.TLSVersion, protocol: str
) -> None:
    authority = trustme.CA()
    context = old(authority, version)
    authority.cert_pem.write_to_path(str(tmp_path / "trusted.pem"))
    trust = {"SSL_CERT_FILE": str(tmp_path / "trusted.pem")}
    with wired(context) as wire:
        wire.answers["/a.html"] = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + PAGE
        made = []
        for _ in range(2):
            before = wire.connections
            done = fangzhi("fetch", f"{wire.base}/a.html", "--archive", str(tmp_path / "archive"), **trust)
            assert done.returncode == 0, done.stderr
            made.append(wire.connections - before)
    assert made == [3, 2], "first robots.txt with both versions of TLS and the page, later one connection for each"
    captures = [capture for path in tmp_path.rglob("*.warc.gz") for _, capture in read_file(path)]
    assert [each.tls for each in captures] == [Tls(protocol=protocol, cipher=AES128_SHA, certificate="trusted")] * 2


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_legacy_tls_with_a_bad_certificate_is_noted(tmp_path: Path) -> None:
    tls, _ = fetched(old(trustme.CA(), ssl.TLSVersion.TLSv1), tmp_path, trustme.CA())
    assert tls == Tls(protocol="tls/1.0", cipher=AES128_SHA, certificate="unable to get local issuer certificate")


def test_a_protocol_newer_than_its_suite_is_noted(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = old(authority, ssl.TLSVersion.TLSv1_2)
    tls, _ = fetched(context, tmp_path, authority)
    assert tls == Tls(protocol="tls/1.2", cipher=AES128_SHA, certificate="trusted")


def test_a_server_that_wants_a_certificate_of_the_client_is_reported(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = serving(authority)
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    with wired(context) as wire:
        done = fangzhi("fetch", f"{wire.base}/a.html", "--archive", str(tmp_path))
    assert done.returncode == 1
    assert one_line(done.stderr).startswith(f"{wire.base}/a.html: its response is incomplete or not HTTP")


def test_every_suite_of_servers_with_certificates_gets_its_iana_name() -> None:
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is not installed")
    listed = subprocess.run(
        [program, "ciphers", "-V", "-stdname", "DEFAULT"], capture_output=True, text=True, timeout=30, check=True
    )
    named = {line.split()[4]: line.split()[2] for line in listed.stdout.splitlines()}
    suites = {name: iana for name, iana in named.items() if not any(word in name for word in WITHOUT_CERTIFICATES)}
    assert len(suites) > 20
    assert {name: iana_name(name) for name in suites} == suites
