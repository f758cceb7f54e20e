"""Notices made from a template: offices publish them every day, each time with other numbers and names."""

from __future__ import annotations

import re

from crawler.demo.prose import ProseKind, SeededRandom, Story, vocabulary

SLOT = re.compile(r"\{([^}]+)\}")
"""A slot of a template.

{road} stands for a word of the vocabulary, {1-30} for a number, {晴|阴} for one of the words listed, and {@day} for a
fragment, which can have slots too.
"""


def compose(key: str, kind: ProseKind) -> Story:
    """Return the notice that this key selects, made from the template of this kind."""
    template = vocabulary()["templates"][kind]
    paragraphs = fill_slots(template["text"], SeededRandom(key)).split("\n")
    return Story(title=fill_slots(template["title"], SeededRandom(f"{key}/title")), paragraphs=tuple(paragraphs))


def is_templated(kind: ProseKind) -> bool:
    """Say whether articles of this kind are made from a template, not composed from sentences."""
    return kind in vocabulary()["templates"]


def fill_slots(pattern: str, rng: SeededRandom) -> str:
    """Return the pattern with a random value in each slot."""
    return SLOT.sub(lambda slot: _value(slot[1], rng), pattern)


def _value(slot: str, rng: SeededRandom) -> str:
    if slot.startswith("@"):
        return fill_slots(vocabulary()["fragments"][slot[1:]], rng)
    if "|" in slot:
        return rng.choice(slot.split("|"))
    if slot[0].isdigit():
        low, high = map(int, slot.split("-"))
        return str(low + rng.randbelow(high - low + 1))
    words: list[str] = vocabulary()["words"][slot]
    return rng.choice(words)
