"""Settings: who wins, where folders start, and what a wrong one is told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from crawler.config.config import Config
from crawler.config.load import environment, load_config
from pipelines.errors import ConfigError
from pipelines.storage.options import Options


def load(cwd: Path, environ: dict[str, str] | None = None, **options: object) -> Config:
    return load_config(options, {"HOME": "/home/mei", **(environ or {})}, cwd)


def test_without_settings_everything_has_a_default(tmp_path: Path) -> None:
    config = load(tmp_path)
    assert config.archive == str(tmp_path / "archive")
    assert config.catalogue == f"sqlite:///{tmp_path}/archive/catalogue.sqlite"
    assert config.user_agent.startswith("fangzhi/")
    assert config.workers >= 1
    assert not config.allow_private
    assert config.max_body == 32 * 1024 * 1024


def test_command_line_over_environment_over_file(tmp_path: Path) -> None:
    (tmp_path / "fangzhi.toml").write_text('archive = "file"\nworkers = 1\ntimeout = 10\n')
    environ = {"FANGZHI_WORKERS": "2", "FANGZHI_TIMEOUT": "20"}
    config = load(tmp_path, environ, timeout=40.0, workers=None)
    assert (config.archive, config.workers, config.timeout) == (str(tmp_path / "file"), 2, 40.0)


def test_folders_of_a_file_start_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "my.toml").write_text('archive = "../news"\nregistry = ["sites", "~/more"]\n')
    config = load(tmp_path, {"FANGZHI_CONFIG": "etc/my.toml"})
    assert config.archive == str(tmp_path / "news")
    assert config.registry == (tmp_path / "etc" / "sites", Path("/home/mei/more"))
    assert load(tmp_path, config="etc/my.toml") == config


def test_the_registry_of_an_archive_comes_before_the_folders_of_the_user(tmp_path: Path) -> None:
    (tmp_path / "news" / "registry").mkdir(parents=True)
    own = tmp_path / "news" / "registry"
    assert load(tmp_path, archive="news").registry == (own,)
    assert load(tmp_path, archive="news", registry=(tmp_path / "c",)).registry == (own, tmp_path / "c")
    assert load(tmp_path).registry == ()


def test_the_environment_lists_folders(tmp_path: Path) -> None:
    assert load(tmp_path, {"FANGZHI_REGISTRY": "a:/b"}).registry == (tmp_path / "a", Path("/b"))
    assert load(tmp_path, registry=(tmp_path / "c",)).registry == (tmp_path / "c",)


@pytest.mark.parametrize(("word", "meant"), [("1", True), ("Yes", True), ("0", False), ("off", False), ("", False)])
def test_flags_are_read_from_words(tmp_path: Path, word: str, meant: bool) -> None:
    assert load(tmp_path, {"FANGZHI_ALLOW_PRIVATE": word}).allow_private is meant


def test_archives_anywhere_else_keep_their_catalogue_among_the_users_data(tmp_path: Path) -> None:
    first = load(tmp_path, archive="s3://news/a/b/")
    second = load(tmp_path, archive="s3://news/a-b")
    assert first.archive == "s3://news/a/b"
    assert first.catalogue.startswith("sqlite:////home/mei/.local/share/fangzhi/news-a-b-")
    assert first.catalogue != second.catalogue
    moved = load(tmp_path, {"XDG_DATA_HOME": "/data"}, archive="s3://news/a")
    assert moved.catalogue.startswith("sqlite:////data/fangzhi/news-a-")


def test_a_file_url_is_a_folder(tmp_path: Path) -> None:
    assert load(tmp_path, archive="file:///srv/%E6%96%B0/a").archive == "/srv/新/a"


def test_the_user_agent_names_the_contact(tmp_path: Path) -> None:
    assert load(tmp_path, contact="https://example.org/bot").user_agent.endswith("(+https://example.org/bot)")
    assert "no contact given" in load(tmp_path).user_agent
    assert load(tmp_path, user_agent="mine/1").user_agent == "mine/1"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("workers = ", "no valid TOML"),
        ('workres = 2\narchive = "a"', "unknown key workres"),
        ('workers = "2"', "workers: a whole number from 0 is expected, not '2'"),
        ("workers = -1", "workers: a whole number from 0 is expected"),
        ("workers = true", "workers: a whole number"),
        ("timeout = inf", "timeout: a number of seconds from 1"),
        ("allow_private = 1", "allow_private: true or false"),
        ('registry = "sites"', "registry: a list of folders"),
        ('archive = "ftp://a/b"', "the archive address 'ftp://a/b' is not valid"),
        ('archive = "s3:bucket"', "the archive address 's3:bucket' is not valid"),
        ('archive = ""', "archive: text"),
        ('catalogue = "mysql://a"', "the catalogue URL 'mysql://a' is not valid"),
        ('user_agent = "方志"', "cannot go into a request"),
        ('contact = "a\\nX-Other: b"', "contact: text without line breaks"),
    ],
)
def test_a_wrong_file_is_named_with_its_key(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "fangzhi.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    assert str(caught.value).startswith(str(tmp_path / "fangzhi.toml"))
    assert told in str(caught.value)


def test_an_unknown_key_is_told_what_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "fangzhi.toml").write_text("x = 1")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    assert "archive, catalogue, frontier, user_agent" in (caught.value.hint or "")


def test_no_worker_is_a_number_of_workers(tmp_path: Path) -> None:
    assert load(tmp_path, {"FANGZHI_WORKERS": "0"}).workers == 0
    assert load(tmp_path, {"FANGZHI_WORKERS": "2"}, workers=0).workers == 0


def test_a_wrong_variable_or_option_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^FANGZHI_WORKERS: a whole number from 0 is expected, not 'many'"):
        load(tmp_path, {"FANGZHI_WORKERS": "many"})
    with pytest.raises(ConfigError, match=r"^--archive: "):
        load(tmp_path, archive="ftp://a/b")


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml: No such file"):
        load(tmp_path, config="nowhere.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match=r"bytes\.toml: no valid TOML"):
        load(tmp_path, config="bytes.toml")


def test_how_files_are_written_is_set_like_anything_else(tmp_path: Path) -> None:
    assert load(tmp_path).options == Options()
    (tmp_path / "fangzhi.toml").write_text('spool = "wait"\nroll_size = 5\ns3_addressing = "path"\n')
    environ = {"FANGZHI_SYNC_SECONDS": "0.5", "FANGZHI_S3_LOCK": "GOVERNANCE", "FANGZHI_ROLL_SIZE": "7"}
    options = load(tmp_path, environ).options
    assert (options.spool, options.roll_size) == (tmp_path / "wait", 7)
    assert options.sync_age == dt.timedelta(seconds=0.5)
    assert (options.s3.addressing, options.s3.lock) == ("path", "GOVERNANCE")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("S3_ADDRESSING", "dns", "auto or path or virtual is expected"),
        ("S3_PART_SIZE", "1000", "from 5242880"),
        ("SYNC_PAGES", "0", "from 1"),
    ],
)
def test_a_wrong_setting_of_files_says_what_is_allowed(tmp_path: Path, name: str, value: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as caught:
        load(tmp_path, {f"FANGZHI_{name}": value})
    assert f"FANGZHI_{name}" in str(caught.value)


def test_a_default_schedule_is_checked_where_it_stands(tmp_path: Path) -> None:
    assert load(tmp_path).schedule == "every 6h"
    assert load(tmp_path, {"FANGZHI_SCHEDULE": "30 22 * * *"}).schedule == "30 22 * * *"
    (tmp_path / "fangzhi.toml").write_text('schedule = "now and then"\n')
    with pytest.raises(ConfigError, match=r"fangzhi\.toml: schedule: 'now and then' is not a schedule; allowed are"):
        load(tmp_path)


def test_another_process_gets_the_same_settings(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'archive = "s3://news/a"\nregistry = ["sites", "more"]\nallow_private = true\ntimeout = 12.5\n'
        'spool = "spool"\ns3_part_size = 6000000\ncontact = "mei@example.org"\nschedule = "every 1h"\n'
    )
    config = load(tmp_path, config="mine.toml", workers=3)
    (tmp_path / "fangzhi.toml").write_text('operator = "somebody else"\n')
    assert load(tmp_path, environment(config)) == config
