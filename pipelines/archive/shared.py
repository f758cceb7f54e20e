"""Shared WARC files: crawls of several sites write to them one after another, and leave them open at their end.

A shared file is either locked by the process that writes to it, or idle. An idle file is complete: all of its captures
are on the disk and in the catalogue, and a note in the spool gives its size and digests. A file without a lock and
without a valid note was left by a process that died.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pipelines.archive.locks import lock_for_append, write_locked
from pipelines.archive.writer import OpenWarcFile, file_start, safe_name
from pipelines.archive.written import WrittenBytes, WrittenFile
from pipelines.storage import OPEN_SUFFIX, Storage, spool_path
from pipelines.storage.local import os_errors_as_unavailable
from pipelines.storage.options import Options

SHARED_FOLDER = "shared"
"""Takes the place of the site in the keys of shared files."""

SHARED_FILES = f"warc/{SHARED_FOLDER}/"
"""The beginning of the keys of shared files."""

NOTES_FOLDER, NOTE_SUFFIX = "idle/", ".json"
"""The notes of idle files, in the spool; `.open` follows their names, so that no listing has them."""


def leave_idle(storage: Storage, written: WrittenFile) -> None:
    """Note that a file, locked by the caller and synced to disk, is complete so far; durable on return."""
    document = {"key": written.key, "parts": [[part.size, part.sha256] for part in written.parts]}
    with write_locked(_note_path(storage, written.key), json.dumps(document).encode()):
        pass


def idle_file(storage: Storage, key: str) -> WrittenFile | None:
    """Return what was written to an idle file; None if it is not idle, or if its size is not that in its note."""
    try:
        document = json.loads(_note_path(storage, key).read_bytes())
        written = WrittenFile(
            key=document["key"],
            parts=tuple(WrittenBytes(size=size, sha256=sha256) for size, sha256 in document["parts"]),
        )
        size = spool_path(storage, key).stat().st_size
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return written if (written.key, written.size) == (key, size) else None


def idle_files(storage: Storage) -> Iterator[WrittenFile]:
    """Yield the idle files, the oldest first; notes of files that were published meanwhile are removed."""
    keys = [
        path.relative_to(storage.spool).as_posix() for path in storage.spool.glob(f"{NOTES_FOLDER}**/*{OPEN_SUFFIX}")
    ]
    for note in sorted(keys, key=_order):
        key = note.removeprefix(NOTES_FOLDER).removesuffix(NOTE_SUFFIX + OPEN_SUFFIX)
        if found := idle_file(storage, key):
            yield found
        elif not spool_path(storage, key).exists():
            forget_note(storage, key)


def is_due(written: WrittenFile, at: dt.datetime, options: Options) -> bool:
    """Tell whether an idle file must be published at this time: it is large or old enough.

    This includes a file whose start is as far in the future. A wrong clock wrote that; it would stay open until then.
    """
    started = file_start(written.key)
    return written.size >= options.roll_size or started is None or abs(at - started) >= options.shared_age


def continued_file(storage: Storage, at: dt.datetime, options: Options) -> OpenWarcFile | None:
    """Open the oldest idle file of this machine that is not due, to continue it; None if there is none.

    Its note is removed: after a kill the file is recovered like any other.
    """
    own = f"-{safe_name(socket.gethostname())}.warc.gz"
    for idle in idle_files(storage):
        if is_due(idle, at, options) or not idle.key.endswith(own):
            continue
        handle = lock_for_append(spool_path(storage, idle.key))
        if handle is None:
            continue
        written = idle_file(storage, idle.key)  # again, under the lock: another process can have continued it
        if written is None:
            os.close(handle)
            continue
        forget_note(storage, written.key)
        return OpenWarcFile.resume(storage, written, handle, at)
    return None


def forget_note(storage: Storage, key: str) -> None:
    """Remove the note of a file that is no longer idle."""
    path = _note_path(storage, key)
    with os_errors_as_unavailable("remove", path):
        path.unlink(missing_ok=True)


def _order(note: str) -> str:
    return PurePosixPath(note).name


def _note_path(storage: Storage, key: str) -> Path:
    return spool_path(storage, NOTES_FOLDER + key + NOTE_SUFFIX)
