"""Linear algebra in one thread: for small matrices on a busy machine, threads cost more than they do."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[Any]:
    """Return a context in which BLAS uses one thread.

    Matrices of a few hundred rows gain little from more, which on a busy computer wait for one another: the eigenvalues
    of one of 784 rows were measured to take ten times as long with two threads.
    """
    limited: AbstractContextManager[Any] = _controller().limit(limits=1)
    return limited


@cache
def _controller() -> ThreadpoolController:
    """Look once which libraries there are: that takes milliseconds, and a slider asks at every move."""
    from threadpoolctl import ThreadpoolController  # noqa: PLC0415 - only its use need cost

    return ThreadpoolController()
