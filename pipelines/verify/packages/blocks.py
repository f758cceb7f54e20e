"""The list of the compressed blocks of an index (`index.idx`): players find a URL by it."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator

from attrs import frozen

from pipelines.archive.verify import Finding
from pipelines.messages import Message
from pipelines.messages import gettext as _
from pipelines.verify.packages.description import ZIP_ERRORS, member_content

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
    for block in sorted(blocks, key=lambda each: (each.file, each.offset)):
        if block.file not in package.NameToInfo:
            return _("line {line} names {file}, which is not in the package", line=block.number, file=block.file)
        with package.open(block.file) as file:
            file.seek(block.offset)
            data = file.read(block.length)
        if (
            block.offset < 0
            or len(data) < block.length
            or block.digest not in (None, f"sha256:{hashlib.sha256(data).hexdigest()}")
        ):
            return _("line {line}: the block at byte {offset} is another one", line=block.number, offset=block.offset)
    return None
