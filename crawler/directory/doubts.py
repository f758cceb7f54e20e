"""The doubts of the directory as messages for people: the file has them in English."""

from __future__ import annotations

import re
from collections.abc import Callable

from pipelines.messages import Message
from pipelines.messages import gettext as _

_PLAIN = (
    _("did not answer"),
    _("did not answer scripts"),
    _("list may be of the province"),
    _("list may be of a higher level"),
    _("scheme guessed"),
)
_DOUBTS = {str(message): message for message in _PLAIN}

_WITH_VALUE: tuple[tuple[re.Pattern[str], Callable[[str], Message]], ...] = (
    (re.compile(r"(\d{4}), not checked since"), lambda year: _("{year}, not checked since", year=year)),
    (re.compile(r"host also named for (\d{6})"), lambda code: _("host also named for {code}", code=code)),
    (re.compile(r"shares the host of (\d{6})"), lambda code: _("shares the host of {code}", code=code)),
    (re.compile(r"merged into (\S+)"), lambda name: _("merged into {name}", name=name)),
    (
        re.compile(r"source calls it (\S+), host is of \S+"),
        lambda name: _("the source calls it {name}, the host is another one's", name=name),
    ),
)


def doubt_message(doubt: str) -> str:
    """Return a doubt as a message; a doubt that is not known here stays as it is.

    >>> doubt_message("2023, not checked since")
    '2023, not checked since'
    """
    for pattern, message in _WITH_VALUE:
        if match := pattern.fullmatch(doubt):
            return message(match[1])
    return _DOUBTS.get(doubt, doubt)
