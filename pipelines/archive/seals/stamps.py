"""Time stamps of seals (RFC 3161): what an authority stamps, and whether its answer fits a seal."""

from __future__ import annotations

import base64
import datetime as dt
import re
import ssl
import warnings
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from attrs import frozen
from cryptography import x509
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

from pipelines.archive.seals.statement import Seal, Stamp, stamped_content
from pipelines.errors import ConfigError
from pipelines.messages import Message
from pipelines.messages import gettext as _
from pipelines.storage.local import os_errors_as_unavailable
from pipelines.times import rfc3339

MAX_CLOCK_DIFFERENCE = dt.timedelta(minutes=5)
"""Largest difference between the time of a seal and of its stamp, which is requested in the same second: the clocks of
two machines without NTP differ by minutes at most. A larger one means a wrong clock or a false date."""

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


def trusted_roots(path: Path | None) -> list[x509.Certificate]:
    """Return the root certificates in a PEM file, or those of the system; raises ConfigError if the file has none."""
    if path is None:
        system = ssl.create_default_context().get_ca_certs(binary_form=True)
        return [root for each in system if (root := _system_root(each))]
    with os_errors_as_unavailable("read", path):
        content = path.read_bytes()
    try:
        return x509.load_pem_x509_certificates(content)
    except ValueError:
        raise ConfigError(
            _("{path} holds no certificate in PEM", path=path),
            _("the setting `seal_roots` names a file with the root certificate of the time stamp authority"),
        ) from None


def stamp_request(seal: Seal) -> TimeStampRequest:
    """Return the request to stamp a seal: the SHA-256 of its content, with a random nonce."""
    return TimestampRequestBuilder().data(stamped_content(seal)).hash_algorithm(HashAlgorithm.SHA256).build()


def stamp_of(authority: str, response: bytes) -> Stamp:
    """Return the answer of an authority as a time stamp, which has not been checked."""
    return Stamp(authority=authority, response=base64.b64encode(response).decode())


def check_stamp(
    seal: Seal, stamp: Stamp, roots: Sequence[x509.Certificate], nonce: int | None = None
) -> StampedTime | Message:
    """Return what a stamp states, or what is wrong with it: form, digest, signature, certificates, nonce or time."""
    try:
        response = decode_timestamp_response(base64.b64decode(stamp.response, validate=True))
        if response.status != 0:
            return _refused(response)
        verifier = VerifierBuilder(roots=list(roots), nonce=nonce).build()
        verifier.verify_message(response, stamped_content(seal))
        at, signer = response.tst_info.gen_time, _signer(response)
        difference = abs(at - dt.datetime.fromisoformat(seal.at))
    except VerificationError as error:
        return _problem(error)
    except (ValueError, TypeError) as error:
        return _("its time stamp cannot be read: {error}", error=error)
    if difference > MAX_CLOCK_DIFFERENCE:
        return _(
            "its time stamp is of {stamped}, the seal says {stated}: wrong clock or false date",
            stamped=rfc3339(at, "seconds"),
            stated=seal.at,
        )
    return StampedTime(
        authority=_name(signer),
        certificate_sha256=signer.fingerprint(hashes.SHA256()).hex(),
        at=rfc3339(at, "seconds"),
    )


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
        return _("its time stamp is of other content: the statement or its signature was changed")
    return _("its time stamp is not valid: {error}", error=text)


def _refused(response: TimeStampResponse) -> Message:
    return _(
        "the authority gave no time stamp: status {status} {texts}",
        status=response.status,
        texts="; ".join(response.status_string),
    )


def _signer(response: TimeStampResponse) -> x509.Certificate:
    """Return the certificate that signed a verified response."""
    (signer,) = response.signed_data.signer_infos
    found = map(x509.load_der_x509_certificate, response.signed_data.certificates)
    return next(each for each in found if (each.issuer, each.serial_number) == (signer.issuer, signer.serial_number))


def _name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()
