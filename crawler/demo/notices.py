"""Notices of one form: what offices print every day, with other figures and names each time."""

from __future__ import annotations

import re

from crawler.demo.prose import Dice, Kind, Story, stock

SLOT = re.compile(r"\{([^}]+)\}")
"""{road} draws a word of the city's stock, {1-30} a number, {晴|阴} one of these, {@day} what a fragment says."""


def compose(key: str, kind: Kind) -> Story:
    """Return the notice of this key and form."""
    form = stock()["forms"][kind]
    paragraphs = filled(form["text"], Dice(key)).split("\n")
    return Story(title=filled(form["title"], Dice(f"{key}/title")), paragraphs=tuple(paragraphs))


def is_form(kind: Kind) -> bool:
    """Tell whether what is of this kind is a form filled in, not prose."""
    return kind in stock()["forms"]


def filled(pattern: str, dice: Dice) -> str:
    """Return a pattern with its slots drawn."""
    return SLOT.sub(lambda slot: _drawn(slot[1], dice), pattern)


def _drawn(slot: str, dice: Dice) -> str:
    if slot.startswith("@"):
        return filled(stock()["fragments"][slot[1:]], dice)
    if "|" in slot:
        return dice.pick(slot.split("|"))
    if slot[0].isdigit():
        low, high = map(int, slot.split("-"))
        return str(low + dice.below(high - low + 1))
    words: list[str] = stock()["words"][slot]
    return dice.pick(words)
