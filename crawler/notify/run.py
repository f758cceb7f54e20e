"""One run: what each rule sends now, by the news that there are and by what was sent before."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from attrs import Factory, field, frozen

from crawler.config.notify import NotifyRule
from crawler.notify.delivery import NotSent, Outgoing, message_id
from crawler.notify.news import News, Sources, find_news
from crawler.notify.state import NotifyState, Sent
from pipelines.messages import Translate
from pipelines.messages import gettext as _
from pipelines.times import to_us

VERIFY_INTERVAL = dt.timedelta(hours=20)
"""Between two verifications for rules about damage, which read some captures of each WARC file: once a day, also if the
timer of one day is a little early."""

Send = Callable[[NotifyRule, Outgoing], None]


@frozen(kw_only=True)
class RunCounts:
    """What was sent by state (`new`, `again`, `mended`), and what could not be sent."""

    sent: Counter[str] = Factory(Counter)
    failures: list[NotSent] = field(factory=list)
    lasting: list[tuple[str, str]] = field(factory=list)
    """Rule and title of what lasts and was sent before."""


def notify(
    rules: Iterable[NotifyRule], sources: Sources, state: NotifyState, send: Send, translate: Translate
) -> RunCounts:
    """Send what each rule has to send now; a failure is counted, and tried again by the next run."""
    run = _Run(now=sources.now, state=state, send=send, translate=translate)
    for rule in rules:
        if rule.event == "damaged" and not state.is_due(rule.name, sources.now, VERIFY_INTERVAL):
            continue
        since = state.cursor(rule.name, sources.now) if rule.event == "words" else None
        is_complete = run.deliver(rule, find_news(rule, sources, since))
        if rule.event in ("words", "damaged") and is_complete:
            state.set_cursor(rule.name, sources.now)
    return run.counts


def due(
    rule: NotifyRule, news: Sequence[News], before: dict[str, Sent], now: dt.datetime
) -> Iterator[tuple[News, str]]:
    """Yield what must be sent now: news that are new, and those that last since the last message was sent."""
    for each in news:
        sent = before.get(each.key)
        if sent is None:
            yield each, "new"
        elif rule.again_hours and now - sent.last >= dt.timedelta(hours=rule.again_hours):
            yield each, "again"


def trial(rule: NotifyRule, now: dt.datetime, translate: Translate) -> Outgoing:
    """Return a test message of a rule."""
    return Outgoing(
        id=message_id("test", rule.name, str(to_us(now))),
        state="test",
        at=now,
        event=rule.event,
        subject=translate(_("test of the rule {name}", name=rule.name)),
        lines=(translate(_("Messages of this rule arrive here.")),),
        data={"rule": rule.name},
    )


@frozen(kw_only=True)
class _Run:
    """Sends messages at a time, and records them."""

    now: dt.datetime
    state: NotifyState
    send: Send
    translate: Translate
    counts: RunCounts = Factory(RunCounts)

    def deliver(self, rule: NotifyRule, news: Sequence[News]) -> bool:
        """Send what is due of a rule's news, and what has ended; return whether all of it was sent."""
        before = {each.key: each for each in self.state.sent(rule.name)}
        self.counts.lasting.extend((rule.name, each.title) for each in news if each.key in before)
        sent = [self._deliver(rule, each, why) for each, why in due(rule, news, before, self.now)]
        lasting = {each.key for each in news}
        sent += [self._deliver_mended(rule, each) for key, each in before.items() if key not in lasting]
        return all(sent)

    def _deliver(self, rule: NotifyRule, news: News, why: str) -> bool:
        first_try = self.state.first_try(rule.name, news.key, self.now)
        message = Outgoing(
            id=message_id(rule.name, news.key, why, str(to_us(first_try))),
            state=why,
            at=self.now,
            event=rule.event,
            subject=self.translate(news.title if why == "new" else _("still: {title}", title=news.title)),
            lines=tuple(map(self.translate, news.lines)),
            data={"rule": rule.name, **news.data},
        )
        if not self._sent(rule, news.key, message):
            return False
        if news.lasts:
            self.state.record(rule.name, news.key, str(news.title), self.now)
        else:
            self.state.forget(rule.name, news.key)
        return True

    def _deliver_mended(self, rule: NotifyRule, ended: Sent) -> bool:
        message = Outgoing(
            id=message_id(rule.name, ended.key, str(to_us(ended.first)), "mended"),
            state="mended",
            at=self.now,
            event=rule.event,
            subject=self.translate(_("no longer: {title}", title=ended.title)),
            lines=(self.translate(_("since {at}", at=f"{ended.first:%Y-%m-%d %H:%M} UTC")),),
            data={"rule": rule.name, "key": ended.key},
        )
        is_sent = self._sent(rule, ended.key, message)
        if is_sent:
            self.state.forget(rule.name, ended.key)
        return is_sent

    def _sent(self, rule: NotifyRule, key: str, message: Outgoing) -> bool:
        try:
            self.send(rule, message)
        except NotSent as error:
            times = self.state.record_failure(rule.name, key, str(error), self.now)
            self.counts.failures.append(NotSent(_("{error} (try {times})", error=error, times=times), error.hint))
            return False
        self.counts.sent[message.state] += 1
        return True
