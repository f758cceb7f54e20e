"""Certificates of domains, with a root and an intermediate certificate of the tests' own."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from attrs import frozen
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = dt.timedelta(days=1)


@frozen(kw_only=True)
class Owner:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


@frozen(kw_only=True)
class Domain:
    """A certificate of a domain and those above it."""

    root: Owner
    middle: Owner
    owner: Owner

    def write(self, folder: Path) -> dict[str, str]:
        """Write key, chain without the root (as Certbot does) and root, and return the settings that name them."""
        folder.mkdir(exist_ok=True)
        (folder / "privkey.pem").write_bytes(self.owner.key_pem)
        (folder / "fullchain.pem").write_bytes(self.owner.pem + self.middle.pem)
        (folder / "root.pem").write_bytes(self.root.pem)
        return {
            "FANGZHI_PACKAGE_KEY": str(folder / "privkey.pem"),
            "FANGZHI_PACKAGE_CERTIFICATE": str(folder / "fullchain.pem"),
            "FANGZHI_PACKAGE_ROOTS": str(folder / "root.pem"),
        }


def domain(name: str, start: dt.timedelta = -DAY, days: int = 90) -> Domain:
    """Return a domain whose certificate is valid from `start` on, counted from now."""
    root = issued("Root of Domains", None, start=-365 * DAY, days=3650)
    middle = issued("Issuer of Domains", root, start=-365 * DAY, days=3650)
    return Domain(root=root, middle=middle, owner=issued(name, middle, start=start, days=days, domains=(name,)))


def issued(
    name: str,
    by: Owner | None,
    *,
    start: dt.timedelta = -DAY,
    days: int = 90,
    domains: tuple[str, ...] = (),
    key: ec.EllipticCurvePrivateKey | None = None,
) -> Owner:
    """Return a certificate by an owner, or a self-made one: for domains, or for an authority if there are none."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    issuer_key = by.key if by else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + start)
        .not_valid_after(now + start + days * DAY)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if domains:
        names = x509.SubjectAlternativeName([x509.DNSName(each) for each in domains])
        builder = builder.add_extension(names, critical=False)
    else:
        usage = dict.fromkeys(
            ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False
        )
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).add_extension(
            x509.KeyUsage(**usage, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False),
            critical=True,
        )
    return Owner(certificate=builder.sign(issuer_key, hashes.SHA256()), key=key)
