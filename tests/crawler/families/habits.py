"""Different ways of writing the same page: variants that templates, editors and servers of real sites produce.

Each habit takes a page's HTML and URL, and returns the HTML that another site would send.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

Habit = Callable[[str, str], str]
Attributes = list[tuple[str, str | None]]
Write = Callable[[str, Attributes], str]

_TAG = re.compile(
    r"<([a-zA-Z][\w:-]*)((?:\s+[\w:-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>\"']+))?)*)\s*/?>",
)
_ATTRIBUTE = re.compile(r"([\w:-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+)))?")
_VERBATIM = re.compile(r"(<script\b[^>]*>.*?</script>|<!--.*?-->|<style\b.*?</style>)", re.DOTALL | re.IGNORECASE)
_PLAIN = re.compile(r"[\w.:#?&;%-]+(?:/[\w.:#?&;=%-]+)*")
_LINK = re.compile(r"^(?!#|javascript:|mailto:)", re.IGNORECASE)


def outside_scripts(html: str, change: Callable[[str], str]) -> str:
    pieces = _VERBATIM.split(html)
    return "".join(piece if at % 2 else change(piece) for at, piece in enumerate(pieces))


def tags(write: Write) -> Habit:
    """Return a habit that rewrites every tag with a function."""

    def again(tag: re.Match[str]) -> str:
        attributes = [(name, next((v for v in values if v is not None), None)) for name, *values in _each(tag[2])]
        return write(tag[1], attributes)

    return lambda html, _: outside_scripts(html, lambda piece: _TAG.sub(again, piece))


def _each(attributes: str) -> list[tuple[str | None, ...]]:
    return [found.groups() for found in _ATTRIBUTE.finditer(attributes)]


def links(change: Callable[[str, str], str]) -> Habit:
    """Return a habit that rewrites the URL of every link; `change` gets that URL and the page's."""

    def habit(html: str, url: str) -> str:
        def write(name: str, attributes: Attributes) -> str:
            if name.lower() in ("a", "area"):
                attributes = [
                    (k, change(v, url) if k.lower() == "href" and v and _LINK.match(v) else v) for k, v in attributes
                ]
            return written(name, attributes)

        return tags(write)(html, url)

    return habit


def written(name: str, attributes: Attributes, quote: str = '"', equals: str = "=") -> str:
    return f"<{name}" + "".join(f" {key}" + _value(value, quote, equals) for key, value in attributes) + ">"


def _value(value: str | None, quote: str, equals: str) -> str:
    if value is None:
        return ""
    quote = quote if quote not in value else "'" if '"' in value else '"'
    return f"{equals}{quote}{value}{quote}"


def _unquoted(name: str, attributes: Attributes) -> str:
    bare = "".join(
        f" {key}={value}" if value and _PLAIN.fullmatch(value) else written("", [(key, value)])[1:-1]
        for key, value in attributes
    )
    return f"<{name}{bare}>"


def _climbing(href: str, url: str) -> str:
    """Return a URL as ../../a/b.html: up from the page's folder to the root, then down."""
    to = urlsplit(urljoin(url, href))
    if to.netloc != urlsplit(url).netloc:
        return href
    depth = urlsplit(url).path.count("/") - 1
    return ("../" * depth or "./") + to._replace(scheme="", netloc="", path=to.path.lstrip("/")).geturl()


def _in_session(href: str, url: str) -> str:
    own = urlsplit(urljoin(url, href)).netloc == urlsplit(url).netloc
    session = r"\1;jsessionid=0A1B2C3D4E5F60718293A4B5C6D7E8F9"
    return re.sub(r"(\.(?:s?html?|jsp|php))(?=[?#]|$)", session, href, count=1) if own else href


def with_query(query: str) -> Callable[[str, str], str]:
    return lambda href, _: href.partition("#")[0] + ("&amp;" if "?" in href else "?") + query


def _upper(html: str, url: str) -> str:
    opened = tags(lambda name, attributes: written(name.upper(), [(key.upper(), value) for key, value in attributes]))(
        html, url
    )
    return outside_scripts(opened, lambda piece: re.sub(r"</\w+>", lambda tag: tag[0].upper(), piece))


def _in_texts(replacement: str) -> Habit:
    return lambda html, _: outside_scripts(
        html, lambda piece: re.sub(r">([^<>\s][^<>]{3,})</a>", replacement, piece, flags=re.IGNORECASE)
    )


HABITS: Mapping[str, Habit] = {
    "upper case": _upper,
    "single quotes": tags(lambda name, attributes: written(name, attributes, quote="'")),
    "no quotes": tags(_unquoted),
    "space around =": tags(lambda name, attributes: written(name, attributes, equals=" = ").replace(">", "\n>")),
    "attributes the other way round": tags(lambda name, attributes: written(name, attributes[::-1])),
    "comments between": tags(lambda name, attributes: f"<!-- {name} -->{written(name, attributes)}"),
    "space around addresses": links(lambda href, _: f" {href}\r\n "),
    "fragments": links(lambda href, _: href if "#" in href else f"{href}#top"),
    "whole addresses": links(lambda href, url: urljoin(url, href)),
    "addresses without scheme": links(lambda href, url: urljoin(url, href).removeprefix("http:")),
    "addresses that climb": links(_climbing),
    "default port": links(lambda href, url: urljoin(url, href).replace(".cn/", ".cn:80/")),
    "ampersands escaped": links(lambda href, _: href.replace("&amp;", "&").replace("&", "&amp;")),
    "session in the path": links(_in_session),
    "session in the query": links(with_query("PHPSESSID=ab12cd34")),
    "visitor counter": links(with_query("utm_source=home&amp;utm_medium=web")),
    "CR LF": lambda html, _: re.sub(r"\r?\n", "\r\n", html),
    "byte order mark": lambda html, _: f"\ufeff{html}",
    "space in link texts": _in_texts(r">&nbsp;\n\1&nbsp;</a>"),
    "font in link texts": _in_texts(r"><font color=red><b>\1</b></font></a>"),
    "space in scripts": lambda html, _: re.sub(r"\b(createPage(?:HTML)?|jpage)\(", r"\1 ( ", html),
    "numbers as texts": lambda html, _: re.sub(r"(\bcreatePageHTML\([^()]*?)(\b\d+), ?(\d+)", r"\1'\2','\3'", html),
}


def _as_texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_texts(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_as_texts(each) for each in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _nested(text: str) -> str:
    """Replace each object and array in the outermost object by a string of JSON."""
    members = json.loads(text).items()
    return json.dumps({key: json.dumps(value) if isinstance(value, (dict, list)) else value for key, value in members})


WRAPPINGS: Mapping[str, Callable[[str], str]] = {
    "byte order mark": lambda text: f"\ufeff{text}",
    "byte order mark and lines": lambda text: f"\ufeff\r\n\r\n{text}\r\n",
    "callback": lambda text: f"jQuery1124_1709600000({text});",
    "guarded callback": lambda text: f"/**/typeof cb === 'function' && cb({text});",
    "callback after a byte order mark": lambda text: f"\ufeff cb({text})",
    "indented": lambda text: json.dumps(json.loads(text), indent=2),
    "slashes escaped": lambda text: json.dumps(json.loads(text)).replace("/", "\\/"),
    "numbers as texts": lambda text: json.dumps(_as_texts(json.loads(text))),
    "JSON in texts": _nested,
    "bare line breaks in texts": lambda text: text.replace('"title": "', '"title": "\n\t'),
}
