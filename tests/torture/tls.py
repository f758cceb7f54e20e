"""TLS of every age and with every fault: the page is archived with what was wrong, or the failure is named."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import socket
import ssl
import struct
import warnings
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import trustme
from attrs import frozen
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from pipelines.archive import read_file
from tests.crawler.download.test_handler import PAGE
from tests.torture.checks import check_archive
from tests.torture.commands import run
from tests.torture.report import Case, Row, run_cases
from tests.torture.slow import AT_ONCE, HEAD, Serve, after_request, server

LIMIT_S = 120
"""A host that fails is asked four times, with pauses."""

DAY = dt.timedelta(days=1)
NOW = dt.datetime.now(dt.UTC)


ALERTS = (0, 40, 47, 70, 80, 86, 112, 120, 255)
"""Close notify, handshake failure, illegal parameter, protocol version, internal error, inappropriate fallback,
unrecognised name, no application protocol, and one that does not exist."""


@frozen(kw_only=True)
class Fault:
    """Servers, and what each must lead to: the note on its certificate, or None if no page can come from it."""

    name: str
    serves: tuple[Serve, ...]
    certificate: str | None = "trusted"


def secured(context: ssl.SSLContext, answer: bytes = HEAD + PAGE, *, truncated: bool = False) -> Serve:
    """Answer over TLS; `truncated` ends the connection without a close_notify in the middle of the body."""

    def serve(plain: socket.socket) -> None:
        with contextlib.suppress(ssl.SSLError), context.wrap_socket(plain, server_side=True) as connection:
            after_request(lambda it: it.sendall(answer[: len(answer) // 2] if truncated else answer))(connection)
            if truncated:
                os.close(connection.detach())

    return serve


def context(authority: trustme.CA, *names: str, **certificate: object) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*(names or ("127.0.0.1",)), **certificate).configure_cert(made)  # type: ignore[arg-type]
    return made


def aged(authority: trustme.CA, version: ssl.TLSVersion, ciphers: str = "") -> ssl.SSLContext:
    """Return a context of one version of TLS, with an RSA key, and for the old ones their weak suites."""
    made = context(authority, key_type=trustme.KeyType.RSA)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        made.minimum_version = made.maximum_version = version
    if ciphers:
        made.set_ciphers(ciphers)
    return made


def self_signed(folder: Path, bits: int, algorithm: hashes.HashAlgorithm) -> ssl.SSLContext:
    """Return a context with a self-signed certificate, whose key can be too short."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(NOW - DAY).not_valid_after(NOW + DAY)
    path = folder / f"{bits}.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + builder.sign(key, algorithm).public_bytes(serialization.Encoding.PEM)
    )
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.set_ciphers("DEFAULT@SECLEVEL=0")
    made.load_cert_chain(path)
    return made


