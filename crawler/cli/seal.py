"""`fangzhi seal`: a short signed statement of what the archive holds, to keep outside it."""

from __future__ import annotations

import functools
import itertools
import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click
from attrs import asdict

from crawler.cli.seal_stamp import checked_stamp, stamp_line, stamped_seal
from crawler.cli.session import Session, fangzhi_command
from crawler.cli.stamp_authority import stamp_authority
from pipelines.errors import ConfigError, FangzhiError
from pipelines.messages import Message, ngettext
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from crawler.cli.bar import ProgressBar
    from pipelines.archive.seals.statement import Seal


@fangzhi_command("seal")
@click.option("--new-key", is_flag=True, help="Make a key that signs seals from now on, and print its public key.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Folder for the two files of the seal.  [default: the current folder]",
)
def command(session: Session, new_key: bool, folder: str | None) -> int:
    """Make a seal: a short statement of what the archive holds, to keep outside the archive.

    It has the time, the numbers of files, bytes and captures, the position of the ledger, and the root digest of a
    Merkle tree over all files, in SHA-256 and in SM3. Indexes are left out: they are derived from the other files.
    `verify --seal FILE` says a year later whether all of it is here unchanged.

    Two files are written: NAME.json, the seal, and NAME.objects, the list of the files with their digests. Both are
    also kept in the archive, for `show --proof`.

    The seal is signed with the Ed25519 key in the file that the setting `seal_key` names, or that --new-key made. Keep
    the public key outside the archive too: it shows who has signed.

    With the setting `seal_authority`, the seal gets a time stamp (RFC 3161) of this authority. It is checked before the
    seal is written: its certificate must lead to a root certificate of the system, or to one in the file `seal_roots`.
    """
    from pipelines.archive.seals.make import keep_seal, make_seal
    from pipelines.archive.seals.signing import make_key, sign
    from pipelines.archive.seals.statement import list_content, seal_content, seal_document
    from pipelines.storage import open_storage

    path = session.config.seal_key or default_key()
    if new_key:
        public = make_key(path)
        session.emit({"public_key": public, "file": str(path)}) if session.as_json else session.echo(
            _("public key {key}, private key in {file}", key=public, file=path)
        )
        return 0
    session.check_archive()
    authority = stamp_authority(session.config) if session.config.seal_authority else None
    storage = open_storage(session.config.archive, session.config.options)
    seal, objects = make_seal(storage, _captures(session))
    if session.config.seal_key or path.exists():
        seal = sign(seal, path)
    stamped = stamped_seal(authority, seal) if authority else None
    seal = stamped.seal if stamped else seal
    keep_seal(storage, seal, objects)
    target = Path(folder or ".")
    _write(target / f"{seal.name}.objects", list_content(objects))
    _write(target / f"{seal.name}.json", seal_content(seal))
    if session.as_json:
        session.emit(seal_document(seal))
        return 0
    for line in [*statement_lines(seal), stamp_line(stamped.time if stamped else None)]:
        session.echo(line)
    session.say(
        _("written: {files}", files=[f"{target / seal.name}.json", f"{target / seal.name}.objects"]), whole=True
    )
    return 0


def _write(path: Path, content: bytes) -> None:
    """Write a file of a seal, so that it is there as a whole or not at all.

    What a killed seal left has the same name for each seal, and is overwritten by the next one.
    """
    from pipelines.archive.locks import write_locked
    from pipelines.storage.local import os_errors_as_unavailable

    part = path.with_name(f"seal{path.suffix}.part")
    with write_locked(part, content), os_errors_as_unavailable("write", path):
        part.replace(path)


def statement_lines(seal: Seal) -> list[Message]:
    """Return a seal as lines for people."""
    counts = [
        ngettext("{count} file", "{count} files", seal.objects),
        ngettext("{count} byte", "{count} bytes", seal.bytes),
        ngettext("{count} capture", "{count} captures", seal.captures),
    ]
    lines = [
        _("seal of {at}: {counts}", at=seal.at, counts=counts),
        _("SHA-256 root {root}", root=seal.sha256),
        _("SM3 root     {root}", root=seal.sm3),
        _("ledger entry {number}, {digest}", number=seal.entries, digest=seal.head or "-"),
    ]
    if seal.signature:
        return [*lines, _("signed with the Ed25519 key {key}", key=seal.signature.public_key)]
    return [*lines, _("not signed: `fangzhi seal --new-key` makes a key")]


def verify_seal(session: Session, path: Path) -> int:
    """Check the archive against the seal in a file, and return the number of findings."""
    from crawler.cli.bar import ProgressBar
    from crawler.cli.verify import print_finding
    from pipelines.archive.seals.check import check_seal
    from pipelines.archive.seals.statement import parse_seal
    from pipelines.archive.verify import Finding
    from pipelines.storage import open_storage

    seal = parse_seal(path.read_bytes())
    if seal is None:
        raise ConfigError(_("{path} is not a seal", path=path), _("name the .json file that `fangzhi seal` wrote"))
    listed = path.with_suffix(".objects")
    beside = listed.read_bytes() if listed.exists() else None
    storage = open_storage(session.config.archive, session.config.options)
    stamped = checked_stamp(session.config, seal)
    count = 0
    with ProgressBar(session, total=seal.objects) as bar:
        found = check_seal(storage, seal, beside, functools.partial(_show, bar, seal.objects))
        for finding in itertools.chain([stamped] if isinstance(stamped, Finding) else [], found):
            count += 1
            session.emit(asdict(finding)) if session.as_json else print_finding(session, finding)
    for line in statement_lines(seal):
        session.say(line)
    if not isinstance(stamped, Finding):
        session.say(stamp_line(stamped))
    later = _captures(session) - seal.captures
    session.say(
        ngettext("{count} finding", "{count} findings", count)
        if count
        else _("all files of the seal are here unchanged; captures in the catalogue since then: {count}", count=later)
    )
    return count


def _show(bar: ProgressBar, total: int, done: int) -> None:
    bar.show([ngettext("{count} file", "{count} files", done)], done=done, total=total)


def _captures(session: Session) -> int:
    """Return the number of captures in the catalogue; 0 without a catalogue."""
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.catalogue.filters import Filter

    try:
        with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
            return catalogue.count(Filter())
    except FangzhiError:
        return 0


def default_key() -> Path:
    """Return the file of the key that signs seals where no setting names one."""
    return key_folder() / "seal-key.pem"


def key_folder() -> Path:
    """Return the folder of the user's data in which keys are kept that no setting names."""
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return data / "fangzhi"
