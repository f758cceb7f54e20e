"""Five articles of a new site beside their pages: what is shown, where the pages come from, and hostile ones."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from crawler.web import samples, work
from crawler.web.api.new_sites import site_named
from crawler.web.app import application
from crawler.web.content import content_application
from crawler.web.jobs import BackgroundJob
from crawler.web.problems import Refused
from crawler.web.room import Room
from crawler.web.samples import MAX_LEFT_OUT, MAX_TEXT_CHARS, config_of_samples, read_samples, sample_of
from crawler.web.serving import Serving
from pipelines.model import Entry
from pipelines.model.serialize import entry_document
from tests.crawler.web.rooms import archived, config_of, sample
from tests.crawler.web.test_hostile import MARK, PAYLOAD, Elements, hostile

KEY = "a-job"


def job_of(**values: Any) -> BackgroundJob:
    job = BackgroundJob(
        id=KEY, kind="survey", url="http://news.example/", asked_at=dt.datetime.now(dt.UTC), state="done"
    )
    for name, value in values.items():
        setattr(job, name, value)
    return job


class OneJob:
    """A queue with one job, in place of that of the room."""

    def __init__(self, job: BackgroundJob) -> None:
        self._job = job

    def ask(self, given: str, kind: Any = "fetch", arguments: tuple[str, ...] = ()) -> BackgroundJob:
        raise NotImplementedError

    def job(self, key: str) -> BackgroundJob | None:
        return self._job if key == self._job.id else None


def room_with(folder: Path, job: BackgroundJob) -> Room:
    """Return a room whose only job is that one."""
    from attrs import evolve

    archived(folder, sample())
    made = Room(config_of(folder), Serving(token="a-long-token"))
    made.desk = evolve(made.desk, fetches=OneJob(job))
    return made


def shown(folder: Path, job: BackgroundJob) -> str:
    made = room_with(folder, job)
    with TestClient(application(made), base_url=made.serving.base_url) as client:
        answer = client.get(f"/new-site/{KEY}", headers={"Accept-Language": "en"})
        assert answer.status_code == 200
        return answer.text


def surveyed(documents: list[dict[str, Any]], pages: Path | None = None) -> BackgroundJob:
    receipt = {"ok": True, "listed": 9, "findings": [], "samples": documents}
    return job_of(toml='name = "x"', slug="x", receipt=receipt, pages=pages)


def test_a_sample_says_what_was_read_and_what_was_not() -> None:
    line = {"rule": "byline", "place": "head", "text": "记者 张三" * 99}
    article = {
        "title": "题",
        "published_at": None,
        "published_on": "2024-03-01",
        "source": None,
        "text": "字" * 999,
        "left_out": [line] * 20,
    }
    found = sample_of({"url": "http://a.example/", "final_url": "http://a.example/", "articles": [article, article]})
    assert (found["published"], found["source"], found["articles"]) == ("2024-03-01", None, 2)
    assert (len(found["text"]), found["characters"]) == (MAX_TEXT_CHARS, 999)
    assert (len(found["left_out"]), found["lines_left_out"]) == (MAX_LEFT_OUT, 20)
    assert max(len(each["text"]) for each in found["left_out"]) == samples.MAX_LINE_CHARS


def test_a_page_that_was_not_read_is_shown_with_its_reason(tmp_path: Path) -> None:
    documents = [sample_of({"url": "http://a.example/1", "reason": reason}) for reason in ("robots", "soft-404")]
    text = shown(tmp_path, surveyed(documents))
    assert "no article: robots" in text
    assert "no article: soft-404" in text
    assert "<iframe" not in text


def test_pages_come_from_the_archive_of_the_job_alone(tmp_path: Path) -> None:
    (entry, *_others) = archived(tmp_path / "pages", sample())
    job = surveyed([sample_of(entry_document(entry))], tmp_path / "pages")
    made = room_with(tmp_path / "room", job)
    with TestClient(application(made), base_url=made.serving.base_url) as client:
        page = client.get(f"/new-site/{KEY}").text
    elements = Elements()
    elements.feed(page)
    (frame,) = [attributes for tag, attributes in elements.found if tag == "iframe"]
    assert frame["sandbox"] == "allow-top-navigation-by-user-activation"
    base = made.serving.content_base_url
    assert (frame["src"] or "").startswith(f"{base}/sample/{KEY}/")
    with TestClient(content_application(made), base_url=base) as client:
        answer = client.get((frame["src"] or "").removeprefix(base))
        assert answer.status_code == 200
        assert "<p>0</p>" in answer.text
        policy = answer.headers["Content-Security-Policy"]
        assert "sandbox" in policy
        assert "script-src" not in policy or "script-src 'none'" in policy
        assert client.get((frame["src"] or "").removeprefix(base).replace(KEY, "another-job")).status_code == 404
        for path in ("../../etc/passwd", "%2e%2e/catalogue.sqlite", "20240101000000mp_/file:///etc/passwd"):
            assert client.get(f"/sample/{KEY}/{path}").status_code == 404, path
    job.pages = None
    with TestClient(content_application(made), base_url=base) as client:
        assert client.get((frame["src"] or "").removeprefix(base)).status_code == 404, "its pages were removed"


@pytest.mark.parametrize("which", range(5))
def test_no_field_of_a_sample_becomes_markup(tmp_path: Path, which: int) -> None:
    entry: Entry = hostile()[which]
    document = {**sample_of(entry_document(entry)), "reason": PAYLOAD}
    job = surveyed([document], tmp_path)
    job.receipt["findings"] = [{"kind": PAYLOAD, "url": f"javascript:{MARK}()"}]
    job.toml, job.url, job.events = PAYLOAD, PAYLOAD, [PAYLOAD]
    text = shown(tmp_path / "room", job)
    elements = Elements()
    elements.feed(text)
    for tag, attributes in elements.found:
        assert tag not in ("script", "img", "object", "embed", "style", "base"), tag
        assert not [name for name in attributes if name.startswith("on") or name == "style"], attributes
        for target in (attributes[name] or "" for name in ("href", "src", "action") if name in attributes):
            assert target.lower().startswith(("/", "#", "http://")), target
    assert f"{1337 * 7919}" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_addresses_of_a_list_that_lead_inside_are_not_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def run(_config: Any, _job: BackgroundJob, _folder: Path, arguments: tuple[str, ...], _max_s: float) -> bytes:
        asked.extend(arguments[arguments.index("--") + 1 :])
        return b""

    monkeypatch.setattr(samples, "run_command", run)
    job = job_of()
    inside = ["http://127.0.0.1/a", "http://169.254.169.254/", "file:///etc/passwd", "--archive=/", "http://[::1]/"]
    found = read_samples(config_of(tmp_path), job, tmp_path, [*inside, "http://news.example/1.html"])
    assert asked == ["http://news.example/1.html"]
    assert [each["reason"] for each in found] == ["failed"]
    assert len(job.events) == len(inside)
    assert read_samples(config_of(tmp_path), job, tmp_path, inside) == []


def test_a_site_is_also_found_by_the_name_of_its_place(tmp_path: Path) -> None:
    made = room_with(tmp_path, job_of())
    assert site_named(made, "开平市") == ("http://www.kaiping.gov.cn/", "440783")
    assert site_named(made, "http://www.kaiping.gov.cn/") == ("http://www.kaiping.gov.cn/", "")
    with pytest.raises(Refused, match="2 places are called 朝阳区") as several:
        site_named(made, "朝阳区")
    assert "110105" in str(several.value.hint)
    with pytest.raises(Refused, match="no place"):
        site_named(made, "没有这个地方")


def test_a_survey_reads_the_articles_that_its_check_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = {
        "new": b'# news.toml\nname = "x"\n',
        "check": b'{"listed": 2, "ok": true, "title": "x", "findings": [], "articles": ["http://news.example/1"]}\n',
    }
    monkeypatch.setattr(work, "run_command", lambda *given: printed[given[3][1]])
    monkeypatch.setattr(work, "read_samples", lambda *given: [{"url": each} for each in given[3]])
    job = job_of()
    work.survey(config_of(tmp_path), job, tmp_path)
    assert job.receipt["samples"] == [{"url": "http://news.example/1"}]
    assert "articles" not in job.receipt
    assert config_of_samples(config_of(tmp_path), tmp_path / "pages").archive == str(tmp_path / "pages")