def without_intermediate(authority: trustme.CA) -> ssl.SSLContext:
    """Return a context that sends the certificate of the server alone, without that of its issuer."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf = authority.create_child_ca().issue_cert("127.0.0.1")
    with leaf.private_key_pem.tempfile() as key, leaf.cert_chain_pems[0].tempfile() as chain:
        made.load_cert_chain(chain, key)
    return made


def long_chain(authority: trustme.CA) -> ssl.SSLContext:
    made = authority
    for _ in range(8):
        made = made.create_child_ca()
    return context(made)


def wants_client(authority: trustme.CA) -> ssl.SSLContext:
    """Return a context that demands a certificate of the client."""
    made = context(authority)
    made.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(made)
    return made


def sending(data: bytes) -> Serve:
    """Answer the first bytes of the client with these, then close."""

    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(data)

    return serve


def reset(connection: socket.socket) -> None:
    """Reset the connection in the handshake."""
    connection.recv(1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def alert(number: int) -> bytes:
    """Return a fatal alert of TLS 1.2."""
    return bytes([0x15, 0x03, 0x03, 0, 2, 2, number])


def fault(name: str, *serves: Serve, certificate: str | None = "trusted") -> Fault:
    return Fault(name=name, serves=serves, certificate=certificate)


def faults(authority: trustme.CA, folder: Path) -> list[Fault]:
    """Return all servers."""
    old = "AES128-SHA@SECLEVEL=0"
    versions = ssl.TLSVersion
    issue: Callable[..., ssl.SSLContext] = context
    return [
        *(
            fault(name, secured(aged(authority, version, ciphers)))
            for name, version, ciphers in (
                ("TLS 1.0", versions.TLSv1, old),
                ("TLS 1.1", versions.TLSv1_1, old),
                ("TLS 1.2", versions.TLSv1_2, ""),
                ("TLS 1.2, a suite of TLS 1.0", versions.TLSv1_2, old),
                ("TLS 1.3", versions.TLSv1_3, ""),
            )
        ),
        fault(
            "expired",
            secured(issue(authority, not_before=NOW - 400 * DAY, not_after=NOW - 9 * DAY)),
            certificate="certificate has expired",
        ),
        fault(
            "not yet valid",
            secured(issue(authority, not_before=NOW + 9 * DAY, not_after=NOW + 99 * DAY)),
            certificate="certificate is not yet valid",
        ),
        fault("of another name", secured(issue(authority, "news.example.cn")), certificate="mismatch"),
        fault("of an unknown authority", secured(issue(trustme.CA())), certificate="issuer certificate"),
        fault("self-signed", secured(self_signed(folder, 2048, hashes.SHA256())), certificate="self-signed"),
        fault("self-signed, 1024 bits", secured(self_signed(folder, 1024, hashes.SHA256())), certificate=""),
        fault("without intermediate", secured(without_intermediate(authority)), certificate="issuer"),
        fault("chain of ten", secured(long_chain(authority))),
        fault("body without close_notify", secured(issue(authority), truncated=True)),
        fault("wants a client certificate", secured(wants_client(authority)), certificate=None),
        fault("plain HTTP", sending(HEAD + PAGE), certificate=None),
        fault("closes", sending(b""), certificate=None),
        fault("resets", reset, certificate=None),
        fault("junk", sending(b"\x00\xff" * 500), certificate=None),
        fault("record of 64 KB", sending(b"\x16\x03\x03\xff\xff" + bytes(65535)), certificate=None),
        fault("fatal alerts", *(sending(alert(number)) for number in ALERTS), certificate=None),
    ]


def rows(folder: Path) -> list[Row]:
    """Fetch a page from each server."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "trusted.pem"))
    acts = {
        fault.name: partial(fetch, fault=fault, trusted=folder / "trusted.pem") for fault in faults(authority, folder)
    }
    return run_cases("tls", folder, acts, at_once=AT_ONCE)


def fetch(case: Case, fault: Fault, trusted: Path) -> None:
    """Fetch a page of each server; it is archived with the note, or its failure is named."""
    case.tries = len(fault.serves)
    options = ("--archive", str(case.folder / "archive"))
    with ExitStack() as stack:
        hosts = [stack.enter_context(server(serve)) for serve in fault.serves]
        urls = [f"https://{host}/a.html" for host in hosts]
        settings = {"SSL_CERT_FILE": str(trusted), "FANGZHI_TIMEOUT": "3"}
        done = run(case, "fetch", *urls, *options, codes=(0, 1, 3), limit_s=LIMIT_S, **settings)
    captures = [capture for path in case.folder.rglob("*.warc.gz") for _, capture in read_file(path)]
    found = [capture.tls.certificate for capture in captures if capture.tls]
    case.note = f"exit code {done.process.returncode}; {found or done.stderr.strip().splitlines()[-1:]}"
    if fault.certificate is None:
        unnamed = [host for host in hosts if host not in done.stderr]
        case.require(not unnamed, f"failures are not named: {done.stderr[-300:]}")
    else:
        case.lost += len(found) != len(hosts)
        case.require(all(fault.certificate in each for each in found), f"wrong note on the certificate: {found}")
    if captures:
        check_archive(case, options)
