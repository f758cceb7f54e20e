"""`/metrics`: the state of the archive's sites and of the room, in the text format of Prometheus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crawler.config.labels import STATES
from crawler.web.board import Board, board
from crawler.web.room import Room
from pipelines.printable import printable

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

DAY_S = 86_400

Sample = tuple[Mapping[str, str], float]


def routes(room: Room) -> Iterator[Route]:
    """Yield the route of the metrics."""

    def answer(_request: Request) -> Response:
        with room.reader() as reader:
            text = "".join(lines(board(room, reader)))
        return Response(text, headers={"Content-Type": MEDIA_TYPE, "Cache-Control": "no-store"})

    yield Route("/metrics", answer, methods=["GET"])


def lines(found: Board) -> Iterator[str]:
    """Yield the metrics of a board; names have their units."""
    sites = found.sites.values()
    yield from _gauge(
        "fangzhi_site_captures",
        "Captures of a site in the catalogue.",
        (({"site": each.slug}, each.counts["captures"]) for each in sites),
    )
    yield from _gauge(
        "fangzhi_site_state",
        "1 for the state that a site has: " + ", ".join(STATES) + ".",
        (
            ({"site": each.slug, "state": state}, float(each.health.status.state == state))
            for each in sites
            for state in STATES
        ),
    )
    yield from _gauge(
        "fangzhi_site_newest_article_age_seconds",
        "Time since the day of the newest article of a site.",
        (
            ({"site": each.slug}, age * DAY_S)
            for each in sites
            if (age := each.health.frequency.age(each.health.today)) is not None
        ),
    )
    yield from _gauge(
        "fangzhi_site_usual_gap_seconds",
        "The usual longest time between two articles of a site.",
        (
            ({"site": each.slug}, each.health.frequency.usual_gap * DAY_S)
            for each in sites
            if each.health.frequency.usual_gap is not None
        ),
    )
    yield from _gauge(
        "fangzhi_site_challenge_ratio",
        "Share of challenges among the newest captures of a site.",
        (
            ({"site": each.slug}, share)
            for each in sites
            if (share := each.health.stats.share(each.health.stats.challenges)) is not None
        ),
    )
    yield from _gauge(
        "fangzhi_site_last_crawl_timestamp_seconds",
        "When the last crawl of a site began.",
        (
            ({"site": each.slug}, each.schedule.last.started.timestamp())
            for each in sites
            if each.schedule and each.schedule.last
        ),
    )
    yield from _gauge(
        "fangzhi_board_timestamp_seconds", "When these values were computed.", [({}, found.at.timestamp())]
    )


def _gauge(name: str, meaning: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {name} {meaning}\n# TYPE {name} gauge\n"
    for labels, value in samples:
        named = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"{name}{{{named}}} {value:.10g}\n" if named else f"{name} {value:.10g}\n"


def _escaped(text: str) -> str:
    return printable(text).replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
