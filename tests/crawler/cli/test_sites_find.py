"""`fangzhi sites find`: the table, the JSON, the filters, and what it says of unknown names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.fangzhi import documents, fangzhi, one_line

KEYS = ["code", "name", "level", "url", "lists", "papers", "cms", "doubt", "slug", "seen", "reach"]


def test_the_json_has_the_keys_of_the_contract_and_the_lists() -> None:
    done = fangzhi("sites", "find", "开平市", "--json")
    (site,) = documents(done)
    assert list(site) == KEYS
    assert (site["code"], site["level"], site["doubt"], site["slug"]) == ("440783", "county", None, None)
    assert {each["kind"] for each in site["lists"]} == {"news", "policy"}
    assert done.stderr == ""


def test_the_papers_of_a_region_and_the_slugs_of_registered_sites() -> None:
    sites = documents(fangzhi("sites", "find", "江门", "--json"))
    assert [site["slug"] for site in sites] == ["jiangmen", "jiangmen-ribao"]
    assert [paper["name"] for paper in sites[0]["papers"]] == ["江门日报"]
    assert sites[1]["doubt"]


def test_a_site_of_the_users_registry_is_registered(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('hosts = ["kaiping.gov.cn"]\n', "utf-8")
    (tmp_path / "broken.toml").write_text('hosts = ["kaiping.gov.cn"\n', "utf-8")
    (site,) = documents(fangzhi("sites", "find", "440783", "--json", "--registry", str(tmp_path)))
    assert site["slug"] == "mine"


def test_level_and_province_select() -> None:
    def found(*options: str) -> list[str]:
        return [site["name"] for site in documents(fangzhi("sites", "find", "朝阳", *options, "--json"))]

    assert "北京市朝阳区" in found()
    assert found("--level", "prefecture") == ["辽宁省朝阳市"]
    assert (
        found("--province", "北京") == found("--province", "11") == found("--province", "beijing") == ["北京市朝阳区"]
    )
    nothing = fangzhi("sites", "find", "江门", "--province", "北京")
    assert nothing.returncode == 2
    assert one_line(nothing.stderr) == (
        "no site of 江门 has this level and is in this province (leave out --level or --province)"
    )


def test_an_unknown_name_is_reported_with_near_names() -> None:
    done = fangzhi("sites", "find", "江门门市")
    assert (done.returncode, done.stdout) == (2, "")
    assert one_line(done.stderr).startswith("the directory has no place '江门门市' (did you mean 江门市 or ")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_doubt_is_in_the_language_of_the_user_and_counted(language: str) -> None:
    done = fangzhi("sites", "find", "江门日报", FANGZHI_LANG=language)
    assert done.returncode == 0
    assert ("not checked since" if language == "en" else "此后未核对") in done.stdout
    assert ("1 of them doubtful" if language == "en" else "存疑") in done.stderr


def test_json_does_not_depend_on_the_language() -> None:
    one, other = (fangzhi("sites", "find", "江门", "--json", FANGZHI_LANG=each).stdout for each in ("en", "zh"))
    assert one == other
    assert all(json.loads(line) for line in one.splitlines())
