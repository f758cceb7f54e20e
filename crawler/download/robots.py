"""robots.txt as RFC 9309 has it: what cannot be read for now forbids everything for now."""

from __future__ import annotations

from scrapy import Request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import ProtegoRobotParser, RobotParser
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred

MAX_ROBOTS_BYTES = 512 * 1024
"""Bytes that are parsed: the RFC asks for 500 KiB at least (§2.5), and a parser takes minutes for a page of 30 MB."""


def sitemaps(parser: RobotParser) -> tuple[str, ...]:
    """Return the sitemaps that a robots.txt names; Scrapy's wrapper of the parser does not hand them on."""
    return tuple(dict.fromkeys(parser.rp.sitemaps)) if isinstance(parser, ProtegoRobotParser) else ()


class RobotsUnreachable(IgnoreRequest):
    """A robots.txt could not be had: its site is asked for nothing until it can."""


class Robots(RobotsTxtMiddleware):
    """Scrapy's middleware, but 5xx and no answer forbid (§2.3.1.4), while any other status but success allows all."""

    def __init__(self, crawler: object) -> None:
        super().__init__(crawler)  # type: ignore[arg-type]
        self._unreachable: dict[str, Exception] = {}
        self._schemes: dict[str, str] = {}

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return the rules of a request's host; those that could not be had by https are asked for by http again."""
        parts = urlparse_cached(request)
        if self._schemes.get(parts.netloc) != parts.scheme and parts.netloc in self._unreachable:
            del self._unreachable[parts.netloc], self._parsers[parts.netloc]
        self._schemes[parts.netloc] = parts.scheme
        await super().robot_parser(request)  # of several that wait for an answer Scrapy hands it to the first alone
        parser = self._parsers[parts.netloc]
        return await self.robot_parser(request) if isinstance(parser, Deferred) else parser

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == 429:
            self._unreachable[netloc] = RobotsUnreachable(f"{response.url} answered {response.status}")
        body = response.body[:MAX_ROBOTS_BYTES] if 200 <= response.status < 300 else b""
        await super()._parse_robots(response.replace(body=body), netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        """Where no answer comes, the pages fail for the same reason."""
        self._unreachable[netloc] = exc
        super()._robots_error(exc, netloc)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Refuse what robots.txt forbids, and everything where it could not be had."""
        if failure := self._unreachable.get(urlparse_cached(request).netloc):
            raise failure
        super().process_request_2(rp, request)
