"""Known reprints: pages of the evaluation corpus that print one text, as they are read and by the texts of its sets."""

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
    """One page of the corpus as it is read, and the text that its set has for it."""

    name: str
    url: str
    title: str
    text: str
    truth: str


def main(arguments: Sequence[str] = ()) -> None:
    """Print every pair that is near, then those near by the sets' texts alone; `--openings` shows how they begin."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--openings", type=int, default=0, metavar="N", help="the first N characters of each, too")
    asked = parser.parse_args(arguments)
    if not SCORER.exists():
        print("skipped: the evaluation corpus does not lie beside this checkout")
        return
    pages = list(prints())
    read = near([page.text for page in pages])
    true = near([page.truth for page in pages])
    print(f"{len(pages)} pages, {sum(bool(page.text) for page in pages)} of them read; {len(read)} pairs are near")
    for (one, other), found in read.items():
        _tell(pages[one], pages[other], found, asked.openings)
    missed = true.keys() - read.keys()
    print(f"near by the texts that the sets have for them: {len(true)} pairs, {len(missed)} of them not told above")
    for one, other in sorted(missed):
        _tell(pages[one], pages[other], true[one, other], asked.openings)


def prints() -> Iterator[Print]:
    """Yield the corpus's pages, set by set."""
    for truth, body in scorer().pages():
        found = ours(truth["url"], body, truth["encoding"])
        yield Print(
            name=f"{truth['set']}/{truth['id']}",
            url=truth["url"] or "",
            title=found.get("title") or "",
            text=simplify(found.get("body") or ""),
            truth=simplify(truth["body"] or ""),
        )


def near(texts: Sequence[str]) -> dict[tuple[int, int], Similarity]:
    """Return how texts are near, by the places of both, of all that share an anchor."""
    holders = defaultdict[int, list[int]](list)
    for place, text in enumerate(texts):
        for anchor in fingerprints(text):
            holders[anchor].append(place)
    pairs = {pair for places in holders.values() for pair in combinations(places, 2)}
    compared = [ComparedText(text) for text in texts]
    found = {pair: compared[pair[1]].similarity_to(compared[pair[0]]) for pair in sorted(pairs)}
    return {pair: similarity_to for pair, similarity_to in found.items() if similarity_to}


def _tell(one: Print, other: Print, found: Similarity, openings: int) -> None:
    print(f"  {found.similarity:.3f} {found.relation:<8} {other.name} / {one.name}")
    for page in (other, one):
        print(f"      {len(page.text):>6} {page.title}  {page.url}")
        if openings:
            print(f"             {page.text[:openings]!r}")


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
