"""Time stamps (RFC 3161) of any content: the request to an authority, and the check of its response."""

from __future__ import annotations

import datetime as dt
import functools
import re
import ssl
import warnings
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from attrs import frozen
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import NameOID
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from pipelines.errors import ConfigError
from pipelines.messages import Message
from pipelines.messages import gettext as _
from pipelines.storage.local import os_errors_as_unavailable
from pipelines.times import rfc3339

UNREADABLE = (
    ValueError,
    TypeError,
    KeyError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What cryptography raises for a certificate that breaks the rules, at the first access to the part that does."""

# Texts of rfc3161-client 1.0.
_UNTRUSTED = re.compile(r'data: "Verify error: ?([^"]+)"')
_OPENSSL = "ErrorStack"
_OTHER_CONTENT = "Mismatch between messages"


@frozen(kw_only=True)
class StampedTime:
    """What a valid stamp states: the name in the certificate of its authority, that certificate, and the time."""

    authority: str
    certificate_sha256: str
    at: str

    @property
    def time(self) -> dt.datetime:
        """The time of the stamp, in whole seconds."""
        return dt.datetime.fromisoformat(self.at)


def trusted_roots(path: Path | None) -> list[x509.Certificate]:
    """Return the root certificates in a PEM file, or those of the system; raises ConfigError if the file has none."""
    if path is None:
        return [*_system_roots()]
    with os_errors_as_unavailable("read", path):
        content = path.read_bytes()
    try:
        return x509.load_pem_x509_certificates(content)
    except ValueError:
        raise ConfigError(
            _("{path} holds no certificate in PEM", path=path),
            _("the settings `seal_roots` and `package_roots` name files with trusted root certificates"),
        ) from None


def stamp_request(content: bytes) -> TimeStampRequest:
    """Return the request to stamp some content: its SHA-256, with a random nonce."""
    return TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).build()


def check_response(
    response: bytes,
    content: bytes,
    roots: Sequence[x509.Certificate],
    nonce: int | None = None,
    chain: Sequence[x509.Certificate] = (),
) -> StampedTime | Message:
    """Return what the stamp in a response (RFC 3161 §2.4.2, DER) states about `content`, or what is wrong with it.

    Form, digest, signature, certificates and nonce are checked; the certificates must be valid at the time of the
    stamp. `chain` are certificates that came with the response but not in it, that of the authority first. They need
    not be trusted: roots among them are not used.
    """
    try:
        decoded = decode_timestamp_response(response)
        if decoded.status != 0:
            return _refused(decoded)
        above = [each for each in chain if each.issuer != each.subject]
        beside = _signers(decoded, above)
        signers = _signers(decoded, _inside(decoded)) or beside
        if len(signers) != 1:
            return _("{count} certificates say that they have made its time stamp", count=len(signers))
        (signer,) = signers
        verifier = VerifierBuilder(
            roots=list(roots),
            intermediates=[each for each in above if each not in beside],
            nonce=nonce,
            tsa_certificate=signer,
        ).build()
        verifier.verify_message(decoded, content)
    except VerificationError as error:
        return _problem(error)
    except UNREADABLE as error:
        return _("its time stamp cannot be read: {error}", error=error)
    return StampedTime(
        authority=common_name(signer),
        certificate_sha256=sha256_of(signer),
        at=rfc3339(decoded.tst_info.gen_time, "seconds"),
    )


def response_certificates(response: bytes) -> list[x509.Certificate]:
    """Return the certificates in a response that has been checked, that of the authority first."""
    decoded = decode_timestamp_response(response)
    found = _inside(decoded)
    signers = _signers(decoded, found)
    return [*signers, *(each for each in found if each not in signers)]


def common_name(certificate: x509.Certificate) -> str:
    """Return the name of the owner of a certificate."""
    return shown_name(certificate.subject)


def shown_name(name: x509.Name) -> str:
    """Return the name of an owner or an issuer for people: the common name, or else the whole one."""
    names = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else name.rfc4514_string()


def sha256_of(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate in DER."""
    return certificate.fingerprint(hashes.SHA256()).hex()


@functools.cache  # one command needs them for domains, for stamps and for its own stamp
def _system_roots() -> tuple[x509.Certificate, ...]:
    system = ssl.create_default_context().get_ca_certs(binary_form=True)
    return tuple(root for each in system if (root := _system_root(each)))


def _system_root(content: bytes) -> x509.Certificate | None:
    """Return a certificate of the system, without the warning that an old one breaks RFC 5280; None if unreadable.

    A root that is left out can only make a stamp untrusted.
    """
    with warnings.catch_warnings(), suppress(ValueError):
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        return x509.load_der_x509_certificate(content)
    return None


def _problem(error: VerificationError) -> Message:
    """Return what a verification found; errors of OpenSSL come as one text with places in its source code."""
    text = str(error)
    if untrusted := _UNTRUSTED.search(text):
        return _(
            "the certificate of its time stamp is not trusted: {reason}; the setting `seal_roots` names trusted roots",
            reason=untrusted[1],
        )
    if _OPENSSL in text:
        return _("the signature of its time stamp is not valid")
    if text == _OTHER_CONTENT:
        return _("its time stamp is of other content: what was stamped was changed, or the stamp belongs elsewhere")
    return _("its time stamp is not valid: {error}", error=text)


def _refused(response: TimeStampResponse) -> Message:
    return _(
        "the authority gave no time stamp: status {status} {texts}",
        status=response.status,
        texts="; ".join(response.status_string),
    )


def _inside(response: TimeStampResponse) -> list[x509.Certificate]:
    """Return the certificates in a response."""
    return [x509.load_der_x509_certificate(each) for each in response.signed_data.certificates]


def _signers(response: TimeStampResponse, certificates: Iterable[x509.Certificate]) -> list[x509.Certificate]:
    """Return the certificates with the issuer and the number that a response gives for its signer.

    Anybody can make a second one with the same issuer and number, but with another name.
    """
    (signer,) = response.signed_data.signer_infos
    own = (signer.issuer, signer.serial_number)
    return [each for each in certificates if (each.issuer, each.serial_number) == own]
