"""Comparison of objects and manifests with the ledger."""

from __future__ import annotations

from collections.abc import Container, Iterator

from pipelines.archive.ledger.entries import LEDGER_FOLDER, entry_key
from pipelines.archive.ledger.read import INDEX_PREFIX, Ledger
from pipelines.archive.manifest import MANIFEST_FOLDER, Fixity, manifest_key
from pipelines.archive.verify import Finding
from pipelines.messages import gettext as _

LEDGER_MANIFESTS = f"{MANIFEST_FOLDER}{LEDGER_FOLDER}"


def recorded_fixity(ledger: Ledger, key: str) -> Fixity | None:
    """Return the expected size and digest of an object by the ledger; None if it has no entry."""
    recorded = ledger.objects.get(key)
    return Fixity(key=key, size=recorded.size, digest=f"sha256:{recorded.sha256}") if recorded else None


def compare_manifest(ledger: Ledger, key: str, manifest: Fixity, *, records_read: bool) -> Iterator[Finding]:
    """Yield how a manifest contradicts the ledger.

    With `records_read` indexes are left out: they are compared with the records of their WARC file, which says more.
    """
    recorded = recorded_fixity(ledger, key)
    is_index = key.startswith(INDEX_PREFIX)
    if recorded == manifest or (is_index and (records_read or recorded is None)):
        return
    if recorded is None and key in ledger.forgotten:
        what = _("{entry} records that a person removed it, but it is here", entry=entry_key(ledger.forgotten[key]))
        yield Finding(file=key, kind="forgotten", what=what)
    elif recorded is None:
        yield Finding(
            file=key, kind="not-in-ledger", what=_("the ledger has no entry of it: fangzhi did not put it there")
        )
    else:
        what = _(
            "{manifest} says {size} bytes with SHA-256 {digest}, {entry} recorded {other_size} bytes with {other}",
            manifest=manifest_key(key),
            size=manifest.size,
            digest=manifest.digest.removeprefix("sha256:"),
            entry=entry_key(ledger.numbers[key]),
            other_size=recorded.size,
            other=recorded.digest.removeprefix("sha256:"),
        )
        yield Finding(file=key, kind="wrong-index" if is_index else "replaced", what=what)


def missing_objects(ledger: Ledger, there: Container[str], manifests: Container[str]) -> Iterator[Finding]:
    """Yield the objects of the ledger that are not there; those with a manifest and indexes are reported elsewhere."""
    for key in ledger.objects:
        if key in there or manifest_key(key) in manifests or key.startswith(INDEX_PREFIX):
            continue
        what = _("{entry} records it, but it and its manifest are missing", entry=entry_key(ledger.numbers[key]))
        yield Finding(file=key, kind="missing", what=what)


def lost_captures(ledger: Ledger) -> Iterator[Finding]:
    """Yield the captures that a rebuild found missing and that no person has removed since."""
    for capture, (file, number) in ledger.lost.items():
        what = _(
            "capture {id} was in the catalogue when it was rebuilt, but not in the archive ({entry})",
            id=capture,
            entry=entry_key(number),
        )
        yield Finding(file=file, kind="lost-capture", what=what)
