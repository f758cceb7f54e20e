"""Merkle trees as in RFC 6962 §2.1, with any hash function of hashlib: `sha256`, `sm3`.

The hash of a leaf is H(0x00 ‖ leaf), that of an inner node H(0x01 ‖ left ‖ right). The left part of a tree of n leaves
has the largest power of two of leaves that is less than n.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

from attrs import frozen

LEAF, NODE = b"\x00", b"\x01"


@frozen(kw_only=True)
class ProofStep:
    """A step from a leaf to the root: the hash to join, and the side on which it stands."""

    side: Literal["left", "right"]
    hash: str


def digest(algorithm: str, data: bytes) -> bytes:
    """Return the hash of some bytes."""
    return hashlib.new(algorithm, data).digest()


def merkle_root(algorithm: str, leaves: Sequence[bytes]) -> str:
    """Return the root of a tree in hexadecimal digits; that of no leaves is the hash of nothing.

    >>> merkle_root("sha256", [])[:16], merkle_root("sha256", [b""])[:16]
    ('e3b0c44298fc1c14', '6e340b9cffb37a98')
    """
    return _root(algorithm, [digest(algorithm, LEAF + leaf) for leaf in leaves]).hex()


def merkle_path(algorithm: str, leaves: Sequence[bytes], number: int) -> list[ProofStep]:
    """Return the steps from the leaf with a number, counted from 0, to the root."""
    return _path(algorithm, [digest(algorithm, LEAF + leaf) for leaf in leaves], number)


def _root(algorithm: str, hashes: Sequence[bytes]) -> bytes:
    if len(hashes) < 2:
        return hashes[0] if hashes else digest(algorithm, b"")
    at = _split(len(hashes))
    return digest(algorithm, NODE + _root(algorithm, hashes[:at]) + _root(algorithm, hashes[at:]))


def _path(algorithm: str, hashes: Sequence[bytes], number: int) -> list[ProofStep]:
    if len(hashes) < 2:
        return []
    at = _split(len(hashes))
    if number < at:
        return [
            *_path(algorithm, hashes[:at], number),
            ProofStep(side="right", hash=_root(algorithm, hashes[at:]).hex()),
        ]
    return [
        *_path(algorithm, hashes[at:], number - at),
        ProofStep(side="left", hash=_root(algorithm, hashes[:at]).hex()),
    ]


def _split(count: int) -> int:
    """Return the largest power of two that is less than a count of at least two."""
    return 1 << ((count - 1).bit_length() - 1)
