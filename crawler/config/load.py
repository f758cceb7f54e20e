"""Loading the configuration: the command line overrides the environment, which overrides `fangzhi.toml`."""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from attrs import fields, fields_dict

from crawler.config.config import Config
from crawler.config.language import locale_language
from crawler.config.notify import NotifyRule, rules_from, rules_json
from crawler.sites.schedule import parse_schedule
from pipelines import __version__
from pipelines.catalogue.schemes import check_catalogue_url
from pipelines.errors import ConfigError
from pipelines.masking import mask
from pipelines.messages import either
from pipelines.messages import gettext as _
from pipelines.storage import check_path, storage_address

CONFIG_FILE = "fangzhi.toml"
"""The configuration file in the current folder, if no other one is named."""

SERVER = "postgresql+psycopg://"
"""What the URL of a frontier begins with that several machines share."""

REGISTRY_FOLDER = "registry"
"""The folder beside the catalogue with the sites of an archive: a person who gets the archive gets its sites too."""


def load_config(options: Mapping[str, object], environ: Mapping[str, str], cwd: Path) -> Config:
    """Return the settings of this run.

    `options` are those of the command line, by the names of the fields of `Config` (None if not given), and `config`
    for the file. Environment variables are the names in capitals behind FANGZHI_. Relative folders start at `cwd`,
    those of the file at the folder of the file. Raises ConfigError, which names the file, variable or option, and what
    is allowed.
    """
    home = _home(environ)
    given = _from_file(options, environ, cwd, home)
    for name, kind in _KINDS.items():
        variable = f"FANGZHI_{name.upper()}"
        if text := environ.get(variable):
            given[name] = _checked(name, _from_text(text, kind), variable, cwd, home)
        if (value := options.get(name)) is not None:
            given[name] = _checked(name, value, f"--{name.replace('_', '-')}", cwd, home)
    given.setdefault("archive", str(cwd / "archive"))
    folder = default_folder(given["archive"], environ)
    if (own := folder / REGISTRY_FOLDER).is_dir():
        given["registry"] = (own, *given.get("registry", ()))
    given.setdefault("catalogue", default_catalogue(folder))
    given.setdefault("frontier", _default_frontier(folder, given["catalogue"]))
    given.setdefault("user_agent", _user_agent(given.get("contact")))
    given.setdefault("lang", locale_language(environ))
    given.setdefault("workers", len(os.sched_getaffinity(0)))
    return Config(**given)


def default_folder(archive: str, environ: Mapping[str, str]) -> Path:
    """Return the default folder of catalogue, frontier and registry.

    It is the archive itself, or a folder among the user's data if the archive is remote.
    """
    if "://" not in archive:
        return Path(archive)
    data = Path(environ.get("XDG_DATA_HOME") or _home(environ) / ".local/share")
    readable_name = re.sub(r"[^\w.-]+", "-", archive.partition("://")[2])
    digest = hashlib.sha256(archive.encode()).hexdigest()[:8]  # a/b and a-b must not share one
    return data / "fangzhi" / f"{readable_name}-{digest}"


def default_catalogue(folder: Path) -> str:
    """Return the URL of the catalogue in its default folder."""
    return f"sqlite:///{folder}/catalogue.sqlite"


def _default_frontier(folder: Path, catalogue: str) -> str:
    """Return the default frontier: the file if there is one, else the database of a catalogue in PostgreSQL.

    So the frontier of an archive goes on where it was before frontiers could be in PostgreSQL.
    """
    file = folder / "frontier.sqlite"
    return catalogue if catalogue.startswith(SERVER) and not file.exists() else str(file)


def file_beside_frontier(config: Config, name: str) -> Path:
    """Return where a file of this machine is: beside the frontier, or in the default folder if that is on a server."""
    if config.frontier.startswith(SERVER):
        return default_folder(config.archive, os.environ) / name
    return Path(config.frontier).with_name(name)


def config_file(options: Mapping[str, object], environ: Mapping[str, str], cwd: Path) -> Path | None:
    """Return the configuration file that the option `config` or FANGZHI_CONFIG names, or else that of the folder."""
    named = options.get("config") or environ.get("FANGZHI_CONFIG")
    if "://" in str(named or ""):
        raise _unexpected("--config", _EXPECTED["file"], named)
    file = cwd / str(named or CONFIG_FILE)
    return file if named or file.exists() else None


def environment(config: Config) -> dict[str, str]:
    """Return the environment variables that give another process the same settings, regardless of its file."""
    given = {f"FANGZHI_{name.upper()}": _to_text(getattr(config, name)) for name in _KINDS}
    return {"FANGZHI_CONFIG": os.devnull} | {name: text for name, text in given.items() if text is not None}


_KINDS = {each.name: str(each.metadata["kind"]) for each in fields(Config)}

_EXPECTED = {
    "text": _("text without line breaks"),
    "flag": _("true or false"),
    "folder": _("a folder"),
    "folders": _("a list of folders"),
    "file": _("a file's path"),
    "database": _("a file's path or {url}", url="postgresql+psycopg://user@host/name"),
    "whole": _("a whole number"),
    "seconds": _("a number of seconds"),
}
_WORDS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def _from_file(options: Mapping[str, object], environ: Mapping[str, str], cwd: Path, home: Path) -> dict[str, Any]:
    file = config_file(options, environ, cwd)
    if file is None:
        return {}
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            _("{place}: {problem}", place=file, problem=error.strerror),
            hint=_("--config and FANGZHI_CONFIG name a TOML file"),
        ) from None
    except (ValueError, RecursionError) as error:  # of tomllib, for arrays in arrays too, and UnicodeDecodeError
        raise ConfigError(
            _("{file}: no valid TOML: {error}", file=file, error=error), hint=_("correct the file there")
        ) from None
    for key in data.keys() - _KINDS.keys():
        raise ConfigError(
            _("{file}: unknown key {key}", file=file, key=key), hint=_("allowed are {names}", names=[*_KINDS])
        )
    return {name: _checked(name, value, f"{file}: {name}", file.parent, home) for name, value in data.items()}


