"""Signatures in the forms of other programs, stamps without certificates, and what a forger can put beside them."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from functools import cached_property

import pytest
from attrs import evolve, frozen
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from rfc3161_client import TimestampRequestBuilder

from pipelines.archive.signatures.certificates import chain_text
from pipelines.archive.signatures.check import CheckedSignature, TrustedRoots, check_signature
from pipelines.archive.signatures.sign import Identity, Stamper, sign
from pipelines.archive.signatures.signed_data import SignedData
from pipelines.archive.stamps import StampedTime, check_response
from pipelines.messages import Message
from pipelines.times import rfc3339
from tests.pipelines.archive.authority import Authority
from tests.pipelines.archive.domains import DAY, Domain, domain, issued

NAME = "archive.yunzhou.example"
HASH = f"sha256:{hashlib.sha256(b'{}').hexdigest()}"


@frozen(kw_only=True, slots=False)
class Signing:
    """A signature for a domain at a time, and the roots that are trusted."""

    domain: Domain
    authority: Authority
    ago: dt.timedelta = dt.timedelta()

    @cached_property
    def trusted(self) -> TrustedRoots:
        return TrustedRoots(domains=[self.domain.root.certificate], stamps=[self.authority.root.certificate])

    @cached_property
    def data(self) -> SignedData:
        identity = Identity(key=self.domain.owner.key, chain=self.chain)
        created = rfc3339(dt.datetime.now(dt.UTC) - self.ago, "seconds")
        return sign(identity, HASH, created, Stamper(get=self.stamp, roots=self.trusted.stamps))

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        return tuple(each.certificate for each in (self.domain.owner, self.domain.middle, self.domain.root))

    def stamp(self, content: bytes) -> tuple[bytes, StampedTime]:
        response = self.response(content, cert_request=True)
        found = check_response(response, content, self.trusted.stamps)
        assert isinstance(found, StampedTime), found
        return response, found

    def response(self, content: bytes, *, cert_request: bool) -> bytes:
        query = TimestampRequestBuilder().data(content).cert_request(cert_request=cert_request).build().as_bytes()
        return self.authority.answer(query)


def checked(data: SignedData, trusted: TrustedRoots) -> CheckedSignature:
    return check_signature(data, HASH, data.created, trusted)


def problems(data: SignedData, trusted: TrustedRoots) -> list[tuple[str, str]]:
    return [(each.kind, each.what) for each in checked(data, trusted).problems]


def signing(made: Domain | None = None, ago: dt.timedelta = dt.timedelta()) -> Signing:
    return Signing(domain=made or domain(NAME), authority=Authority(offset=-ago), ago=ago)


def test_a_certificate_must_be_valid_at_the_time_of_the_stamp_not_now() -> None:
    expired = signing(domain(NAME, -60 * DAY, 30), 40 * DAY)
    assert problems(expired.data, expired.trusted) == []
    late = signing(domain(NAME, -60 * DAY, 30))
    ((kind, what),) = problems(late.data, late.trusted)
    assert (kind, "not at the time of the signature" in what) == ("wrong-certificate", True)


def test_a_stamp_without_certificates_needs_those_beside_it() -> None:
    """As wacz-signing writes it: the certificates are in `timestampCert` alone."""
    made = signing()
    response = base64.b64encode(made.response(made.data.signature.encode(), cert_request=False)).decode()
    bare = evolve(made.data, time_signature=response)
    assert problems(bare, made.trusted) == []
    ((kind, _what),) = problems(evolve(bare, timestamp_cert=None), made.trusted)
    assert kind == "wrong-stamp"


@pytest.mark.parametrize("cert_request", [True, False])
def test_certificates_beside_a_stamp_are_not_trusted(cert_request: bool) -> None:
    """A forger's own authority, with its root beside its stamp, or with one that looks like an intermediate."""
    made = signing()
    forger = evolve(made, authority=Authority())
    forged = evolve(
        made.data,
        time_signature=base64.b64encode(
            forger.response(made.data.signature.encode(), cert_request=cert_request)
        ).decode(),
        timestamp_cert=chain_text([forger.authority.signer.certificate, forger.authority.root.certificate]),
    )
    ((kind, what),) = problems(forged, made.trusted)
    assert (kind, "is not trusted" in what) == ("wrong-stamp", True)


