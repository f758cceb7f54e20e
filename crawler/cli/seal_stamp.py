"""Time stamps for `fangzhi seal` and `verify --seal`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve, frozen

from crawler.config.config import Config
from pipelines.errors import FangzhiError
from pipelines.messages import Message
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from crawler.download.stamp import StampClient
    from pipelines.archive.seals.stamps import StampedTime
    from pipelines.archive.seals.statement import Seal
    from pipelines.archive.verify import Finding


@frozen(kw_only=True)
class StampedSeal:
    """A seal with a time stamp that has been checked, and what this stamp states."""

    seal: Seal
    time: StampedTime


@frozen(kw_only=True)
class StampAuthority:
    """The authority of the settings, and the root certificates to which its certificate must lead."""

    url: str
    client: StampClient
    roots: list[Certificate]

    def stamp(self, seal: Seal) -> StampedSeal:
        """Return a seal with a time stamp; raises FangzhiError if there is none, or if it is not valid."""
        from pipelines.archive.seals.stamps import check_stamp, stamp_of, stamp_request

        request = stamp_request(seal)
        stamp = stamp_of(self.url, self.client.request(self.url, request.as_bytes()))
        found = check_stamp(seal, stamp, self.roots, request.nonce)
        if isinstance(found, Message):
            raise FangzhiError(
                _("no time stamp by {url}, so no seal was made: {problem}", url=self.url, problem=found),
                _("try again later, or remove the setting `seal_authority` for a seal without a time stamp"),
            )
        return StampedSeal(seal=evolve(seal, stamp=stamp), time=found)


def stamp_authority(config: Config) -> StampAuthority:
    """Return the authority of the settings; raises ConfigError if its URL or the file of roots is not valid."""
    from crawler.cli.fetch import checked_url
    from crawler.download.stamp import StampClient
    from pipelines.archive.seals.stamps import trusted_roots

    return StampAuthority(
        url=checked_url(config.seal_authority or "", allow_private=config.allow_private),
        client=StampClient(user_agent=config.user_agent, timeout=config.timeout, allow_private=config.allow_private),
        roots=trusted_roots(config.seal_roots),
    )


def checked_stamp(config: Config, seal: Seal) -> StampedTime | Finding | None:
    """Return what the time stamp of a seal states, or what is wrong with it; None without a stamp."""
    if seal.stamp is None:
        return None
    from pipelines.archive.seals.stamps import check_stamp, trusted_roots
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
