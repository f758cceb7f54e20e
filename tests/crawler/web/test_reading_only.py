"""The room never writes, does not block a writer, works with both databases and stores, and keeps errors to itself."""

from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from crawler.web.app import application
from crawler.web.readers import open_reader
from crawler.web.room import Room
from crawler.web.serving import Serving
from pipelines.archive import Archive
from pipelines.catalogue.catalogue import Catalogue
from pipelines.errors import ConfigError, StoreError
from pipelines.storage import open_storage
from tests.crawler.web.rooms import archived, article, config_of, made_entry, opened, sample
from tests.pipelines.made import capture


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    entries = archived(tmp_path, sample())
    reader = open_reader(config_of(tmp_path))
    with pytest.raises(StoreError):
        reader.catalogue.remove(entries[0].id)
    with pytest.raises(StoreError):
        reader.catalogue.put(made_entry(99, article("新", "新文章")))
    assert reader.catalogue.get(entries[0].id) is not None
    reader.catalogue.close()


def test_a_reader_of_postgresql_cannot_write(database: str, tmp_path: Path) -> None:
    config = config_of(tmp_path, catalogue=database)
    with closing(Catalogue(database)) as catalogue:
        for each in sample():
            catalogue.put(each)
    reader = open_reader(config)
    with pytest.raises(StoreError):
        reader.catalogue.remove(sample()[0].id)
    reader.catalogue.close()
    tmp_path.joinpath("warc").mkdir()
    room = Room(config, Serving())
    with TestClient(application(room), base_url="http://127.0.0.1:8940") as client:
        for path in ("/", "/search?q=电梯", "/counts", "/sites", "/gone", "/coverage", "/regions", "/tray", "/changed"):
            assert client.get(path).status_code == 200, path
        assert client.get("/search.json?q=电梯").json()["total"] == 2
        assert client.get("/cdx?url=http://news.example/gone*").text.count("\n") == 2


def test_an_archive_in_s3(bucket: str, tmp_path: Path) -> None:
    config = config_of(tmp_path, archive=f"s3://{bucket}/news", catalogue=f"sqlite:///{tmp_path}/catalogue.sqlite")
    made, stored = capture(0), sample()[0]
    store = Archive(open_storage(config.archive, config.options))
    location = store.put(made, stored.digests, "news")
    store.sync()
    store.close()
    with closing(Catalogue(config.catalogue)) as catalogue:
        from attrs import evolve

        catalogue.put(evolve(stored, location=location))
    with TestClient(application(Room(config, Serving())), base_url="http://127.0.0.1:8940") as client:
        assert client.get("/readyz").status_code == 200
        assert client.get(f"/a/{stored.id}").status_code == 200
        assert len(client.get(f"/api/record/{stored.id}").content) == location.length
        assert client.get("/custody.json").json()["ledger"]["entries"] > 0


def test_a_crawl_writes_while_readers_read(tmp_path: Path) -> None:
    archived(tmp_path, sample())
    failures: list[Any] = []
    with opened(tmp_path) as client:
        stop = threading.Event()

        def read() -> None:
            while not stop.is_set():
                answer = client.get("/search.json?copies=true")
                if answer.status_code != 200:
                    failures.append(answer.text)

        readers = [threading.Thread(target=read) for _ in range(6)]
        for each in readers:
            each.start()
        with closing(Catalogue(config_of(tmp_path).catalogue)) as catalogue:
            for number in range(100, 160):
                catalogue.put(made_entry(number, article(f"标题{number}", f"第{number}篇文章的正文")))
        stop.set()
        for each in readers:
            each.join()
        assert client.get("/search.json?copies=true").json()["total"] == 65
    assert failures == []


def test_an_unexpected_error_shows_nothing_of_itself(tmp_path: Path) -> None:
    archived(tmp_path, sample())
    with opened(tmp_path) as client:
        with closing(Catalogue(config_of(tmp_path).catalogue)) as catalogue:
            import sqlalchemy as sa

            with catalogue._database.writing() as connection:
                connection.execute(sa.text("ALTER TABLE articles RENAME TO secret_name"))
        for path in ("/search", "/search.json", "/search.atom"):
            answer = client.get(path)
            assert answer.status_code >= 500
            assert "secret_name" not in answer.text
            assert "articles" not in answer.text
            assert str(tmp_path) not in answer.text.replace(f"档案库 {tmp_path}", "")


def test_a_room_without_a_catalogue_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        Room(config_of(tmp_path), Serving())
