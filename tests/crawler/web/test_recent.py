"""Answers that are given again: what they depend on, who waits for them, and how many are kept."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

import pytest
from starlette.responses import Response

from crawler.web import recent
from crawler.web.recent import AGE_S, RecentAnswers
from crawler.web.state import DatabaseState
from pipelines.catalogue.catalogue import Catalogue
from tests.crawler.web.rooms import archived, article, config_of, made_entry, opened, sample


def test_an_answer_is_made_once_for_all_who_ask_at_the_same_time() -> None:
    now, made = [0.0], 0

    async def make() -> Response:
        nonlocal made
        made += 1
        await asyncio.sleep(0.01)
        return Response(f"{made}")

    async def ask() -> list[Response]:
        answers = RecentAnswers(lambda: now[0])
        together = await asyncio.gather(*(answers.get(("a",), make) for _ in range(20)))
        again = await answers.get(("a",), make)
        other = await answers.get(("b",), make)
        now[0] += AGE_S + 1
        return [*together, again, other, await answers.get(("a",), make)]

    bodies = [bytes(answer.body) for answer in asyncio.run(ask())]
    assert bodies == [b"1"] * 21 + [b"2", b"3"]


def test_an_answer_that_is_given_again_has_its_age(sample_archive: Path) -> None:
    for path in ("/search", "/search.json", "/counts.png?by=month"):
        with opened(sample_archive) as client:
            made, again = client.get(path), client.get(path)
        assert (made.status_code, made.headers.get("Age")) == (200, None), path
        assert int(again.headers["Age"]) < AGE_S
        assert made.headers.items() == again.headers.items() - {("age", again.headers["Age"])}, path
        assert again.content == made.content


def test_an_error_is_raised_for_all_who_wait_and_not_kept() -> None:
    tries = 0

    async def fail() -> Response:
        nonlocal tries
        tries += 1
        await asyncio.sleep(0.01)
        raise ValueError("too bad")

    async def ask() -> None:
        answers = RecentAnswers()
        found = await asyncio.gather(*(answers.get(("a",), fail) for _ in range(3)), return_exceptions=True)
        assert [type(each) for each in found] == [ValueError] * 3
        with pytest.raises(ValueError, match="too bad"):
            await answers.get(("a",), fail)

    asyncio.run(ask())
    assert tries == 2


def test_a_reader_who_leaves_does_not_take_the_answer_from_the_others() -> None:
    async def make() -> Response:
        await asyncio.sleep(0.05)
        return Response("1")

    async def ask() -> Response:
        answers = RecentAnswers()
        leaving = asyncio.ensure_future(answers.get(("a",), make))
        staying = asyncio.ensure_future(answers.get(("a",), make))
        await asyncio.sleep(0.01)
        leaving.cancel()
        return await staying

    assert asyncio.run(ask()).body == b"1"


def test_only_so_many_bytes_are_kept_and_no_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "MAX_BYTES", 1_000)

    async def ask() -> int:
        answers = RecentAnswers()

        async def make(status: int = 200) -> Response:
            return Response(b"x" * 300, status)

        for number in range(50):
            await answers.get((f"{number}",), make)
        kept = answers.size
        await answers.get(("problem",), lambda: make(404))
        assert answers.size == kept
        return kept

    assert asyncio.run(ask()) == 900


def test_the_state_of_a_catalogue_changes_with_each_write_and_never_by_reading(tmp_path: Path) -> None:
    config = config_of(tmp_path)
    archived(tmp_path, sample())
    state = DatabaseState(config.catalogue)
    before = asyncio.run(state.now())
    with closing(Catalogue(config.catalogue)) as catalogue:
        list(catalogue.entries())
        assert asyncio.run(state.now()) == before
        for number in range(50, 60):
            catalogue.put(made_entry(number, article(f"标题{number}", f"第{number}篇")))
            after = asyncio.run(state.now())
            assert after != before
            before = after


def test_languages_and_forms_are_not_mixed_up(sample_archive: Path) -> None:
    with opened(sample_archive) as client:
        for _turn in range(2):
            for lang, word in (("zh-CN", "检索"), ("en", "Search")):
                assert f">{word}</button>" in client.get("/search", headers={"Accept-Language": lang}).text
            assert client.get("/search.json").headers["Content-Type"] == "application/json"
            assert client.get("/search.csv").headers["Content-Type"].startswith("text/csv")
            tag = client.get("/search.json").headers["ETag"]
            again = client.get("/search.json", headers={"If-None-Match": tag})
            assert (again.status_code, again.content) == (304, b"")
            assert client.get("/search.json").status_code == 200
