"""`fangzhi backup`: the files of a crawling machine that `fangzhi copy` does not copy."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import click
from attrs import field, frozen

from crawler.cli.main import DONE
from crawler.cli.session import Session, fangzhi_command
from pipelines.messages import gettext as _
from pipelines.messages import ngettext
from pipelines.sqlite import BUSY_S, sqlite_errors_as_unavailable
from pipelines.storage.local import os_errors_as_unavailable

PAGES_AT_A_TIME = 1_000
"""Pages of 4 kB that are copied of a database before a crawl may write to it again."""

NEW_SUFFIX = ".new"

_DAMAGED = _("the backup before this one is unchanged; a damaged frontier is made again by a crawl without it")


@frozen(kw_only=True)
class BackupFile:
    """A file of a backup: its name there, where it is now, and how it is copied."""

    name: str
    source: Path
    copy: Callable[[Path, Path], None] = field(repr=False)


@fangzhi_command("backup")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def command(session: Session, folder: Path) -> int:
    """Copy what a machine needs to go on crawling into FOLDER: frontier, records, configuration, sites, keys.

    It may run while crawls run: the frontier, the records of runs, verifications and marks, and the state of messages
    are copied as they are at one moment. Each
    file in FOLDER is replaced only once the new one is whole. FOLDER holds private keys and passwords: only you may
    read it, keep it so.

    The archive is not in it: `fangzhi copy` makes a copy of that. The catalogue is not either, because `fangzhi
    rebuild` makes it again. A frontier in PostgreSQL belongs to the backups of that database (pg_dump).
    """
    parts = list(_parts(session))
    with os_errors_as_unavailable("write", folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for part in parts:
            _replace(part, folder / part.name)
    digests = {part.name: _sha256(folder / part.name) for part in parts}
    if session.as_json:
        session.emit({"folder": str(folder), "files": digests})
        return DONE
    for name, digest in digests.items():
        session.echo(f"{digest}  {name}")
    files = ngettext("{count} file written to {folder}", "{count} files written to {folder}", len(parts), folder=folder)
    session.say(files)
    return DONE


def _parts(session: Session) -> Iterator[BackupFile]:
    """Yield the files that are there."""
    from crawler.cli.notify import STATE_FILE, state_file
    from crawler.cli.seal import default_key, key_folder
    from crawler.config.load import config_file, file_beside_frontier
    from crawler.frontier.addresses import is_server
    from crawler.records import RECORDS_FILE

    config = session.config
    context = click.get_current_context()
    named = context.params.get("config") or context.find_root().params.get("config")
    databases = {STATE_FILE: state_file(config), RECORDS_FILE: file_beside_frontier(config, RECORDS_FILE)}
    if not is_server(config.frontier):
        databases["frontier.sqlite"] = Path(config.frontier)
    files: dict[str, Path | None] = {"fangzhi.toml": config_file({"config": named}, os.environ, Path.cwd())}
    for number, registry in enumerate(config.registry):
        files |= {f"registry/{number}/{path.name}": path for path in sorted(registry.glob("*.toml"))}
    keys: Mapping[str, Path | None] = {
        "seal-key.pem": config.seal_key or default_key(),
        "package-key.pem": config.package_key or key_folder() / "package-key.pem",
        "package-certificate.pem": config.package_certificate,
    }
    files |= {f"keys/{name}": path for name, path in keys.items()}
    yield from (
        BackupFile(name=name, source=path, copy=_copy_database) for name, path in databases.items() if path.is_file()
    )
    yield from (
        BackupFile(name=name, source=path, copy=_copy_file) for name, path in files.items() if path and path.is_file()
    )


def _replace(part: BackupFile, target: Path) -> None:
    """Write a file beside the old one, which it then replaces."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = target.with_name(target.name + NEW_SUFFIX)
    new.unlink(missing_ok=True)
    part.copy(part.source, new)
    with new.open("rb") as file:
        os.fsync(file.fileno())
    new.chmod(0o600)
    new.replace(target)


def _copy_file(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)


def _copy_database(source: Path, target: Path) -> None:
    """Copy a database at one moment; what other processes write meanwhile is in the next backup."""
    with sqlite_errors_as_unavailable(source, _DAMAGED), closing(sqlite3.connect(target)) as copy:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_S)) as database:
            database.backup(copy, pages=PAGES_AT_A_TIME)
        copy.execute("PRAGMA journal_mode = DELETE")
        (problem,) = copy.execute("PRAGMA quick_check(1)").fetchone()
        if problem != "ok":
            raise sqlite3.DatabaseError(problem)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
