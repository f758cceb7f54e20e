"""Addresses that must not be fetched are refused in every notation."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import PageError
from pipelines.storage.ssrf import check_url, refusal

IPV4 = st.ip_addresses(v=4)
PRIVATE_IPV4 = st.sampled_from(["10.0.0.0/8", "127.0.0.0/8", "192.168.0.0/16", "169.254.0.0/16"]).flatmap(
    lambda network: st.ip_addresses(network=network)
)

LOOPBACK = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7F.0.0.1/",
    "http://0177.0.0.01/",
    "http://017700000001/",
    "http://127.0.0.1./",
    "http://127.255.255.254:8080/",
    "http://①②⑦.⓪.⓪.①/",
    "http://１２７。０。０。１/",
    "http://%31%32%37.0.0.1/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://admin.localhost/",
    "http://lⓞcalhost/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]:80/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[2002:7f00:1::1]/",
    "http://[2001:da8::5efe:127.0.0.1]/",
]


@pytest.mark.parametrize("url", LOOPBACK)
def test_loopback_is_refused_in_every_notation(url: str) -> None:
    with pytest.raises(PageError, match="is a loopback address") as caught:
        check_url(url)
    assert caught.value.hint == "--allow-private allows it"
    assert check_url(url, allow_private=True)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://10.1.2.3/", "private"),
        ("http://172.16.0.1/", "private"),
        ("http://192.168.1.1/", "private"),
        ("http://[fd12:3456::1]/", "private"),
        ("http://100.64.0.1/", "carrier's private"),
    ],
)
def test_private_networks_are_allowed_on_request_only(url: str, kind: str) -> None:
    with pytest.raises(PageError, match=kind):
        check_url(url)
    assert check_url(url, allow_private=True) == url


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://169.254.169.254/latest/meta-data/", "metadata"),
        ("http://2852039166/", "metadata"),
        ("http://[::ffff:169.254.169.254]/", "metadata"),
        ("http://[fd00:ec2::254]/", "metadata"),
        ("http://100.100.100.200/", "metadata"),
        ("http://169.254.1.1/", "link-local"),
        ("http://[fe80::1]/", "link-local"),
        ("http://[fe80::1%25eth0]/", "link-local"),
        ("http://[fec0::1]/", "site-local"),
        ("http://0.0.0.0/", "unspecified"),
        ("http://0/", "unspecified"),
        ("http://[::]/", "unspecified"),
        ("http://224.0.0.1/", "multicast"),
        ("http://[ff02::1]/", "multicast"),
        ("http://255.255.255.255/", "reserved"),
        ("http://198.18.0.1/", "benchmarking"),
        ("http://192.0.2.1/", "documentation"),
        ("http://[2001:db8::1]/", "documentation"),
        ("http://[100::1]/", "reserved"),
    ],
)
def test_addresses_without_published_sites_stay_forbidden(url: str, kind: str) -> None:
    for allow_private in (False, True):
        with pytest.raises(PageError, match=f"{kind} address"):
            check_url(url, allow_private=allow_private)


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        ("", "1 to"),
        ("not a url", "in full"),
        ("www.example.cn/a.html", "in full"),
        ("//www.example.cn/", "in full"),
        ("ftp://www.example.cn/", "in full"),
        ("file:///etc/passwd", "in full"),
        ("javascript:alert(1)", "in full"),
        ("gopher://127.0.0.1:6379/_INFO", "in full"),
        ("http://", "not a valid name"),
        ("http:///a.html", "not a valid name"),
        ("http://a..b/", "not a valid name"),
        ("http://例／如.cn/", ""),
        ("http://www.example.cn\\@127.0.0.1/", "backslashes"),
        ("http://www.example.cn/\r\nHost: localhost", "control characters"),
        ("http://www.example.cn@127.0.0.1/", "never sent"),
        ("http://1.2.3.4.5/", "IP address, but is not valid"),
        ("http://256.1.1.1/", "IP address, but is not valid"),
        ("http://1_0.0.0.1/", "IP address, but is not valid"),
        ("http://0x7g.1/", "IP address, but is not valid"),
        ("http://08.0.0.1/", "IP address, but is not valid"),
        ("http://[::1/", ""),
        ("http://[hello]/", ""),
        ("http://www.example.cn:0/", "65535"),
        ("http://www.example.cn:65536/", "65535"),
        ("http://www.example.cn:http/", "65535"),
        ("http://www.example.cn/" + "a" * 5000, "characters"),
    ],
)
def test_an_invalid_url_is_reported_in_one_line(url: str, remedy: str) -> None:
    with pytest.raises(PageError, match=r"^not a URL: .") as caught:
        check_url(url, allow_private=True)
    assert "\n" not in str(caught.value)
    assert remedy in (caught.value.hint or "")


def test_a_password_is_not_repeated() -> None:
    with pytest.raises(PageError) as caught:
        check_url("http://user:geheim@www.example.cn/")
    assert "geheim" not in f"{caught.value} {caught.value.hint} {caught.value.url}"


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTP://WWW.Example.CN", "http://www.example.cn/"),
        (" http://www.example.cn:80/a.html#top ", "http://www.example.cn/a.html"),
        ("https://www.example.cn:443/?a=1", "https://www.example.cn/?a=1"),
        ("https://www.example.cn:80/", "https://www.example.cn:80/"),
        ("http://www.example.cn./", "http://www.example.cn/"),
        ("http://政府.中国/新闻/1.html", "http://xn--mxtq1m.xn--fiqs8s/%E6%96%B0%E9%97%BB/1.html"),
        ("http://www.example.cn/%E6%96%B0?x=a%20b", "http://www.example.cn/%E6%96%B0?x=a%20b"),
        ("http://0x08080808/", "http://8.8.8.8/"),
        ("http://[2400:3200:0:0::1]/", "http://[2400:3200::1]/"),
        ("http://[::ffff:8.8.8.8]/", "http://[::ffff:808:808]/"),
        ("http://example.localhost.cn/", "http://example.localhost.cn/"),
    ],
)
def test_a_valid_url_is_normalised(url: str, normal: str) -> None:
    assert check_url(url) == normal
    assert check_url(normal) == normal


@given(st.ip_addresses())
def test_only_global_addresses_pass(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if not ip.is_global and not (ip.version == 6 and ip.ipv4_mapped):
        assert refusal(str(ip))


@given(PRIVATE_IPV4)
def test_no_embedded_private_address_passes(ip: ipaddress.IPv4Address) -> None:
    high, low = divmod(int(ip), 1 << 16)
    for form in (
        f"::ffff:{ip}",
        f"::{ip}",
        f"::ffff:0:{ip}",
        f"64:ff9b::{ip}",
        f"2002:{high:x}:{low:x}::1",
        f"2001:0:808:808::{high ^ 0xFFFF:x}:{low ^ 0xFFFF:x}",
        f"2400:3200::5efe:{ip}",
        f"2400:3200::200:5efe:{ip}",
    ):
        assert refusal(form), form


@given(IPV4)
def test_every_numeric_notation_means_the_same_address(ip: ipaddress.IPv4Address) -> None:
    number = int(ip)
    spellings = [str(ip), str(number), hex(number), f"0{number:o}", f"{number >> 24}.{number & 0xFFFFFF}"]
    outcomes = set()
    for host in spellings:
        try:
            outcomes.add(check_url(f"http://{host}/"))
        except PageError:
            outcomes.add("refused")
    assert outcomes == {"refused" if refusal(str(ip)) else f"http://{ip}/"}


@given(st.text(max_size=60))
def test_any_text_is_a_normal_url_or_one_clear_error(text: str) -> None:
    for url in (text, f"http://{text}", f"http://www.example.cn/{text}"):
        try:
            normal = check_url(url)
        except PageError:
            continue
        assert normal.isascii()
        assert check_url(normal) == normal


def test_a_word_is_no_ip_address() -> None:
    assert refusal("www.example.cn") == "not an IP address"
    assert refusal("114.114.114.114") is None
    assert refusal("240e:e9:6000::1") is None
