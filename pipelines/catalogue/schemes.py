"""The kinds of databases that can hold a catalogue, by the scheme of their URLs.

SQLAlchemy is imported only when a database is opened, so settings and messages can read the table without it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from pipelines.errors import ConfigError
from pipelines.masking import mask
from pipelines.messages import gettext as _
from pipelines.storage import check_path

if TYPE_CHECKING:
    from sqlalchemy import Engine


@frozen(kw_only=True)
class Scheme:
    """A kind of database and the URLs that lead to it."""

    example: str
    """A URL of this kind, for error messages."""

    prefix: str
    """What the URL of a lasting catalogue begins with. Settings accept no other: `sqlite://` is in memory only."""

    open: Callable[[str, bool], Engine]
    """Opens the database at a URL; the flag says whether it may be created."""


def check_catalogue_url(url: str) -> None:
    """Raise ConfigError, which lists the valid kinds of URLs, if no lasting catalogue can be at a URL."""
    scheme = SCHEMES.get(url.partition("://")[0])
    if scheme is None or not url.startswith(scheme.prefix):
        raise invalid_url(url)
    address, _mark, query = url.partition("?")
    if not scheme.prefix.endswith("://"):
        check_path(Path(address.removeprefix(scheme.prefix)))
    if scheme.prefix.endswith("://") and (address.count("@") > 1 or "@" in query):
        raise ConfigError(
            _("the catalogue URL {shown!r} has an @ that is not quoted", shown=url),
            _("write %40 for an @ in user or password"),
        )


def scheme_of(url: str) -> Scheme:
    """Return the kind of database that a URL leads to; raises ConfigError, which lists the valid kinds."""
    scheme = SCHEMES.get(url.partition("://")[0])
    if scheme is None:
        raise invalid_url(url)
    return scheme


def invalid_url(url: str) -> ConfigError:
    """Return the error for a URL that is not that of a catalogue, without the password that may be in it.

    >>> str(invalid_url("postgres://me:secret@db/news"))
    "the catalogue URL 'postgres://me:***@db/news' is not valid"
    """
    shown = mask(url)
    *others, last = (scheme.example for scheme in SCHEMES.values())
    return ConfigError(
        _("the catalogue URL {shown!r} is not valid", shown=shown),
        hint=_("valid are {names} and {last}", names=others, last=last),
    )


def _open_sqlite(url: str, create: bool) -> Engine:
    from pipelines.catalogue.engine import open_sqlite

    return open_sqlite(url, create=create)


def _open_postgresql(url: str, _create: bool) -> Engine:
    from pipelines.catalogue.engine import open_postgresql

    return open_postgresql(url)


SCHEMES = {
    "sqlite": Scheme(
        example="sqlite:///path/to/catalogue.sqlite",
        prefix="sqlite:///",
        open=_open_sqlite,
    ),
    "postgresql+psycopg": Scheme(
        example="postgresql+psycopg://user@host/name",
        prefix="postgresql+psycopg://",
        open=_open_postgresql,
    ),
}
"""Every kind of database by the scheme of its URLs; settings, error messages and `open_engine` read this table.

A new driver for SQLite or PostgreSQL needs a row here and nothing else. A new kind of database also needs its SQL in
`fingerprint_index` and its way of swapping catalogues in `replacement`.
"""
