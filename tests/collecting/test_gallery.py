"""A gallery page in a real browser: everything it shows by and by, and nothing that it should not reach."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from gallery_server import FAULTY, GalleryServer, picture, running_gallery

from aelab.collecting import Client, Gallery, Guard, Limits, collect, collected
from aelab.collecting.addresses import Target, resolved
from aelab.collecting.chromium import find_browser
from aelab.errors import LabError

pytestmark = pytest.mark.browser


@pytest.fixture
def elsewhere() -> Iterator[GalleryServer]:
    """Return a second server of this machine, which a page is not to reach."""
    with running_gallery() as server:
        yield server


@pytest.mark.usefixtures("driven_browser")
def test_scrolling_brings_every_picture_of_an_endless_page_once(gallery: GalleryServer, client: Client) -> None:
    collection = collect("fruit", "apples", Gallery(gallery.address("/endless")), client=client)
    assert collection.counts == {"kept": 20, "repeat": 0, "refused": 0, "failed": 0}
    files = (collection.folder / "apples").iterdir()
    assert {file.read_bytes() for file in files} == {picture(number) for number in range(20)}
    assert {one.page for one in collected(collection.folder).values()} == {gallery.address("/endless")}


@pytest.mark.usefixtures("driven_browser")
def test_no_more_is_scrolled_and_fetched_than_wanted_and_the_rest_comes_another_time(
    gallery: GalleryServer, client: Client
) -> None:
    page = Gallery(gallery.address("/endless"))
    assert collect("fruit", "apples", page, limit=4, client=client).counts["kept"] == 4
    ours = [path for path, headers, _ in gallery.visits if "Accept-Language" not in headers and "picture" in path]
    assert len(ours) == 4
    assert collect("fruit", "apples", page, limit=4, client=client).lines == ()
    again = collect("fruit", "apples", page, limit=9, client=client)
    assert (again.pictures, again.counts["kept"]) == (9, 5)


class _Stopped(Exception):
    pass


@pytest.mark.usefixtures("driven_browser")
def test_the_browser_ends_and_leaves_nothing_behind_when_collecting_is_stopped(
    gallery: GalleryServer, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(share: float) -> None:
        assert any("chrom" in process.name() for process in psutil.Process().children(recursive=True))
        raise _Stopped

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(_Stopped):
        collect("fruit", "apples", Gallery(gallery.address("/endless")), limit=4, client=client, progress=stop)
    assert not any("chrom" in process.name() for process in psutil.Process().children(recursive=True))
    assert [path.name for path in tmp_path.iterdir()] == ["artifacts"]


@pytest.mark.usefixtures("driven_browser")
def test_the_best_version_of_each_picture_is_taken_however_it_is_shown(gallery: GalleryServer, client: Client) -> None:
    def found(large: bool) -> list[str]:
        addresses = [one.address for one in Gallery(gallery.address("/kinds"), large).find(client)]
        return [address.removeprefix(gallery.address("/picture/")) for address in addresses]

    shown = ["100.jpg", "103.jpg", "105.webp", "108.jpg", "109.jpg", "112.jpg#part", "111.jpg"]
    assert sorted(found(large=False)) == sorted(shown)
    assert sorted(found(large=True)) == sorted(name.replace("109", "110") for name in shown)


@pytest.mark.usefixtures("driven_browser")
def test_a_page_is_not_at_its_end_while_a_picture_is_on_its_way(gallery: GalleryServer, client: Client) -> None:
    found = {one.address for one in Gallery(gallery.address("/one-by-one")).find(client)}
    assert found == {gallery.address("/late.jpg"), gallery.address("/picture/1.jpg")}


@pytest.mark.usefixtures("driven_browser")
def test_broken_huge_and_hostile_pictures_have_a_reason_each(gallery: GalleryServer, client: Client) -> None:
    collection = collect("fruit", "apples", Gallery(gallery.address("/broken")), client=client)
    assert collection.pictures == 0
    assert {line.found.address for line in collection.lines} == set(map(gallery.address, FAULTY))
    assert len(collection.left_out) == len(FAULTY)


_SPYING = """<!doctype html><title>Nice pictures</title><img src="/picture/1.jpg">
<img src="http://{private}/img.jpg"><img src="http://localhost:{port}/name.jpg"><img src="http://[::1]:{port}/six.jpg">
<img src="http://rebound.example.org:{port}/rebound.jpg"><iframe src="http://{private}/frame"></iframe>
<script>
  fetch("http://{private}/fetch", {{mode: "no-cors"}}).catch(() => 0);
  fetch("https://{private}/tls", {{mode: "no-cors"}}).catch(() => 0);
  new WebSocket("ws://{private}/socket");
  navigator.sendBeacon("http://{private}/beacon", "x");
  const call = new RTCPeerConnection({{iceServers: [{{urls: "stun:127.0.0.1:{udp}"}}]}});
  call.createDataChannel("x");
  call.setLocalDescription();
  try {{ new WebTransport("https://127.0.0.1:{udp}/").closed.catch(() => 0); }} catch {{}}
