"""Where a worker runs.  Nothing above this file knows that it is a process of this computer."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import Protocol

from aelab.jobs.folder import Job

#: What `start_new_session` does elsewhere; 0 where there are no such flags.
_OWN_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)


class Executor(Protocol):
    """Starts the worker of a job."""

    def start(self, job: Job) -> None:
        """Start the worker and return at once."""


class LocalExecutor:
    """Start workers as processes of their own session, which outlive whoever started them."""

    def start(self, job: Job) -> None:
        """Start `python -m aelab.jobs.worker`, its output in the job's `log.txt`."""
        with open(job.folder / "log.txt", "ab") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "aelab.jobs.worker", str(job.folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2", "KERAS_BACKEND": "tensorflow"},
                start_new_session=True,  # a Ctrl-C in the server's terminal does not reach it; ignored on Windows
                creationflags=_OWN_GROUP,
            )
        threading.Thread(target=child.wait, daemon=True).start()  # who waits for its end leaves no zombie
