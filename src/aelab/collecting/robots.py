"""Behave as a guest on other people's servers: what robots.txt forbids is not fetched, and never in a rush.

The rules are those of RFC 9309.  Python's `urllib.robotparser` knows neither ``*`` and ``$`` in a path nor that
the longest rule wins (before 3.15), and would fetch much of what today's files forbid; hence the reader here.
"""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from aelab.collecting.addresses import PassingError, Target, shown
from aelab.errors import LabError

#: What the lab is called in a robots.txt.
ROBOT: Final = "aelab"
#: Bytes of a robots.txt that are read; RFC 9309 asks for at least as many.
MOST_ROBOTS_BYTES: Final = 500 * 1024
#: Seconds between two requests to a server that the lab is ready to wait; who asks for more wants no robots.
MOST_DELAY: Final = 60.0

_AT_ONCE: Final = 2  # requests to one server; Wikimedia's robot policy allows no more
_SAFE: Final = "/*$?&=;:@,+!'()~"
_TOO_MANY_REQUESTS: Final = 429


@dataclass(frozen=True)
class Rules:
    """What a robots.txt says to this robot.

    Attributes
    ----------
    paths : tuple of (str, bool)
        A pattern, and whether what matches it may be fetched.
    delay : float
        Seconds to leave between two requests, 0 where none are asked for.
    """

    paths: tuple[tuple[str, bool], ...] = ()
    delay: float = 0.0

    def allow(self, path: str) -> bool:
        """Return whether a path with its query may be fetched: the longest pattern decides, else it may."""
        wanted = _normal(path)
        fitting = [(len(pattern), allowed) for pattern, allowed in self.paths if _fits(pattern, wanted)]
        return max(fitting, default=(0, True))[1]  # of two equally long ones, the one that allows


_NOTHING: Final = Rules((("/", False),))


def rules_of(text: str, robot: str = ROBOT) -> Rules:
    """Read a robots.txt: the groups that name `robot`, or else those for every robot."""
    named: list[tuple[str, str]] = []
    general: list[tuple[str, str]] = []
    agents: list[str] = []
    begun = False  # whether the group has a rule already, after which a user-agent begins another group
    for key, value in filter(None, map(_line, text.removeprefix("\ufeff").splitlines())):
        if key == "user-agent":
            agents = [] if begun else agents
            agents.append(value.lower().partition("/")[0].strip())  # "AELab/0.1" is meant for any version
            begun = False
            if robot in agents:
                named.append(("", ""))  # a group that names the robot counts even without a rule
        elif key in ("allow", "disallow", "crawl-delay"):
            begun = True
            if robot in agents:
                named.append((key, value))
            elif "*" in agents:
                general.append((key, value))
    lines = named or general
    paths = tuple((_normal(value), key == "allow") for key, value in lines if key in ("allow", "disallow") and value)
    return Rules(paths, max((_seconds(value) for key, value in lines if key == "crawl-delay"), default=0.0))


class Robots:
    """The robots.txt of every server met, each read once.

    Parameters
    ----------
    read : callable
        ``read(address)`` fetches a robots.txt and returns the status and the text, or raises a `LabError`.
    """

    def __init__(self, read: Callable[[str], tuple[int, str]]) -> None:
        self._read = read
        self._rules: dict[str, Rules | PassingError] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def check(self, target: Target) -> float:
        """Return the seconds that the server wants between two requests, if it lets robots fetch `target`.

        Raises
        ------
        LabError
            If its robots.txt forbids it, or asks for more than `MOST_DELAY`.
        PassingError
            If its robots.txt cannot be read because the server has a fault, which RFC 9309 takes for a no.
        """
        with self._lock:
            lock = self._locks.setdefault(target.origin, threading.Lock())
        with lock:
            if target.origin not in self._rules:
                self._rules[target.origin] = self._fetched(target)
            rules = self._rules[target.origin]
        if isinstance(rules, PassingError):
            raise PassingError(
                "{address} is left out: the robots.txt of {host} cannot be read now. {reason}",
                address=shown(target.address),
                host=target.host,
                reason=rules,
            )
        if not rules.allow(target.path):
            raise LabError(
                "{address} is left out: the robots.txt of {host} asks programs not to fetch it.",
                address=shown(target.address),
                host=target.host,
            )
        if rules.delay > MOST_DELAY:
            raise LabError(
                "{address} is left out: the robots.txt of {host} asks for {seconds} seconds between two requests, "
                "which is longer than the lab waits.",
                address=shown(target.address),
                host=target.host,
                seconds=round(rules.delay),
            )
        return rules.delay

    def _fetched(self, target: Target) -> Rules | PassingError:
        address = f"{target.origin}/robots.txt"
        try:
            status, text = self._read(address)
        except PassingError as error:
            return PassingError.from_json(error.to_json())  # without the traceback, which holds much
        except LabError:
            return _NOTHING  # such as one that is redirected to where the lab does not go
        if status >= 500 or status == _TOO_MANY_REQUESTS:
            return PassingError("The server answered {status}.", status=status)
        return rules_of(text) if status == 200 else Rules()


class Pace:
    """Leaves time between two requests to the same server, whichever thread makes them, and few under way.

    Parameters
    ----------
    pause : float
        Least seconds between the beginnings of two requests.
    """

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._next: defaultdict[str, float] = defaultdict(float)
        self._rooms: defaultdict[str, threading.Semaphore] = defaultdict(lambda: threading.BoundedSemaphore(_AT_ONCE))
        self._lock = threading.Lock()
        self._ended = threading.Event()

    @contextlib.contextmanager
    def turn(self, host: str, delay: float = 0.0) -> Iterator[None]:
        """Wait for a turn with `host`, which wants at least `delay` seconds between two; it lasts as the block does."""
        with self._lock:
            room = self._rooms[host]
        with room:
            with self._lock:
                begin = max(time.monotonic(), self._next[host])
                self._next[host] = begin + max(self._pause, delay)
            self._ended.wait(max(0.0, begin - time.monotonic()))
            yield

    def hold(self, host: str, seconds: float) -> None:
        """Give no turn with `host` for a while, because it is busy."""
        with self._lock:
            self._next[host] = max(self._next[host], time.monotonic() + min(seconds, MOST_DELAY))

    def end(self) -> None:
        """Let everybody who waits go on at once, because the work is given up."""
        self._ended.set()

    @property
    def ended(self) -> bool:
        """Whether the work is given up."""
        return self._ended.is_set()


def _line(line: str) -> tuple[str, str] | None:
    key, colon, value = line.partition("#")[0].partition(":")
    return (key.strip().lower(), value.strip()) if colon else None


def _seconds(text: str) -> float:
    return float(text) if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text) else 0.0


def _normal(path: str) -> str:
    """Return a path or pattern with its percent-encoding made uniform."""
    return quote(unquote(path, errors="surrogateescape").encode("utf-8", "surrogateescape"), safe=_SAFE)


def _fits(pattern: str, path: str) -> bool:
    """Return whether a pattern matches the beginning of a path, or all of it if it ends with $.

    In time that grows with the lengths only: a regular expression could be made to take for ever.
    """
    ends = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    place = len(first)
    if not others:
        return place == len(path) or not ends
    *middle, last = others
    for piece in middle:
        found = path.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    return path.endswith(last) and len(path) - len(last) >= place if ends else path.find(last, place) >= 0
