"""Make one request to one server that nobody vouches for, bounded in time and bytes.

The connection goes to an IP address that `addresses.Guard` has checked, under the name it was checked for (`Host`,
and SNI and certificate of TLS).  No proxy is used, even where the environment names one: it would resolve names by
itself.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

import certifi
from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from aelab.collecting.addresses import PassingError, Target, shown
from aelab.errors import LabError

_PIECE: Final = 2**16
_CONNECT_SECONDS: Final = 8.0
_MOST_TRIED: Final = 4  # IP addresses of one host
_FAULTS: Final = (HTTPError, http.client.HTTPException, OSError)  # ssl's errors are OSErrors
_OK: Final = 200
_PASSING: Final = frozenset({408, 425, 429})
_USUAL_WAIT: Final = 5.0  # seconds, where a busy server does not say how long to wait


@dataclass(frozen=True)
class Answer:
    """What a server said at last.

    Attributes
    ----------
    address : str
        Where it came from, after redirects.
    status : int
        HTTP's; never a redirect that can be followed.
    content : bytes
        Unpacked; empty unless the status is 200.
    headers : mapping of str to str
        By names in small letters.
    """

    address: str
    status: int
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def retry_after(self) -> float:
        """Seconds that a busy server asks to wait."""
        text = self.headers.get("retry-after", "")
        return float(text) if text.isdecimal() and len(text) < 9 else _USUAL_WAIT

    def check(self) -> Answer:
        """Return this answer if it is what was asked for, else raise a `LabError` that says what came."""
        if self.status == _OK:
            return self
        said = {
            "address": shown(self.address),
            "status": self.status,
            "meaning": http.client.responses.get(self.status, "unknown"),
        }
        if self.status >= 500 or self.status in _PASSING:
            raise PassingError("{address} is left out: the server answered {status} ({meaning}).", **said)
        raise LabError("{address} is left out: the server answered {status} ({meaning}).", **said)


def connect(target: Target, seconds: float) -> HTTPConnection:
    """Return a connection to the first of the target's IP addresses that answers.

    Raises
    ------
    PassingError
        If none does.
    """
    reason: Exception | None = None
    for ip in target.ips[:_MOST_TRIED]:
        connection = _unconnected(target, ip, max(0.1, min(seconds, _CONNECT_SECONDS)))
        try:
            connection.connect()
        except _FAULTS as error:
            connection.close()
            reason = error
        else:
            return connection
    raise PassingError(
        "{address} is left out: {host} cannot be reached ({reason}).",
        address=shown(target.address),
        host=target.host,
        reason=type(reason).__name__,
    )


def _unconnected(target: Target, ip: str, seconds: float) -> HTTPConnection:
    if target.scheme == "http":
        return HTTPConnection(ip, target.port, timeout=seconds)
    name = target.host.rstrip(".")  # which OpenSSL then wants to see in the certificate
    return HTTPSConnection(ip, target.port, timeout=seconds, ssl_context=_trust(), server_hostname=name)


@cache
def _trust() -> ssl.SSLContext:
    """Return whose certificates are believed: the system's authorities, which a school may add to, and Mozilla's."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def exchange(target: Target, headers: Mapping[str, str], seconds: float, size: int) -> Answer:
    """Ask a server for one thing, without following where it points.

    Parameters
    ----------
    target : Target
    headers : mapping of str to str
        Besides what HTTP itself needs.
    seconds : float
        From the connection to the last byte.
    size : int
        Bytes of content, counted while they come: what a server announces is not believed.

    Raises
    ------
    LabError
        If more than `size` comes.
    PassingError
        If the server cannot be reached, breaks off or takes too long.
    """
    if seconds <= 0:
        raise _too_slow(target)
    with contextlib.closing(connect(target, seconds)) as connection, _alarm(connection, seconds) as rung:
        try:
            connection.request(
                "GET",
                target.path,
                headers={
                    **headers,
                    "Host": target.host_header,
                    "Accept-Encoding": "gzip",
                    "Connection": "close",
                },
                preload_content=False,
            )
            with contextlib.closing(connection.getresponse()) as response:
                said = {name.lower(): _text(value) for name, value in response.headers.items()}
                content = _content(response, target, size) if response.status == _OK else b""
        except _FAULTS as error:
            if rung.is_set():
                raise _too_slow(target) from None
            raise PassingError(
                "{address} is left out: the connection broke ({reason}).",
                address=shown(target.address),
                reason=type(error).__name__,
            ) from None
        if rung.is_set():  # what has no announced length seems to end well when it is cut
            raise _too_slow(target)
    return Answer(target.address, response.status, content, said)


def _text(value: str) -> str:
    """Return a header's value as UTF-8, which many a Location is, and http.client reads as Latin-1."""
    return value.encode("latin-1", "replace").decode("utf-8", "replace")


def _content(response: BaseHTTPResponse, target: Target, size: int) -> bytes:
    announced = response.headers.get("Content-Length", "")
    pieces: list[bytes] = []
    count = 0
    too_large = announced.isdecimal() and len(announced) < 20 and int(announced) > size
    while not too_large and (piece := response.read(_PIECE, decode_content=True)):
        pieces.append(piece)
        count += len(piece)
        too_large = count > size
    if too_large:
        raise LabError(
            "{address} is left out: it has more than {most} MB.",
            address=shown(target.address),
            most=f"{size / 1024**2:g}",
        )
    return b"".join(pieces)


@contextlib.contextmanager
def _alarm(connection: HTTPConnection, seconds: float) -> Iterator[threading.Event]:
    """Shut the connection down after `seconds`: a server that sends a byte now and then meets every other timeout."""
    line: socket.socket | None = connection.sock
    rung = threading.Event()

    def ring() -> None:
        rung.set()
        if line is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(line, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, ring)
    timer.daemon = True
    timer.start()
    try:
        yield rung
    finally:
        timer.cancel()


def _too_slow(target: Target) -> PassingError:
    return PassingError("{address} is left out: it takes too long.", address=shown(target.address))
