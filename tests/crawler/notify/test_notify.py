"""Messages to a real web server and a real mail server: once, again, and when it has ended."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from attrs import evolve, field, frozen

from crawler.config.notify import NotifyRule, rules_from, rules_json
from crawler.monitoring.frequency import Frequency
from crawler.monitoring.health import Health
from crawler.monitoring.stats import Stats
from crawler.monitoring.status import SiteStatus
from crawler.notify.delivery import NotSent, send
from crawler.notify.news import Sources
from crawler.notify.run import RunCounts, notify
from crawler.notify.state import opened_state
from pipelines.archive.verify import Finding
from pipelines.catalogue.catalogue import Catalogue
from pipelines.errors import ConfigError
from pipelines.model import Verdict
from tests.fangzhi import documents, fangzhi
from tests.pipelines.made import capture, entry
from tests.pipelines.storage.server import free_ports
from tests.town import Town

NOW = dt.datetime(2026, 5, 4, 8, tzinfo=dt.UTC)
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


@frozen
class Receiver:
    """A web server that takes messages; while `status` is set, it answers with that."""

    url: str
    messages: list[dict[str, Any]] = field(factory=list)
    status: list[int] = field(factory=list)


@contextmanager
def receiving() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.messages.append(
                {
                    "headers": {name.lower(): value for name, value in self.headers.items()},
                    "body": body,
                    "json": json.loads(body),
                }
            )
            self.send_response(received.status[0] if received.status else 204)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        received = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield received
        server.shutdown()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


class Mailbox:
    """What a mail server received."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 - of aiosmtpd
        self.mails.append(envelope)
        return "250 OK"


@pytest.fixture
def catalogue() -> Iterator[Catalogue]:
    with closing(Catalogue("sqlite://")) as opened:
        yield opened


def health(state: Any, site: str = "huawu") -> Health:
    status = SiteStatus(state=state, why="its 3 sections answered, but none showed an article", hint="look at it")
    return Health(site=site, stats=Stats(), frequency=Frequency(), status=status, today=NOW.date(), lists=[])


def run(
    tmp_path: Path,
    rules: list[NotifyRule],
    catalogue: Catalogue,
    *,
    sites: list[Health] | None = None,
    findings: list[Finding] | None = None,
    hours: float = 0,
) -> RunCounts:
    sources = Sources(
        catalogue=catalogue,
        now=NOW + dt.timedelta(hours=hours),
        health=lambda: sites or [],
        findings=lambda: findings or [],
    )
    with opened_state(tmp_path / "notify.sqlite") as state:
        assert state.lock()
        return notify(rules, sources, state, lambda rule, each: send(rule, each, allow_private=True), str)


def test_a_dead_site_is_told_once_then_again_and_when_it_is_mended(
    tmp_path: Path, catalogue: Catalogue, receiver: Receiver
) -> None:
    rules = [NotifyRule(name="desk", event="dead", webhook=receiver.url, secret=SECRET)]
    dead = [health("dead"), health("blocked", "other")]
    for hours, expected in ((0, 1), (1, 1), (23.9, 1), (24, 2), (25, 2)):
        run(tmp_path, rules, catalogue, sites=dead, hours=hours)
        assert len(receiver.messages) == expected, hours
    counts = run(tmp_path, rules, catalogue, sites=[health("alive")], hours=26)
    assert dict(counts.sent) == {"mended": 1}
    run(tmp_path, rules, catalogue, sites=[health("alive")], hours=60)
    run(tmp_path, rules, catalogue, sites=dead, hours=61)
    assert len({each["headers"]["webhook-id"] for each in receiver.messages}) == 4
    states = [each["json"]["state"] for each in receiver.messages]
    assert states == ["new", "again", "mended", "new"]
    first = receiver.messages[0]
    assert first["json"]["type"] == "fangzhi.dead"
    assert first["json"]["data"]["site"] == "huawu"
    assert first["json"]["text"]["subject"] == "huawu is dead"


