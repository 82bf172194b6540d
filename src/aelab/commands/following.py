"""Follow a job from a shell: its progress on standard error, Ctrl-C to cancel it, its error as one's own."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType

from aelab.errors import LabError
from aelab.jobs import queue
from aelab.jobs.folder import Job, Status
from aelab.jobs.people import SHELL, Person


def follow(job: Job, title: str) -> Status:
    """Wait for the end of a job.

    Parameters
    ----------
    job : Job
    title : str
        What the progress is said to be of.

    Returns
    -------
    Status
        Of a job that is done.

    Raises
    ------
    LabError
        What the job failed with, or that it was cancelled or interrupted.
    KeyboardInterrupt
        After Ctrl-C, when the job has been told to stop.
    """
    say = percent(title)
    with _interrupts() as interrupted:

        def hear(now: Status) -> None:
            say(now.progress)
            if interrupted.is_set():
                raise KeyboardInterrupt

        try:
            status = queue.wait(job, hear)
        except KeyboardInterrupt:
            # What somebody else has asked for as well goes on for them; what a shell did not ask for ends all the same.
            with contextlib.suppress(LabError):  # it has ended at this moment
                queue.cancel(job.id, by=Person(SHELL.owner) if SHELL.owner in job.owners else SHELL)
            raise
    if status.error is not None:
        raise status.error
    if status.state == "cancelled":
        raise LabError("{job} was cancelled; run the command again to start it again.", job=job.id)
    if status.state == "interrupted":
        raise LabError("The worker of {job} ended without a word; its log.txt may say why.", job=job.id)
    return status


@contextlib.contextmanager
def _interrupts() -> Iterator[threading.Event]:
    """Note Ctrl-C instead of raising it wherever the program stands; the second time raise it.

    Raised between the taking of a file lock and the `with` that gives it back, it would leave the lock
    taken, and cancelling the job needs that lock.
    """
    noted = threading.Event()

    def note(number: int, frame: FrameType | None) -> None:
        if noted.is_set():
            raise KeyboardInterrupt
        noted.set()

    if threading.current_thread() is not threading.main_thread():  # only the main thread hears signals
        yield noted
        return
    before = signal.signal(signal.SIGINT, note)
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, before)


def percent(title: str) -> Callable[[float], None]:
    """Return what writes a share done to standard error, on one line of a terminal."""
    last = -1

    def say(share: float) -> None:
        nonlocal last
        percent = int(100 * share)
        if percent != last and sys.stderr.isatty():
            sys.stderr.write(f"\r{title}: {percent}%" + ("\n" if percent == 100 else ""))
            sys.stderr.flush()
        last = percent

    return say
