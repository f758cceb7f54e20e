"""Sending a message: to a webhook, signed as Standard Webhooks describe, or by mail."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import os
import smtplib
import ssl
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from typing import Any

from attrs import frozen

from crawler.config.notify import NotifyRule
from pipelines import __version__
from pipelines.errors import FangzhiError, StoreUnavailable
from pipelines.messages import gettext as _
from pipelines.storage.http import post
from pipelines.times import rfc3339

TIMEOUT_S = 30
"""Seconds for each step of a connection: receivers of Standard Webhooks answer within 15 to 30 s."""

PASSWORD_VARIABLE = "FANGZHI_SMTP_PASSWORD"  # noqa: S105 - the name of a variable


class NotSent(FangzhiError):
    """A message could not be sent; the next run tries again."""


@frozen(kw_only=True)
class Outgoing:
    """A message for one rule. `id` is the same each time that it is tried, so that receivers can drop repetitions.

    `state` is `new`, `again`, `mended` or `test`. `subject` and `lines` are texts in the language of the receiver.
    """

    id: str
    state: str
    at: dt.datetime
    event: str
    subject: str
    lines: tuple[str, ...]
    data: Mapping[str, Any]

    @property
    def payload(self) -> bytes:
        """The JSON that a webhook gets."""
        text = {"subject": self.subject, "lines": list(self.lines)}
        document = {"type": f"fangzhi.{self.event}", "timestamp": rfc3339(self.at), "state": self.state}
        return json.dumps({**document, "text": text, "data": dict(self.data)}, ensure_ascii=False).encode()


def message_id(*parts: str) -> str:
    """Return the id of a message that is made from its rule, key and time.

    >>> message_id("desk", "dead huawu", "1")
    'msg_0845767fa4e08dbe3cf3cf54'
    """
    return f"msg_{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:24]}"


def signature(key: bytes, message: str, timestamp: int, payload: bytes) -> str:
    """Return the value of the header `webhook-signature`.

    >>> signature(b"0" * 24, "msg_1", 1, b"{}")
    'v1,4gaLWH/Mh7tIxkICy4nSG0SOe8aKjhXy2St5RB6ztHU='
    """
    signed = hmac.new(key, f"{message}.{timestamp}.".encode() + payload, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"


def send(rule: NotifyRule, message: Outgoing, *, allow_private: bool) -> None:
    """Send a message as its rule says; raises NotSent."""
    if rule.webhook:
        _post(rule, message, allow_private=allow_private)
    else:
        _mail(rule, message)


def _post(rule: NotifyRule, message: Outgoing, *, allow_private: bool) -> None:
    """Post to a webhook. The connection is guarded as those to sites are; redirects are not followed."""
    payload, timestamp = message.payload, int(message.at.timestamp())
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": f"fangzhi/{__version__}",
        "webhook-id": message.id,
        "webhook-timestamp": str(timestamp),
    }
    if rule.secret:
        headers["webhook-signature"] = signature(rule.key, message.id, timestamp, payload)
    try:
        status = post(rule.webhook, payload, headers, allow_private=allow_private, timeout_s=TIMEOUT_S)
    except StoreUnavailable as error:
        raise _not_sent(rule, error) from error
    if not 200 <= status < 300:
        raise _not_sent(rule, _("the answer has the status {status}", status=status))


def _mail(rule: NotifyRule, message: Outgoing) -> None:
    host, _colon, port = rule.smtp.rpartition(":")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = rule.sender, ", ".join(rule.mail), f"fangzhi: {message.subject}"
    mail["Message-ID"], mail["Date"] = f"<{message.id}.{message.state}@fangzhi>", message.at
    mail.set_content("\n".join((message.subject, "", *message.lines, "")))
    connect: Callable[..., smtplib.SMTP] = smtplib.SMTP
    try:
        with connect(host, int(port), timeout=TIMEOUT_S) as server:
            if rule.starttls:
                server.starttls(context=ssl.create_default_context())
            if rule.user:
                server.login(rule.user, rule.password or os.environ.get(PASSWORD_VARIABLE, ""))
            server.send_message(mail)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise _not_sent(rule, error) from error


def _not_sent(rule: NotifyRule, problem: object) -> NotSent:
    where = rule.webhook or f"{rule.smtp} ({', '.join(rule.mail)})"
    return NotSent(
        _("{name}: no message could be sent to {where}: {problem}", name=rule.name, where=where, problem=problem),
        _("the next run tries again; `fangzhi notify --test {name}` sends a test message", name=rule.name),
    )