def test_the_payload_is_signed_as_standard_webhooks_says(
    tmp_path: Path, catalogue: Catalogue, receiver: Receiver
) -> None:
    run(
        tmp_path,
        [NotifyRule(name="desk", event="dead", webhook=receiver.url, secret=SECRET)],
        catalogue,
        sites=[health("dead")],
    )
    (message,) = receiver.messages
    headers = message["headers"]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + message["body"]
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))


@pytest.mark.parametrize("status", [500, 302, 404])
def test_what_fails_is_counted_and_tried_again_with_the_same_id(
    tmp_path: Path, catalogue: Catalogue, receiver: Receiver, status: int
) -> None:
    rules = [NotifyRule(name="desk", event="dead", webhook=receiver.url)]
    receiver.status.append(status)
    for times in (1, 2):
        counts = run(tmp_path, rules, catalogue, sites=[health("dead")], hours=times)
        assert not counts.sent
        (error,) = counts.failures
        assert f"desk: no message could be sent to {receiver.url}: the answer has the status {status}" in str(error)
        assert f"(try {times})" in str(error)
    receiver.status.clear()
    assert run(tmp_path, rules, catalogue, sites=[health("dead")], hours=3).sent.total() == 1
    assert run(tmp_path, rules, catalogue, sites=[health("dead")], hours=4).sent.total() == 0
    ids = {each["headers"]["webhook-id"] for each in receiver.messages}
    assert len(ids) == 1
    assert len(receiver.messages) == 3, "redirects are not followed"


def test_private_addresses_are_refused_unless_they_are_allowed(receiver: Receiver) -> None:
    from crawler.notify.run import trial

    rule = NotifyRule(name="desk", event="dead", webhook=receiver.url)
    with pytest.raises(NotSent, match="a loopback address"):
        send(rule, trial(rule, NOW, str), allow_private=False)
    assert not receiver.messages


def test_a_mail_is_sent_by_a_mail_server(tmp_path: Path, catalogue: Catalogue) -> None:
    box = Mailbox()
    (port,) = free_ports(1)
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        rule = NotifyRule(
            name="desk",
            event="blocked",
            mail=("a@example.org", "b@example.org"),
            sender="fangzhi@example.org",
            smtp=f"127.0.0.1:{port}",
            starttls=False,
        )
        assert run(tmp_path, [rule], catalogue, sites=[health("blocked")]).sent.total() == 1
        secure = run(tmp_path, [evolve(rule, name="secure", starttls=True)], catalogue, sites=[health("blocked")])
        assert "STARTTLS" in str(secure.failures[0]), "a server without it gets no message"
    finally:
        server.stop()
    (mail,) = box.mails
    assert mail.rcpt_tos == ["a@example.org", "b@example.org"]
    assert b"Subject: fangzhi: huawu is blocked" in mail.content
    assert b"its 3 sections answered" in mail.content


def pages(catalogue: Catalogue, verdict: str, count: int, hours: float) -> None:
    for number in range(count):
        made = capture(number, f"{verdict} {number}".encode(), url=f"http://news.example/{verdict}/{number}")
        made = evolve(made, fetched_at=NOW + dt.timedelta(hours=hours, seconds=number))
        kind: Any = verdict
        catalogue.put(evolve(entry(made, text=f"老旧小区第{number}次改造"), verdict=Verdict(kind=kind), site="news"))


def test_pages_edited_in_bulk_are_told_until_there_are_fewer(
    tmp_path: Path, catalogue: Catalogue, receiver: Receiver
) -> None:
    rules = [NotifyRule(name="edits", event="edited-in-bulk", least=3, webhook=receiver.url)]
    pages(catalogue, "new-version", 2, -1)
    assert not run(tmp_path, rules, catalogue).sent
    pages(catalogue, "new-version", 4, -0.5)
    run(tmp_path, rules, catalogue)
    assert receiver.messages[0]["json"]["text"]["subject"] == "news: 4 pages were edited"
    assert dict(run(tmp_path, rules, catalogue, hours=30).sent) == {"mended": 1}


