"""`fangzhi serve`: the reading room of an archive."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from crawler.cli.main import DONE
from crawler.cli.session import Session, fangzhi_command
from pipelines.errors import ConfigError, FangzhiError
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    import socket

    from crawler.web.serving import Serving

DEFAULT_PORT = 8940

TOKEN_VARIABLE = "FANGZHI_SERVE_TOKEN"  # noqa: S105 - the name of the variable


@fangzhi_command("serve")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Address to listen on. Others than this machine reach it only with --public-url.",
)
@click.option(
    "--port",
    type=click.IntRange(1, 65534),
    default=DEFAULT_PORT,
    show_default=True,
    metavar="N",
    help="Port of the room.",
)
@click.option(
    "--play-port",
    type=click.IntRange(1, 65535),
    metavar="N",
    help="Port of archived content, an origin of its own.  [default: the port after --port]",
)
@click.option(
    "--public-url", metavar="URL", help="Address of the room for its readers, behind a proxy; it may have a path."
)
@click.option(
    "--content-url",
    metavar="URL",
    help="Address of archived content for readers, on another host or port than the room.",
)
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    metavar="N",
    help="Requests a second from one address.  [default: 20 with --public-url, else no limit]",
)
@click.option(
    "--workers",
    type=click.IntRange(min=0),
    metavar="N",
    help="Processes that answer readers; 0: answer in this process.  [default: one per core]",
)
def command(
    session: Session,
    host: str,
    port: int,
    play_port: int | None,
    public_url: str | None,
    content_url: str | None,
    rate: float | None,
) -> int:
    """Serve the reading room: the archive as pages, feeds and an API, in Chinese and English.

    Readers search and read articles, with their versions, reprints, repairs and records. The room only reads: the
    catalogue refuses its writes. It listens on this machine alone, until --host and --public-url say otherwise.

    Archived content is served on a port of its own, because what a site wrote must not act as a page of the room.

    \b
    fangzhi serve                                        http://127.0.0.1:8940/
    fangzhi serve --public-url https://example.cn/news --content-url https://content.example.cn
    """
    from attrs import evolve

    from crawler.web.serving import Serving, checked

    session.check_archive()
    serving = Serving(
        host=host,
        port=port,
        public_url=public_url,
        content_url=content_url,
        token=os.environ.get(TOKEN_VARIABLE) or None,
    )
    serving = evolve(serving, rate=rate) if rate else serving
    serving = evolve(serving, content_port=play_port) if play_port else serving
    _run(session, checked(serving), max(1, session.config.workers))
    return DONE


def _run(session: Session, serving: Serving, workers: int) -> None:
    """Serve until SIGINT or SIGTERM."""
    try:
        from crawler.web.server import serve
    except ModuleNotFoundError as error:
        if error.name not in ("starlette", "uvicorn", "jinja2"):
            raise
        raise ConfigError(
            _("{module} is not installed", module=error.name), _("install it: pip install 'fangzhi[serve]'")
        ) from error
    sockets = [_bound(serving.host, number) for number in (serving.port, serving.content_port)]
    session.say(_("The reading room of {archive} is at {url}", archive=session.config.archive, url=serving.base_url))
    serve(session.config, serving, sockets, workers)


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens; raises FangzhiError if its port is taken."""
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        problem = _("{host}, port {port}: {why}", host=host, port=port, why=error.strerror or str(error))
        raise FangzhiError(problem, _("choose another with --port")) from error
