"""`fangzhi show` and `list --gone`: the history and the diffs of a page, for people and for programs."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve

from crawler.cli.show import CITATION_FORMS
from pipelines.catalogue.catalogue import Catalogue
from pipelines.export.citation import FORMS
from pipelines.model import Attachment, Entry, File
from tests.fangzhi import documents, fangzhi, one_line
from tests.pipelines.made import START, capture, entry

URL = "http://news.example/2024/1.html"
TEXTS = ("云洲市召开防汛会议。会议由市长主持。", "云洲市召开防汛工作会议。会议由市长主持。会后检查了堤防。")


def made(days: float, text: str | None = None, status: int = 200) -> Entry:
    return entry(evolve(capture(0, url=URL), fetched_at=START + dt.timedelta(days=days), status=status), text=text)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive with one page: published, edited, removed, still missing."""
    missing = [evolve(made(day, status=404), reason="http-error") for day in (5, 6)]
    return catalogued(tmp_path, [made(0, TEXTS[0]), made(2, TEXTS[1]), *missing])


def catalogued(folder: Path, entries: Iterable[Entry]) -> Path:
    with closing(Catalogue(f"sqlite:///{folder}/catalogue.sqlite")) as catalogue:
        for each in entries:
            catalogue.put(each)
    return folder


def output(archive: Path, *arguments: str) -> str:
    done = fangzhi(*arguments, "-q", "--archive", str(archive))
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_history_is_printed_below_the_page(archive: Path) -> None:
    shown = output(archive, "show", URL)
    assert "no article (http-error, status 404)" in shown
    ids = [made(0, TEXTS[0]).id, made(2, TEXTS[1]).id, made(5, status=404).id]
    assert shown.rpartition("History\n")[2].splitlines() == [
        f"  2024-03-05 09:30  version 1                   {ids[0]}",
        f"  2024-03-07 09:30  version 2                   {ids[1]}",
        f"  2024-03-10 09:30  gone, confirmed 2024-03-11  {ids[2]}",
    ]
    chinese = output(archive, "show", URL, "--lang", "zh").rpartition("历史\n")[2].splitlines()
    assert chinese[0] == f"  2024-03-05 09:30  第 1 版                  {ids[0]}"
    assert chinese[2] == f"  2024-03-10 09:30  已消失，2024-03-11 确认  {ids[2]}"
    assert output(archive, "show", URL, "--history") in shown


def test_a_page_with_one_version_has_no_history(tmp_path: Path) -> None:
    assert "History" not in output(catalogued(tmp_path, [made(0, TEXTS[0])]), "show", URL)


def test_each_version_of_a_removed_page_can_be_shown(archive: Path) -> None:
    assert TEXTS[0] in output(archive, "show", URL, "--version", "1")
    assert TEXTS[1] in output(archive, "show", URL, "--version", "2")


def test_a_diff_shows_both_captures_and_the_changes_in_context(archive: Path) -> None:
    url, before, after, *changes = output(archive, "show", URL, "--version", "2", "--diff").splitlines()
    assert url == URL
    assert before.startswith("- 2024-03-05 09:30")
    assert after.startswith("+ 2024-03-07 09:30")
    assert changes == [
        "  ~ changed 标题",
        "      Text (2 sentences): 1 changed, 1 added",
        "        云洲市召开防汛{+工作+}会议。",
        "        {+会后检查了堤防。+}",
    ]


def test_a_diff_of_the_first_version_is_an_error(archive: Path) -> None:
    done = fangzhi("show", URL, "--version", "1", "--diff", "--archive", str(archive))
    assert done.returncode == 1
    assert one_line(done.stderr).startswith(f"{URL} has no version earlier than ")


def test_a_304_response_shows_the_version_that_it_confirms(tmp_path: Path) -> None:
    confirmed = [evolve(made(day, status=304), reason="not-modified") for day in (1, 3)]
    archive = catalogued(tmp_path, [made(0, TEXTS[0]), made(2, TEXTS[1]), *confirmed])
    assert TEXTS[1] in output(archive, "show", URL)
    assert "堤防" in output(archive, "show", URL, "--diff")
    assert "status 304" in output(archive, "show", confirmed[1].id), "its id shows the capture itself"
    diff = output(archive, "show", confirmed[1].id, "--diff")
    assert diff == output(archive, "show", URL, "--version", "2", "--diff")


def test_a_capture_that_repeats_a_version_shows_the_diff_of_that_version(tmp_path: Path) -> None:
    archive = catalogued(tmp_path, [made(0, TEXTS[0]), made(2, TEXTS[1]), made(4, TEXTS[1])])
    assert output(archive, "show", URL, "--diff") == output(archive, "show", URL, "--version", "2", "--diff")


def test_attachments_fetched_later_are_not_a_change(tmp_path: Path) -> None:
    file = Attachment(url="http://news.example/1.pdf", title="附件1")
    versions = [
        evolve(each, articles=(evolve(each.articles[0], attachments=(file,)),))
        for each in (made(0, TEXTS[0]), made(2, TEXTS[1]))
    ]
    pdf = entry(evolve(capture(9, url=file.url), fetched_at=START), text=None)
    pdf = evolve(pdf, reason="file", file=File(media_type="application/pdf", size=99))
    archive = catalogued(tmp_path, [*versions, pdf])
    assert "attachments" not in output(archive, "show", URL, "--diff")
    assert '"size":99' in output(archive, "show", URL, "--json")


