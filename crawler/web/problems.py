"""What can go wrong with a request, as HTTP statuses and as problem details (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from attrs import frozen

from pipelines.catalogue.query_words import QueryError
from pipelines.errors import ConfigError, FangzhiError, StoreUnavailable
from pipelines.messages import Message
from pipelines.messages import gettext as _

RETRY_S = 5
"""Seconds after which a client may try again what failed because of load."""


class Refused(FangzhiError):
    """A request that is not served; `status` says why in HTTP."""

    status: HTTPStatus = HTTPStatus.BAD_REQUEST


class NotHere(Refused):
    """The archive does not have what an address names."""

    status = HTTPStatus.NOT_FOUND


class Busy(Refused):
    """All connections are in use."""

    status = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(self) -> None:
        super().__init__(_("the reading room is busy"), _("try again in a few seconds"))


TITLES: dict[int, Message] = {
    400: _("This request is not understood"),
    401: _("A token is needed"),
    403: _("This is not permitted"),
    404: _("This is not in the archive"),
    405: _("This address cannot be used so"),
    409: _("This is in progress"),
    413: _("The request is too long"),
    414: _("The address is too long"),
    421: _("This server has another name"),
    429: _("Too many requests"),
    500: _("Something failed here"),
    503: _("The archive cannot be read now"),
}
"""Status → what it means for a reader."""


@frozen(kw_only=True)
class WrongQuery:
    """A query that is not valid: what is wrong, and the query before the wrong word, the word, and what follows."""

    said: str
    before: str
    wrong: str
    after: str

    @property
    def query(self) -> str:
        """The whole query."""
        return self.before + self.wrong + self.after


@frozen(kw_only=True)
class HttpProblem:
    """A problem as it is shown: its status, what was wrong, and what to do; `query` is a query that is not valid."""

    status: int
    title: str
    detail: str = ""
    hint: str = ""
    query: WrongQuery | None = None

    def document(self) -> dict[str, Any]:
        """Return the problem details; `type` is left out, which means that the status says it (RFC 9457 §4.2.1)."""
        members = {"title": self.title, "status": self.status, "detail": self.detail, "hint": self.hint}
        return {name: value for name, value in members.items() if value}


def problem_of(error: Exception) -> HttpProblem:
    """Return the problem that an error is; of an unexpected one nothing but its status is shown."""
    status: int
    match error:
        case Refused():
            status = error.status
        case ConfigError():
            status = HTTPStatus.BAD_REQUEST
        case StoreUnavailable():
            status = HTTPStatus.SERVICE_UNAVAILABLE
        case FangzhiError():
            status = HTTPStatus.INTERNAL_SERVER_ERROR
        case _:
            return of_status(HTTPStatus.INTERNAL_SERVER_ERROR)
    hidden = status >= HTTPStatus.INTERNAL_SERVER_ERROR and not isinstance(error, Refused)
    detail, hint = ("", "") if hidden else (error.message, error.hint or "")
    query = wrong_query(error) if isinstance(error, QueryError) else None
    return HttpProblem(status=status, title=TITLES[status], detail=detail, hint=hint, query=query)


def wrong_query(error: QueryError) -> WrongQuery:
    """Return a query with the place of its error: the word that begins there, nothing if a word is missing at the end.

    >>> from pipelines.catalogue.query_words import QueryError
    >>> found = wrong_query(QueryError("?", "电梯 tittle:停水 OR", 3))
    >>> found.before, found.wrong, found.after
    ('电梯 ', 'tittle:停水', ' OR')
    """
    before, rest = error.query[: error.at], error.query[error.at :]
    wrong = rest.split(" ", 1)[0]
    return WrongQuery(said=error.said, before=before, wrong=wrong, after=rest[len(wrong) :])


def of_status(status: int, detail: str = "") -> HttpProblem:
    """Return the problem of a status."""
    return HttpProblem(status=status, title=TITLES.get(status) or HTTPStatus(status).phrase, detail=detail)
