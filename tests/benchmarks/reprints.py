"""Reprints among the pages of the evaluation corpus: found in extracted texts, and in the true texts of its sets."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from attrs import frozen

from pipelines.dedupe.similarity import ComparedText, Similarity
from pipelines.dedupe.winnowing import fingerprints
from pipelines.text.simplify import simplify
from tests.benchmarks.quality import SCORER, ours, scorer


@frozen(kw_only=True)
class Print:
    """One page of the corpus: its extracted text, and its true text."""

    name: str
    url: str
    title: str
    text: str
    truth: str


def main(arguments: Sequence[str] = ()) -> None:
    """Print the similar pairs, then those whose true texts alone are similar; `--openings` prints how they begin."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--openings", type=int, default=0, metavar="N", help="also print the first N characters of each text"
    )
    options = parser.parse_args(arguments)
    if not SCORER.exists():
        print("skipped: the evaluation corpus is not beside this checkout")
        return
    pages = list(prints())
    found_pairs = near_pairs([page.text for page in pages])
    true_pairs = near_pairs([page.truth for page in pages])
    print(f"{len(pages)} pages, {sum(bool(page.text) for page in pages)} with a text; {len(found_pairs)} similar pairs")
    for (one, other), found in found_pairs.items():
        _print_pair(pages[one], pages[other], found, options.openings)
    missed = true_pairs.keys() - found_pairs.keys()
    print(f"similar by their true texts: {len(true_pairs)} pairs, {len(missed)} of them not listed above")
    for one, other in sorted(missed):
        _print_pair(pages[one], pages[other], true_pairs[one, other], options.openings)


def prints() -> Iterator[Print]:
    """Yield the pages of the corpus, set by set."""
    for truth, body in scorer().pages():
        found = ours(truth["url"], body, truth["encoding"])
        yield Print(
            name=f"{truth['set']}/{truth['id']}",
            url=truth["url"] or "",
            title=found.get("title") or "",
            text=simplify(found.get("body") or ""),
            truth=simplify(truth["body"] or ""),
        )


def near_pairs(texts: Sequence[str]) -> dict[tuple[int, int], Similarity]:
    """Return the similarity of all texts that share a fingerprint and are similar, by the indexes of both."""
    holders = defaultdict[int, list[int]](list)
    for place, text in enumerate(texts):
        for fingerprint in fingerprints(text):
            holders[fingerprint].append(place)
    pairs = {pair for places in holders.values() for pair in combinations(places, 2)}
    compared = [ComparedText(text) for text in texts]
    found = {pair: compared[pair[1]].similarity_to(compared[pair[0]]) for pair in sorted(pairs)}
    return {pair: similarity_to for pair, similarity_to in found.items() if similarity_to}


def _print_pair(one: Print, other: Print, found: Similarity, openings: int) -> None:
    print(f"  {found.similarity:.3f} {found.relation:<8} {other.name} / {one.name}")
    for page in (other, one):
        print(f"      {len(page.text):>6} {page.title}  {page.url}")
        if openings:
            print(f"             {page.text[:openings]!r}")


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
