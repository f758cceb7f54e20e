"""The JSON object `signedData` in `datapackage-digest.json`: what was signed, by whom and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from attrs import asdict, frozen

SPEC_VERSION = "0.1.0"

_KEYS = {
    "hash": "hash",
    "created": "created",
    "software": "software",
    "version": "version",
    "signature": "signature",
    "public_key": "publicKey",
    "domain": "domain",
    "domain_cert": "domainCert",
    "time_signature": "timeSignature",
    "timestamp_cert": "timestampCert",
    "cross_signed_cert": "crossSignedCert",
}
"""Field → its key in JSON."""


@frozen(kw_only=True)
class SignedData:
    """A signature of `hash`, the digest of `datapackage.json`, as `sha256:` and hexadecimal digits.

    Only `hash` is signed. `signature`, `public_key` and `time_signature` are base64; certificates are PEM, that of the
    signer first. An anonymous signature has a `public_key`, that of a domain has a `domain` and its certificates.
    """

    hash: str
    created: str
    signature: str
    software: str = ""
    version: str = ""
    public_key: str | None = None
    domain: str | None = None
    domain_cert: str | None = None
    time_signature: str | None = None
    timestamp_cert: str | None = None
    cross_signed_cert: str | None = None

    @property
    def time(self) -> dt.datetime:
        """The time that the signer states; raises ValueError if it is no time with an offset."""
        time = dt.datetime.fromisoformat(self.created)
        if time.tzinfo is None:
            raise ValueError(self.created)
        return time


def signed_document(data: SignedData) -> dict[str, str]:
    """Return a signature as a JSON object, without the keys that it does not have."""
    return {_KEYS[name]: value for name, value in asdict(data).items() if value is not None}


def parse_signed_data(document: object) -> SignedData | None:
    """Return the signature in a JSON object, or None if it lacks a key or a value is no text."""
    if not isinstance(document, Mapping):
        return None
    values = {name: document[key] for name, key in _KEYS.items() if document.get(key) is not None}
    if not all(isinstance(value, str) for value in values.values()):
        return None
    return SignedData(**values) if values.keys() >= {"hash", "created", "signature"} else None
