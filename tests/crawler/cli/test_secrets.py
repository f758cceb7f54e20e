"""Passwords in addresses: no command prints, logs or stores them, wherever they stand."""

from __future__ import annotations

import gzip
import string
import tempfile
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, Phase, assume, example, given, settings
from hypothesis import strategies as st

from pipelines.masking import mask
from tests.crawler.wire import wired
from tests.fangzhi import documents, fangzhi
from tests.journeys.small import answer

CATALOGUES = (
    "postgresql://u:{}@h.invalid/db",
    "postgresql+psycopg://u:{}@127.0.0.1:9/db",
    "postgresql+psycopg://u:{}@127.0.0.1:port/db",
    "postgresql+psycopg:///db?host=127.0.0.1&port=9&password={}",
    "postgresql+psycopg://127.0.0.1:9/db?user=u&password={}&sslpassword={}",
    "postgresql+psycopg://127.0.0.1:9/db?passwort=x&password={}",
    "mysql://u:{}@h/db",
    "host=h user=u password='{}'",
    "u:{}@h/db",
)
ARCHIVES = ("http://u:{}@h/x", "s3://AK:{}@bucket/x", "s3:/AK:{}@bucket/x", "file://u:{}@h/x", "postgresql://u:{}@h/x")
PAGES = ("http://u:{}@127.0.0.1:9/x", "https://u:{}@h.invalid/x.warc.gz", "http://{}@127.0.0.1:9/x")

COMMANDS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("list", "--catalogue", "{}"), CATALOGUES),
    (("-vv", "status", "--catalogue", "{}"), CATALOGUES),
    (("verify", "--archive", ".", "-vv", "--catalogue", "{}"), CATALOGUES),
    (("list", "-v", "--archive", "{}"), ARCHIVES),
    (("replay", "--archive", "{}"), ARCHIVES),
    (("rebuild", "--archive", "{}"), ARCHIVES),
    (("replay", "--archive", ".", "-vv", "{}"), (*PAGES, *ARCHIVES)),
    (("replay", "x.warc", "--into", "{}"), ARCHIVES),
    (("replay", "--archive", ".", "--conversions", "{}"), ARCHIVES),
    (("fetch", "--archive", ".", "-vv", "{}"), PAGES),
    (("fetch", "--no-archive", "--json", "{}"), PAGES),
    (("crawl", "--archive", ".", "{}"), PAGES),
    (("show", "--archive", ".", "{}"), PAGES),
    (("sites", "new", "{}"), PAGES),
    (("list", "--site", "{}", "--archive", "."), PAGES),
    (("export", "{}", "--archive", ".", "--format", "jsonl"), PAGES),
    (("list", "--workers", "{}"), CATALOGUES),
    (("replay", "--workers", "{}"), CATALOGUES),
    (("list", "{}"), CATALOGUES),
    (("{}",), CATALOGUES),
    (("list", "--config", "{}"), PAGES),
    (("crawl", "--registry", "{}", "--archive", "."), PAGES),
)
CALLS = [(command, form) for command, forms in COMMANDS for form in forms]
SETTINGS = ("ARCHIVE", "CATALOGUE", "CONTACT", "OPERATOR", "USER_AGENT", "FRONTIER", "SPOOL", "REGISTRY", "SCHEDULE")

WORDS = st.text(string.ascii_letters + string.digits, min_size=9, max_size=12)
JOINTS = st.sampled_from(
    ["", "@", "/", ":", "?", "#", "&", "=", " ", "'", '"', "%", "+", "密", "$", "\\", "[", "]", ";"]
)


def leaks(words: tuple[str, str], *texts: str) -> list[str]:
    return [text for text in texts if any(word in text for word in words)]


def written(folder: Path) -> list[str]:
    """Return the names and contents of all files below a folder, unpacked."""
    found = [str(path.relative_to(folder)) for path in folder.rglob("*")]
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            found.append((gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data).decode("latin-1"))
    return found


def run_without_leak(words: tuple[str, str], *arguments: str, **environ: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        places = {"HOME": name, "XDG_DATA_HOME": str(folder / "data")}
        done = fangzhi(*arguments, cwd=folder, **places, **environ)
        assert leaks(words, done.stdout, done.stderr, *written(folder)) == [], (arguments, environ)
        assert "Traceback" not in done.stderr, (arguments, environ)


@pytest.mark.parametrize(("command", "form"), CALLS)
def test_a_wrong_address_is_shown_without_its_password(command: tuple[str, ...], form: str) -> None:
    words = ("geheim4711", "geheim4711")
    address = form.replace("{}", words[0])
    run_without_leak(words, *(each.replace("{}", address) for each in command))


@settings(phases=(Phase.explicit, Phase.generate), max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(CALLS), WORDS, JOINTS, WORDS, st.booleans())
@example((("list", "--catalogue", "{}"), CATALOGUES[1]), "geheim4711", "@", "offen0815", False)
def test_no_password_is_printed_or_stored(
    call: tuple[tuple[str, ...], str], first: str, joint: str, second: str, quoted: bool
) -> None:
    command, form = call
    password = f"{first}{joint}{second}"
    address = form.replace("{}", quote(password, safe="") if quoted else password)
    if joint in "&'\\" and "assword=" in form and not quoted:
        return  # the password ends there
    if joint in "/?#" and "//{}@" in form and not quoted:
        return  # this is a host, and a path with an @
    run_without_leak((first, second), *(each.replace("{}", address) for each in command))


@settings(phases=(Phase.explicit, Phase.generate), max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SETTINGS), st.sampled_from((*CATALOGUES, *ARCHIVES, *PAGES)), WORDS)
def test_no_password_of_a_setting_is_printed_or_stored(setting: str, form: str, password: str) -> None:
    environ = {"FANGZHI_ARCHIVE": ".", f"FANGZHI_{setting}": form.replace("{}", password)}
    run_without_leak((password, password), "list", "-vv", **environ)


