"""Do the same with many things in several threads, keeping their order and the memory they take within bounds.

Pillow and zlib let go of Python's lock while they work, so that threads use every core for pictures.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_MOST_THREADS = 8
_AT_ONCE = 16  # handing something to a thread costs as much as decoding a small picture


def in_order(function: Callable[[T], R], things: Iterable[T], at_once: int = _AT_ONCE) -> Generator[R, None, None]:
    """Yield the function of each thing, in order; a thread is handed `at_once` of them, and few are worked on ahead.

    An error of the function is raised where its result would have come. Close the generator where it may be left
    before its end: the threads have ended then.
    """
    threads = min(os.cpu_count() or 1, _MOST_THREADS)
    waiting: deque[Future[list[R]]] = deque()
    remaining = iter(things)
    with ThreadPoolExecutor(threads, "pictures") as pool:
        try:
            while some := list(islice(remaining, at_once)):
                waiting.append(pool.submit(_each, function, some))
                if len(waiting) > threads:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _each(function: Callable[[T], R], things: list[T]) -> list[R]:
    return [function(thing) for thing in things]