</script>"""


@pytest.mark.usefixtures("driven_browser")
def test_a_page_cannot_make_the_browser_reach_anything_private(
    gallery: GalleryServer, elsewhere: GalleryServer
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as calls:  # for what passes by proxies, such as video calls
        calls.bind(("127.0.0.1", 0))
        calls.setblocking(False)
        private, port, udp = f"127.0.0.1:{elsewhere.server_port}", elsewhere.server_port, calls.getsockname()[1]
        gallery.spying = _SPYING.format(private=private, port=port, udp=udp)
        page = Gallery(f"http://apples.example.org:{gallery.server_port}/spying")

        list(page.find(Client(Guard(loopback=True, resolve=_resolved), Limits(pause=0))))
        assert {"/img.jpg", "/name.jpg", "/frame", "/fetch", "/rebound.jpg"} <= set(elsewhere.paths), "it does not try"
        elsewhere.visits.clear()

        client = Client(_OneIsPublic(resolve=_resolved), Limits(pause=0))
        found = [one.address for one in page.find(client)]
        ours = f"http://apples.example.org:{gallery.server_port}/picture/1.jpg"
        assert ours in found
        assert gallery.paths.count("/picture/1.jpg") == 2  # by the browser itself, through the gateway
        assert elsewhere.visits == []
        with pytest.raises(BlockingIOError):
            calls.recv(1)
    for address in set(found) - {ours}:
        with pytest.raises(LabError, match="private network"):
            client.fetch(address)


def _resolved(host: str, port: int) -> tuple[str, ...]:
    return ("127.0.0.1",) if host.endswith(".example.org") else resolved(host, port)


class _OneIsPublic(Guard):
    """Takes one name for a public server, which a test cannot have; judges every other address as always."""

    def check(self, address: str) -> Target:
        return Guard(address.startswith("http://apples.example.org:"), self.resolve).check(address)


@pytest.mark.usefixtures("driven_browser")
def test_a_page_that_redirects_to_a_private_address_is_not_visited(
    gallery: GalleryServer, elsewhere: GalleryServer
) -> None:
    client = Client(_OneIsPublic(resolve=_resolved), Limits(pause=0))
    path = f"/to/http:%2F%2F127.0.0.1:{elsewhere.server_port}%2Fendless"
    with pytest.raises(LabError, match="private network"):
        list(Gallery(f"http://apples.example.org:{gallery.server_port}{path}").find(client))
    assert elsewhere.visits == []


@pytest.mark.usefixtures("driven_browser")
@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/private/gallery", r"robots\.txt"),
        ("/to/%2Fprivate%2Fgallery", r"robots\.txt"),
        ("/to/file:%2F%2F%2Fetc%2Fpasswd", "shows no pictures"),
        ("/empty", "shows no pictures"),
    ],
)
def test_a_page_that_is_not_for_programs_or_shows_nothing_is_said(
    gallery: GalleryServer, client: Client, path: str, reason: str
) -> None:
    with pytest.raises(LabError, match=reason):
        list(Gallery(gallery.address(path)).find(client))


@pytest.mark.parametrize("address", ["http://10.0.0.1/", "file:///etc/passwd", "chrome://version", "about:blank"])
def test_no_browser_is_started_for_a_page_that_may_not_be_visited(client: Client, address: str) -> None:
    with pytest.raises(LabError, match="left out"):
        list(Gallery(address).find(client))


@pytest.mark.usefixtures("driven_browser")
def test_a_server_that_is_gone_is_said(client: Client) -> None:
    with pytest.raises(LabError, match="cannot be reached"):
        list(Gallery("http://127.0.0.1:1029/").find(client))


@pytest.mark.parametrize("missing", ["chromium", "chromedriver"])
def test_without_a_browser_there_is_a_sentence_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    pytest.importorskip("selenium")
    present = {"chromium", "chromedriver"} - {missing}
    for name in present:
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LabError, match="sudo apt install chromium chromium-driver"):
        find_browser()


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
def test_a_browser_that_does_not_start_is_said(
    gallery: GalleryServer, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("selenium")
    for name in ("chromium", "chromedriver"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(LabError, match="Chromium did not start"):
        list(Gallery(gallery.address("/endless")).find(client))
