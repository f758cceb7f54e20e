"""The signer of packages that the settings describe, for `export --sign`."""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from crawler.cli.seal import key_folder
from crawler.cli.session import Session
from crawler.cli.stamp_authority import stamp_authority
from crawler.config.config import Config
from pipelines.errors import ConfigError, FangzhiError
from pipelines.messages import Message
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from pipelines.archive.signatures.check import CheckedSignature, TrustedRoots
    from pipelines.archive.signatures.sign import Identity, Stamper
    from pipelines.archive.signatures.signed_data import SignedData


@frozen(kw_only=True)
class PackageSigner:
    """Who signs, the time stamp authority if there is one, and the roots with which others will check the signature."""

    identity: Identity
    stamper: Stamper | None
    trusted: TrustedRoots

    def sign(self, digest: str, created: str) -> dict[str, str]:
        """Return the signature of a digest as a JSON object; raises FangzhiError if it would not pass `verify`."""
        from pipelines.archive.signatures.sign import sign
        from pipelines.archive.signatures.signed_data import signed_document

        data = sign(self.identity, digest, created, self.stamper)
        for problem in self._check(data).problems:
            raise _not_signed(problem.what)
        return signed_document(data)

    def checked(self, document: object) -> CheckedSignature | None:
        """Return what a signature of this signer states; None without one."""
        from pipelines.archive.signatures.signed_data import parse_signed_data

        data = parse_signed_data(document)
        return self._check(data) if data else None

    def _check(self, data: SignedData) -> CheckedSignature:
        from pipelines.archive.signatures.check import check_signature

        return check_signature(data, data.hash, data.created, self.trusted)


def package_signer(session: Session) -> PackageSigner:
    """Return the signer of the settings; makes its key if no setting names one and there is none yet.

    Such a key decides nothing that a person would have to know before, and an explicit path is never filled: a wrong
    path in the settings must not become another identity. Raises ConfigError if a setting is wrong or missing.
    """
    from pipelines.archive.signatures.certificates import check_chain
    from pipelines.archive.signatures.check import TrustedRoots
    from pipelines.archive.signatures.keys import load_key
    from pipelines.archive.signatures.sign import anonymous_identity, domain_identity
    from pipelines.archive.stamps import trusted_roots

    config = session.config
    _require_stamps(config)
    path = config.package_key or _own_key(session)
    key, roots = load_key(path), trusted_roots(config.package_roots)
    certificate = config.package_certificate
    identity = domain_identity(key, certificate, roots) if certificate else anonymous_identity(key, path)
    if identity.domain:  # now, and not after hours of writing
        found = check_chain(identity.chain, identity.domain, dt.datetime.now(dt.UTC), roots)
        if isinstance(found, Message):
            raise _not_signed(found)
    return PackageSigner(
        identity=identity,
        stamper=_stamper(config),
        trusted=TrustedRoots(domains=roots, stamps=trusted_roots(config.seal_roots)),
    )


def _not_signed(problem: str) -> FangzhiError:
    return FangzhiError(
        _("the package was not signed: {problem}", problem=problem),
        _("check the settings `package_key`, `package_certificate` and `package_roots`, and the clock"),
    )


def _require_stamps(config: Config) -> None:
    if config.package_certificate and not config.package_key:
        raise ConfigError(
            _("`package_certificate` is set, `package_key` is not"),
            _("set `package_key` to the private key of the certificate, such as Certbot's privkey.pem"),
        )
    if config.package_certificate and not config.seal_authority:
        raise ConfigError(
            _("the signature of a domain needs a time stamp: its certificate is valid for some weeks only"),
            _("set `seal_authority` to the URL of a time stamp authority, and `seal_roots` to its root certificate"),
        )


def _own_key(session: Session) -> Path:
    from pipelines.archive.signatures.keys import make_key

    path = key_folder() / "package-key.pem"
    if not path.exists():
        make_key(path)
        session.say(_("made a new key, which signs packages from now on: {file}", file=path), whole=True)
    return path


def _stamper(config: Config) -> Stamper | None:
    from pipelines.archive.signatures.sign import Stamper

    if not config.seal_authority:
        return None
    authority = stamp_authority(config)
    stamp = functools.partial(authority.stamp, failure=_("the package was not signed"))
    return Stamper(get=stamp, roots=authority.roots)
