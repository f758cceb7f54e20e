"""Digests of the extraction of each page, by which a change for speed is proved to change no character.

`python -m tests.quality.extractions` writes them again after a rule was changed on purpose: the difference of the file
shows which pages changed. Those of the evaluation corpus stay as they are if it is not beside the checkout.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.extract import CORPUS, Page, city, corpus, ours
from tests.pipelines.parse.extract.test_pages import CASES, read

DIGESTS = Path(__file__).with_name("extractions.txt")
SCRIPTS = ("hans", "hant")
DIGEST_CHARS = 12
"""Characters of a digest: among 600 pages, two of 48 bits differ."""

_CORPUS_PREFIX = "corpus/"


def expected(with_corpus: bool) -> dict[str, str]:
    """Return the digests in the file by the names of the pages."""
    pairs = (line.split() for line in DIGESTS.read_text("utf-8").splitlines())
    return {name: digest for name, digest in pairs if with_corpus or not name.startswith(_CORPUS_PREFIX)}


def found() -> dict[str, str]:
    """Return the digests of the pages of tests/pages in both scripts, of the demo city and of the corpus."""
    return dict(_digests())


def has_corpus() -> bool:
    """Return whether the evaluation corpus is beside the checkout."""
    return CORPUS.is_dir()


def _digests() -> Iterator[tuple[str, str]]:
    for case in CASES:
        for script in SCRIPTS:
            yield f"pages/{case.parent.name}/{case.stem}/{script}", _digest(read(case, script)[0])
    for page in city():
        yield f"city/{page[0].final_url.removeprefix('http://')}", _digest(ours(page))
    for name, page in _corpus_pages():
        yield f"{_CORPUS_PREFIX}{name}", _digest(ours(page))


def _corpus_pages() -> Iterator[tuple[str, Page]]:
    names = (f"{path.parent.name}/{path.stem}" for path in sorted(CORPUS.glob("*/*.json")))
    return zip(names, corpus(), strict=True)


def _digest(extraction: object) -> str:
    return hashlib.sha256(repr(extraction).encode()).hexdigest()[:DIGEST_CHARS]


def main() -> None:
    """Write the digests, and print which pages changed."""
    before = expected(with_corpus=True) if DIGESTS.exists() else {}
    now = found()
    kept = {} if has_corpus() else {name: each for name, each in before.items() if name.startswith(_CORPUS_PREFIX)}
    after = {**now, **kept}
    DIGESTS.write_text("".join(f"{name} {after[name]}\n" for name in sorted(after)), "utf-8")
    changed = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    sys.stdout.write("".join(f"{name}\n" for name in changed) + f"{len(changed)} of {len(after)} pages changed\n")


if __name__ == "__main__":
    main()
