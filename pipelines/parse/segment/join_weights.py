"""What each sign counts that one paragraph goes on in another, in nats; 0 is as likely as not going on at all.

`python -m tests.benchmarks.joins` fits them, together, to pages composed of written articles and of a paper's, by what
is likeliest, and prints them beside these, which are its figures rounded but for one that is set by hand.
"""

from __future__ import annotations

from collections.abc import Mapping

WEIGHTS: Mapping[str, float] = {
    # how they end and begin
    "seam": 0.7,  # of each nat by which both are likelier as one text than apart
    "closed": 6.3,  # a quotation or bracket that the left opens and the right closes: none closes what it did not open
    "open": -2.9,  # one that the left opens and the right does not close: torn again, or goes on over paragraphs
    "may-end": -8.2,  # the left ends in a closing mark, with which paragraphs end as well
    "stub": -5.5,  # the left is shorter than a line of a column, at whose end tears are
    "lone": 6.3,  # the right begins with the rest of a name and a comma; by hand as "closed", for ours tear few names
    "counted": 4.6,  # the left ends in a number, and the right goes on with it or with what was counted
    "uncounted": -0.5,  # the left ends in a number, and the right does neither
    "begins": 2.1,  # of each nat of `evidence.BEGINNINGS`
    # the next under the same headline
    "next": 3.3,  # columns are mostly read in their order
    "sentence": 1.0,  # it is a single sentence, as the rests of paragraphs mostly are
    "heading": -6.3,  # the left looks like a heading inside an article
    "heading-seam": 1.1,  # of each nat by which a word spans the seam behind that
    # one behind a sentence that may be a picture's caption
    "past": -3.9,
    "past-alike": 3.3,  # half of what that sentence says is said around it as well
    "past-said": 1.3,  # of the words that it shares with what stands around it
    "past-fresh": -0.4,  # the right begins as most paragraphs do
    # one under another headline
    "apart": 1.0,  # most ends that are torn go on somewhere
    "farther": -1.1,  # of each headline more that stands between
    "fresh": -2.2,  # it begins as most paragraphs do: behind others, it is a new one
    "caption": -1.1,  # it says, in a sentence, what the left's article says, and more stands behind it
    "told": 1.8,  # of the words that it and those behind it share with the left's article, not with those before it
    "kept": -0.8,  # of those that they share with what is before it alone
    "own": -2.0,  # of those that it does by itself
    "again": 2.6,  # the pair of hanzi across the seam stands together elsewhere in the article: a name, or part of one
}


def score(signs: Mapping[str, float]) -> float:
    """Return what speaks for two paragraphs being one, of signs by name: 1 or 0, or how much of it there is.

    >>> round(score({"next": 1, "sentence": 1}), 1)
    4.3
    """
    return sum(WEIGHTS[name] * value for name, value in signs.items() if value)
