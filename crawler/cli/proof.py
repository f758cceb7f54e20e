"""`fangzhi show --proof`: the proof that a seal covers the file of a capture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import asdict

from crawler.cli.session import Session
from pipelines.errors import FangzhiError
from pipelines.messages import gettext as _
from pipelines.times import rfc3339

if TYPE_CHECKING:
    from pipelines.model import Entry


def show_proof(session: Session, entry: Entry) -> None:
    """Print the proof for a capture as one JSON line; raises FangzhiError if no seal covers its file."""
    from pipelines.archive.seals.check import proof
    from pipelines.storage import open_storage

    storage = open_storage(session.config.archive, session.config.options)
    found = proof(storage, entry.location) if entry.location else None
    if found is None or entry.location is None:
        raise FangzhiError(
            _("no seal in the archive covers the capture {id}", id=entry.id), _("make one with `fangzhi seal`")
        )
    capture = {"id": entry.id, "url": entry.final_url, "fetched_at": rfc3339(entry.fetched_at)}
    session.emit({"capture": capture | {"location": asdict(entry.location)}, **found})
