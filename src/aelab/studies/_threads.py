"""Many measurements side by side, on as many cores as a worker may use."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

from aelab.jobs.room import threads
from aelab.studies._one_thread import one_thread

T = TypeVar("T")

_SECONDS_BETWEEN_LOOKS = 0.1


def in_order(tasks: Sequence[Callable[[], T]], meanwhile: Callable[[], None]) -> Iterator[T]:
    """Do tasks side by side, and yield what they return in the order of the tasks.

    Parameters
    ----------
    tasks : sequence of callable
        NumPy, SciPy and ONNX Runtime work without the interpreter's lock most of the time.
    meanwhile : callable
        Is called while they are at work; what it raises ends the iteration, and tasks that have not begun never do.
    """
    with one_thread(), ThreadPoolExecutor(threads()) as pool:
        futures = deque(pool.submit(task) for task in tasks)
        try:
            while futures:
                meanwhile()
                if wait([futures[0]], timeout=_SECONDS_BETWEEN_LOOKS).done:
                    yield futures.popleft().result()
        finally:
            for future in futures:
                future.cancel()
