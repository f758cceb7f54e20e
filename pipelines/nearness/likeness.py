"""Pure. How much of one text is in another, and which of the two is the larger."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from pipelines.nearness.forms import same_form
from pipelines.nearness.normal import clauses, normalise

GRAM = 3
"""Characters whose sequences are compared: with two, texts on one subject are alike, with four, one wrong character
costs more than it weighs."""

ALIKE = 0.6
"""Jaccard index of the sequences from which two texts are one: with one character in twenty wrong it is .75, with
another's boilerplate of 90 characters below a text of 250 characters .7; texts of one subject have under .4."""

HELD = 0.8
"""Share of the smaller text's sequences from which the larger one holds it: a fifth may be what a site puts around."""

LEAST = 40
"""Sequences that a text must have to be looked for in others: two clauses recur without being copied."""

Relation = Literal["equal", "contains", "within"]
"""How a text stands to an earlier one: about as large, larger and with all of it, or a part of it."""


@frozen(kw_only=True)
class Likeness:
    """How near a text is to another: their Jaccard index where they are `equal`, else the share of the smaller."""

    similarity: float
    relation: Relation


class Compared:
    """A simplified text as it is held against others."""

    def __init__(self, text: str) -> None:
        """Take a text; its clauses are only told apart when they are asked for."""
        self._text = text
        whole = normalise(text)
        self._grams = frozenset(whole[at : at + GRAM] for at in range(len(whole) - GRAM + 1))

    def likeness(self, other: Compared) -> Likeness | None:
        """Return how near this text is to another, None where it is not: also where they have the form alone in common.

        >>> told = "市住建局召开会议，部署老旧小区改造，要求各县区在年底前完成全部任务，并公布进度，接受群众监督。"
        >>> more = "另据了解，市财政局将为此拨付专项资金，审计部门全程参与；各街道已经开始入户登记，征求居民意见。" * 2
        >>> Compared("云岭新闻网讯：" + told).likeness(Compared(told))
        Likeness(similarity=0.8696, relation='equal')
        >>> Compared(told).likeness(Compared(told + more))
        Likeness(similarity=1.0, relation='within')
        """
        found = self._near(other)
        if found is None or same_form(clauses(self._text), clauses(other._text)):
            return None
        return found

    def _near(self, other: Compared) -> Likeness | None:
        sizes = len(self._grams), len(other._grams)
        if not all(sizes):
            return None
        common = len(self._grams & other._grams)
        alike, held = common / (sum(sizes) - common), common / min(sizes)
        if alike >= ALIKE:
            return Likeness(similarity=round(alike, 4), relation="equal")
        if held >= HELD and min(sizes) >= LEAST:
            return Likeness(similarity=round(held, 4), relation="contains" if sizes[0] > sizes[1] else "within")
        return None
