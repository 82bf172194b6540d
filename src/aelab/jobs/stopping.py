"""End what nobody wants any more: a task is asked to stop, then interrupted, and at last its process ends.

Most tasks look whether they should stop wherever they report progress.  One that is long in a single step does not,
and only its own process can do something about that.  An exception in its main thread lets it tidy up on its way
out: half a dataset goes, and so does a browser that it drives.  Where Python does not get to run either, deep in a
library, the process ends as if it were killed, and only the files it was writing are deleted.
"""

from __future__ import annotations

import _thread
import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from aelab.jobs import folder
from aelab.jobs.context import JobContext, Stopped
from aelab.jobs.job import Job

_WATCH_SECONDS: Final = 0.2
_GRACE_SECONDS: Final = 1.0  # for a task to look whether it should stop, or to come back to Python
_TIDY_SECONDS: Final = 10.0  # for what it does on its way out


class Watch:
    """Sees to it that a job ends when it is cancelled, or when its folder is gone.

    Parameters
    ----------
    job : Job
    context : JobContext
        What the task sees of the job.
    identity : int or None
        Of the job's folder, as `identity_of` returned it when the worker began.
    leave : callable
        ``leave(abandoned)`` ends the process; `abandoned` says that there is nobody to tell.
    """

    def __init__(self, job: Job, context: JobContext, identity: int | None, leave: Callable[[bool], None]) -> None:
        self._job, self._context, self._identity, self._leave = job, context, identity, leave
        self._at_work = False

    @property
    def abandoned(self) -> bool:
        """Whether the job was deleted, or replaced by another of its name: what is done is for nobody."""
        return identity_of(self._job.folder) != self._identity

    @contextlib.contextmanager
    def interrupting(self) -> Iterator[None]:
        """Raise `Stopped` in the middle of the block if it goes on when it should not, once; for the main thread."""
        signal.signal(signal.SIGINT, self._interrupt)  # for good: one that is late must not end in KeyboardInterrupt
        self._at_work = True
        threading.Thread(target=self._see_it_end, daemon=True).start()
        try:
            yield
        finally:
            self._at_work = False

    def _interrupt(self, *_: object) -> None:
        if self._at_work:
            self._at_work = False
            self._context.heard.set()
            raise Stopped

    def _see_it_end(self) -> None:
        while not (self.abandoned or folder.should_stop(self._job)):
            time.sleep(_WATCH_SECONDS)
        if self.abandoned or not self._context.heard.wait(_GRACE_SECONDS):
            _thread.interrupt_main()  # no real signal: that would break into a library's reading and writing too
        if self._context.heard.wait(_GRACE_SECONDS):
            time.sleep(_TIDY_SECONDS)
        self._leave(self.abandoned)


def identity_of(place: Path) -> int | None:
    """Return what tells a folder from another that takes its name; None where there is none."""
    try:
        return place.stat().st_ino
    except OSError:
        return None
