"""Ed25519 keys in files, and signatures of seals."""

from __future__ import annotations

from pathlib import Path

from attrs import evolve
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pipelines.archive.key_files import read_private_key, write_private_key
from pipelines.archive.seals.statement import Seal, Signature, signed_content
from pipelines.errors import ConfigError
from pipelines.messages import gettext as _


def make_key(path: Path) -> str:
    """Write a new private key, which only this user can read, and return its public key; never overwrites a file."""
    key = Ed25519PrivateKey.generate()
    write_private_key(path, key)
    return _public(key)


def sign(seal: Seal, path: Path) -> Seal:
    """Return a seal with the signature of the key in a file; raises ConfigError if there is no Ed25519 key."""
    key = read_private_key(path)
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(
            _("{path} holds no Ed25519 key without a password", path=path), _("make one with `fangzhi seal --new-key`")
        )
    return evolve(seal, signature=Signature(public_key=_public(key), value=key.sign(signed_content(seal)).hex()))


def is_signed(seal: Seal) -> bool:
    """Tell whether the signature of a seal is valid for the public key in it."""
    if seal.signature is None or seal.signature.algorithm != "Ed25519":
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(seal.signature.public_key))
        key.verify(bytes.fromhex(seal.signature.value), signed_content(seal))
    except (ValueError, InvalidSignature):
        return False
    return True


def _public(key: Ed25519PrivateKey) -> str:
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return raw.hex()
