"""The hook of mkdocs: fills in the generated parts of pages, and prepares Chinese text for search."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, cast

from mkdocs.plugins import event_priority

from docs.generator.markdown import Lang
from docs.generator.reference import PARTS
from docs.generator.words import known_words, separate

_PART = re.compile(r"^\{\{ (\w+) \}\}$", re.MULTILINE)
_WIDE = r"[\u3000-\u9fff\uff00-\uffef“”‘’…]"
_WRAP = re.compile(rf"(?<={_WIDE})\n(?={_WIDE})")
_CODE_BLOCK = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)

ZERO_WIDTH_SPACE = "\u200b"
"""Separates Chinese words in the search index: the search of the theme splits text at it."""


def on_page_markdown(markdown: str, *, page: Any, **_: object) -> str:
    """Replace each `{{ name }}` on a line of its own by the generated part; an unknown name is an error.

    A line break between Chinese characters is removed, because a browser would show it as a space. Transcripts are not
    highlighted: their output is no shell.
    """
    lang = cast("Lang", page.file.locale)
    parts = _CODE_BLOCK.split(markdown)
    parts[::2] = (_WRAP.sub("", part) for part in parts[::2])
    text = "".join(parts).replace("```console\n", "```text\n")
    return _PART.sub(lambda found: PARTS[found[1]](lang), text)


@event_priority(-200)  # after the plugin i18n, which has -100 and merges the indexes of both languages
def on_post_build(*, config: Any, **_: object) -> None:
    """Separate the words of Chinese text in the search index, so that words inside a sentence are found."""
    words = known_words()
    for index in Path(config.site_dir).glob("**/search_index.json"):
        document = json.loads(index.read_text("utf-8"))
        for entry in document["docs"]:
            entry["title"], entry["text"] = (
                separate(entry[key].replace(ZERO_WIDTH_SPACE, ""), words, ZERO_WIDTH_SPACE) for key in ("title", "text")
            )
        index.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")), "utf-8")
