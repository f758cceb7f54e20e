"""Pure. Which texts are one that was printed again: anchors find them, likeness tells how near they are."""

from pipelines.nearness.anchors import anchors, anchors_of
from pipelines.nearness.likeness import Compared, Likeness, compared
from pipelines.nearness.normal import clauses, normalise

__all__ = ["Compared", "Likeness", "anchors", "anchors_of", "clauses", "compared", "normalise"]
