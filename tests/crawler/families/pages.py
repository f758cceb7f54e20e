"""Small list pages in the markup of the CMSs, with the menus and footer of a municipal portal."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).with_name("pages")
_FURNITURE = (_FOLDER / "furniture.html").read_text(encoding="utf-8")


def page(body: str) -> str:
    return _FURNITURE.replace("<!--body-->", body)


def listing_page(name: str) -> str:
    return page((_FOLDER / f"{name}.html").read_text(encoding="utf-8"))


TRS_LIST = listing_page("trs_list")
PHPCMS_LIST = listing_page("phpcms_list")
HOME_MADE_LIST = listing_page("home_made_list")
