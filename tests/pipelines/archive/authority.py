"""A time stamp authority (RFC 3161) on loopback, with a root certificate of its own."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from attrs import field, frozen
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NAME = "Time Stamps of Yunzhou"
DAY = dt.timedelta(days=1)


@frozen(kw_only=True)
class Signer:
    """A key and the certificate of a name."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)


class Refusal(core.Sequence):  # type: ignore[misc]
    """A response without a token; asn1crypto's own class requires one, RFC 3161 §2.4.2 does not."""

    _fields: ClassVar = [("status", tsp.PKIStatusInfo)]


@frozen(kw_only=True, slots=False)
class Authority:
    """How an authority answers; each field but the clock's offset is a fault if it differs from its default."""

    offset: dt.timedelta = dt.timedelta()
    status: int = 200
    refuses: bool = False
    wrong_digest: bool = False
    wrong_nonce: bool = False
    for_stamps: bool = True
    valid: dt.timedelta = 3650 * DAY
    delay_s: float = 0
    extra: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    queries: list[bytes] = field(factory=list)

    @cached_property
    def root(self) -> Signer:
        return _signed("Root of Yunzhou", None, 3650 * DAY, x509.BasicConstraints(ca=True, path_length=0))

    @cached_property
    def signer(self) -> Signer:
        usage = ExtendedKeyUsageOID.TIME_STAMPING if self.for_stamps else ExtendedKeyUsageOID.SERVER_AUTH
        return _signed(NAME, self.root, self.valid, x509.ExtendedKeyUsage([usage]))

    def answer(self, query: bytes) -> bytes:
        """Return the response in DER to a request in DER."""
        if self.refuses:
            status = {"status": "rejection", "status_string": ["no stamps today"]}
            return bytes(Refusal({"status": status}).dump())
        request = tsp.TimeStampReq.load(query)
        signed = self._signed_data(self._info(request).dump(), with_certificate=request["cert_req"].native)
        token = cms.ContentInfo({"content_type": "signed_data", "content": signed})
        return bytes(tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump())

    def now(self) -> dt.datetime:
        """Return the time of its clock, in whole seconds."""
        return dt.datetime.now(dt.UTC).replace(microsecond=0) + self.offset

    def _info(self, request: tsp.TimeStampReq) -> tsp.TSTInfo:
        imprint = request["message_imprint"]
        if self.wrong_digest:
            digest = hashlib.sha256(b"something else").digest()
            imprint = tsp.MessageImprint({"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest})
        return tsp.TSTInfo(
            {
                "version": "v1",
                "policy": "1.2.3.4.1",
                "message_imprint": imprint,
                "serial_number": 7,
                "gen_time": self.now(),
                "nonce": request["nonce"].native + self.wrong_nonce,
            }
        )

    def _signed_data(self, content: bytes, *, with_certificate: bool) -> cms.SignedData:
        certificate = asn1_x509.Certificate.load(self.signer.der)
        sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
        certificate_id = tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(self.signer.der).digest()})
        attributes = cms.CMSAttributes(
            [
                cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
                cms.CMSAttribute({"type": "message_digest", "values": [hashlib.sha256(content).digest()]}),
                cms.CMSAttribute(
                    {
                        "type": "signing_certificate_v2",
                        "values": [tsp.SigningCertificateV2({"certs": [certificate_id]})],
                    }
                ),
            ]
        )
        signature = self.signer.key.sign(attributes.dump(), padding.PKCS1v15(), hashes.SHA256())
        sid = cms.IssuerAndSerialNumber({"issuer": certificate.issuer, "serial_number": certificate.serial_number})
        info = {
            "version": "v1",
            "sid": cms.SignerIdentifier("issuer_and_serial_number", sid),
            "digest_algorithm": sha256,
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": "rsassa_pkcs1v15"},
            "signature": signature,
        }
        return cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [sha256],
                "encap_content_info": {
                    "content_type": "tst_info",
                    "content": core.ParsableOctetString(content),
                },
                "certificates": [certificate] if with_certificate else [],
                "signer_infos": [info],
            }
        )


@contextmanager
def serving(authority: Authority, roots: Path) -> Iterator[str]:
    """Serve an authority, write its root certificate into a file, and yield its URL."""
    roots.write_bytes(authority.root.certificate.public_bytes(serialization.Encoding.PEM))
    assert authority.signer.key  # made before the first request, whose time is limited
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(authority))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tsa"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(authority: Authority) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            authority.queries.append(query)
            time.sleep(authority.delay_s)
            body = authority.answer(query) + authority.extra
            self.send_response(authority.status)
            for name, value in (("Content-Type", "application/timestamp-reply"), *authority.headers):
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    return Handler


def _signed(name: str, by: Signer | None, valid: dt.timedelta, extension: x509.ExtensionType) -> Signer:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 365 * DAY)
        .not_valid_after(now - 365 * DAY + valid)
        .add_extension(extension, critical=True)
        .sign(by.key if by else key, hashes.SHA256())
    )
    return Signer(certificate=certificate, key=key)
