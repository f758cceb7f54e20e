"""An address is resolved as in a browser, whatever part of its base is shared with other pages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.references.reference import _resolved, resolve

BASES = st.sampled_from(
    [
        *("http://h", "http://h/", "http://h/a", "http://h/a/", "http://h/a/b.html", "http://h/a/b.html?x=/y/z"),
        *(
            "http://h/a/b;p=1?q#f/g",
            "https://h:81/a//b/../c.html",
            "http://h?x=1/2",
            "http://h#x/y",
            "http://h/a/..",
            "",
        ),
    ]
)
PIECES = [*"abx1._-%~:;?#=&@ ", "/", "//", "..", "./", "http:", "https://", "k.cn", "图", "%20", "data:", "\\"]


@given(BASES, st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join))
def test_the_folder_of_a_page_resolves_as_the_page_does(base: str, address: str) -> None:
    expected = _resolved.__wrapped__(address.strip(), base, "utf-8") if address.strip() else None
    found = resolve(address, base, "utf-8")
    assert found == expected or (found is None and address.strip().lower().startswith(("#", "data:")))
