"""Decide which addresses may be fetched, and where exactly a connection then goes.

An address list, a gallery or a redirect can name anything, and the lab stands behind the walls that keep
strangers from a school's printers, routers and other people's notebooks.  A name is therefore resolved once,
every address it has must be public, and the connection is made to what was checked: a name that changes its
answer between check and connection (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from aelab.errors import LabError

#: For tests only: ``AELAB_ALLOW_LOOPBACK=1`` lets addresses of this machine pass, other private ones never.
ALLOW_LOOPBACK: Final = "AELAB_ALLOW_LOOPBACK"

_PORTS: Final = {"http": 80, "https": 443}
_FIRST_FREE_PORT: Final = 1024  # below it are mail, remote shells and the like, which a picture never needs
_LONGEST: Final = 2000  # characters; servers refuse longer ones too
_SHOWN: Final = 200
# Only this part of IPv6 is given out for the internet (IANA); in it, these reach IPv4 in disguise.
_INTERNET_V6: Final = ipaddress.IPv6Network("2000::/3")
_DISGUISED_V4: Final = (ipaddress.IPv6Network("2001::/32"), ipaddress.IPv6Network("2002::/16"))
_RELAYS_V4: Final = ipaddress.IPv4Network("192.88.99.0/24")  # of 6to4, RFC 7526


class PassingError(LabError):
    """A fault that may be gone another time: a server that is down or busy, a line that broke."""


@dataclass(frozen=True)
class Target:
    """An address that was checked.

    Attributes
    ----------
    scheme : str
        ``"http"`` or ``"https"``.
    host : str
        The name as the server knows it: ASCII, small letters, no brackets.
    port : int
    path : str
        With the query, percent-encoded.
    ips : tuple of str
        Where the host is; each was checked, and a connection goes to one of these and nowhere else.
    """

    scheme: str
    host: str
    port: int
    path: str
    ips: tuple[str, ...]

    @property
    def origin(self) -> str:
        """Scheme, host and port: what a robots.txt is about."""
        return f"{self.scheme}://{self.host_header}"

    @property
    def address(self) -> str:
        """The address in its normal form."""
        return self.origin + self.path

    @property
    def host_header(self) -> str:
        """Host and port as a request names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def resolved(host: str, port: int) -> tuple[str, ...]:
    """Return every IP address of a host, as the operating system finds them."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(answer[4][0]) for answer in answers))


@dataclass(frozen=True)
class Guard:
    """What keeps the lab from fetching what is not on the public internet.

    The machine's own public address, where it has one, is not known here and passes.

    Attributes
    ----------
    loopback : bool
        Whether this machine's own addresses (127.0.0.0/8 and ::1) pass: for tests.
    resolve : callable
        ``resolve(host, port)`` gives the IP addresses of a host, or raises an `OSError`.
    """

    loopback: bool = False
    resolve: Callable[[str, int], tuple[str, ...]] = resolved

    @classmethod
    def from_environment(cls) -> Guard:
        """Return the guard that `ALLOW_LOOPBACK` asks for."""
        return cls(loopback=os.environ.get(ALLOW_LOOPBACK) == "1")

    def check(self, address: str) -> Target:
        """Return where `address` leads, if it may be fetched.

        Raises
        ------
        LabError
            If it is no web address, or leads to this machine, a private network or a reserved address.
        PassingError
            If its name cannot be resolved.
        """
        url = _parsed(address)
        scheme, host = str(url.scheme), str(url.host).strip("[]")
        port = url.port or _PORTS[scheme]
        if port not in _PORTS.values() and port < _FIRST_FREE_PORT:
            raise LabError(
                "{address} is left out: port {port} is not one that pictures are served from.",
                address=shown(address),
                port=port,
            )
        return Target(scheme, host, port, _path(url), self._checked_ips(address, host, port))

    def _checked_ips(self, address: str, host: str, port: int) -> tuple[str, ...]:
        try:
            ips = self.resolve(host, port)
        except (OSError, UnicodeError):
            raise PassingError(
                "{address} is left out: there is no server called {host}, or no connection to the internet.",
                address=shown(address),
                host=host,
            ) from None
        if not ips or not all(self._may_reach(ip) for ip in ips):
            raise LabError(
                "{address} is left out: it leads to this machine, a private network or a reserved address, "
                "which the lab never fetches from.",
                address=shown(address),
            )
        return ips

    def _may_reach(self, text: str) -> bool:
        ip = ipaddress.ip_address(text.partition("%")[0])
        ip = getattr(ip, "ipv4_mapped", None) or ip
        return is_public(ip) or (self.loopback and ip.is_loopback)


def is_public(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Return whether an address is an ordinary one of the public internet."""
    if not ip.is_global or ip.is_multicast or ip.is_reserved:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return ip not in _RELAYS_V4
    return ip in _INTERNET_V6 and not any(ip in network for network in _DISGUISED_V4)


def joined(base: str, address: str) -> str:
    """Return `address` as it is meant on the page or after the redirect at `base`."""
    try:
        return storable(urljoin(base, address.strip()))
    except ValueError:
        return storable(address)


def storable(address: str) -> str:
    """Return an address without the halves of characters that a script can write, and no file can hold."""
    return address.encode("utf-8", "replace").decode("utf-8")


def shown(address: str) -> str:
    """Return an address as an error names it: on one line, not endless."""
    text = "".join(char if char.isprintable() else "�" for char in address)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def read_addresses(text: str, most: int) -> tuple[str, ...]:
    """Return the addresses in a list of one a line, each once; empty lines and those with # in front are notes.

    Raises
    ------
    LabError
        If there are none, or more than `most`.
    """
    lines = (line.strip() for line in text.removeprefix("\ufeff").splitlines())
    addresses = tuple(dict.fromkeys(line for line in lines if line and not line.startswith("#")))
    if not addresses:
        raise LabError("The list has no addresses in it; write one address of a picture on each line.")
    if len(addresses) > most:
        raise LabError(
            "The list has {count} addresses; the lab fetches up to {most} at once. Divide it.",
            count=len(addresses),
            most=most,
        )
    return addresses


def _parsed(address: str) -> Url:
    """Return the parts of a web address, with its host in ASCII and its path percent-encoded."""
    text = address.strip()
    try:
        url = parse_url(text) if len(text) <= _LONGEST else None
    except (LocationParseError, ValueError):
        url = None
    if url is None or url.scheme not in _PORTS or not url.host:
        raise LabError(
            "{address} is left out: it is not the address of something on the web, such as "
            "https://example.org/apple.jpg.",
            address=shown(address),
        )
    if url.auth:
        raise LabError("{address} is left out: it has a user name or password in it.", address=shown(address))
    return url


def _path(url: Url) -> str:
    path = url.path or "/"
    return path if url.query is None else f"{path}?{url.query}"
