"""Time stamps for `fangzhi seal` and `verify --seal`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve, frozen

from crawler.cli.stamp_authority import StampAuthority
from crawler.config.config import Config
from pipelines.messages import Message
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from pipelines.archive.seals.statement import Seal
    from pipelines.archive.stamps import StampedTime
    from pipelines.archive.verify import Finding


@frozen(kw_only=True)
class StampedSeal:
    """A seal with a time stamp that has been checked, and what this stamp states."""

    seal: Seal
    time: StampedTime


def stamped_seal(authority: StampAuthority, seal: Seal) -> StampedSeal:
    """Return a seal with a time stamp; raises FangzhiError if there is none, or if it is not valid."""
    from pipelines.archive.seals.stamps import check_stamp, stamp_of
    from pipelines.archive.seals.statement import stamped_content

    failure = _("no seal was made")
    response, _time = authority.stamp(stamped_content(seal), failure)
    stamp = stamp_of(authority.url, response)
    found = check_stamp(seal, stamp, authority.roots)
    if isinstance(found, Message):
        raise authority.failed(failure, found)
    return StampedSeal(seal=evolve(seal, stamp=stamp), time=found)


def checked_stamp(config: Config, seal: Seal) -> StampedTime | Finding | None:
    """Return what the time stamp of a seal states, or what is wrong with it; None without a stamp."""
    if seal.stamp is None:
        return None
    from pipelines.archive.seals.stamps import check_stamp
    from pipelines.archive.stamps import trusted_roots
    from pipelines.archive.verify import Finding

    found = check_stamp(seal, seal.stamp, trusted_roots(config.seal_roots))
    if isinstance(found, Message):
        return Finding(file=f"{seal.name}.json", kind="wrong-stamp", what=found)
    return found


def stamp_line(stamped: StampedTime | None) -> Message:
    """Return a line for people: who stamped a seal and when, or that it has no time stamp."""
    if stamped is None:
        return _("no time stamp: the setting `seal_authority` names an authority")
    return _(
        "time stamp of {authority} at {at}, certificate {digest}",
        authority=stamped.authority,
        at=stamped.at,
        digest=stamped.certificate_sha256,
    )
