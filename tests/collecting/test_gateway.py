"""The proxy a browser sits behind: it passes on what is public, bounded, and nothing else."""

from __future__ import annotations

import socket

import pytest
import urllib3
from gallery_server import GalleryServer, picture
from labs import PATIENCE

from aelab.collecting.addresses import Guard
from aelab.collecting.gateway import open_gateway

_TO_TESTS = Guard(loopback=True)


def proxy(port: int) -> urllib3.ProxyManager:
    return urllib3.ProxyManager(f"http://127.0.0.1:{port}", retries=False, timeout=PATIENCE)


def spoken(port: int, request: bytes) -> bytes:
    """Return all that the gateway says to a request, until it hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line:
        line.sendall(request)
        pieces = []
        while piece := line.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


def test_what_is_public_comes_through(gallery: GalleryServer) -> None:
    with open_gateway(_TO_TESTS) as port, proxy(port) as manager:
        for number in (1, 2):
            answer = manager.request("GET", gallery.address(f"/picture/{number}.jpg"))
            assert answer.data == picture(number)
    _, headers, _ = gallery.visits[-1]
    assert headers["Connection"] == "close"
    assert headers["Host"] == f"127.0.0.1:{gallery.server_port}"


def test_a_tunnel_moves_bytes_both_ways(gallery: GalleryServer) -> None:
    with open_gateway(_TO_TESTS) as port, socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line:
        line.sendall(f"CONNECT 127.0.0.1:{gallery.server_port} HTTP/1.1\r\n\r\n".encode())
        assert line.recv(65536).startswith(b"HTTP/1.0 200")
        line.sendall(b"GET /picture/1.jpg HTTP/1.0\r\n\r\n")
        answer = b""
        while piece := line.recv(65536):
            answer += piece
    assert answer.endswith(picture(1))


@pytest.mark.parametrize(
    "request_line",
    [
        "GET http://127.0.0.1:{port}/ HTTP/1.1",
        "GET http://localhost:{port}/ HTTP/1.1",
        "GET http://[::1]:{port}/ HTTP/1.1",
        "GET http://0x7f000001:{port}/ HTTP/1.1",
        "GET http://169.254.169.254/latest/meta-data/ HTTP/1.1",
        "GET file:///etc/passwd HTTP/1.1",
        "GET / HTTP/1.1",
        "CONNECT 127.0.0.1:{port} HTTP/1.1",
        "CONNECT [::ffff:127.0.0.1]:{port} HTTP/1.1",
        "CONNECT localhost:{port} HTTP/1.1",
        "CONNECT 93.184.215.14:25 HTTP/1.1",
        "CONNECT user@93.184.215.14:443 HTTP/1.1",
    ],
)
def test_what_is_private_is_refused(gallery: GalleryServer, request_line: str) -> None:
    with open_gateway(Guard()) as port:
        line = request_line.format(port=gallery.server_port)
        answer = spoken(port, f"{line}\r\nHost: 93.184.215.14\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.0 403")
    assert gallery.visits == []


def test_a_second_request_on_the_same_line_does_not_reach_the_first_server(gallery: GalleryServer) -> None:
    first = f"GET {gallery.address('/slow.jpg')} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with open_gateway(_TO_TESTS) as port, socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line:
        line.sendall(first)
        assert line.recv(65536)
        line.sendall(b"GET http://elsewhere.example.org/secret HTTP/1.1\r\nHost: elsewhere.example.org\r\n\r\n")
        while line.recv(65536):
            pass
    assert gallery.paths == ["/slow.jpg"]


def test_an_endless_page_ends_when_all_is_spent(gallery: GalleryServer) -> None:
    request = f"GET {gallery.address('/endless.jpg')} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with open_gateway(_TO_TESTS, most=1_000_000) as port:
        assert len(spoken(port, request)) < 2_000_000
        assert spoken(port, request).startswith(b"HTTP/1.0 403")


def test_a_large_form_is_not_passed_on(gallery: GalleryServer) -> None:
    head = f"POST {gallery.address('/form')} HTTP/1.1\r\nHost: x\r\n"
    with open_gateway(_TO_TESTS) as port:
        for length in ("Content-Length: 999999999999", "Content-Length: -1", "Transfer-Encoding: chunked"):
            assert spoken(port, f"{head}{length}\r\n\r\n".encode()).startswith(b"HTTP/1.0 411")
    assert gallery.visits == []
