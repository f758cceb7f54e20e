"""The list of the compressed blocks of an index (`index.idx`): players find a URL by it."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from itertools import groupby
from typing import IO

from attrs import frozen

from pipelines.archive.verify import Finding
from pipelines.messages import Message
from pipelines.messages import gettext as _
from pipelines.verify.packages.description import ZIP_ERRORS, member_content, read_range

LIST_NAME = re.compile(r"indexes/[^/]+\.idx", re.IGNORECASE)
INDEX_FOLDER = "indexes/"
META = b"!meta"
"""Begins the first line, which names the index file."""


@frozen(kw_only=True)
class _Block:
    number: int
    file: str
    offset: int
    length: int
    digest: str | None


def block_findings(package: zipfile.ZipFile) -> Iterator[Finding]:
    """Yield one finding for each list of blocks that does not fit its index."""
    for name in filter(LIST_NAME.fullmatch, package.namelist()):
        try:
            problem = _problem(package, list(_blocks(member_content(package, name))))
        except (*ZIP_ERRORS, KeyError, TypeError, AttributeError, IndexError) as error:
            problem = _("it cannot be read: {error}", error=str(error))
        if problem:
            yield Finding(file=name, kind="wrong-index", what=problem)


def _blocks(content: bytes) -> Iterator[_Block]:
    """Yield the blocks of a list; lines with tabs, as older programs write them, are passed over."""
    file = ""
    for number, line in enumerate(content.splitlines(), 1):
        if b" {" not in line:
            continue
        values = json.loads(line[line.index(b" {") :])
        if line.startswith(META):
            file = str(values.get("filename", ""))
            continue
        yield _Block(
            number=number,
            file=INDEX_FOLDER + str(values.get("filename", file)),
            offset=int(values["offset"]),
            length=int(values["length"]),
            digest=values.get("digest"),
        )


def _problem(package: zipfile.ZipFile, blocks: list[_Block]) -> Message | None:
    ordered = sorted(blocks, key=lambda each: (each.file, each.offset))
    for name, group in groupby(ordered, key=lambda each: each.file):
        first, *others = group
        if name not in package.NameToInfo:
            return _("line {line} names {file}, which is not in the package", line=first.number, file=name)
        with package.open(name) as file:
            wrong = next((each for each in (first, *others) if not _is_there(file, each)), None)
        if wrong:
            return _("line {line}: the block at byte {offset} is another one", line=wrong.number, offset=wrong.offset)
    return None


def _is_there(file: IO[bytes], block: _Block) -> bool:
    data = read_range(file, block.offset, block.length)
    if block.offset < 0 or len(data) < block.length:
        return False
    return block.digest in (None, f"sha256:{hashlib.sha256(data).hexdigest()}")
