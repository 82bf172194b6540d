"""What a task sees of the job it does."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import psutil

from aelab.jobs import folder
from aelab.jobs.folder import Job

_SECONDS_BETWEEN_REPORTS = 0.3
_SECONDS_BETWEEN_LOOKS = 0.1


class Stopped(Exception):
    """The job was asked to stop, and did."""


class JobContext:
    """Lets a task report progress, hear a request to stop, and keep results.

    Parameters
    ----------
    job : Job

    Attributes
    ----------
    heard : threading.Event
        Set when the task knows that it should stop; it has a while then to tidy up.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self.started = time.time()
        self._reported = 0.0
        self._looked = 0.0
        self.heard = threading.Event()
        self._moving: tuple[float, float] | None = None
        self._process = psutil.Process()

    @property
    def folder(self) -> Path:
        """The job's folder, where results go."""
        return self._job.folder

    @property
    def owners(self) -> tuple[str, ...]:
        """Who has asked for the job by now."""
        return (folder.find(self._job.id) or self._job).owners

    def progress(self, share: float) -> None:
        """Report that a share (0 to 1) is done; cheap enough to call at every step.

        Raises
        ------
        Stopped
            If somebody asked the job to stop.
        """
        now = time.monotonic()
        if now - self._reported < _SECONDS_BETWEEN_REPORTS:
            return
        self._reported = now
        self.stop_if_asked()
        if self._moving is None and share > 0:
            self._moving = (time.time(), round(share, 4))
        folder.write_status(
            self._job,
            {
                "state": "running",
                "progress": round(share, 4),
                "started": self.started,
                "moving": self._moving,
                "memory_bytes": self._process.memory_info().rss,
            },
        )

    def should_stop(self) -> bool:
        """Return whether somebody asked the job to stop; cheap enough to call at every step."""
        now = time.monotonic()
        if not self.heard.is_set() and now - self._looked >= _SECONDS_BETWEEN_LOOKS:
            self._looked = now
            if folder.should_stop(self._job):
                self.heard.set()
        return self.heard.is_set()

    def stop_if_asked(self) -> None:
        """Raise `Stopped` if somebody asked the job to stop."""
        if self.should_stop():
            raise Stopped