def test_the_first_certificate_beside_a_stamp_is_that_of_its_authority() -> None:
    made = signing()
    other = chain_text([made.domain.owner.certificate, made.authority.root.certificate])
    response = base64.b64encode(made.response(made.data.signature.encode(), cert_request=False)).decode()
    ((kind, _what),) = problems(evolve(made.data, time_signature=response, timestamp_cert=other), made.trusted)
    assert kind == "wrong-stamp"


def test_a_second_authority_confirms_a_domain_whose_first_is_not_trusted() -> None:
    made = signing()
    second = issued("Second Root", None)
    crossed = issued(NAME, second, domains=(NAME,), key=made.domain.owner.key)
    foreign = TrustedRoots(domains=[second.certificate], stamps=made.trusted.stamps)
    assert [kind for kind, _what in problems(made.data, foreign)] == ["wrong-certificate"]
    both = evolve(made.data, cross_signed_cert=chain_text([crossed.certificate, second.certificate]))
    assert problems(both, foreign) == []
    root = checked(both, foreign).root
    assert root
    assert root.owner == "Second Root"
    other = issued(NAME, second, domains=(NAME,))
    wrong = evolve(made.data, cross_signed_cert=chain_text([other.certificate, second.certificate]))
    assert [kind for kind, _what in problems(wrong, foreign)] == ["wrong-certificate"]


def test_a_domain_may_be_any_of_the_certificate_and_a_wildcard_is_one_label() -> None:
    owner = issued(NAME, None, domains=(NAME, "*.other.example"))
    made = signing(Domain(root=owner, middle=owner, owner=owner))
    for name, right in (
        (NAME, True),
        ("a.other.example", True),
        ("a.b.other.example", False),
        ("other.example", False),
    ):
        found = problems(evolve(made.data, domain=name), made.trusted)
        assert (found == []) is right, (name, found)


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()])
@pytest.mark.parametrize("in_der", [True, False])
def test_anonymous_signatures_of_any_curve_are_read_in_both_forms(curve: ec.EllipticCurve, in_der: bool) -> None:
    key = ec.generate_private_key(curve)
    data = sign(Identity(key=key), HASH, "2026-11-29T00:00:00Z", None)
    if in_der:
        value = base64.b64encode(key.sign(HASH.encode(), ec.ECDSA(hashes.SHA256()))).decode()
        data = evolve(data, signature=value)
    nobody = TrustedRoots(domains=[], stamps=[])
    assert problems(data, nobody) == []
    assert problems(evolve(data, public_key=other_key(curve)), nobody) != []


def other_key(curve: ec.EllipticCurve) -> str:
    public = ec.generate_private_key(curve).public_key()
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def test_rsa_signatures_are_read() -> None:
    """wacz-signing signs with the key of any certificate, also of RSA."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    value = key.sign(HASH.encode(), padding.PKCS1v15(), hashes.SHA256())
    data = SignedData(
        hash=HASH,
        created="2026-11-29T00:00:00Z",
        signature=base64.b64encode(value).decode(),
        public_key=base64.b64encode(der).decode(),
    )
    assert problems(data, TrustedRoots(domains=[], stamps=[])) == []


def test_no_changed_byte_of_a_stamp_passes_with_other_facts_or_ends_the_program() -> None:
    made = signing()
    content, response = made.data.signature.encode(), base64.b64decode(made.data.time_signature or "")
    facts = check_response(response, content, made.trusted.stamps)
    chain = [made.authority.signer.certificate, made.authority.root.certificate]
    for at in range(0, len(response), 7):  # each seventh of 1800 bytes: 5 s
        broken = response[:at] + bytes([response[at] ^ 0x55]) + response[at + 1 :]
        found = check_response(broken, content, made.trusted.stamps, chain=chain)
        assert isinstance(found, Message) or found == facts, at


def test_no_changed_byte_of_a_certificate_passes_or_ends_the_program() -> None:
    made = signing()
    der = made.domain.owner.certificate.public_bytes(serialization.Encoding.DER)
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    for at in range(len(der)):
        broken = der[:at] + bytes([der[at] ^ 0x55]) + der[at + 1 :]
        first = f"{begin}\n{base64.encodebytes(broken).decode()}{end}\n"
        data = evolve(made.data, domain_cert=first + chain_text(made.chain[1:]))
        assert [kind for kind, _what in problems(data, made.trusted)] != [], at
