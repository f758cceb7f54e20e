"""Checking a signature: is it of this package, by whom, when, and who confirms this."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterator, Sequence

from attrs import field, frozen
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from pipelines.archive.checks import Problem
from pipelines.archive.signatures.certificates import CertificateFacts, certificate_facts, check_chain, parse_chain
from pipelines.archive.signatures.keys import fingerprint, is_signed, parse_public_key, public_bytes
from pipelines.archive.signatures.signed_data import SignedData
from pipelines.archive.stamps import StampedTime, check_response
from pipelines.messages import Message
from pipelines.messages import gettext as _

MAX_STAMP_DIFFERENCE = dt.timedelta(minutes=10)
"""Largest difference between `created` and the time stamp (WACZ Signing and Verification 0.1.0, step 7)."""


@frozen(kw_only=True)
class TrustedRoots:
    """The root certificates that are trusted for domains and for time stamp authorities."""

    domains: Sequence[x509.Certificate]
    stamps: Sequence[x509.Certificate]


@frozen(kw_only=True)
class CheckedSignature:
    """What a signature states, and what is wrong with it.

    `key` is the SHA-256 of the signer's public key, None if there is no readable key. `root` is the trusted root that
    confirms the domain. Without problems all of it is right; an anonymous key is never confirmed by anybody.
    """

    created: str
    software: str
    domain: str | None
    key: str | None
    certificate: CertificateFacts | None = None
    root: CertificateFacts | None = None
    stamp: StampedTime | None = None
    problems: tuple[Problem, ...] = field(default=())


def check_signature(data: SignedData, digest: str, created: str | None, trusted: TrustedRoots) -> CheckedSignature:
    """Check a signature of the package whose `datapackage.json` has this digest and this time."""
    chain = parse_chain(data.domain_cert or "") if data.domain else []
    key = chain[0].public_key() if chain else parse_public_key(data.public_key or "")
    stamp = _stamp(data, trusted.stamps)
    root = _root(data, chain, stamp, trusted.domains) if chain else None
    problems = [
        *_problems(data, key, digest, created),
        *_trust_problems(data, chain, root),
        *_stamp_problems(data, stamp),
    ]
    return CheckedSignature(
        created=data.created,
        software=data.software,
        domain=data.domain,
        key=fingerprint(key) if key else None,
        certificate=certificate_facts(chain[0]) if chain else None,
        root=certificate_facts(root) if isinstance(root, x509.Certificate) else None,
        stamp=stamp if isinstance(stamp, StampedTime) else None,
        problems=tuple(problems),
    )


def _problems(data: SignedData, key: PublicKeyTypes | None, digest: str, created: str | None) -> Iterator[Problem]:
    """Yield what is wrong with the signature itself."""
    if data.hash != digest:
        what = _("the signature is of another datapackage.json, with the digest {digest}", digest=data.hash)
        yield Problem(kind="wrong-signature", what=what)
    if key is None:
        what = _("it has no public key and no certificate that can be read, so the signature cannot be checked")
        yield Problem(kind="wrong-signature", what=what)
    elif not is_signed(data.hash.encode(), data.signature, key):
        yield Problem(kind="wrong-signature", what=_("the signature is not by the key that is given with it"))
    if not _same_time(data, created):
        what = _(
            "it says that it was signed at {signed}, datapackage.json says {created}",
            signed=data.created,
            created=created or "-",
        )
        yield Problem(kind="wrong-signature", what=what)


def _same_time(data: SignedData, created: str | None) -> bool:
    try:
        return created is not None and data.time == dt.datetime.fromisoformat(created)
    except (ValueError, TypeError):
        return False


def _stamp(data: SignedData, roots: Sequence[x509.Certificate]) -> StampedTime | Message | None:
    """Return what the time stamp states, or what is wrong with it; None without one."""
    if data.time_signature is None:
        return None
    try:
        response = base64.b64decode(data.time_signature, validate=True)
    except ValueError as error:
        return _("its time stamp cannot be read: {error}", error=error)
    chain = parse_chain(data.timestamp_cert or "")
    return check_response(response, data.signature.encode(), roots, chain=chain)


def _stamp_problems(data: SignedData, stamp: StampedTime | Message | None) -> Iterator[Problem]:
    if stamp is None and data.domain:
        what = _("the signature of a domain needs a time stamp, and has none: its date is not confirmed")
        yield Problem(kind="no-stamp", what=what)
    if isinstance(stamp, Message):
        yield Problem(kind="wrong-stamp", what=stamp)
    elif stamp and not _is_near(data, stamp):
        what = _(
            "its time stamp is of {stamped}, but it says that it was signed at {signed}; 10 minutes are allowed",
            stamped=stamp.at,
            signed=data.created,
        )
        yield Problem(kind="wrong-stamp", what=what)


def _is_near(data: SignedData, stamp: StampedTime) -> bool:
    try:
        return abs(stamp.time - data.time) <= MAX_STAMP_DIFFERENCE
    except ValueError:
        return False


def _root(
    data: SignedData,
    chain: Sequence[x509.Certificate],
    stamp: StampedTime | Message | None,
    roots: Sequence[x509.Certificate],
) -> x509.Certificate | Message:
    """Return the root that confirms the domain at the time of the stamp, or at the stated time if there is no stamp.

    The certificate of a second authority for the same key (`crossSignedCert`) counts if the first is not trusted.
    """
    try:
        at = stamp.time if isinstance(stamp, StampedTime) else data.time
    except ValueError:
        return _("{text} is no time with an offset, so its certificates cannot be checked", text=data.created)
    found = check_chain(chain, data.domain or "", at, roots)
    other = parse_chain(data.cross_signed_cert or "")
    if isinstance(found, Message) and other and _same_key(chain[0], other[0]):
        second = check_chain(other, data.domain or "", at, roots)
        return found if isinstance(second, Message) else second
    return found


def _same_key(certificate: x509.Certificate, other: x509.Certificate) -> bool:
    return public_bytes(certificate.public_key()) == public_bytes(other.public_key())


def _trust_problems(
    data: SignedData, chain: Sequence[x509.Certificate], root: x509.Certificate | Message | None
) -> Iterator[Problem]:
    if data.domain and not chain:
        what = _("the certificates of the domain {domain} cannot be read", domain=data.domain)
        yield Problem(kind="wrong-certificate", what=what)
    if isinstance(root, Message):
        yield Problem(kind="wrong-certificate", what=root)