def test_found_words_are_told_once_from_the_first_run_on(
    tmp_path: Path, catalogue: Catalogue, receiver: Receiver
) -> None:
    rules = [NotifyRule(name="words", event="words", query="小区", webhook=receiver.url)]
    pages(catalogue, "new", 2, -1)
    assert not run(tmp_path, rules, catalogue).sent, "what was there before is not news"
    pages(catalogue, "new", 3, 1)
    receiver.status.append(503)
    assert run(tmp_path, rules, catalogue, hours=2).failures
    receiver.status.clear()
    assert run(tmp_path, rules, catalogue, hours=3).sent.total() == 1
    assert not run(tmp_path, rules, catalogue, hours=4).sent
    data = receiver.messages[-1]["json"]["data"]
    assert (data["query"], data["count"], len(data["articles"])) == ("小区", 3, 3)


def test_damage_is_looked_for_once_a_day(tmp_path: Path, catalogue: Catalogue, receiver: Receiver) -> None:
    rules = [NotifyRule(name="care", event="damaged", webhook=receiver.url)]
    damage = [Finding(file="warc/a.warc.gz", kind="missing", what="it is missing")]
    assert run(tmp_path, rules, catalogue, findings=damage).sent.total() == 1
    assert not run(tmp_path, rules, catalogue, hours=5).sent, "not verified, so not mended either"
    assert dict(run(tmp_path, rules, catalogue, hours=24).sent) == {"mended": 1}


def test_a_second_process_does_not_send(tmp_path: Path) -> None:
    with opened_state(tmp_path / "notify.sqlite") as one, opened_state(tmp_path / "notify.sqlite") as other:
        assert one.lock()
        assert not other.lock()


GOOD = {"name": "desk", "on": "dead", "webhook": "https://example.org/hook"}


def test_rules_pass_through_the_environment() -> None:
    rules = rules_from([GOOD | {"secret": SECRET, "sites": ["huawu"]}], "fangzhi.toml")
    assert rules_from(json.loads(rules_json(rules)), "FANGZHI_NOTIFY") == rules


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"on": "sick"}, "on cannot be 'sick'"),
        ({"webhok": "x"}, "unknown key webhok"),
        ({"mail": ["a@b"]}, "either webhook or mail"),
        ({"webhook": "ftp://a"}, "webhook cannot be 'ftp://a'"),
        ({"query": "小区"}, "query belongs to"),
        ({"secret": "whsec_abc"}, "the secret cannot be read"),
        ({"least": 0}, "least cannot be 0"),
        ({"again_hours": -1}, "again_hours cannot be -1"),
    ],
)
def test_a_wrong_rule_is_an_error_that_names_the_key(change: dict[str, object], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        rules_from([GOOD | change], "fangzhi.toml: notify")


def test_the_command_and_the_schedule_send_messages(new_town: Town, receiver: Receiver, tmp_path: Path) -> None:
    (tmp_path / "fangzhi.toml").write_text(
        f'[[notify]]\nname = "words"\non = "words"\nquery = "公示 OR 通知 OR 会议"\nwebhook = "{receiver.url}"\n'
        f'[[notify]]\nname = "gone"\non = "gone-in-bulk"\nwebhook = "{receiver.url}"\n'
    )
    options = (*new_town.options, "--config", str(tmp_path / "fangzhi.toml"))
    done = fangzhi("notify", "--test", "words", *options)
    assert (done.returncode, receiver.messages.pop()["json"]["state"]) == (0, "test")
    assert fangzhi("notify", "--test", "nosuch", *options).returncode == 2
    new_town.run("crawl", "yunzhou")
    assert fangzhi("notify", *options).returncode == 0
    assert not receiver.messages, "articles from before the first run are not news"
    done = fangzhi("schedule", "--once", "huawu", *options)
    assert done.returncode == 0, done.stderr
    (sent,) = [each["json"] for each in receiver.messages]
    assert (sent["type"], sent["data"]["articles"][0]["site"]) == ("fangzhi.words", "huawu")
    done = fangzhi("notify", "--json", *options)
    assert documents(done) == [{"sent": {}, "lasting": 0, "failures": []}]
