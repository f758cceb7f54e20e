"""Ed25519 keys in files, and signatures of seals."""

from __future__ import annotations

import os
from pathlib import Path

from attrs import evolve
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pipelines.archive.seals.statement import Seal, Signature, signed_content
from pipelines.errors import ConfigError
from pipelines.messages import gettext as _
from pipelines.storage.local import os_errors_as_unavailable


def make_key(path: Path) -> str:
    """Write a new private key, which only this user can read, and return its public key; never overwrites a file."""
    key = Ed25519PrivateKey.generate()
    content = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os_errors_as_unavailable("write", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except FileExistsError:
            raise ConfigError(
                _("{path} exists already", path=path), _("keep it, or move it away and make another key")
            ) from None
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    return _public(key)


def sign(seal: Seal, path: Path) -> Seal:
    """Return a seal with the signature of the key in a file; raises ConfigError if there is no Ed25519 key."""
    with os_errors_as_unavailable("read", path):
        content = path.read_bytes()
    try:
        key = serialization.load_pem_private_key(content, password=None)
    except (ValueError, TypeError):
        key = None
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
