"""The light player: archived pages as they looked, without their scripts and without any request to the live site."""

from __future__ import annotations

from crawler.player.address import DEFAULT_PREFIX, Address, parse_path
from crawler.player.nearest import Held, nearest
from crawler.player.play import Holdings, play, play_address
from crawler.player.policy import Response

__all__ = [
    "DEFAULT_PREFIX",
    "Address",
    "Held",
    "Holdings",
    "Response",
    "nearest",
    "parse_path",
    "play",
    "play_address",
]
