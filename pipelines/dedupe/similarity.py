"""How much of one text is in another, and which of the two is the larger."""

from __future__ import annotations

import functools

from attrs import frozen

from pipelines.dedupe.templates import frame, same_form
from pipelines.model import Relation
from pipelines.text.normalise import clauses, normalise

GRAM = 3
"""Characters whose sequences are compared: with two, texts on one subject are alike, with four, one wrong character
costs more than it weighs."""

ALIKE = 0.6
"""Jaccard index of the sequences from which two texts are one: with one character in twenty wrong it is .75, with
another's boilerplate of 90 characters below a text of 250 characters .7; texts of one subject have under .4."""

HELD = 0.8
"""Share of the smaller text's sequences from which the larger one holds it: a fifth may be what a site puts around."""

VERBATIM = 0.75
"""The same of the clauses that are wholly there, by their length: what is quoted stands there word for word, while two
decrees have some sentences in common and others between them."""

WHOLE = 8
"""Characters from which a clause counts as there wherever the larger text has it, for a page may run a caption into
what follows: shorter ones are found by chance, as 5米 is in 15米."""

LEAST = 40
"""Sequences that a text must have to be looked for in others: two clauses recur without being copied."""


KEPT, KEPT_CHARACTERS = 128, 5_000
"""How many texts are kept as they are compared, and how long each may be: what is one form, or goes round, is held
against the same few again and again. A character takes some 100 bytes, all of them 64 MB at the most."""


@frozen(kw_only=True)
class Similarity:
    """How near a text is to another: their Jaccard index where they are `equal`, else the share of the smaller."""

    similarity: float
    relation: Relation


def compared(text: str) -> Compared:
    """Return a text as it is compared, worked out once for all that are held against it in a row."""
    return _kept(text) if len(text) <= KEPT_CHARACTERS else Compared(text)


class Compared:
    """A simplified text as it is held against others."""

    def __init__(self, text: str) -> None:
        """Take a text; its clauses are only told apart when they are asked for."""
        self._text = text
        whole = normalise(text)
        self._grams = {whole[at : at + GRAM] for at in range(len(whole) - GRAM + 1)}

    def likeness(self, other: Compared) -> Similarity | None:
        """Return how near this text is to another, None where it is not: also where they have the form alone in common.

        >>> told = "市住建局召开会议，部署老旧小区改造，要求各县区在年底前完成全部任务，并公布进度，接受群众监督。"
        >>> more = "另据了解，市财政局将为此拨付专项资金，审计部门全程参与；各街道已经开始入户登记，征求居民意见。" * 2
        >>> Compared("云岭新闻网讯：" + told).likeness(Compared(told))
        Similarity(similarity=0.8696, relation='equal')
        >>> Compared(told).likeness(Compared(told + more))
        Similarity(similarity=1.0, relation='within')
        """
        sizes = len(self._grams), len(other._grams)
        common = len(self._grams & other._grams)
        if common < min(sizes) * ALIKE or not common:
            return None
        alike, held = common / (sum(sizes) - common), common / min(sizes)
        if alike >= ALIKE:
            found = Similarity(similarity=round(alike, 4), relation="equal")
        elif held >= HELD and min(sizes) >= LEAST and min(self, other, key=len).quoted(max(self, other, key=len)):
            found = Similarity(similarity=round(held, 4), relation="contains" if sizes[0] > sizes[1] else "within")
        else:
            return None
        return None if same_form(self._clauses, other._clauses) else found

    def quoted(self, larger: Compared) -> bool:
        """Return whether nearly all of this text stands in another word for word, nothing of it with other figures."""
        there, whole = set(larger._clauses), normalise(larger._text)
        other = [clause for clause in self._clauses if clause not in there and not _inside(clause, whole)]
        missing, length = sum(map(len, other)), sum(map(len, self._clauses))
        return missing <= (1 - VERBATIM) * length and {*map(frame, other)}.isdisjoint(map(frame, there))

    def __len__(self) -> int:
        return len(self._grams)

    @functools.cached_property
    def _clauses(self) -> list[str]:
        return clauses(self._text)


_kept = functools.lru_cache(KEPT)(Compared)


def _inside(clause: str, text: str) -> bool:
    """Return whether a text has a clause across its own clauses, where no figure can be a piece of another."""
    return len(clause) >= WHOLE and not (clause[0].isdigit() or clause[-1].isdigit()) and clause in text
