"""A proxy between a browser and the internet, through which nothing private can be reached.

A page decides by itself what else its browser asks for, and could ask a server of this machine or of the network
around it.  Chromium sends everything through this proxy, loopback addresses too, and leaves resolving names to
it; each connection is checked by `addresses.Guard` and made to the address that was checked.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import socketserver
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Final, cast

from aelab.collecting.addresses import Guard, Target
from aelab.collecting.connecting import connect
from aelab.errors import LabError

#: Bytes that one visit to a page may move: galleries of hundreds of photos need tens of megabytes.
MOST_MOVED: Final = 2 * 1024**3
#: Bytes on one connection; a picture without an end would otherwise fill the browser's memory until its tab crashes.
MOST_ON_A_LINE: Final = 64 * 1024**2

_PIECE: Final = 2**16
_CONNECT_SECONDS: Final = 8.0
_SILENT_SECONDS: Final = 60.0
_MOST_SENT: Final = 2**20  # bytes of a form that a page sends
# Headers between a browser and its proxy only, RFC 9110, 7.6.1.
_OURS: Final = frozenset({"connection", "keep-alive", "proxy-connection", "proxy-authorization", "te", "upgrade"})

_KEEPING: Final = (b"connection:", b"keep-alive:", b"proxy-connection:")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, guard: Guard, most: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.guard = guard
        self._left = most
        self._lock = threading.Lock()
        self.ended = threading.Event()

    def spend(self, count: int) -> bool:
        """Count bytes that were moved; return whether more may be."""
        with self._lock:
            self._left -= count
            return self._left > 0 and not self.ended.is_set()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a browser that goes away in the middle is the usual case."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _SILENT_SECONDS

    def do_CONNECT(self) -> None:
        """Open a tunnel, for https and web sockets."""
        with self._line_to(f"https://{self.path}/") as line:
            if line is not None:
                self.send_response(HTTPStatus.OK)
                self.end_headers()
                self._relay(line, both=True)

    def _forward(self) -> None:
        """Pass a plain http request on, and its answer back."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal() or int(length[:9]) > _MOST_SENT:
            self.send_error(HTTPStatus.LENGTH_REQUIRED)
            return
        with self._line_to(self.path) as line:
            if line is None:
                return
            target = self._target
            lines = [f"{self.command} {target.path} HTTP/1.1", f"Host: {target.host_header}", "Connection: close"]
            passed = [(key, value) for key, value in self.headers.items() if key.lower() not in {*_OURS, "host"}]
            lines += [f"{key}: {value}" for key, value in passed if "\n" not in value and "\r" not in value]
            head = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
            line.sendall(head + self.rfile.read(int(length[:9])))
            self.wfile.write(self._answer_head(line))
            self._relay(line, both=False)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _forward  # noqa: N815

    @contextlib.contextmanager
    def _line_to(self, address: str) -> Iterator[socket.socket | None]:
        """Connect to where an address leads; None, after a refusal, where it may not be reached."""
        self.close_connection = True
        if not self.server.spend(0):
            self.send_error(HTTPStatus.FORBIDDEN)
            yield None
            return
        try:
            self._target: Target = self.server.guard.check(address)
            plain = Target("http", self._target.host, self._target.port, "/", self._target.ips)
            connection = connect(plain, _CONNECT_SECONDS)  # the browser speaks TLS itself, through the tunnel
        except LabError:
            self.send_error(HTTPStatus.FORBIDDEN)
            yield None
            return
        with contextlib.closing(connection):
            connection.sock.settimeout(_SILENT_SECONDS)
            yield connection.sock

    def _answer_head(self, line: socket.socket) -> bytes:
        """Return the beginning of an answer, saying that this line is for one answer only."""
        begun = b""
        while b"\r\n\r\n" not in begun and len(begun) < _PIECE and (piece := line.recv(_PIECE)):
            begun += piece
        self.server.spend(len(begun))
        head, end, rest = begun.partition(b"\r\n\r\n")
        lines = [each for each in head.split(b"\r\n") if not each.lower().startswith(_KEEPING)]
        return b"\r\n".join([*lines, b"Connection: close"]) + end + rest if end else begun

    def _relay(self, line: socket.socket, *, both: bool) -> None:
        """Move bytes until one side ends, nothing comes for a while or all is spent.

        Unless `both` ways are open, what the browser sends more ends it: it may be a request for another server.
        """
        moved = 0
        with selectors.DefaultSelector() as sides:
            sides.register(line, selectors.EVENT_READ, self.connection)
            sides.register(self.connection, selectors.EVENT_READ, line if both else None)
            while ready := sides.select(_SILENT_SECONDS):
                for key, _ in ready:
                    if key.data is None:
                        return
                    piece = cast(socket.socket, key.fileobj).recv(_PIECE)
                    moved += len(piece)
                    if not piece or moved > MOST_ON_A_LINE or not self.server.spend(len(piece)):
                        return
                    key.data.sendall(piece)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name for it
        """Write nothing: what a page asks for is nobody's business."""


@contextlib.contextmanager
def open_gateway(guard: Guard, most: int = MOST_MOVED) -> Iterator[int]:
    """Run the proxy on a free port of this machine, which is yielded, until the block ends.

    Parameters
    ----------
    guard : Guard
    most : int
        Bytes that may be moved in all; then every connection ends.
    """
    with _Server(guard, most) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="gateway", daemon=True)
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.ended.set()
            server.shutdown()
            thread.join()
