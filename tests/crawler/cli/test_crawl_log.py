"""The log of a crawl: what is kept of it, within which bounds, without passwords, and also of a crawl that fails."""

from __future__ import annotations

import datetime as dt
import logging
from pathlib import Path

import pytest

from crawler.cli import crawl_log
from crawler.cli.crawl_log import kept_log
from crawler.config.config import Config
from crawler.records import LEVELS, LogLine, Records, opened_records, read_records
from crawler.records import logs as stored
from pipelines.errors import ConfigError
from pipelines.times import from_us
from tests.crawler.web.rooms import config_of
from tests.wait import wait_until

logger = logging.getLogger("crawler.example")
SITES = {"http://news.example/": "news", "http://paper.example/": "paper"}


def kept(config: Config, site: str) -> list[tuple[str, str, str]]:
    """Return level, event and text of the lines that are kept of the last crawl of a site."""
    with read_records(Path(config.archive) / "records.sqlite") as records:
        key = records.logs.of_crawl(site, began(records))
        lines = records.logs.lines(key, LEVELS) if key else []
    return [(each.level, each.event, each.message) for each in lines]


def began(records: Records) -> dt.datetime:
    """Return when the last run began; 1970 if none did."""
    return from_us(records._db.execute("SELECT coalesce(max(began_us), 0) FROM logs").fetchone()[0])


def test_each_site_has_its_lines_and_those_of_the_run(tmp_path: Path) -> None:
    config = config_of(tmp_path)
    with kept_log(config, ["news", "paper"], SITES.get):
        logger.warning("%s: %s", "http://news.example/", "no answer within 30 s")
        logger.info("%s has no article: %s", "http://paper.example/", "challenge")
        logger.warning("%s is paused until the next crawl: %s", "paper", "three challenges")
        logger.warning("the catalogue is available again")
        logging.getLogger("twisted").info("not ours")
        logging.getLogger("twisted").warning("of a library")
    run = [("warning", "catalogue-back", "the catalogue is available again"), ("warning", "log", "of a library")]
    end = ("info", "crawl-finished", "crawl finished.")
    assert kept(config, "news") == [
        ("info", "crawl-started", "news: crawl started."),
        ("warning", "page-failed", "http://news.example/: no answer within 30 s"),
        *run,
        end,
    ]
    assert kept(config, "paper") == [
        ("info", "crawl-started", "paper: crawl started."),
        ("info", "page-rejected", "http://paper.example/ has no article: challenge"),
        ("warning", "site-paused", "paper is paused until the next crawl: three challenges"),
        *run,
        end,
    ]
    assert kept(config, "elsewhere") == []


def test_levels_of_loggers_are_as_before(tmp_path: Path) -> None:
    ours = logging.getLogger("crawler")
    before, handlers = ours.level, logging.getLogger().handlers[:]
    with kept_log(config_of(tmp_path), ["news"], SITES.get):
        assert logger.isEnabledFor(logging.INFO)
    assert (ours.level, logging.getLogger().handlers) == (before, handlers)


def test_why_a_crawl_failed_is_its_last_line(tmp_path: Path) -> None:
    config = config_of(tmp_path)
    with pytest.raises(ConfigError), kept_log(config, ["news"], SITES.get):
        raise ConfigError("the bucket is gone")
    assert kept(config, "news")[-1] == ("error", "error", "the bucket is gone")
    with pytest.raises(IndexError), kept_log(config, ["news"], SITES.get):
        [].pop()
    assert "IndexError" in kept(config, "news")[-1][2]


def test_passwords_and_control_characters_are_not_kept(tmp_path: Path) -> None:
    config = config_of(tmp_path)
    with kept_log(config, ["news"], SITES.get):
        logger.warning("%s: %s", "http://u:geheim@news.example/", "\x1b[31m\u202ered")
        try:
            raise ValueError("postgresql://u:geheim@db/x")
        except ValueError:
            logger.exception("%s", "odd")
    texts = "".join(text for _level, _event, text in kept(config, "news"))
    assert "ValueError" in texts
    assert not [each for each in ("geheim", "\x1b", "\u202e") if each in texts]
    assert b"geheim" not in b"".join(each.read_bytes() for each in tmp_path.glob("records.sqlite*"))


def test_lines_are_written_while_the_crawl_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crawl that is killed keeps them."""
    monkeypatch.setattr(crawl_log, "WRITE_S", 0.05)
    config = config_of(tmp_path)
    with kept_log(config, ["news"], SITES.get):
        logger.warning("%s: %s", "http://news.example/", "no answer")
        wait_until(lambda: (tmp_path / "records.sqlite").exists() and len(kept(config, "news")) == 2)


def test_a_log_is_bounded_and_says_what_it_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawl_log, "MAX_LINES", 10)
    config = config_of(tmp_path)
    with kept_log(config, ["news"], SITES.get):
        for number in range(30):
            logger.warning("%s: %s", "http://news.example/", "x" * 9_999)
            logger.error("%s", number)
    lines = kept(config, "news")
    assert len([each for each in lines if each[0] == "error"]) == 30
    assert len([each for each in lines if each[0] == "warning"]) < 10
    assert max(len(each[2]) for each in lines) == crawl_log.MAX_LINE_CHARS
    with read_records(tmp_path / "records.sqlite") as records:
        key = records.logs.of_crawl("news", began(records))
        assert key is not None
        assert key.left_out + len(lines) == 62


def test_the_oldest_logs_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "MAX_BYTES", 200)
    at = dt.datetime(2024, 3, 5, tzinfo=dt.UTC)
    line = LogLine(at=at, level="info", event="log", message="字" * 25)
    with opened_records(tmp_path / "records.sqlite") as records:
        for number in range(6):
            run = records.logs.begin(["news"], at + dt.timedelta(hours=number))
            records.logs.add(run, [line], 0, at + dt.timedelta(hours=number, minutes=5))
        present = [records.logs.of_crawl("news", at + dt.timedelta(hours=number, minutes=1)) for number in range(6)]
        assert [each is not None for each in present] == [False, False, False, True, True, True]
        assert records.logs.of_crawl("news", at + dt.timedelta(hours=5, minutes=6)) is None, "this run was over"


def test_a_crawl_goes_on_without_a_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "records.sqlite").write_bytes(b"no database" * 100)
    with kept_log(config_of(tmp_path), ["news"], SITES.get):
        logger.warning("%s", "x")
    assert "the log of this crawl is not kept" in caplog.text


def test_records_of_an_earlier_version_have_no_logs(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    with opened_records(path) as records:
        for table in ("logs", "log_sites", "log_lines"):
            records._db.execute(f"DROP TABLE {table}")
    with read_records(path) as records:
        assert records.logs.of_crawl("news", dt.datetime.now(dt.UTC)) is None
