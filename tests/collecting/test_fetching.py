"""One address: what comes, what it may cost, and what is said when it does not come."""

from __future__ import annotations

import pytest
from gallery_server import GalleryServer, picture

from aelab.collecting.addresses import Guard, PassingError
from aelab.collecting.fetching import CONTACT, Client, Limits, user_agent
from aelab.errors import LabError


def test_a_picture_comes_as_it_is(gallery: GalleryServer, client: Client) -> None:
    answer = client.fetch(gallery.address("/picture/7.jpg")).check()
    assert answer.content == picture(7)
    assert answer.headers["content-type"] == "image/jpeg"


def test_servers_learn_who_asks_and_how_to_reach_them(
    gallery: GalleryServer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CONTACT, "lab@school.example\r\nX-Evil: 1")
    client.fetch(gallery.address("/picture/7.jpg"))
    _, headers, _ = gallery.visits[-1]
    assert headers["User-Agent"].startswith("AELab/")
    assert "lab@school.example" in headers["User-Agent"]
    assert "X-Evil" not in headers
    assert headers["Host"] == f"127.0.0.1:{gallery.server_port}"
    monkeypatch.delenv(CONTACT)
    assert user_agent().endswith("(collects pictures for teaching)")


def test_the_connection_goes_to_the_checked_address_under_the_name_it_was_checked_for(gallery: GalleryServer) -> None:
    answers = iter([("127.0.0.1",)])  # a second question would fail the test

    client = Client(Guard(loopback=True, resolve=lambda host, port: next(answers)), Limits(pause=0))
    answer = client.fetch(f"http://apples.example.org:{gallery.server_port}/picture/7.jpg", robots=False)
    assert answer.content == picture(7)
    assert gallery.visits[-1][1]["Host"] == f"apples.example.org:{gallery.server_port}"


@pytest.mark.parametrize(
    ("path", "reason", "passing"),
    [
        ("/missing.jpg", "answered 404", False),
        ("/endless.jpg", "more than", False),
        ("/bomb.jpg", "more than", False),
        ("/short.jpg", "connection broke", True),
        ("/loop.jpg", "more than 5 times", False),
        ("/to/http:%2F%2F10.0.0.1%2Fa.jpg", "private network", False),
        ("/to/http:%2F%2F169.254.169.254%2Flatest", "private network", False),
        ("/to/file:%2F%2F%2Fetc%2Fpasswd", "not the address", False),
        ("/private/a.jpg", "robots.txt", False),
        ("/to/%2Fprivate%2Fa.jpg", "robots.txt", False),
    ],
)
def test_what_must_not_or_cannot_come_is_said_in_one_sentence(
    gallery: GalleryServer, client: Client, path: str, reason: str, passing: bool
) -> None:
    with pytest.raises(LabError, match=reason) as caught:
        client.fetch(gallery.address(path)).check()
    assert isinstance(caught.value, PassingError) is passing


@pytest.mark.parametrize("path", ["/slow.jpg", "/slow-head.jpg"])
def test_what_takes_too_long_is_given_up_for_now(gallery: GalleryServer, hurried: Client, path: str) -> None:
    with pytest.raises(PassingError, match="too long"):
        hurried.fetch(gallery.address(path), robots=False)


def test_what_is_announced_as_too_large_is_not_even_begun(gallery: GalleryServer) -> None:
    client = Client(Guard(loopback=True), Limits(size=50_000, pause=0))
    with pytest.raises(LabError, match=r"more than 0\.0476837 MB"):
        client.fetch(gallery.address("/short.jpg"))


def test_no_more_than_announced_is_read(gallery: GalleryServer, client: Client) -> None:
    assert client.fetch(gallery.address("/lying.jpg")).content == picture(6)[:500]


def test_a_redirect_to_loopback_is_refused_where_no_test_allows_it(gallery: GalleryServer) -> None:
    names = {"apples.example.org": "127.0.0.1"}  # stands for a public server, which a test cannot have
    guard = Guard(resolve=lambda host, port: (names.get(host, host),))
    with pytest.raises(LabError, match="this machine"):
        Client(guard).fetch(gallery.address("/picture/1.jpg"))
    assert gallery.paths == []


def test_redirects_are_followed_in_whatever_letters_they_come(gallery: GalleryServer, client: Client) -> None:
    answer = client.fetch(gallery.address("/utf8"))
    assert answer.content == picture(7)
    assert answer.address.endswith("/picture/%C3%A4/7.jpg")


def test_a_server_that_is_gone_may_be_back_another_time(client: Client) -> None:
    with pytest.raises(PassingError, match="cannot be reached"):
        client.fetch("http://127.0.0.1:1029/a.jpg")


def test_the_environment_cannot_send_a_request_through_a_proxy(
    gallery: GalleryServer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert client.fetch(gallery.address("/picture/7.jpg")).content == picture(7)


def test_a_busy_server_is_left_in_peace_for_as_long_as_it_says(gallery: GalleryServer, client: Client) -> None:
    with pytest.raises(PassingError, match="answered 503"):
        client.fetch(gallery.address("/busy.jpg")).check()
    assert client.fetch(gallery.address("/busy.jpg")).check().content == picture(9)
    (_, _, first), (_, _, second) = [visit for visit in gallery.visits if visit[0] == "/busy.jpg"]
    assert second - first >= 1.0


def test_whoever_waits_goes_home_when_collecting_ends(gallery: GalleryServer) -> None:
    client = Client(Guard(loopback=True), Limits(pause=3600))
    client.fetch(gallery.address("/picture/1.jpg"), robots=False)
    client.end()
    with pytest.raises(PassingError, match="stopped"):  # an hour earlier than its turn
        client.fetch(gallery.address("/picture/2.jpg"), robots=False)
