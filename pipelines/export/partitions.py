"""A Parquet data set in a folder: one file for each region and month, in the folders that Hive and pyarrow know.

An export that was cut off goes on where it stopped: a file has its final name only when it is complete, and a file of
notes in the folder says which export it is. The notes are removed at the end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from attrs import frozen

from pipelines.errors import ConfigError
from pipelines.export.formats import PART_SUFFIX, output, write_parquet
from pipelines.messages import gettext as _
from pipelines.model import Entry
from pipelines.storage.local import os_errors_as_unavailable

NOTES = "unfinished.json"
"""The file that is in the folder as long as files are missing."""

FILE = "articles.parquet"

UNKNOWN = "__HIVE_DEFAULT_PARTITION__"
"""The value of a folder for articles without a value, as programs expect it."""

PartitionValues = tuple[str | None, ...]


@frozen(kw_only=True)
class Written:
    """What an export wrote: articles and files; `kept` are the files that an export that was cut off had written."""

    articles: int
    files: int
    kept: int


def write_partitions(
    folder: Path,
    by: Sequence[str],
    partitions: Mapping[PartitionValues, Sequence[str]],
    read: Callable[[Sequence[str]], Iterable[Entry]],
    export: Mapping[str, object],
) -> Written:
    """Write a file for each key of `partitions`, the ids of its captures, whose entries `read` returns.

    `export` says which export it is. Raises ConfigError if the folder has anything but a part of the same export.
    """
    ours = {**export, "partition": list(by)}
    with os_errors_as_unavailable("write", folder):
        _begin(folder, ours)
    articles = kept = 0
    for key, ids in partitions.items():
        path = folder.joinpath(*(_folder(name, value) for name, value in zip(by, key, strict=True)), FILE)
        if path.exists():
            kept += 1
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        with output(str(path)) as file:
            articles += write_parquet(read(ids), file)
    (folder / NOTES).unlink()
    return Written(articles=articles, files=len(partitions), kept=kept)


def rows_by_file(folder: Path) -> list[tuple[Path, int]]:
    """Return the files of a data set and the number of rows of each, in the order of their paths."""
    import pyarrow.parquet as pq

    return [(path, pq.read_metadata(path).num_rows) for path in sorted(folder.rglob(FILE))]


def _begin(folder: Path, ours: Mapping[str, object]) -> None:
    """Create the folder with the notes, or check that they are those of the same export."""
    notes = folder / NOTES
    if notes.exists():
        if json.loads(notes.read_text("utf-8")) != ours:
            raise ConfigError(
                _("{folder} has a part of another export", folder=folder),
                _("repeat that one with the same options, or name another folder"),
            )
        for part in folder.rglob(f"*{PART_SUFFIX}"):
            part.unlink()
        return
    if folder.exists() and any(folder.iterdir()):
        raise ConfigError(_("{folder} is not empty", folder=folder), _("name a new folder"))
    folder.mkdir(parents=True, exist_ok=True)
    with output(str(notes)) as file:
        file.write(json.dumps(ours, ensure_ascii=False).encode())


def _folder(name: str, value: str | None) -> str:
    return f"{name}={quote(value, safe='') if value else UNKNOWN}"
