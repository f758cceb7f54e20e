"""Signing the digest of `datapackage.json`, anonymously or for a domain."""

from __future__ import annotations

import base64
import datetime as dt
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from attrs import evolve, field, frozen
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from pipelines import __version__
from pipelines.archive.signatures.certificates import certificate_domains, chain_text, linked, parse_chain
from pipelines.archive.signatures.keys import PrivateKey, public_bytes, side_by_side
from pipelines.archive.signatures.signed_data import SPEC_VERSION, SignedData
from pipelines.archive.stamps import StampedTime, response_certificates
from pipelines.errors import ConfigError
from pipelines.messages import gettext as _
from pipelines.storage.local import os_errors_as_unavailable

MAX_WAIT = dt.timedelta(seconds=5)
"""Longest wait for the clock of an authority that is behind ours: authsign rejects a stamp from before the signature.
Clocks that are synchronised differ by less than a second."""

GetStamp = Callable[[bytes], tuple[bytes, StampedTime]]
"""Returns the response of an authority for some content, and what its stamp states."""


@frozen(kw_only=True)
class Identity:
    """Who signs: a private key, and the certificates of a domain with this key; without them, anonymously."""

    key: PrivateKey = field(repr=False)
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def domain(self) -> str | None:
        """The first domain of the certificate; None for an anonymous identity."""
        return certificate_domains(self.chain[0])[0] if self.chain else None


@frozen(kw_only=True)
class Stamper:
    """An authority that stamps signatures, and the root certificates to which its certificate leads."""

    get: GetStamp
    roots: Sequence[x509.Certificate]


def anonymous_identity(key: PrivateKey, path: Path) -> Identity:
    """Return the identity of a key; raises ConfigError if ReplayWeb.page cannot read its signatures."""
    if not isinstance(key.curve, ec.SECP384R1):
        raise ConfigError(
            _("the key in {path} is of the curve {curve}", path=path, curve=key.curve.name),
            _("anonymous signatures need P-384 (secp384r1); for a domain, set `package_certificate` as well"),
        )
    return Identity(key=key)


def domain_identity(key: PrivateKey, path: Path, roots: Sequence[x509.Certificate]) -> Identity:
    """Return the identity of a key and its certificates in a file, completed with the root among `roots`.

    Raises ConfigError if the certificate is of another key, or names no domain.
    """
    with os_errors_as_unavailable("read", path):
        chain = parse_chain(path.read_text("utf-8", "replace"))
    if not chain or not certificate_domains(chain[0]):
        raise ConfigError(
            _("{path} holds no certificate of a domain in PEM", path=path),
            _("the setting `package_certificate` names a file such as Certbot's fullchain.pem"),
        )
    if public_bytes(chain[0].public_key()) != public_bytes(key.public_key()):
        raise ConfigError(
            _("the first certificate in {path} is of another key", path=path),
            _("the setting `package_key` names its private key, such as Certbot's privkey.pem"),
        )
    return Identity(key=key, chain=tuple(linked(chain, roots)))


def sign(identity: Identity, digest: str, created: str, stamper: Stamper | None) -> SignedData:
    """Return the signature of a digest (`sha256:…`), with a time stamp of the signature if there is an authority.

    `created` is that of `datapackage.json`. Nothing is checked.
    """
    signature = identity.key.sign(digest.encode(), ec.ECDSA(hashes.SHA256()))
    data = SignedData(
        hash=digest, created=created, software=f"fangzhi {__version__}", version=SPEC_VERSION, signature=""
    )
    if identity.chain:
        certificates = chain_text(identity.chain)
        data = evolve(data, signature=_text(signature), domain=identity.domain, domain_cert=certificates)
    else:
        value = side_by_side(signature, identity.key.curve)
        data = evolve(data, signature=_text(value), public_key=_text(public_bytes(identity.key.public_key())))
    return _stamped(data, stamper) if stamper else data


def _stamped(data: SignedData, stamper: Stamper) -> SignedData:
    """Return a signature with a stamp; one that is seconds too early is requested again when it is time."""
    response, stamped = stamper.get(data.signature.encode())
    early = data.time - stamped.time
    if dt.timedelta() < early <= MAX_WAIT:
        time.sleep(early.total_seconds())
        response, _stamp = stamper.get(data.signature.encode())
    chain = linked(response_certificates(response), stamper.roots)
    return evolve(data, time_signature=_text(response), timestamp_cert=chain_text(chain))


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
