"""Similarity of two texts: equal, or one contained in the other."""

from __future__ import annotations

import functools

from attrs import frozen

from pipelines.dedupe.templates import same_template, without_figures
from pipelines.model import Relation
from pipelines.text.normalise import clauses, normalise
from pipelines.text.recent import RecentlyMade

NGRAM_CHARS = 3
"""Length in characters of the n-grams that are compared. With 2, texts about the same subject look alike; with 4, one
wrong character costs more similarity than it deserves."""

MIN_JACCARD = 0.6
"""Minimum Jaccard index of the n-grams of two texts that count as equal. It is .75 where one character in twenty is
wrong, .7 where a site adds 90 characters of boilerplate to a text of 250, and below .4 for two texts about the same
subject."""

MIN_CONTAINED_SHARE = 0.8
"""Minimum share of the shorter text's n-grams that the longer text must have to contain it: the remaining fifth may be
boilerplate of the site."""

MIN_VERBATIM_SHARE = 0.75
"""Minimum share, by length, of the shorter text's clauses that the longer text must have word for word to contain it.
A quoted text is there word for word; two decrees only have some sentences in common, with others between them."""

MIN_CLAUSE_CHARS = 8
"""Minimum length in characters of a clause that may be found anywhere in the longer text, not only as a clause of its
own: a page may run a caption into what follows it. Shorter clauses are found by chance, as 5米 is in 15米."""

MIN_NGRAMS = 40
"""Minimum number of n-grams of a text that is looked for in longer texts: two clauses recur without being copied."""


MAX_KEPT_CHARS = 125_000
"""How many characters the prepared texts that are kept have together. A text that circulates is compared with the same
few texts again and again. A character takes some 100 bytes, so they take 12 MB; in the demo city they are 230 texts, by
which a quarter of those to be compared need not be prepared. With twice as many it is half, but a replay's process then
takes more than 200 MB."""


@frozen(kw_only=True)
class Similarity:
    """How similar two texts are: Jaccard index if they are `equal`, else the share of the shorter in the longer."""

    similarity: float
    relation: Relation


class ComparedText:
    """A simplified text, prepared for comparison with others."""

    def __init__(self, text: str) -> None:
        """Prepare a text; it is split into clauses only when they are needed."""
        self._text = text
        whole = normalise(text)
        self._grams = {whole[at : at + NGRAM_CHARS] for at in range(len(whole) - NGRAM_CHARS + 1)}

    def similarity_to(self, other: ComparedText) -> Similarity | None:
        """Return how similar this text is to another, or None: also if the two only share a template.

        >>> text = "市住建局召开会议，部署老旧小区改造，要求各县区在年底前完成全部任务，并公布进度，接受群众监督。"
        >>> more = "另据了解，市财政局将为此拨付专项资金，审计部门全程参与；各街道已经开始入户登记，征求居民意见。" * 2
        >>> ComparedText("云岭新闻网讯：" + text).similarity_to(ComparedText(text))
        Similarity(similarity=0.8696, relation='equal')
        >>> ComparedText(text).similarity_to(ComparedText(text + more))
        Similarity(similarity=1.0, relation='within')
        """
        sizes = len(self._grams), len(other._grams)
        common = len(self._grams & other._grams)
        if common < min(sizes) * MIN_JACCARD or not common:
            return None
        jaccard, contained = common / (sum(sizes) - common), common / min(sizes)
        if jaccard >= MIN_JACCARD:
            found = Similarity(similarity=round(jaccard, 4), relation="equal")
        elif (
            contained >= MIN_CONTAINED_SHARE
            and min(sizes) >= MIN_NGRAMS
            and min(self, other, key=len).quoted(max(self, other, key=len))
        ):
            found = Similarity(similarity=round(contained, 4), relation="contains" if sizes[0] > sizes[1] else "within")
        else:
            return None
        return None if same_template(self._clauses, other._clauses) else found

    def quoted(self, larger: ComparedText) -> bool:
        """Return whether a longer text has nearly all of this one word for word, and none of it with other figures."""
        there, whole = set(larger._clauses), normalise(larger._text)
        other = [clause for clause in self._clauses if clause not in there and not _contains_clause(clause, whole)]
        missing, length = sum(map(len, other)), sum(map(len, self._clauses))
        return missing <= (1 - MIN_VERBATIM_SHARE) * length and {*map(without_figures, other)}.isdisjoint(
            map(without_figures, there)
        )

    def __len__(self) -> int:
        return len(self._grams)

    @functools.cached_property
    def _clauses(self) -> list[str]:
        return clauses(self._text)


compared = RecentlyMade(ComparedText, MAX_KEPT_CHARS)
"""Returns a text prepared for comparison, the same object if it was prepared lately."""


def _contains_clause(clause: str, text: str) -> bool:
    """Return whether a text contains a clause, across its own clauses; never where a figure could be cut in two."""
    return len(clause) >= MIN_CLAUSE_CHARS and not (clause[0].isdigit() or clause[-1].isdigit()) and clause in text
