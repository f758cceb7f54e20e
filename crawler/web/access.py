"""Who may change something by the room: those with the token, and only from our own pages or from programs."""

from __future__ import annotations

import hmac
import json
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from attrs import frozen
from starlette.requests import Request

from crawler.web.answers import origin
from crawler.web.guard import Limit
from crawler.web.problems import Refused
from crawler.web.room import Room
from pipelines.messages import gettext as _

MAX_FIELDS = 10
"""Fields of a form: the longest one of ours has five."""


class Unknown(Refused):
    """The token is missing or wrong."""

    status = HTTPStatus.UNAUTHORIZED


class Forbidden(Refused):
    """Nobody may, or the request comes from a page of somebody else."""

    status = HTTPStatus.FORBIDDEN


@frozen(kw_only=True)
class AccessControl:
    """Checks who may fetch pages, mark articles and describe sites."""

    room: Room
    wrong: Limit

    def check(self, request: Request, token: str) -> None:
        """Raise Forbidden or Unknown."""
        expected = self.room.serving.token
        if not expected:
            raise Forbidden(
                _("this room has no token, so it only reads"), _("set FANGZHI_SERVE_TOKEN where `fangzhi serve` runs")
            )
        sender = request.headers.get("origin")
        if sender and sender.lower() not in self._origins:
            raise Forbidden(_("this request comes from another site"))
        if not hmac.compare_digest(token.encode(), expected.encode()):
            client = request.client.host if request.client else ""
            if self.wrong.wait(client):
                raise Forbidden(_("too many wrong tokens"), _("try again later"))
            raise Unknown(_("the token is missing or wrong"))

    @property
    def _origins(self) -> set[str]:
        serving = self.room.serving
        return {origin(serving.base_url).lower(), *(f"http://{host}" for host in serving.hosts)}


def bearer(request: Request) -> str:
    """Return the token of the header Authorization; empty without one."""
    scheme, _blank, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def form_of(request: Request) -> dict[str, str]:
    """Return the fields of a form; raises Refused if there are too many."""
    try:
        return dict(parse_qsl((await request.body()).decode("utf-8", "replace"), max_num_fields=MAX_FIELDS))
    except ValueError:
        raise Refused(_("the form has too many fields")) from None


async def object_of(request: Request, example: str) -> dict[str, Any]:
    """Return the object of a JSON body; raises Refused, with an example, if it is none."""
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise Refused(_("the body is no JSON object"), example)
    return body
