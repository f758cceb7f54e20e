"""Marks of readers: who may set them, where they are shown, and that nothing of the archive changes by them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from starlette.testclient import TestClient

from crawler.records import MARKS, RECORDS_FILE
from crawler.web.api.marks import MAX_NOTE_CHARS
from crawler.web.rooms.marks import COLUMNS, KINDS
from pipelines.model import Entry, Quality
from tests.crawler.web.rooms import archived, opened, sample

TOKEN = "a-long-token"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def scored() -> list[Entry]:
    """Three captures of the sample with scores."""
    found = sample()
    return [
        evolve(each, articles=(evolve(each.articles[0], quality=Quality(score=score)),))
        for each, score in zip((found[0], found[2], found[5]), (0.1, 0.2, 0.3), strict=True)
    ]


@pytest.fixture
def guarded(tmp_path: Path, scored: list[Entry]) -> Iterator[TestClient]:
    archived(tmp_path, scored)
    with opened(tmp_path, token=TOKEN) as client:
        yield client


def mark(client: TestClient, capture: object, kind: object = "wrong", note: object = "", **headers: str) -> Any:
    given = {"capture": capture, "kind": kind, "note": note}
    return client.post("/api/marks", json=given, headers={**BEARER, **headers})


def test_every_kind_has_a_word() -> None:
    assert tuple(KINDS) == MARKS


def test_without_a_token_nobody_marks(room: TestClient, entries: list[Entry]) -> None:
    assert mark(room, entries[0].id).status_code == 403
    assert 'action="/marks"' not in room.get(f"/a/{entries[0].id}").text


@pytest.mark.parametrize(
    "headers", [{"Authorization": "Bearer x"}, {"Authorization": ""}, {"Origin": "http://evil.example"}]
)
def test_others_cannot_mark(guarded: TestClient, scored: list[Entry], headers: dict[str, str]) -> None:
    answered = mark(guarded, scored[0].id, **headers)
    assert answered.status_code in (401, 403)
    form = {"capture": scored[0].id, "kind": "wrong", "token": TOKEN if "Origin" in headers else "x"}
    posted = guarded.post("/marks", data=form, headers={"Origin": headers["Origin"]} if "Origin" in headers else {})
    assert posted.status_code in (401, 403)
    assert guarded.get("/marks.json").json()["total"] == 0


def test_a_mark_is_shown_at_once_wherever_its_article_is(guarded: TestClient, scored: list[Entry]) -> None:
    paths = (f"/a/{scored[1].id}", "/tray", "/marks")
    before = [guarded.get(path).text for path in paths]
    form = {"capture": scored[1].id, "kind": "wrong", "note": "标题缺字", "token": TOKEN}
    answered = guarded.post("/marks", data=form, follow_redirects=False)
    assert answered.headers["Location"] == f"/a/{scored[1].id}#mark"
    after = [guarded.get(path, headers={"Accept-Language": "zh"}).text for path in paths]
    assert all("有误" in text and text != old for text, old in zip(after, before, strict=True))
    assert guarded.get(f"/a/{scored[1].id}.json").json()["mark"]["note"] == "标题缺字"
    (listed,) = guarded.get("/marks.json").json()["marks"]
    assert list(listed) == list(COLUMNS)
    assert (listed["capture"], listed["title"]) == (scored[1].id, "供水通告")


def test_the_tray_is_narrowed_by_marks(guarded: TestClient, scored: list[Entry]) -> None:
    first, second, third = (each.id for each in scored)
    mark(guarded, first, "looked-at")
    mark(guarded, second, "wrong")

    def tray(marked: str) -> tuple[int, list[str]]:
        answer = guarded.get(f"/tray.json?marked={marked}").json()
        return answer["total"], [row["id"] for row in answer["items"]]

    assert tray("") == (3, [first, second, third])
    assert tray("no") == (1, [third])
    assert tray("looked-at") == (1, [first])
    assert tray("wrong") == (1, [second])
    assert guarded.get("/tray.json?marked=colour").status_code == 400
    assert mark(guarded, second, "none").json() == {"capture": second, "kind": None}
    assert tray("no") == (2, [second, third])


@pytest.mark.parametrize(
    ("capture", "kind", "note", "status"),
    [
        *(("20200101000000-000000000000", "wrong", "", 404), ("../../etc/passwd", "wrong", "", 404)),
        *((None, "colour", "", 400), (None, "wrong", "x" * (MAX_NOTE_CHARS + 1), 400), (None, "wrong", 1, 400)),
        *(([], "wrong", "", 400), (None, [], "", 400), (None, None, "", 400)),
    ],
)
def test_odd_marks_are_refused(
    guarded: TestClient, scored: list[Entry], capture: object, kind: object, note: object, status: int
) -> None:
    answered = mark(guarded, scored[0].id if capture is None else capture, kind, note)
    assert answered.status_code == status, answered.text
    assert guarded.get("/marks.json").json()["total"] == 0


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"kind"', "[" * 5000, '"x"'])
def test_odd_bodies_are_refused(guarded: TestClient, body: str) -> None:
    assert guarded.post("/api/marks", content=body, headers=BEARER).status_code == 400


def test_a_form_with_many_fields_is_refused(guarded: TestClient) -> None:
    assert guarded.post("/marks", content="a=1&" * 50).status_code == 400


def test_nothing_but_the_records_changes(tmp_path: Path, scored: list[Entry]) -> None:
    archived(tmp_path, scored)

    def digests() -> dict[str, str]:
        files = [each for each in tmp_path.rglob("*") if each.is_file() and RECORDS_FILE not in each.name]
        kept = [each for each in files if not each.name.endswith(("-wal", "-shm"))]
        return {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in kept}

    before = digests()
    with opened(tmp_path, token=TOKEN) as client:
        assert mark(client, scored[0].id, "wrong", "\x1b[31m\u202e改").status_code == 200
        assert "\x1b" not in client.get("/marks").text
    assert digests() == before
    assert (tmp_path / RECORDS_FILE).exists()