def _from_text(text: str, kind: str) -> object:
    """Return the value of an environment variable as TOML would have it; a value that cannot be read stays text."""
    if kind == "folders":
        return [folder for folder in text.split(os.pathsep) if folder]
    if kind == "rules":
        try:
            return json.loads(text)
        except ValueError:
            return text
    if kind == "flag":
        return _WORDS.get(text.strip().lower(), text)
    if kind in ("whole", "seconds"):
        try:
            return int(text) if kind == "whole" else float(text)
        except ValueError:
            return text
    return text


def _to_text(value: object) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return str(int(value))
        case (NotifyRule(), *_):
            return rules_json(cast("Sequence[NotifyRule]", value))
        case tuple():
            return os.pathsep.join(map(str, value))
    return str(value)


def _checked(name: str, value: object, source: str, base: Path, home: Path) -> Any:
    """Check the value of a setting and return it, with absolute folders."""
    about = fields_dict(Config)[name].metadata
    kind, least, most = about["kind"], about.get("least"), about.get("most", math.inf)
    if kind == "choice" and value not in about["of"]:
        raise _unexpected(source, either(about["of"]), value)
    if kind == "schedule":
        return _schedule(value, source)
    if kind == "rules":
        return rules_from(value, source)
    if not _fits(value, kind, least or 0, most):
        expected = _EXPECTED[kind]
        if least is not None:
            expected = _("{kind} from {least}", kind=expected, least=least)
        if most < math.inf:
            expected = _("{kind} to {most}", kind=expected, most=most)
        raise _unexpected(source, expected, value)
    match name, value:
        case "archive", str():
            return _archive(value, source, base, home)
        case "catalogue", str():
            try:
                check_catalogue_url(value)
            except ConfigError as error:
                raise _at(source, error) from None
        case (("user_agent" | "contact" | "operator"), str()) if "://" in value and mask(value) != value:
            raise ConfigError(
                _("{source}: {value} has a password", source=source, value=value),
                hint=_("remove it: servers and readers of the archive see this text"),
            )
        case (("user_agent" | "contact"), str()) if not value.isascii():
            raise ConfigError(
                _("{source}: {value} cannot go into a request", source=source, value=value),
                hint=_("write it in ASCII"),
            )
        case "frontier", str() if value.startswith(SERVER):
            return value
        case "frontier", (str() | Path()):
            return str(_folder(str(value), base, home))
        case _, (str() | Path()) if kind in ("file", "folder"):
            return _folder(str(value), base, home)
        case "registry", list() | tuple():
            return tuple(_folder(str(each), base, home) for each in value)
    return value


def _unexpected(source: str, expected: str, value: object) -> ConfigError:
    return ConfigError(
        _("{source}: {expected} is expected, not {value!r}", source=source, expected=expected, value=value)
    )


def _at(source: str, error: ConfigError) -> ConfigError:
    """Return an error with the name of the file, variable or option before its message."""
    return ConfigError(_("{place}: {problem}", place=source, problem=error), hint=error.hint)


def _fits(value: object, kind: str, least: float, most: float) -> bool:
    match kind:
        case "choice":
            return True
        case "folder":
            return isinstance(value, str | Path) and bool(str(value)) and "://" not in str(value)
        case "text":
            return isinstance(value, str) and value.isprintable() and bool(value.strip())
        case "flag":
            return isinstance(value, bool)
        case "file":
            return isinstance(value, str | Path) and bool(str(value).strip()) and "://" not in str(value)
        case "database":
            return isinstance(value, str | Path) and _is_database(str(value))
        case "folders":
            return isinstance(value, list | tuple) and all(
                isinstance(each, str | Path) and "://" not in str(each) for each in value
            )
        case "whole":
            return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value < math.inf


def _is_database(value: str) -> bool:
    return bool(value.strip()) and value.isprintable() and ("://" not in value or value.startswith(SERVER))


def _schedule(value: object, source: str) -> str:
    try:
        parse_schedule(text := str(value))
    except ValueError as error:
        raise ConfigError(_("{place}: {problem}", place=source, problem=error)) from None
    return text


def _archive(value: str, source: str, base: Path, home: Path) -> str:
    try:
        address = storage_address(value)
    except ConfigError as error:
        raise _at(source, error) from None
    return address if "://" in address else str(_folder(address, base, home))


def _folder(value: str, base: Path, home: Path) -> Path:
    own = home / value[2:] if value == "~" or value.startswith("~/") else base / value
    check_path(own)
    return Path(os.path.normpath(own))


def _home(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("HOME") or Path.home())


def _user_agent(contact: str | None) -> str:
    return f"fangzhi/{__version__} ({f'+{contact}' if contact else 'archiving crawler; no contact given'})"


def product_token(user_agent: str) -> str:
    """Return the name by which a crawler is called in robots.txt (RFC 9309 §2.2.1): a contact must match no group.

    >>> product_token("fangzhi/1.0 (+https://robot.example.org)"), product_token("Mozilla/5.0 (compatible; LibBot/2.0)")
    ('fangzhi', 'LibBot')
    """
    found = re.search(r"compatible;\s*([A-Za-z_-]+)", user_agent) or re.match(r"\s*([A-Za-z_-]+)", user_agent)
    return found[1] if found else user_agent
