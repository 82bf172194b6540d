"""Do the same with many things, in several threads where that is faster, keeping order and memory within bounds.

Pillow and zlib let go of Python's lock while they work, so that threads use every core for pictures.  On tiny
pictures they hardly work: threads would then do nothing but hand each other the lock.
"""

from __future__ import annotations

import math
import os
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice, repeat
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_MOST_THREADS = 8
_AT_ONCE = 16  # handing something to a thread costs as much as decoding a small picture
_WORTH_A_THREAD = 2.5e-4  # seconds that one thing takes; measured on pictures, where both ways are as fast
_A_PHOTO = 5e-3  # seconds


def in_order(function: Callable[[T], R], things: Iterable[T]) -> Generator[R, None, None]:
    """Yield the function of each thing, in order; no more than a few dozen are worked on ahead.

    An error of the function is raised where its result would have come. Close the generator where it may be left
    before its end: the threads have ended then.
    """
    return some_in_order(lambda some: [function(thing) for thing in some], things)


def some_in_order(function: Callable[[list[T]], list[R]], things: Iterable[T]) -> Generator[R, None, None]:
    """Yield what `in_order` does, of a function that takes a few things at once and returns what to yield for them."""
    remaining = iter(things)
    yield from _alone(function, remaining)
    threads = min(os.cpu_count() or 1, _MOST_THREADS)
    waiting: deque[Future[list[R]]] = deque()
    with ThreadPoolExecutor(threads, "pictures") as pool:
        try:
            while some := list(islice(remaining, _AT_ONCE)):
                waiting.append(pool.submit(function, some))
                if len(waiting) > threads:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _alone(function: Callable[[list[T]], list[R]], remaining: Iterator[T]) -> Iterator[R]:
    """Do things without other threads as long as that is faster."""
    # The very first may take long for what it needs to be loaded; one that follows and takes long is a photo.
    for size, most in chain([(1, math.inf), (1, _A_PHOTO)], repeat((_AT_ONCE, _WORTH_A_THREAD))):
        some = list(islice(remaining, size))
        start = time.perf_counter()
        results = function(some) if some else []
        taken = time.perf_counter() - start
        yield from results
        if not some or taken > most * size:
            return
