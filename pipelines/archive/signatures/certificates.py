"""Certificates of domains: whether a chain confirms a domain at a time, and at which root it ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from attrs import frozen
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import verification

from pipelines.archive.stamps import UNREADABLE, common_name, sha256_of, shown_name
from pipelines.messages import Message
from pipelines.messages import gettext as _
from pipelines.times import rfc3339

BLANK_LINE = "\n"
"""Stands between certificates in PEM: ReplayWeb.page takes what is before the first blank line as the signer's one."""

CA_RULES = verification.ExtensionPolicy.webpki_defaults_ca()
DOMAIN_RULES = verification.ExtensionPolicy.permit_all().require_present(
    x509.SubjectAlternativeName, verification.Criticality.AGNOSTIC, None
)
"""Certificates of domains must name the domain. The other rules for TLS do not matter for a signature."""


@frozen(kw_only=True)
class CertificateFacts:
    """What people compare of a certificate: the names of its owner and its issuer, its SHA-256, its validity."""

    owner: str
    issuer: str
    sha256: str
    valid_from: str
    valid_until: str


def certificate_facts(certificate: x509.Certificate) -> CertificateFacts:
    """Return the facts of a certificate."""
    return CertificateFacts(
        owner=common_name(certificate),
        issuer=shown_name(certificate.issuer),
        sha256=sha256_of(certificate),
        valid_from=rfc3339(certificate.not_valid_before_utc, "seconds"),
        valid_until=rfc3339(certificate.not_valid_after_utc, "seconds"),
    )


def parse_chain(text: str) -> list[x509.Certificate]:
    """Return the certificates in a PEM text in their order; empty if one of them, or its key, cannot be read."""
    try:
        chain = x509.load_pem_x509_certificates(text.encode())
        for each in chain:
            each.public_key(), each.extensions, each.issuer, each.subject
    except UNREADABLE:
        return []
    return chain


def chain_text(chain: Iterable[x509.Certificate]) -> str:
    """Return certificates in PEM, with a blank line between them."""
    return BLANK_LINE.join(each.public_bytes(serialization.Encoding.PEM).decode() for each in chain)


def linked(chain: Sequence[x509.Certificate], roots: Iterable[x509.Certificate] = ()) -> list[x509.Certificate]:
    """Return the first certificate of a chain and its issuers up to a root, found in the chain and among `roots`.

    The list ends before the first issuer that is in neither.
    """
    found = list(chain[:1])
    candidates = [*roots, *chain[1:]]
    while found and found[-1].issuer != found[-1].subject:
        issuer = next((each for each in candidates if each not in found and _is_issuer(found[-1], each)), None)
        if issuer is None:
            break
        found.append(issuer)
    return found


def check_chain(
    chain: Sequence[x509.Certificate], domain: str, at: dt.datetime, roots: Sequence[x509.Certificate]
) -> x509.Certificate | Message:
    """Return the trusted root at which the chain of a domain's certificate ends, or what is wrong with the chain.

    `at` is the time at which the certificates must be valid.
    """
    signer = chain[0]
    if not signer.not_valid_before_utc <= at <= signer.not_valid_after_utc:
        return _(
            "the certificate of the domain is valid from {start} to {end}, not at the time of the signature, {at}",
            start=rfc3339(signer.not_valid_before_utc, "seconds"),
            end=rfc3339(signer.not_valid_after_utc, "seconds"),
            at=rfc3339(at, "seconds"),
        )
    names = certificate_domains(signer)
    if not any(_matches(name, domain) for name in names):
        return _("the certificate is for {names}, not for {domain}", names=names, domain=domain)
    try:
        policy = verification.PolicyBuilder().store(verification.Store(list(roots))).time(at)
        policy = policy.extension_policies(ca_policy=CA_RULES, ee_policy=DOMAIN_RULES)
        verifier = policy.build_server_verifier(x509.DNSName(domain))
        return verifier.verify(signer, list(chain[1:]))[-1]
    except (*UNREADABLE, verification.VerificationError) as error:
        return _untrusted(linked(chain, roots), roots, error)


def certificate_domains(certificate: x509.Certificate) -> list[str]:
    """Return the domains of a certificate, or else its common name."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return [common_name(certificate)]
    return extension.value.get_values_for_type(x509.DNSName)


def _matches(name: str, domain: str) -> bool:
    """Tell whether a name in a certificate covers a domain; `*` stands for one label.

    >>> _matches("*.a.cn", "www.a.cn"), _matches("*.a.cn", "a.cn"), _matches("A.cn", "a.cn")
    (True, False, True)
    """
    first, _dot, rest = domain.lower().partition(".")
    return name.lower() in (domain.lower(), f"*.{rest}" if first else "")


def _is_issuer(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (*UNREADABLE, InvalidSignature):
        return False
    return True


def _untrusted(found: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], error: Exception) -> Message:
    last = found[-1]
    if last in roots:
        return _("the certificate of the domain is not valid: {reason}", reason=error)
    if len(found) == 1 and last.issuer == last.subject:
        return _(
            "the certificate is self-made: no authority confirms the domain; SHA-256 {digest}", digest=sha256_of(last)
        )
    return _(
        "the certificate is not trusted: its chain ends at {name}, SHA-256 {digest}; the setting `package_roots` names "
        "trusted roots",
        name=common_name(last),
        digest=sha256_of(last),
    )
