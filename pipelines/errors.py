"""The error tree: the class says what to do, the message what was wrong, where, and the remedy.

::

    FangzhiError
    ├── ConfigError             at start: a setting, an option or an address is wrong (exit 2)
    │   └── RegistryError       at start: a site's TOML is wrong (exit 2)
    ├── PageError               this page only: set it aside and go on
    └── StoreError              the archive or the catalogue
        ├── StoreUnavailable    try again later: down, full, read-only, out of reach
        └── StoreCorrupt        stop and tell a person: what is kept is not what was written
"""


class FangzhiError(Exception):
    """Something that a person must hear of in one line; `hint` says what to do about it."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class ConfigError(FangzhiError):
    """A setting is wrong; names the setting and what is allowed."""


class RegistryError(ConfigError):
    """A site's TOML is wrong; names the file, the key and what is allowed."""


class PageError(FangzhiError):
    """One page could not be fetched or handled; `url` names it."""

    def __init__(self, message: str, url: str, hint: str | None = None) -> None:
        super().__init__(message, hint)
        self.url = url


class StoreError(FangzhiError):
    """The archive or the catalogue failed."""


class StoreUnavailable(StoreError):
    """The store cannot be used now; nothing was changed, trying again later may work."""


class StoreAway(StoreUnavailable):
    """The server of a store does not answer, or says that it cannot just now; by itself it may come back."""


class StoreCorrupt(StoreError):
    """What the store holds is not what was written to it; nothing was changed, a person must look."""
