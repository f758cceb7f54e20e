"""The `[[notify]]` rules of fangzhi.toml: which events cause messages, how often, and where these are sent."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from attrs import asdict, field, fields_dict, frozen

from pipelines.errors import ConfigError
from pipelines.messages import either
from pipelines.messages import gettext as _

NotifiedEvent = Literal["dead", "blocked", "gone-in-bulk", "edited-in-bulk", "words", "damaged"]

EVENTS: tuple[NotifiedEvent, ...] = get_args(NotifiedEvent)

SECRET_PREFIX = "whsec_"  # noqa: S105 - how Standard Webhooks marks a secret
"""Begins the secret of a webhook in Standard Webhooks; the rest is Base64."""

MIN_KEY_BYTES = 24
"""Bytes of the secret at least, as Standard Webhooks recommend."""


@frozen(kw_only=True)
class NotifyRule:
    """One rule: messages about `event` go to a `webhook` or to `mail` addresses.

    `sites` are slugs, all sites without them. `query` is the saved search of `words`. A site has pages gone or edited
    in bulk if there are at least `least` in the last `days`. While a problem lasts, the message is repeated every
    `again_hours`; 0 means never. `smtp` is host and port of the mail server.
    """

    name: str
    event: NotifiedEvent = field(metadata={"key": "on"})
    sites: tuple[str, ...] = ()
    query: str = ""
    least: int = 20
    days: int = 1
    again_hours: int = 24
    webhook: str = ""
    secret: str = field(default="", repr=False)
    mail: tuple[str, ...] = ()
    smtp: str = "localhost:25"
    sender: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = True

    @property
    def key(self) -> bytes:
        """The bytes of the webhook's secret."""
        return base64.b64decode(self.secret.removeprefix(SECRET_PREFIX))


KEYS = {str(each.metadata.get("key", name)): name for name, each in fields_dict(NotifyRule).items()}
"""Key of the TOML → field."""


def rules_from(value: object, source: str) -> tuple[NotifyRule, ...]:
    """Return the rules of a list of tables; raises ConfigError, which names the rule and the key."""
    if not isinstance(value, list | tuple) or not all(isinstance(each, Mapping) for each in value):
        raise ConfigError(_("{source}: tables [[notify]] are expected", source=source))
    rules = tuple(_rule(each, f"{source} {number}") for number, each in enumerate(value, 1))
    names = [rule.name for rule in rules]
    if doubled := next((name for name in names if names.count(name) > 1), None):
        raise ConfigError(_("{source}: two rules have the name {name}", source=source, name=doubled))
    return rules


def rules_json(rules: Sequence[NotifyRule]) -> str:
    """Return rules as JSON, which `rules_from` reads, for the environment of another process."""
    named = {name: key for key, name in KEYS.items()}
    documents = [{named[name]: value for name, value in asdict(rule).items()} for rule in rules]
    return json.dumps(documents, ensure_ascii=False)


def _rule(data: Mapping[str, Any], source: str) -> NotifyRule:
    for key in data.keys() - KEYS.keys():
        raise ConfigError(_("{file}: unknown key {key}", file=source, key=key), _("allowed are {names}", names=[*KEYS]))
    for key, value in data.items():
        if not _fits(key, value):
            raise ConfigError(
                _("{source}: {key} cannot be {value!r}", source=source, key=key, value=value), _HINTS[key]
            )
    for key in ("name", "on"):
        if key not in data:
            raise ConfigError(_("{source}: the key {key} is missing", source=source, key=key), _HINTS[key])
    values: dict[str, Any] = {
        KEYS[key]: tuple(value) if isinstance(value, list) else value for key, value in data.items()
    }
    rule = NotifyRule(**values)
    _check(rule, source)
    return rule


def _check(rule: NotifyRule, source: str) -> None:
    if bool(rule.webhook) == bool(rule.mail):
        raise ConfigError(
            _("{source}: a rule has either webhook or mail", source=source),
            _('write webhook = "https://…" or mail = ["you@example.org"]'),
        )
    if (rule.event == "words") != bool(rule.query):
        raise ConfigError(
            _('{source}: query belongs to on = "words", and each such rule needs one', source=source),
            _('write query = "老旧小区" as for `fangzhi search`'),
        )
    if rule.mail and not rule.sender:
        raise ConfigError(
            _("{source}: the key {key} is missing", source=source, key="sender"), _("the address that mails come from")
        )
    if rule.webhook and (urlsplit(rule.webhook).scheme not in ("http", "https") or not urlsplit(rule.webhook).hostname):
        raise ConfigError(
            _("{source}: {key} cannot be {value!r}", source=source, key="webhook", value=rule.webhook),
            _HINTS["webhook"],
        )
    if rule.secret and not _has_valid_key(rule):
        raise ConfigError(_("{source}: the secret cannot be read", source=source), _HINTS["secret"])


def _has_valid_key(rule: NotifyRule) -> bool:
    try:
        return rule.secret.startswith(SECRET_PREFIX) and len(rule.key) >= MIN_KEY_BYTES
    except ValueError:  # of the Base64
        return False


def _fits(key: str, value: object) -> bool:
    match key:
        case "on":
            return value in EVENTS
        case "sites" | "mail":
            return isinstance(value, list | tuple) and all(isinstance(each, str) and each for each in value)
        case "least" | "days":
            return isinstance(value, int) and not isinstance(value, bool) and value >= 1
        case "again_hours":
            return isinstance(value, int) and not isinstance(value, bool) and value >= 0
        case "starttls":
            return isinstance(value, bool)
        case "smtp":
            return isinstance(value, str) and value.rpartition(":")[2].isdecimal()
        case "name":
            return isinstance(value, str) and value.isprintable() and bool(value.strip())
    return isinstance(value, str) and value.isprintable()


_HINTS = {
    "name": _("a short name, which messages and --test use"),
    "on": either(EVENTS),
    "sites": _("a list of slugs"),
    "query": _("words, as for `fangzhi search`"),
    "least": _("a whole number from 1"),
    "days": _("a whole number from 1"),
    "again_hours": _("a whole number from 0; 0: the message is not repeated"),
    "webhook": _("an address that begins with https:// or http://"),
    "secret": _("whsec_ and the Base64 of at least 24 bytes: openssl rand -base64 32"),
    "mail": _("a list of addresses"),
    "smtp": _("host and port of the mail server, such as mail.example.org:587"),
    "sender": _("the address that mails come from"),
    "user": _("the user name for the mail server"),
    "password": _("the password for the mail server; or set FANGZHI_SMTP_PASSWORD"),
    "starttls": _("true or false"),
}
