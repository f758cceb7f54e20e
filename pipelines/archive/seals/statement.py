"""The statement of a seal, and the list of objects that it covers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from attrs import asdict, evolve, field, frozen

from pipelines.archive.ledger.entries import RecordedObject, canonical_json
from pipelines.archive.seals.merkle import merkle_root

FORMAT = "fangzhi-seal/1"
ALGORITHMS = ("sha256", "sm3")

SEALS_FOLDER = "ledger/seals/"

_LINE = re.compile(r"(?P<sha256>[0-9a-f]{64}) (?P<sm3>[0-9a-f]{64}) (?P<size>0|[1-9][0-9]{0,18}) (?P<key>\S+)")


@frozen(kw_only=True)
class Signature:
    """An Ed25519 signature of a statement without its signature; key and value in hexadecimal digits."""

    public_key: str
    value: str
    algorithm: str = "Ed25519"


@frozen(kw_only=True)
class Stamp:
    """A time stamp of a seal: the URL of the authority, and its response (RFC 3161 §2.4.2, DER) in base64."""

    authority: str
    response: str


@frozen(kw_only=True)
class Seal:
    """A statement: `objects` files with `bytes` bytes and these Merkle roots were in the archive at a time.

    `captures` is the number of the catalogue's entries. `entries` and `head` are the position of the ledger: the number
    and the digest of its last entry.
    """

    at: str
    software: str
    objects: int
    bytes: int
    captures: int
    entries: int
    head: str | None
    sha256: str
    sm3: str
    signature: Signature | None = None
    stamp: Stamp | None = None
    format: str = field(default=FORMAT)

    @property
    def name(self) -> str:
        """The name of its file, without an ending: its time and the beginning of its root."""
        return f"seal-{re.sub('[^0-9]', '', self.at)[:14]}-{self.sha256[:12]}"


def leaf(algorithm: str, recorded: RecordedObject) -> bytes:
    """Return the leaf of an object: `DIGEST SIZE KEY` and a line feed."""
    digest = recorded.sha256 if algorithm == "sha256" else recorded.sm3
    return f"{digest} {recorded.size} {recorded.key}\n".encode()


def roots(objects: Sequence[RecordedObject]) -> dict[str, str]:
    """Return the Merkle root of objects, which are sorted by key, for each algorithm."""
    return {name: merkle_root(name, [leaf(name, each) for each in objects]) for name in ALGORITHMS}


def seal_document(seal: Seal) -> dict[str, Any]:
    """Return a seal as a JSON object; it has the key `stamp` only with a time stamp."""
    return {name: value for name, value in asdict(seal).items() if name != "stamp" or value}


def seal_content(seal: Seal) -> bytes:
    """Return the JSON of a seal, one line."""
    return canonical_json(seal_document(seal))


def stamped_content(seal: Seal) -> bytes:
    """Return the bytes that an authority stamps: the JSON of the seal, with its signature, without the key `stamp`."""
    return seal_content(evolve(seal, stamp=None))


def signed_content(seal: Seal) -> bytes:
    """Return the bytes that are signed: the JSON of the seal without the keys `signature` and `stamp`."""
    return canonical_json({name: value for name, value in asdict(seal).items() if name not in ("signature", "stamp")})


def parse_seal(content: bytes) -> Seal | None:
    """Return the seal with this JSON, or None if it is not one."""
    try:
        values = json.loads(content)
        signature = values.pop("signature")
        stamp = values.pop("stamp", None)
        seal = Seal(**values, signature=signature and Signature(**signature), stamp=stamp and Stamp(**stamp))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return seal if seal.format == FORMAT else None


def list_content(objects: Iterable[RecordedObject]) -> bytes:
    """Return the list of the objects that a seal covers: a line `SHA-256 SM3 SIZE KEY` for each."""
    return "".join(f"{each.sha256} {each.sm3} {each.size} {each.key}\n" for each in objects).encode()


def parse_list(content: bytes) -> list[RecordedObject]:
    """Return the objects of a list; empty if it is not one."""
    lines = [_LINE.fullmatch(line) for line in content.decode("utf-8", "replace").splitlines()]
    return [
        RecordedObject(key=line["key"], size=int(line["size"]), sha256=line["sha256"], sm3=line["sm3"])
        for line in lines
        if line
    ]
