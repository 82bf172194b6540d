"""Many measurements side by side, on as many cores as a worker may use."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from threadpoolctl import threadpool_limits

from aelab.jobs.room import threads

T = TypeVar("T")

_SECONDS_BETWEEN_LOOKS = 0.1


def one_thread_each() -> AbstractContextManager[Any]:
    """Let libraries use one thread each for as long as a block lasts.

    Matrices of a few hundred rows gain little from more, which on a busy computer wait for one another: the eigenvalues
    of one of 784 rows were measured to take ten times as long with two threads.
    """
    limits: AbstractContextManager[Any] = threadpool_limits(1)
    return limits


def in_order(tasks: Sequence[Callable[[], T]], meanwhile: Callable[[], None]) -> Iterator[T]:
    """Do tasks side by side, and yield what they return in the order of the tasks.

    Parameters
    ----------
    tasks : sequence of callable
        NumPy, SciPy and ONNX Runtime work without the interpreter's lock most of the time.
    meanwhile : callable
        Is called while they are at work; what it raises ends the iteration, and tasks that have not begun never do.
    """
    with one_thread_each(), ThreadPoolExecutor(threads()) as pool:
        futures = deque(pool.submit(task) for task in tasks)
        try:
            while futures:
                meanwhile()
                if wait([futures[0]], timeout=_SECONDS_BETWEEN_LOOKS).done:
                    yield futures.popleft().result()
        finally:
            for future in futures:
                future.cancel()
