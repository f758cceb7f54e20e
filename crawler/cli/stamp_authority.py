"""The time stamp authority of the settings (RFC 3161): it stamps any content, and its stamp is checked at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from crawler.config.config import Config
from pipelines.errors import FangzhiError
from pipelines.messages import Message
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from crawler.download.stamp import StampClient
    from pipelines.archive.stamps import StampedTime


@frozen(kw_only=True)
class StampAuthority:
    """The authority of the settings, and the root certificates to which its certificate must lead."""

    url: str
    client: StampClient = field(repr=False)
    roots: list[Certificate] = field(repr=False)

    def stamp(self, content: bytes, failure: Message) -> tuple[bytes, StampedTime]:
        """Return the response with the stamp of some content, and what the stamp states.

        Raises FangzhiError if there is no stamp, or if it is not valid; `failure` says what was not made without it.
        """
        from pipelines.archive.stamps import check_response, stamp_request

        request = stamp_request(content)
        try:
            response = self.client.request(self.url, request.as_bytes())
        except FangzhiError as error:
            raise self.failed(failure, error.message, error.hint) from error
        found = check_response(response, content, self.roots, request.nonce)
        if isinstance(found, Message):
            raise self.failed(failure, found)
        return response, found

    def failed(self, failure: Message, problem: str, hint: str | None = None) -> FangzhiError:
        """Return the error that there is no valid stamp."""
        return FangzhiError(
            _("no time stamp by {url}, so {failure}: {problem}", url=self.url, failure=failure, problem=problem),
            hint or _("try again later, or remove the setting `seal_authority` to do without a time stamp"),
        )


def stamp_authority(config: Config) -> StampAuthority:
    """Return the authority of the settings; raises ConfigError if its URL or the file of roots is not valid."""
    from crawler.cli.fetch import checked_url
    from crawler.download.stamp import StampClient
    from pipelines.archive.stamps import trusted_roots

    return StampAuthority(
        url=checked_url(config.seal_authority or "", allow_private=config.allow_private),
        client=StampClient(user_agent=config.user_agent, timeout=config.timeout, allow_private=config.allow_private),
        roots=trusted_roots(config.seal_roots),
    )
