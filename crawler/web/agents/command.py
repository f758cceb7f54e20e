"""`fangzhi mcp`: the archive for programs that read with a language model."""

from __future__ import annotations

from crawler.cli.main import DONE
from crawler.cli.session import Session, fangzhi_command
from pipelines.errors import ConfigError
from pipelines.messages import gettext as _


@fangzhi_command("mcp")
def command(session: Session) -> int:
    """Serve the archive to a language model, by the Model Context Protocol over stdin and stdout.

    The tools are search, article, history, diff, reprints, counts and cite. They only read. What web pages say is
    marked as quoted material, because a page may contain instructions for a model.

    Needs the extra fangzhi[mcp]. The program that starts this command is configured with:

    \b
    {"mcpServers": {"fangzhi": {"command": "fangzhi", "args": ["mcp", "--archive", "/srv/archive"]}}}
    """
    session.check_archive()
    try:
        from crawler.web.agents.tools import server_of
        from crawler.web.room import Room
        from crawler.web.serving import Serving
    except ModuleNotFoundError as error:
        if error.name not in ("mcp", "pydantic", "starlette", "jinja2"):
            raise
        raise ConfigError(
            _("{module} is not installed", module=error.name), _("install it: pip install 'fangzhi[mcp]'")
        ) from error
    room = Room(session.config, Serving())
    try:
        server_of(room).run("stdio")
    finally:
        room.close()
    return DONE
