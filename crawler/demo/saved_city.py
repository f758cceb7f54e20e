"""The file that says which demo city an archive was crawled from, so that the same city can be started again."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

from attrs import asdict, field, frozen
from attrs.validators import instance_of

from crawler.demo.article_schedule import MIN_PAGES
from pipelines.errors import ConfigError
from pipelines.messages import gettext as _

FILE_NAME = "city.toml"


@frozen(kw_only=True)
class SavedCity:
    """A city and the day that it has reached.

    The first of its portals listens on `port`. `newest_day` is the publication day of the newest articles on day 1.
    """

    port: int = field(validator=instance_of(int))
    pages: int = field(validator=instance_of(int))
    newest_day: dt.date = field(validator=instance_of(dt.date))
    day: int = field(default=1, validator=instance_of(int))

    def save(self, folder: Path) -> None:
        """Write the file into a folder, which is made if it does not exist."""
        folder.mkdir(parents=True, exist_ok=True)
        lines = [f"{name} = {value}\n" for name, value in asdict(self).items()]
        text = "# The demo city that this archive was crawled from; `fangzhi demo` starts it again.\n"
        Path(folder, FILE_NAME).write_text(text + "".join(lines), "utf-8")


def saved_city(folder: Path) -> SavedCity | None:
    """Return the city that is saved in a folder, None if there is no file; raises ConfigError if it cannot be read."""
    file = folder / FILE_NAME
    if not file.exists():
        return None
    try:
        city = SavedCity(**tomllib.loads(file.read_text("utf-8")))
    except (ValueError, TypeError) as error:
        problem = _("{file}: {error}", file=file, error=str(error))
        raise ConfigError(problem, hint=_("delete the file; the next demo writes it again")) from None
    if city.pages < MIN_PAGES or city.day not in (1, 2):
        problem = _("{file}: a city has at least {count} pages, and day 1 or 2", file=file, count=MIN_PAGES)
        raise ConfigError(problem, hint=_("delete the file; the next demo writes it again"))
    return city
