"""The faults of SQLite and PostgreSQL: which error of fangzhi each one is, and its remedy."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping

from attrs import frozen
from sqlalchemy.exc import NoSuchTableError

from pipelines.errors import StoreAway, StoreError, StoreUnavailable
from pipelines.messages import gettext as _
from pipelines.sqlite import BUSY_S


@frozen
class Fault:
    """The class of an error, and its remedy; `problem` explains the words of the database, where these are obscure."""

    error: type[StoreError]
    hint: str
    problem: str = ""


_LOCKED = Fault(
    StoreAway,
    _("wait until that process has finished, then start again; `fuser` with the path of the file names the process"),
    _("another process has kept it locked for more than {seconds} s", seconds=BUSY_S),
)
_DAMAGED = Fault(StoreUnavailable, _("`fangzhi rebuild` makes a new one from the archive; check the disk"))
_FULL = Fault(StoreUnavailable, _("free some disk space, then start again"))
_NO_PERMISSION = Fault(StoreUnavailable, _("check that this user may read and write the file and its folder"))
_NO_ACCESS = Fault(
    StoreUnavailable, _("correct user, password or database in --catalogue or --frontier, or create them there")
)
_SERVER_AWAY = Fault(
    StoreAway,
    _("check that the server runs and that --catalogue or --frontier names the right host and port, then start again"),
)
_SERVER_BUSY = Fault(StoreAway, _("wait until other clients of the server have finished, then start again"))
_FOREIGN = Fault(
    StoreUnavailable,
    _("check that it is a catalogue of this version of fangzhi; if so, `fangzhi rebuild` makes a new one"),
)
_UNKNOWN = Fault(StoreUnavailable, _("check that the database can be read and written"))

SQLITE_FAULTS: Mapping[str, Fault] = {
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_LOCKED": _LOCKED,
    "SQLITE_PROTOCOL": _LOCKED,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR": Fault(StoreUnavailable, _("check the disk, and that it has free space, then start again")),
    "SQLITE_CANTOPEN": _NO_PERMISSION,
    "SQLITE_READONLY": _NO_PERMISSION,
    "SQLITE_PERM": _NO_PERMISSION,
    "SQLITE_ERROR": _FOREIGN,
}
"""Faults of SQLite by the name of its primary result code (https://www.sqlite.org/rescode.html)."""

POSTGRESQL_FAULTS: Mapping[str, Fault] = {
    "08": _SERVER_AWAY,
    "57P": _SERVER_AWAY,
    "25P03": _SERVER_AWAY,  # it was silent within a transaction: the machine slept
    "53100": Fault(StoreUnavailable, _("free some disk space on the server, then start again")),
    "53": _SERVER_BUSY,
    "55P03": _SERVER_BUSY,
    "57014": _SERVER_BUSY,
    "40": _SERVER_BUSY,
    "25006": Fault(
        StoreUnavailable, _("name the primary server in --catalogue or --frontier: this one is a read-only copy")
    ),
    "28": _NO_ACCESS,
    "3D": _NO_ACCESS,
    "42501": Fault(StoreUnavailable, _("give this user the right to create and write tables in the database")),
    "42": _FOREIGN,
    "XX": Fault(
        StoreUnavailable, _("`fangzhi rebuild` makes a new one from the archive; check the disk of the server")
    ),
}
"""Faults of PostgreSQL by SQLSTATE or the beginning of it; the longest one applies."""

REFUSED_CONNECTIONS = (
    (re.compile("too many (clients|connections)|connection slots"), _SERVER_BUSY),
    (re.compile("starting up|shutting down|recovery mode|not yet accepting|not accepting"), _SERVER_AWAY),
    (re.compile("FATAL:|fe_sendauth|no password supplied"), _NO_ACCESS),
    (re.compile("invalid (connection option|integer value|[a-z_]+ value)"), _NO_ACCESS),
    (re.compile(""), _SERVER_AWAY),
)
"""Faults while a connection is made, by the words of the error, as libpq gives no SQLSTATE then; the first applies."""


def store_error(name: str, cause: BaseException, damaged: str | None = None) -> StoreError:
    """Return the error of fangzhi for an error of a database driver.

    `name` says in a sentence what cannot be used; `damaged` replaces the remedy for a database that is damaged.
    """
    fault = _fault_of(cause)
    text = " ".join(str(cause).split())
    problem = _("{problem} ({cause})", problem=fault.problem, cause=text) if fault.problem else text
    hint = damaged if damaged and fault is _DAMAGED else fault.hint
    return fault.error(_("{name} cannot be used: {cause}", name=name, cause=problem), hint)


def _fault_of(cause: BaseException) -> Fault:
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorname", "")  # extended: SQLITE_IOERR_WRITE, SQLITE_READONLY_DIRECTORY
        return next((fault for name, fault in SQLITE_FAULTS.items() if f"{code}_".startswith(f"{name}_")), _UNKNOWN)
    if isinstance(cause, OSError):
        return _NO_PERMISSION
    if isinstance(cause, NoSuchTableError):
        return _FOREIGN
    state = getattr(cause, "sqlstate", None)
    if state:
        known = [length for length in range(len(state), 1, -1) if state[:length] in POSTGRESQL_FAULTS]
        return POSTGRESQL_FAULTS[state[: known[0]]] if known else _UNKNOWN
    if hasattr(cause, "sqlstate"):
        return next(fault for words, fault in REFUSED_CONNECTIONS if words.search(str(cause)))
    return _UNKNOWN
