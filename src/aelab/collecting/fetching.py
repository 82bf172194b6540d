"""Fetch addresses, each with what it redirects to, within limits and politely."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from typing import Final

from aelab import __version__
from aelab.collecting.addresses import Guard, PassingError, joined, shown
from aelab.collecting.connecting import Answer, exchange
from aelab.collecting.robots import MOST_ROBOTS_BYTES, Pace, Robots
from aelab.errors import LabError

#: How servers can reach who runs the lab: an e-mail or web address, which Wikimedia's servers want to see.
CONTACT: Final = "AELAB_CONTACT"

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_BUSY: Final = frozenset({429, 503})


@dataclass(frozen=True)
class Limits:
    """What one address may cost.

    Attributes
    ----------
    seconds : float
        From the first connection to the last byte, all redirects together; waiting for one's turn not counted.
    size : int
        Bytes of content, counted while they come: what a server announces is not believed.
    redirects : int
    pause : float
        Least seconds between two requests to one server.
    """

    seconds: float = 30.0
    size: int = 32 * 1024**2
    redirects: int = 5
    pause: float = 0.5


class Client:
    """Fetches addresses, from several threads if need be.

    Parameters
    ----------
    guard : Guard, optional
        By default the one that the environment asks for.
    limits : Limits, optional
    """

    def __init__(self, guard: Guard | None = None, limits: Limits | None = None) -> None:
        self.guard = guard or Guard.from_environment()
        self.limits = limits or Limits()
        self.robots = Robots(self._read_robots)
        self._pace = Pace(self.limits.pause)

    def end(self) -> None:
        """Give up: whoever waits or fetches in another thread ends with a `PassingError`."""
        self._pace.end()

    def fetch(self, address: str, *, robots: bool = True, accept: str = "*/*", size: int | None = None) -> Answer:
        """Fetch an address and where it redirects to.

        Parameters
        ----------
        address : str
        robots : bool
            Whether the robots.txt of each server on the way is respected; an API is made for programs and has
            rules of its own.
        accept : str
            The kinds of content that are wanted.
        size : int, optional
            Bytes, instead of `Limits.size`.

        Raises
        ------
        LabError
            If it may not be fetched, is too large or redirects for ever.
        PassingError
            If it takes too long, or the server cannot be reached or breaks off.
        """
        left = self.limits.seconds
        headers = {"User-Agent": user_agent(), "Accept": accept}
        where = address
        for _ in range(self.limits.redirects + 1):
            target = self.guard.check(where)
            delay = self.robots.check(target) if robots else 0.0
            with self._pace.turn(target.host, delay):
                if self._pace.ended:
                    raise PassingError("{address} is left out: collecting was stopped.", address=shown(address))
                began = time.monotonic()
                answer = exchange(target, headers, left, size or self.limits.size)
                left -= time.monotonic() - began
            if answer.status in _BUSY:
                self._pace.hold(target.host, answer.retry_after)
            if answer.status not in _REDIRECTS or not answer.headers.get("location"):
                return answer
            where = joined(target.address, answer.headers["location"])
        raise LabError(
            "{address} is left out: it redirects more than {most} times.",
            address=shown(address),
            most=self.limits.redirects,
        )

    def _read_robots(self, address: str) -> tuple[int, str]:
        answer = self.fetch(address, robots=False, accept="text/plain", size=MOST_ROBOTS_BYTES)
        return answer.status, answer.content.decode("utf-8", "replace")


def user_agent() -> str:
    """Return how the lab introduces itself, with the contact in the environment variable `CONTACT`."""
    contact = re.sub(r"[^\x21-\x7e]", "", os.environ.get(CONTACT, ""))[:200]
    about = "collects pictures for teaching" + (f"; {contact}" if contact else "")
    return f"AELab/{__version__} ({about})"
