"""Private keys in files: written once, readable by their owner alone."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from pipelines.errors import ConfigError
from pipelines.messages import gettext as _
from pipelines.storage.local import os_errors_as_unavailable


def write_private_key(path: Path, key: PrivateKeyTypes) -> None:
    """Write a private key in PEM, without a password; raises ConfigError instead of overwriting a file."""
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


def read_private_key(path: Path) -> PrivateKeyTypes | None:
    """Return the private key in a PEM file without a password, or None if there is none."""
    with os_errors_as_unavailable("read", path):
        content = path.read_bytes()
    try:
        return serialization.load_pem_private_key(content, password=None)
    except (ValueError, TypeError):
        return None
