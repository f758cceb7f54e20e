"""The tools: each answers what the page of the reading room with the same name answers, as quoted JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

from attrs import frozen
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from crawler.web.agents.quoted import INSTRUCTIONS, quoted
from crawler.web.links import Links
from crawler.web.page_request import PageRequest, WebPage
from crawler.web.parameters import check_names
from crawler.web.room import Room
from crawler.web.rooms import article, compare, counts, reprints, search
from pipelines import __version__
from pipelines.errors import FangzhiError

MAX_RESULTS = 50
"""Results of one search: a model reads a page of results, and asks for the next one by its token."""

Query = Annotated[str, Field(description='Words, "phrases", OR and -without; Chinese in either script.')]
Id = Annotated[str, Field(description="The id of a capture, from `search` or `history`.")]
Since = Annotated[str, Field(description="First day of publication: 2024, 2024-03, 2024-03-05 or 7d.")]
Until = Annotated[str, Field(description="Last day of publication, in the same forms.")]
SiteParameter = Annotated[str, Field(description="Slug or name of a site.")]
RegionParameter = Annotated[str, Field(description="Code of GB/T 2260 or name of a place, with all below it.")]


@frozen(kw_only=True)
class Tools:
    """The tools of an archive."""

    room: Room

    def search(
        self,
        query: Query = "",
        since: Since = "",
        until: Until = "",
        site: SiteParameter = "",
        region: RegionParameter = "",
        sort: Annotated[str, Field(description="relevance, published, captured or score")] = "",
        limit: Annotated[int, Field(ge=1, le=MAX_RESULTS)] = 10,
        page: Annotated[str, Field(description="`next_page` of the page of results before.")] = "",
    ) -> str:
        """Find articles: titles, dates, sources, passages, ids, and facets with counts. Copies of a text are folded."""
        given = {"q": query, "since": since, "until": until, "site": site, "region": region, "sort": sort}
        return self._page(search.PAGE, {**given, "limit": f"{limit}", "page": page})

    def article(self, id: Id) -> str:  # noqa: A002 - the name in the protocol
        """Return a capture: the text with its repairs, all fields with their evidence, its place in the archive."""
        return self._page(article.PAGE, path={"id": id})

    def history(self, id: Id) -> str:  # noqa: A002 - the name in the protocol
        """Return all versions of the page of a capture, and whether the page is gone from its site."""
        return self._answer(lambda: self._document(article.PAGE, path={"id": id})["history"])

    def diff(
        self,
        before: Annotated[str, Field(description="The id of the earlier capture.")],
        after: Annotated[str, Field(description="The id of the later capture.")],
    ) -> str:
        """Compare two captures: the fields and sentences that were removed or added."""
        return self._page(compare.PAGE, path={"before": before, "after": after})

    def reprints(self, id: Id) -> str:  # noqa: A002 - the name in the protocol
        """Return who printed the text of a capture, the likely source first, and what each print changed."""
        return self._page(reprints.PAGE, path={"id": id})

    def counts(
        self,
        query: Query = "",
        by: Annotated[
            str, Field(description="year, month, week, day, site, region, source, column, verdict")
        ] = "month",
        since: Since = "",
        until: Until = "",
        site: SiteParameter = "",
        region: RegionParameter = "",
    ) -> str:
        """Count articles; `all` is without the words. A month with `crawled_days` 0 says nothing of the news."""
        given = {"q": query, "by": by, "since": since, "until": until, "site": site, "region": region}
        return self._page(counts.PAGE, given)

    def cite(self, id: Id) -> str:  # noqa: A002 - the name in the protocol
        """Return citations of a capture: plain text, GB/T 7714, BibTeX, RIS and CSL-JSON, with address and digest."""

        def citations() -> dict[str, str]:
            found = self._view(article.PAGE, path={"id": id})
            return {str(name): text for name, text in found.citations}

        return self._answer(citations)

    def _page(self, page: WebPage, given: dict[str, str] | None = None, path: dict[str, str] | None = None) -> str:
        return self._answer(lambda: self._document(page, given, path))

    def _document(self, page: WebPage, given: dict[str, str] | None = None, path: dict[str, str] | None = None) -> Any:
        return self._view(page, given, path).document()

    def _view(self, page: WebPage, given: dict[str, str] | None = None, path: dict[str, str] | None = None) -> Any:
        parameters = tuple((name, value) for name, value in (given or {}).items() if value)
        check_names(parameters, page.parameters())
        asked = PageRequest(
            room=self.room,
            address="",
            parameters=parameters,
            path=path or {},
            lang="en",
            links=Links(base_url=self.room.serving.base_url),
            now=dt.datetime.now(dt.UTC),
        )
        with self.room.reader() as reader:
            return page.read(asked, reader)

    def _answer(self, answer: Callable[[], Any]) -> str:
        try:
            return quoted(answer())
        except FangzhiError as error:
            raise ToolError(f"{error.message}; {error.hint}" if error.hint else error.message) from None


def tools_of(room: Room) -> list[Callable[..., str]]:
    """Return the tools of an archive."""
    tools = Tools(room=room)
    return [tools.search, tools.article, tools.history, tools.diff, tools.reprints, tools.counts, tools.cite]


def server_of(room: Room) -> MCPServer[Any]:
    """Return the server of an archive; its tools write nothing and reach nothing outside of the archive."""
    server: MCPServer[Any] = MCPServer("fangzhi", instructions=INSTRUCTIONS, version=__version__)
    harmless = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
    for tool in tools_of(room):
        server.add_tool(tool, annotations=harmless, structured_output=False)
    return server
