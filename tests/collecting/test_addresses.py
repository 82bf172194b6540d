"""What may be fetched: the public internet and nothing else, whatever it is called."""

from __future__ import annotations

import socket

import pytest

from aelab.collecting.addresses import ALLOW_LOOPBACK, Guard, PassingError, joined, read_addresses, shown
from aelab.errors import LabError

PUBLIC = Guard(resolve=lambda host, port: ("93.184.215.14",))


def resolves_to(*ips: str) -> Guard:
    return Guard(resolve=lambda host, port: ips)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/a.jpg",
        "http://127.8.9.10/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://0/",
        "http://0.0.0.0/",
        "http://[::1]/",
        "http://[::]/",
        "http://[0:0:0:0:0:ffff:7f00:1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[fe80::1]/",
        "http://[fe80::1%25lo]/",
        "http://[fc00::1]/",
        "http://[fec0::1]/",
        "http://[ff02::1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[2001:db8::1]/",
        "http://10.0.0.1/",
        "http://172.16.0.1/",
        "http://172.31.255.255/",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://192.0.2.1/",
        "http://198.18.0.1/",
        "http://192.88.99.1/",
        "http://224.0.0.1/",
        "http://240.0.0.1/",
        "http://255.255.255.255/",
        "http://localhost/",
        "http://localhost./",
        "http://LOCALHOST:8501/",
        "https://localhost/",
    ],
)
def test_what_is_not_on_the_public_internet_is_refused(address: str) -> None:
    with pytest.raises(LabError, match="left out"):
        Guard().check(address)


def test_the_name_of_this_machine_is_no_way_in() -> None:
    with pytest.raises(LabError, match="left out"):
        Guard().check(f"http://{socket.gethostname()}:8501/")


@pytest.mark.parametrize("ip", ["10.1.2.3", "127.0.0.1", "::1", "169.254.169.254", "::ffff:192.168.0.1", "fd00::1%2"])
def test_a_public_name_with_a_private_address_is_refused(ip: str) -> None:
    with pytest.raises(LabError, match="private network"):
        resolves_to(ip).check("http://pictures.example.org/a.jpg")
    with pytest.raises(LabError, match="private network"):  # one of several is enough
        resolves_to("93.184.215.14", ip).check("http://pictures.example.org/a.jpg")


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("file:///etc/passwd", "not the address"),
        ("ftp://example.org/a.jpg", "not the address"),
        ("data:image/png;base64,AAAA", "not the address"),
        ("javascript:alert(1)", "not the address"),
        ("//example.org/a.jpg", "not the address"),
        ("example.org/a.jpg", "not the address"),
        ("http://", "not the address"),
        ("http:///a.jpg", "not the address"),
        ("http://exa mple.org/", "not the address"),
        ("http://example.org:99999/", "not the address"),
        ("http://[::1/", "not the address"),
        ("http://" + "a" * 3000, "not the address"),
        ("", "not the address"),
        ("http://user@example.org/", "password"),
        ("http://user:secret@example.org/", "password"),
        ("http://127.0.0.1@example.org/", "password"),
        ("http://example.org:22/", "port 22"),
        ("http://example.org:25/", "port 25"),
    ],
)
def test_what_is_no_address_of_the_web_is_refused_with_its_reason(address: str, reason: str) -> None:
    with pytest.raises(LabError, match=reason):
        PUBLIC.check(address)


def test_a_name_without_an_address_may_have_one_another_time() -> None:
    with pytest.raises(PassingError, match="no server called nowhere"):
        Guard().check("http://nowhere.invalid/a.jpg")


@pytest.mark.parametrize(
    ("address", "normal"),
    [
        ("HTTP://Example.ORG/a.jpg", "http://example.org/a.jpg"),
        ("https://example.org:443", "https://example.org/"),
        ("https://example.org:8443/a b.jpg?x=ä#part", "https://example.org:8443/a%20b.jpg?x=%C3%A4"),
        ("http://bücher.example/ä", "http://xn--bcher-kva.example/%C3%A4"),
        ("http://example.org/../a\r\nX: y", "http://example.org/a%0D%0AX:%20y"),
    ],
)
def test_an_address_is_brought_into_its_normal_form(address: str, normal: str) -> None:
    assert PUBLIC.check(address).address == normal


def test_the_connection_goes_to_what_was_checked() -> None:
    answers = iter([("93.184.215.14",), ("127.0.0.1",)])  # as a name that changes its answer does
    target = Guard(resolve=lambda host, port: next(answers)).check("http://rebinding.example.org/")
    assert target.ips == ("93.184.215.14",)
    assert target.host_header == "rebinding.example.org"


def test_loopback_passes_only_where_a_test_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ALLOW_LOOPBACK, raising=False)
    assert not Guard.from_environment().loopback
    monkeypatch.setenv(ALLOW_LOOPBACK, "1")
    guard = Guard.from_environment()
    assert guard.check("http://127.0.0.1:8000/").ips == ("127.0.0.1",)
    assert guard.check("http://[::1]:8000/").host_header == "[::1]:8000"
    for private in ("http://10.0.0.1/", "http://169.254.169.254/", "http://0.0.0.0/"):
        with pytest.raises(LabError):
            guard.check(private)


def test_addresses_are_read_one_a_line_each_once() -> None:
    text = "\ufeff# apples\r\nhttp://a.example/1.jpg\r\n\r\n  http://a.example/2.jpg  \nhttp://a.example/1.jpg\n"
    assert read_addresses(text, 10) == ("http://a.example/1.jpg", "http://a.example/2.jpg")
    with pytest.raises(LabError, match="2 addresses"):
        read_addresses(text, 1)
    with pytest.raises(LabError, match="no addresses"):
        read_addresses("# nothing\n\n", 10)


def test_an_address_is_shown_on_one_line_and_not_endless() -> None:
    assert shown("http://a/\nb\u202e\x1b[31m") == "http://a/�b��[31m"
    assert len(shown("http://a/" + "b" * 5000)) == 200


def test_a_broken_redirect_stays_an_address_that_is_refused() -> None:
    assert joined("http://a.example/b/c", "../d.jpg") == "http://a.example/d.jpg"
    assert joined("http://a.example/", "http://[broken") == "http://[broken"
