"""Where a setting comes from, end to end: command line over environment over fangzhi.toml over what is built in."""

from __future__ import annotations

from pathlib import Path

from tests.crawler.wire import wired
from tests.fangzhi import fangzhi, one_line


def asked(folder: Path, *arguments: str, **environment: str) -> str:
    """Return what `fangzhi list` looked for, of which there is nothing."""
    done = fangzhi("list", *arguments, cwd=folder, **environment)
    assert done.returncode == 2
    said = one_line(done.stderr)
    assert said.startswith("there is no catalogue at ")
    return str(Path(said.split()[5]).relative_to(folder))


def test_command_line_over_environment_over_file_over_default(tmp_path: Path) -> None:
    assert asked(tmp_path) == "archive/catalogue.sqlite"
    (tmp_path / "fangzhi.toml").write_text('archive = "by-file"\n')
    assert asked(tmp_path) == "by-file/catalogue.sqlite"
    environ = {"FANGZHI_ARCHIVE": "by-environment"}
    assert asked(tmp_path, **environ) == "by-environment/catalogue.sqlite"
    assert asked(tmp_path, "--archive", "by-option", **environ) == "by-option/catalogue.sqlite"


def test_a_file_that_is_named_is_read_and_its_folders_start_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "mine.toml").write_text('archive = "kept"\n')
    assert asked(tmp_path, "--config", "etc/mine.toml") == "etc/kept/catalogue.sqlite"
    assert asked(tmp_path, FANGZHI_CONFIG="etc/mine.toml") == "etc/kept/catalogue.sqlite"


def test_a_catalogue_apart_from_the_archive(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/apart.sqlite"
    assert asked(tmp_path, "--archive", "a", FANGZHI_CATALOGUE=url) == "apart.sqlite"


def test_private_addresses_are_opened_by_the_file_and_shut_by_the_environment(tmp_path: Path) -> None:
    (tmp_path / "fangzhi.toml").write_text("allow_private = true\n")
    with wired() as wire:
        opened = fangzhi("fetch", wire.base, "--no-archive", cwd=tmp_path, FANGZHI_ALLOW_PRIVATE="")
        assert opened.returncode == 0, opened.stderr
        asked_for = len(wire.requests)
        shut = fangzhi("fetch", wire.base, "--no-archive", cwd=tmp_path, FANGZHI_ALLOW_PRIVATE="0")
    assert shut.returncode == 2
    assert "is a loopback address" in one_line(shut.stderr)
    assert len(wire.requests) == asked_for
