"""robots.txt as RFC 9309 reads it, and requests that leave a server its peace."""

from __future__ import annotations

import time

import pytest
from gallery_server import GalleryServer

from aelab.collecting.addresses import Guard, PassingError
from aelab.collecting.fetching import Client, Limits
from aelab.collecting.robots import rules_of
from aelab.errors import LabError

_RULES = """\ufeff# made by hand
User-Agent: othermachine
Disallow: /

User-agent: *
User-agent: somebody   # two names for one group
Disallow: /private/
Allow: /private/free/
Disallow: /*.php$
Disallow: /search*q=
Disallow: /caf%C3%A9
Crawl-delay: 2.5
Disallow:
Nonsense
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/private", True),
        ("/private/a.jpg", False),
        ("/private/free/a.jpg", True),
        ("/index.php", False),
        ("/index.php?x=1", True),
        ("/search?x=1&q=apple", False),
        ("/search?x=1", True),
        ("/café/1.jpg", False),
        ("/caf%c3%a9/1.jpg", False),
    ],
)
def test_the_longest_pattern_decides(path: str, allowed: bool) -> None:
    rules = rules_of(_RULES)
    assert rules.allow(path) is allowed
    assert rules.delay == 2.5


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: AELab\nDisallow: /", False),
        ("User-agent: AELab/1.0\nDisallow: /", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: aelab\nDisallow: /b", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: aelab\n", True),
        ("User-agent: aelab\nDisallow: /b\n\nUser-agent: aelab\nDisallow: /a", False),
        ("User-agent: *\nDisallow: /a\nAllow: /a", True),
        ("Disallow: /", True),
        ("User-agent: *\nDisallow: *.jpg", False),
        ("<!doctype html><h1>Not found</h1>", True),
    ],
)
def test_a_group_with_the_name_of_the_lab_goes_before_the_one_for_all(text: str, allowed: bool) -> None:
    assert rules_of(text).allow("/a.jpg") is allowed


def test_a_pattern_made_to_take_for_ever_does_not() -> None:
    rules = rules_of("User-agent: *\nDisallow: /" + "*a" * 5000 + "$")
    assert rules.allow("/" + "a" * 4000 + "b")


def test_the_file_is_fetched_once_for_all_pictures_of_a_server(gallery: GalleryServer, client: Client) -> None:
    for number in range(3):
        client.fetch(gallery.address(f"/picture/{number}.jpg"))
    with pytest.raises(LabError, match=r"robots\.txt of 127\.0\.0\.1 asks programs not to"):
        client.fetch(gallery.address("/private/a.jpg"))
    assert gallery.paths == ["/robots.txt", "/picture/0.jpg", "/picture/1.jpg", "/picture/2.jpg"]


@pytest.mark.parametrize("status", [404, 403, 410])
def test_a_server_without_the_file_has_no_rules(gallery: GalleryServer, client: Client, status: int) -> None:
    gallery.robots, gallery.robots_status = "User-agent: *\nDisallow: /", status
    client.fetch(gallery.address("/picture/1.jpg")).check()


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_whose_file_cannot_be_read_now_is_left_alone(
    gallery: GalleryServer, client: Client, status: int
) -> None:
    gallery.robots_status = status
    for _ in range(2):
        with pytest.raises(PassingError, match=rf"cannot be read now\. The server answered {status}"):
            client.fetch(gallery.address("/picture/1.jpg"))
    assert gallery.paths == ["/robots.txt"]


def test_requests_to_a_server_leave_the_time_it_wants_between_them(gallery: GalleryServer) -> None:
    gallery.robots = "User-agent: *\nCrawl-delay: 0.4"
    client = Client(Guard(loopback=True), Limits(pause=0.1))
    began = time.monotonic()
    for number in range(3):
        client.fetch(gallery.address(f"/picture/{number}.jpg"))
    *_, (path, _, last) = gallery.visits
    assert path == "/picture/2.jpg"
    assert last - began >= 0.8  # however late a busy computer notices the others; by itself the client would wait 0.2


def test_a_server_that_wants_minutes_between_two_requests_wants_no_robots(
    gallery: GalleryServer, client: Client
) -> None:
    gallery.robots = "User-agent: *\nCrawl-delay: 3600"
    with pytest.raises(LabError, match="3600 seconds"):
        client.fetch(gallery.address("/picture/1.jpg"))
