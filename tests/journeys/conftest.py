"""What several journeys share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crawler.wire import Wire, wired
from tests.journeys.small import ARTICLES, PATHS, answer, listing


@pytest.fixture
def wire() -> Iterator[Wire]:
    with wired() as server:
        server.answers = {"/list/": listing(PATHS)} | {path: answer(text) for path, text in ARTICLES.items()}
        yield server
