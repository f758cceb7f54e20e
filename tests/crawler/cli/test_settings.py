"""The precedence of settings, end to end: command line, environment, fangzhi.toml, built-in default."""

from __future__ import annotations

from pathlib import Path

from tests.crawler.wire import wired
from tests.fangzhi import fangzhi, one_line


def catalogue_path(folder: Path, *arguments: str, **environment: str) -> str:
    """Return the path of the catalogue that `fangzhi list` looked for and did not find."""
    done = fangzhi("list", *arguments, cwd=folder, **environment)
    assert done.returncode == 2
    message = one_line(done.stderr)
    assert message.startswith("there is no catalogue at ")
    return str(Path(message.split()[5]).relative_to(folder))


def test_command_line_over_environment_over_file_over_default(tmp_path: Path) -> None:
    assert catalogue_path(tmp_path) == "archive/catalogue.sqlite"
    (tmp_path / "fangzhi.toml").write_text('archive = "by-file"\n')
    assert catalogue_path(tmp_path) == "by-file/catalogue.sqlite"
    environ = {"FANGZHI_ARCHIVE": "by-environment"}
    assert catalogue_path(tmp_path, **environ) == "by-environment/catalogue.sqlite"
    assert catalogue_path(tmp_path, "--archive", "by-option", **environ) == "by-option/catalogue.sqlite"


def test_paths_in_a_named_file_are_relative_to_that_file(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "mine.toml").write_text('archive = "mine"\n')
    assert catalogue_path(tmp_path, "--config", "etc/mine.toml") == "etc/mine/catalogue.sqlite"
    assert catalogue_path(tmp_path, FANGZHI_CONFIG="etc/mine.toml") == "etc/mine/catalogue.sqlite"


def test_a_catalogue_outside_the_archive(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/apart.sqlite"
    assert catalogue_path(tmp_path, "--archive", "a", FANGZHI_CATALOGUE=url) == "apart.sqlite"


def test_private_addresses_are_allowed_by_the_file_and_refused_by_the_environment(tmp_path: Path) -> None:
    (tmp_path / "fangzhi.toml").write_text("allow_private = true\n")
    with wired() as wire:
        allowed = fangzhi("fetch", wire.base, "--no-archive", cwd=tmp_path, FANGZHI_ALLOW_PRIVATE="")
        assert (allowed.returncode, "status 404" in allowed.stderr) == (3, True)
        requests = len(wire.requests)
        refused = fangzhi("fetch", wire.base, "--no-archive", cwd=tmp_path, FANGZHI_ALLOW_PRIVATE="0")
    assert refused.returncode == 2
    assert "is a loopback address" in one_line(refused.stderr)
    assert len(wire.requests) == requests