def test_a_diff_shows_long_additions_in_full(tmp_path: Path) -> None:
    long = "会上还通报了近期汛情和工程进展情况，" * 20 + "完。"
    archive = catalogued(tmp_path, [made(0, TEXTS[0]), made(2, TEXTS[0] + long)])
    assert f"{{+{long}+}}" in output(archive, "show", URL, "--diff")


def test_a_diff_can_be_printed_as_html_and_json(archive: Path) -> None:
    page = output(archive, "show", URL, "--version", "2", "--diff", "--format", "html")
    assert page.startswith("<!DOCTYPE html>")
    assert "防汛<ins>工作</ins>会议" in page
    gone = output(archive, "show", URL, "--diff", "--format", "html")
    assert "no article (http-error, status 404)" in gone
    chinese = output(archive, "show", URL, "--diff", "--format", "html", "--lang", "zh")
    assert "没有文章（HTTP 错误，状态码 404）" in chinese
    markdown = output(archive, "show", URL, "--version", "2", "--diff", "--format", "md")
    assert markdown.startswith(f"# 标题\n\n<{URL}>\n\n| Version | version 1 | version 2 |\n|---|---|---|\n")
    assert "\n\n云洲市召开防汛<ins>工作</ins>会议。会议由市长主持。<ins>会后检查了堤防。</ins>\n" in markdown
    (document,) = map(json.loads, output(archive, "show", URL, "--diff", "--format", "json").splitlines())
    assert document == json.loads(output(archive, "show", URL, "--diff", "--json"))


@pytest.mark.parametrize("options", [("--evidence", "--format", "md"), ("--history", "--format", "html")])
def test_an_unsupported_format_is_refused(archive: Path, options: tuple[str, ...]) -> None:
    done = fangzhi("show", URL, "--version", "2", *options, "--archive", str(archive))
    assert (done.returncode, done.stdout) == (2, "")


def test_removed_pages_are_listed_with_the_last_capture_of_their_text(archive: Path) -> None:
    last = made(2, TEXTS[1]).id
    assert output(archive, "list", "--gone").split() == [
        "2024-03-10",
        "confirmed",
        "2024-03-11",
        last,
        "news",
        "标题",
        URL,
    ]
    (line,) = output(archive, "list", "--gone", "--json").splitlines()
    assert json.loads(line) == {
        "url": URL,
        "site": "news",
        "gone_at": "2024-03-10T01:30:00.123456Z",
        "confirmed_at": "2024-03-11T01:30:00.123456Z",
        "gone": made(5, status=404).id,
        "last": last,
        "title": "标题",
    }


def test_a_removed_page_without_a_title_has_null(tmp_path: Path) -> None:
    published = made(2, TEXTS[1])
    untitled = evolve(published, articles=(evolve(published.articles[0], title=None),))
    archive = catalogued(tmp_path, [untitled, evolve(made(5, status=404), reason="http-error")])
    (line,) = output(archive, "list", "--gone", "--json").splitlines()
    assert json.loads(line)["title"] is None
    assert "(no title)" in output(archive, "list", "--gone")


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--captured-since", "2024-03-10"], 1),
        (["--captured-since", "2024-03-11"], 0),
        (["--captured-until", "2024-03-09"], 0),
        (["--since", "2024-03-05", "--until", "2024-03-05"], 1),
        (["--since", "2024-03-06"], 0),
        (["--site", "news"], 1),
        (["--site", "nanjing"], 0),
    ],
)
def test_removed_pages_are_filtered_by_the_day_of_removal_and_by_their_last_text(
    archive: Path, options: list[str], count: int
) -> None:
    assert len(documents(fangzhi("list", "--gone", "--json", *options, "--archive", str(archive)))) == count


def test_gone_has_an_order_of_its_own(archive: Path) -> None:
    done = fangzhi("list", "--gone", "--worst", "--archive", str(archive))
    assert done.returncode == 2
    assert "leave out --all, --worst and --sort" in done.stderr


def test_a_citation_has_the_name_of_the_site_or_its_host(archive: Path, tmp_path: Path) -> None:
    assert output(archive, "show", URL, "--version", "1", "--cite", "gbt7714").startswith("news.example. 标题[EB/OL]. ")
    site = 'name = "云洲新闻网"\nfamily = "generic"\nhosts = ["news.example"]\n[[sections]]\nname = "a"\nurl = "http://news.example/"\n'
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "news.toml").write_text(site, "utf-8")
    cited = output(archive, "show", URL, "--version", "1", "--cite", "text", "--registry", str(tmp_path / "sites"))
    assert "，云洲新闻网，" in cited


def test_every_form_of_a_citation_is_offered() -> None:
    assert tuple(FORMS) == CITATION_FORMS


def test_a_page_with_an_impossible_address_is_cited(tmp_path: Path) -> None:
    made = entry(capture(url="http://[::1"), text="正文")
    assert "http://[::1" in output(catalogued(tmp_path, [made]), "show", made.id, "--cite", "text")
