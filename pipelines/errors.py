"""Error classes: the class says what to do, the message what is wrong and where, the hint the remedy.

::

    FangzhiError
    ├── ConfigError             at start: a setting, an option or an address is wrong (exit code 2)
    │   └── RegistryError       at start: a site's TOML is wrong (exit code 2)
    ├── PageError               one page failed: report it and continue with the next one
    └── StoreError              the archive or the catalogue
        ├── StoreUnavailable    full, read-only, not permitted, unreachable: report it; trying again later may work
        │   └── StoreAway       the server is down or overloaded: keep the files in the spool and retry
        ├── LeaseLost           another crawler has the sites of this one: stop and write nothing more
        └── StoreCorrupt        the content is not what was written: stop, a person must look at it
"""


class FangzhiError(Exception):
    """An error that the commands show in one line; `hint` is the remedy, which a traceback shows below the message.

    `str(error)` is English. The command line prints `message` and `hint` in the language of the user, if they were made
    by `pipelines.messages`.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if hint:
            self.add_note(hint)


class ConfigError(FangzhiError):
    """A setting is wrong; the message names the setting and the valid values."""


class RegistryError(ConfigError):
    """A site's TOML is wrong; the message names the file, the key and the valid values."""


class PageError(FangzhiError):
    """One page, `url`, could not be fetched or processed."""

    def __init__(self, message: str, url: str, hint: str | None = None) -> None:
        super().__init__(message, hint)
        self.url = url


class StoreError(FangzhiError):
    """The archive or the catalogue failed."""


class StoreUnavailable(StoreError):
    """The store cannot be used now; nothing was changed, and trying again later may work."""


class StoreAway(StoreUnavailable):
    """The server of a store does not respond, or responds that it is overloaded; it can recover without help."""


class LeaseLost(StoreError):
    """Another crawler has taken over the sites of this one, which was silent for too long; nothing was changed."""


class StoreCorrupt(StoreError):
    """The content of the store is not what was written to it; nothing was changed, and a person must look at it."""
