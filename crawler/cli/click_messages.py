"""The messages of click about wrong usage, so that they are in fangzhi's catalogue.

click looks them up by the standard gettext and fills in their values; `use_language` makes it find fangzhi's catalogue.
"""

from __future__ import annotations

import gettext
import os

from crawler.config.language import CATALOGUES, DOMAIN
from pipelines.messages import gettext as _
from pipelines.messages import ngettext

MESSAGES = (
    _("Usage:"),
    _("Error: {message}", message=""),
    _("Try '{command} {option}' for help.", command="", option=""),
    _("Invalid value: {message}", message=""),
    _("Invalid value for {param_hint}: {message}", message="", param_hint=""),
    _("Missing argument"),
    _("Missing option"),
    _("Missing parameter"),
    _("No such option {name!r}.", name=""),
    _("No such command {name!r}.", name=""),
    _("Option {name!r} does not take a value.", name=""),
    _("{value!r} is not a valid {number_type}.", number_type="", value=""),
    _("{value} is not in the range {range}.", range="", value=""),
    ngettext(
        "Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments.", 1, name="", nargs=""
    ),
    ngettext(
        "Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)", 1, possibility="", possibilities=""
    ),
    ngettext("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})", 1, args=""),
    ngettext("{value!r} is not {choice}.", "{value!r} is not one of {choices}.", 1, choice="", choices="", value=""),
)


def use_language(language: str) -> None:
    """Make click print its messages in a language. Its gettext reads the language from the environment."""
    os.environ["LANGUAGE"] = language
    gettext.textdomain(DOMAIN)
    gettext.bindtextdomain(DOMAIN, str(CATALOGUES))
