"""Checking an archive against a seal, and proving that a file is covered by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from attrs import asdict, evolve

from pipelines.archive.ledger import Ledger, RecordedObject, entry_key, read_ledger
from pipelines.archive.ledger.recorded import recorded_in
from pipelines.archive.seals.make import sealed_objects
from pipelines.archive.seals.merkle import merkle_path
from pipelines.archive.seals.signing import is_signed
from pipelines.archive.seals.statement import (
    ALGORITHMS,
    SEALS_FOLDER,
    Seal,
    leaf,
    parse_list,
    parse_seal,
    roots,
    seal_document,
)
from pipelines.archive.verify import Finding
from pipelines.errors import StoreCorrupt
from pipelines.messages import gettext as _
from pipelines.model import Location
from pipelines.storage import Storage


def check_seal(
    storage: Storage, seal: Seal, beside: bytes | None, on_object: Callable[[int], None] = lambda _count: None
) -> Iterator[Finding]:
    """Yield what of a seal's objects is not here unchanged; every byte of them is read.

    `beside` is the list of objects that was kept with the seal, if there is one. `on_object` gets the number of objects
    that have been checked.
    """
    ledger = read_ledger(storage)
    name = f"{seal.name}.json"
    if seal.signature and not is_signed(seal):
        what = _("its signature is not valid: the statement was changed, or another key has signed it")
        yield Finding(file=name, kind="wrong-seal", what=what)
    objects = _covered(storage, seal, beside)
    if objects is None:
        what = _("neither the ledger nor a list of objects gives its root digests: both were changed, or the seal was")
        yield Finding(file=name, kind="wrong-seal", what=what)
        return
    yield from _ledger_findings(storage, seal, ledger)
    for number, each in enumerate(objects, 1):
        yield from _object(storage, each, ledger)
        on_object(number)


def proof(storage: Storage, location: Location) -> dict[str, Any] | None:
    """Return the proof that the newest seal in the archive covers the file of a capture; None without such a seal."""
    names = [key for key in storage.keys(SEALS_FOLDER) if key.endswith(".json")]
    for key in reversed(names):
        seal = parse_seal(storage.read(key))
        objects = _covered(storage, seal, None) if seal else None
        number = next((at for at, each in enumerate(objects or ()) if each.key == location.file), None)
        if seal is None or objects is None or number is None:
            continue
        paths = {
            name: [asdict(step) for step in merkle_path(name, [leaf(name, each) for each in objects], number)]
            for name in ALGORITHMS
        }
        return {"object": asdict(evolve(objects[number], md5=None)), "paths": paths, "seal": seal_document(seal)}
    return None


def _covered(storage: Storage, seal: Seal, beside: bytes | None) -> list[RecordedObject] | None:
    """Return the objects of a seal, from wherever they give its roots: beside it, in the archive, or in the ledger."""
    candidates = [parse_list(beside)] if beside else []
    with suppress(StoreCorrupt):
        candidates.append(parse_list(storage.read(f"{SEALS_FOLDER}{seal.name}.objects")))
    candidates.append(sealed_objects(read_ledger(storage, seal.entries).objects.values()))
    return next((each for each in candidates if roots(each) == {"sha256": seal.sha256, "sm3": seal.sm3}), None)


def _ledger_findings(storage: Storage, seal: Seal, ledger: Ledger) -> Iterator[Finding]:
    """Yield whether the ledger still begins with the entries that it had when the seal was made."""
    yield from ledger.findings
    if ledger.entries < seal.entries:
        what = _(
            "the ledger has {found} entries, and had {sealed} when the seal was made",
            found=ledger.entries,
            sealed=seal.entries,
        )
        yield Finding(file=entry_key(seal.entries), kind="missing", what=what)
    elif read_ledger(storage, seal.entries).head != seal.head:
        what = _("it is not the entry that was the last one when the seal was made")
        yield Finding(file=entry_key(seal.entries), kind="wrong-ledger", what=what)


def _object(storage: Storage, sealed: RecordedObject, ledger: Ledger) -> Iterator[Finding]:
    try:
        found = recorded_in(storage, sealed.key)
    except StoreCorrupt:
        number = ledger.forgotten.get(sealed.key)
        what = (
            _("the seal covers it, and a person removed it since ({entry})", entry=entry_key(number))
            if number
            else _("the seal covers it, but it is missing")
        )
        yield Finding(file=sealed.key, kind="removed" if number else "missing", what=what)
        return
    if (found.size, found.sha256, found.sm3) != (sealed.size, sealed.sha256, sealed.sm3):
        what = _(
            "it has {size} bytes with SHA-256 {digest}, the seal covers {other_size} bytes with {other}",
            size=found.size,
            digest=found.sha256,
            other_size=sealed.size,
            other=sealed.sha256,
        )
        yield Finding(file=sealed.key, kind="changed", what=what)
