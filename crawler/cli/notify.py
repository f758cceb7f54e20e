"""`fangzhi notify`: send messages about dead sites, removals, found words and damage, as the rules say."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.cli.main import DONE, FAILED, SOME_FAILED
from crawler.cli.session import Session, fangzhi_command
from pipelines.errors import ConfigError
from pipelines.messages import gettext as _
from pipelines.messages import ngettext

if TYPE_CHECKING:
    from crawler.config.config import Config
    from crawler.config.notify import NotifyRule
    from crawler.monitoring.health import Health
    from crawler.notify.news import Sources
    from pipelines.archive.verify import Finding
    from pipelines.catalogue.catalogue import Catalogue

STATE_FILE = "notify.sqlite"
"""Beside the frontier: what was sent."""

VERIFIED_CAPTURES = 3
"""Captures of each WARC file that a rule about damage reads, as `fangzhi verify` does."""


def state_file(config: Config) -> Path:
    """Return where the state of messages is."""
    from crawler.config.load import file_beside_frontier

    return file_beside_frontier(config, STATE_FILE)


@fangzhi_command("notify")
@click.option("--test", metavar="RULE", help="Only send a test message of this rule.")
def command(session: Session, test: str | None) -> int:
    """Send messages about dead sites, removed pages, found words and damage, as the rules say.

    The rules are tables [[notify]] of fangzhi.toml. Each message goes to a webhook, signed as Standard Webhooks
    describe, or by mail. What lasts is sent once, again after `again_hours`, and when it has ended. What cannot be sent
    is tried again by the next run. A timer runs this command; `fangzhi schedule` runs it after crawls, too. The exit
    code is 1 if nothing could be sent, 3 if some messages could not be sent.
    """
    from crawler.notify.delivery import send
    from crawler.notify.run import notify, trial
    from crawler.notify.state import opened_state
    from pipelines.catalogue.catalogue import Catalogue

    config, now = session.config, dt.datetime.now(dt.UTC)
    if not config.notify:
        raise ConfigError(
            _("there is no rule for messages"), _("write a table [[notify]] into fangzhi.toml, see the guide")
        )
    deliver = functools.partial(send, allow_private=config.allow_private)
    if test is not None:
        rule = _rule(config.notify, test)
        deliver(rule, trial(rule, now, session.text))
        session.say(_("{name}: a test message was sent", name=rule.name))
        return DONE
    session.check_archive()
    with (
        opened_state(state_file(config)) as state,
        closing(Catalogue(config.catalogue, create=False)) as catalogue,
    ):
        if not state.lock():
            session.say(_("another process is sending messages now"))
            return DONE
        counts = notify(config.notify, _sources(session, catalogue, now), state, deliver, session.text)
    if session.as_json:
        failures = [str(each) for each in counts.failures]
        session.emit({"sent": dict(counts.sent), "lasting": len(counts.lasting), "failures": failures})
    for name, title in counts.lasting:
        session.say(_("{name}: still {title}", name=name, title=title))
    sent = counts.sent.total()
    session.say(ngettext("{count} message sent", "{count} messages sent", sent))
    for error in counts.failures:
        session.complain(error)
    if counts.failures:
        return SOME_FAILED if sent else FAILED
    return DONE


def _rule(rules: Sequence[NotifyRule], name: str) -> NotifyRule:
    for rule in rules:
        if rule.name == name:
            return rule
    names = [rule.name for rule in rules]
    raise ConfigError(_("there is no rule {name}", name=name), _("the rules are {names}", names=names))


def _sources(session: Session, catalogue: Catalogue, now: dt.datetime) -> Sources:
    from crawler.notify.news import Sources

    @functools.cache
    def health() -> list[Health]:
        from crawler.cli.status import by_site, read_frontier
        from crawler.monitoring import Monitor
        from crawler.sites.folders import load

        frontier, registry = read_frontier(session.config.frontier), load(*session.config.registry)
        slugs = [each["site"] for each in by_site(catalogue.counts(), frontier.counts)]
        return list(Monitor(catalogue=catalogue, registry=registry, now=now, lists=frontier.lists).current(slugs))

    @functools.cache
    def findings() -> list[Finding]:
        from pipelines.archive import Archive
        from pipelines.storage import open_storage
        from pipelines.verify import Verification

        archive = Archive(open_storage(session.config.archive, session.config.options))
        return list(Verification(archive, catalogue, sample=VERIFIED_CAPTURES).findings())

    return Sources(catalogue=catalogue, now=now, health=health, findings=findings)
