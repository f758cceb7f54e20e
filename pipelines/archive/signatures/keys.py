"""Keys of packages, and the forms of their signatures.

Programs differ in the form of the signature: ArchiveWeb.page signs anonymously with P-384 and writes the two numbers of
an ECDSA signature side by side (as Web Crypto does), authsign signs for a domain in DER, wacz-signing also with RSA.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from pipelines.archive.key_files import read_private_key, write_private_key
from pipelines.errors import ConfigError
from pipelines.messages import gettext as _

PrivateKey = ec.EllipticCurvePrivateKey


def make_key(path: Path) -> None:
    """Write a new private key for anonymous signatures: P-384, the only curve that ReplayWeb.page reads."""
    write_private_key(path, ec.generate_private_key(ec.SECP384R1()))


def load_key(path: Path) -> PrivateKey:
    """Return the private key in a file; raises ConfigError if it is no ECDSA key."""
    key = read_private_key(path)
    if not isinstance(key, PrivateKey):
        raise ConfigError(
            _("{path} holds no ECDSA key without a password", path=path),
            _("the setting `package_key` names a key in PEM, as `openssl ecparam -name secp384r1 -genkey` writes it"),
        )
    return key


def public_bytes(key: PublicKeyTypes) -> bytes:
    """Return a public key in DER (SubjectPublicKeyInfo)."""
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def fingerprint(key: PublicKeyTypes) -> str:
    """Return the SHA-256 of a public key in DER: people compare it, because it is shorter than the key."""
    return hashlib.sha256(public_bytes(key)).hexdigest()


def parse_public_key(text: str) -> PublicKeyTypes | None:
    """Return a public key in base64, or None if it is not one."""
    try:
        return serialization.load_der_public_key(base64.b64decode(text, validate=True))
    except Exception:  # noqa: BLE001 - cryptography raises several classes for a key that cannot be read or is unknown
        return None


def side_by_side(signature: bytes, curve: ec.EllipticCurve) -> bytes:
    """Return an ECDSA signature in DER as its two numbers side by side, each as long as the curve's order."""
    return b"".join(number.to_bytes(_number_bytes(curve), "big") for number in decode_dss_signature(signature))


def is_signed(content: bytes, signature: str, key: PublicKeyTypes) -> bool:
    """Tell whether a signature in base64 is that of a key, with SHA-256: ECDSA in either form, RSA (PKCS #1 v1.5)."""
    try:
        value = base64.b64decode(signature, validate=True)
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(_in_der(value, key.curve), content, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(value, content, padding.PKCS1v15(), hashes.SHA256())
        else:
            return False
    except (ValueError, InvalidSignature):
        return False
    return True


def _in_der(signature: bytes, curve: ec.EllipticCurve) -> bytes:
    """Return an ECDSA signature in DER: two numbers side by side are converted, all else is returned as it is."""
    length = _number_bytes(curve)
    if len(signature) != 2 * length:
        return signature
    return encode_dss_signature(*(int.from_bytes(half, "big") for half in (signature[:length], signature[length:])))


def _number_bytes(curve: ec.EllipticCurve) -> int:
    return (curve.key_size + 7) // 8
