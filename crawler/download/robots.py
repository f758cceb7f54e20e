"""robots.txt by RFC 9309: while it cannot be fetched, everything is forbidden."""

from __future__ import annotations

from scrapy import Request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import ProtegoRobotParser, RobotParser
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred

MAX_ROBOTS_BYTES = 512 * 1024
"""Bytes of a robots.txt that are parsed: the RFC requires at least 500 KiB (§2.5), and parsing 30 MB takes minutes."""


def sitemaps(parser: RobotParser) -> tuple[str, ...]:
    """Return the sitemaps in a robots.txt; Scrapy's wrapper of the parser has no method for them."""
    return tuple(dict.fromkeys(parser.rp.sitemaps)) if isinstance(parser, ProtegoRobotParser) else ()


class RobotsUnreachable(IgnoreRequest):
    """A robots.txt could not be fetched: no page of its host is requested until it can."""


class Robots(RobotsTxtMiddleware):
    """Scrapy's middleware with the rules of the RFC.

    A status of 5xx or 429 or no answer forbids everything (§2.3.1.4); any other status except success allows it.
    """

    def __init__(self, crawler: object) -> None:
        super().__init__(crawler)  # type: ignore[arg-type]
        self._unreachable: dict[str, Exception] = {}
        self._schemes: dict[str, str] = {}

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return the rules of a request's host; if they could not be fetched by https, they are tried again by http."""
        parts = urlparse_cached(request)
        if self._schemes.get(parts.netloc) != parts.scheme and parts.netloc in self._unreachable:
            del self._unreachable[parts.netloc], self._parsers[parts.netloc]
        self._schemes[parts.netloc] = parts.scheme
        await super().robot_parser(
            request
        )  # if several requests wait for the rules, Scrapy gives them to the first only
        parser = self._parsers[parts.netloc]
        return await self.robot_parser(request) if isinstance(parser, Deferred) else parser

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == 429:
            self._unreachable[netloc] = RobotsUnreachable(f"{response.url} answered {response.status}")
        body = response.body[:MAX_ROBOTS_BYTES] if 200 <= response.status < 300 else b""
        await super()._parse_robots(response.replace(body=body), netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        """Store the error: the pages of the host fail for the same reason."""
        self._unreachable[netloc] = exc
        super()._robots_error(exc, netloc)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Reject what robots.txt forbids, and everything if it could not be fetched."""
        if failure := self._unreachable.get(urlparse_cached(request).netloc):
            raise failure
        super().process_request_2(rp, request)