@given(st.sampled_from(CATALOGUES), WORDS, st.sampled_from(["", "{} is wrong", "cannot use {}: no", "({})", "'{}'"]))
def test_an_address_is_masked_anywhere_in_a_text(form: str, password: str, around: str) -> None:
    if form.startswith("u:"):
        return  # without a scheme it is only known as a whole
    assume(password not in form + around)  # a password can be a word of the address
    text = (around or "{}").replace("{}", form.replace("{}", password))
    assert password not in mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "http://news.cn:8080/a@b.html",
        "https://h:443/@name",
        "me@example.org",
        "mailto:me@example.org",
        "at 10:30 me@x.org wrote",
        "sqlite:////tmp/a:b@c/catalogue.sqlite",
        "postgresql+psycopg://user@host/name",
    ],
)
def test_what_is_no_password_stays(text: str) -> None:
    assert mask(text) == text


def page(links: str) -> bytes:
    body = "".join(f"<p>{'河边的步道今天开放，市民可以散步、骑车和休息。' * 4}</p>" for _ in range(4))
    return answer(f"<html><head><title>步道开放</title></head><body><h1>步道开放</h1>{body}{links}</body></html>")


def test_addresses_in_pages_and_redirects_are_stored_without_passwords(tmp_path: Path) -> None:
    """The bytes of the pages stay as they are; what fangzhi makes of them has no password."""
    with wired() as server:
        base = server.base.replace("http://", "http://u:geheim4711@")
        links = f'<p>附件：<a href="{base}/a.pdf">表</a></p><img src="{base}/i.jpg" width="500" height="500">'
        moved = f"HTTP/1.1 302 Found\r\nLocation: {base}/page\r\nContent-Length: 0\r\n\r\n".encode()
        server.answers = {"/page": page(links), "/moved": moved}
        pages = [f"{server.base}/page", f"{server.base}/moved"]
        done = fangzhi("fetch", *pages, "--archive", str(tmp_path / "a"), "--files", "-vv")
    assert [each for each in documents(done) if each["outcome"] == "article"], done.stderr
    assert leaks(("geheim4711", "geheim4711"), done.stdout, done.stderr) == []
    assert b"authorization" not in b"".join(server.requests).lower()
    others = [path for path in tmp_path.rglob("*") if path.is_file() and not path.name.endswith(".warc.gz")]
    assert [path for path in others if b"geheim4711" in path.read_bytes()] == []


RECORD = """WARC/1.0\r
WARC-Type: response\r
WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r
WARC-Date: 2024-03-05T06:07:08Z\r
WARC-Target-URI: http://u:geheim4711@news.example.cn/a.html\r
Content-Type: application/http; msgtype=response\r
Content-Length: {}\r
\r
"""


@pytest.mark.parametrize("imports", [False, True])
def test_an_address_of_a_foreign_warc_is_catalogued_without_its_password(tmp_path: Path, imports: bool) -> None:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page("").partition(b"\r\n\r\n")[2]
    warc = tmp_path / "x.warc"
    warc.write_bytes(RECORD.format(len(block)).encode() + block + b"\r\n\r\n")
    where = ("--into" if imports else "--archive", str(tmp_path / "a"))
    done = fangzhi("replay", str(warc), *where, "--json")
    assert done.returncode == 0, done.stderr
    archive = ("--archive", str(tmp_path / "a"))
    (found,) = documents(fangzhi("list", "--json", "--all", *archive))
    assert found["url"] == found["final_url"] == "http://news.example.cn/a.html"
    shown = fangzhi("show", "http://u:geheim4711@news.example.cn/a.html", "--json", *archive)
    assert [each["id"] for each in documents(shown)] == [found["id"]]
    assert documents(fangzhi("verify", "--deep", "--json", *archive)) == []
    others = [path for path in (tmp_path / "a").rglob("*") if path.is_file() and ".warc" not in path.suffixes]
    assert [path for path in others if b"geheim4711" in path.read_bytes()] == []


def test_an_error_of_the_server_of_an_endpoint_is_masked(tmp_path: Path) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "geheim4711", "AWS_REGION": "us-east-1"}
    proxy = {"HTTP_PROXY": "http://u:geheim4711@127.0.0.1:9", "HTTPS_PROXY": "http://u:geheim4711@127.0.0.1:9"}
    endpoint = {"AWS_ENDPOINT_URL_S3": "http://u:geheim4711@127.0.0.1:9"}
    for changes in (proxy | {"AWS_ENDPOINT_URL_S3": "http://h.invalid"}, endpoint):
        catalogue = f"sqlite:///{tmp_path}/c.sqlite"
        done = fangzhi("replay", "-vv", "--archive", "s3://b/x", "--catalogue", catalogue, **keys, **changes)
        assert done.returncode == 1
        assert leaks(("geheim4711", "geheim4711"), done.stdout, done.stderr) == []
