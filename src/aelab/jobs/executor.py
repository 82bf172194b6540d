"""Where a worker runs.  Nothing above this file knows that it is a process of this computer."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import Protocol

from aelab.jobs.job import Job
from aelab.jobs.room import threads

#: What `start_new_session` does elsewhere; 0 where there are no such flags.
_OWN_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)

#: TensorFlow within an operation and between them, OpenMP (scikit-learn), OpenBLAS (NumPy, SciPy).
_LIBRARIES = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


class Executor(Protocol):
    """Starts the worker of a job."""

    def start(self, job: Job) -> None:
        """Start the worker and return at once; an `OSError` where it cannot be."""


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
                env=_threads() | os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2", "KERAS_BACKEND": "tensorflow"},
                start_new_session=True,  # a Ctrl-C in the server's terminal does not reach it; ignored on Windows
                creationflags=_OWN_GROUP,
            )
        threading.Thread(target=child.wait, daemon=True).start()  # who waits for its end leaves no zombie


def _threads() -> dict[str, str]:
    """Return how many threads a worker's libraries may use: each takes every core if it is not told."""
    count = str(threads())
    return dict.fromkeys(_LIBRARIES, count)
