"""The worker process: does one job, says how it ended, starts the next.

Run as `python -m aelab.jobs.worker JOB_DIR`.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any, Final

import filelock

from aelab import storage
from aelab.errors import LabError
from aelab.jobs import folder, queue
from aelab.jobs.context import JobContext, Stopped
from aelab.jobs.job import Job
from aelab.jobs.spec import tasks
from aelab.jobs.stopping import Watch, identity_of

_LOCK_SECONDS = 5.0  # readers probe the lock for an instant
_LAST_WORDS = 25  # attempts
_SECONDS_BETWEEN_WORDS = 0.2
_CANCELLED: Final[dict[str, Any]] = {"state": "cancelled"}
_log = logging.getLogger(__name__)


def main(job_dir: str) -> int:
    """Do the job of a folder; return the exit code."""
    place = Path(job_dir).resolve()
    os.environ["AELAB_ARTIFACTS"] = str(place.parents[1])  # the folder that the job lies in is the one it works on
    identity = identity_of(place)
    job = folder.find(place.name)
    if job is None:
        return 1
    _give_way()
    try:
        with folder.lock(job).acquire(timeout=_LOCK_SECONDS):
            if folder.status(job).state == "queued":  # else another worker has done it
                return _do(job, identity)
    except filelock.Timeout:
        return 1  # another worker does it
    except OSError:
        return 1  # the folder was deleted, or cannot be written: there is nobody to tell
    finally:
        queue.pump()
    return 0


def _do(job: Job, identity: int | None) -> int:
    """Do the job and write how it ended, whatever happens; return the exit code."""
    context, last_word = JobContext(job), threading.Lock()

    def leave(abandoned: bool) -> None:
        """End the process in the middle of the task, which does not end by itself."""
        if not last_word.acquire(blocking=False):
            return  # it has ended meanwhile
        storage.abandon_unfinished()
        if not abandoned:
            _write_ending(job, context, _CANCELLED)
        queue.pump()
        os._exit(1 if abandoned else 0)

    watch = Watch(job, context, identity, leave)
    try:
        with watch.interrupting():
            ending = _outcome(job, context)
    except Stopped:  # between two lines of what catches it
        ending = _CANCELLED
    if context.heard.is_set():
        storage.abandon_unfinished()  # the interruption may have come in the middle of tidying up
    last_word.acquire()  # never released: whoever has it writes the last word
    if watch.abandoned:
        return 1
    _write_ending(job, context, ending)
    return 0


def _outcome(job: Job, context: JobContext) -> dict[str, Any]:
    """Do the job; return how it ended, as its status says it."""
    try:
        context.stop_if_asked()
        context.progress(0.0)
        tasks[job.kind].run(context, job.params)
    except Stopped:
        return _CANCELLED
    except LabError as error:
        return _failed(error)
    except MemoryError:
        return _failed(
            LabError("There is not enough memory for this: choose fewer or smaller images, or a smaller network.")
        )
    except Exception as error:  # noqa: BLE001 - the last place that can tell the user
        if context.heard.is_set():  # a library made another error of being interrupted
            return _CANCELLED
        traceback.print_exc()
        return _failed(
            LabError(
                "Something went wrong inside the lab: {error}. The job's log has the details.",
                error=f"{type(error).__name__}: {error}"[:300],
            )
        )
    return {"state": "done", "progress": 1.0}


def _failed(error: LabError) -> dict[str, Any]:
    return {"state": "failed", "error": error.to_json()}


def _write_ending(job: Job, context: JobContext, ending: dict[str, Any]) -> None:
    """Write the last word; if a full disk does not take it, try for a while, then leave the job as interrupted."""
    times = {"started": context.started, "ended": time.time(), "cpu_seconds": round(time.process_time(), 2)}
    for _ in range(_LAST_WORDS):
        try:
            folder.write_status(job, ending | times)
            return
        except LabError as error:
            _log.warning("how the job ended could not be written: %s", error)
        time.sleep(_SECONDS_BETWEEN_WORDS)


def _give_way() -> None:
    """Let the server, and whoever uses the computer, go first."""
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(5)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    sys.exit(main(sys.argv[1]))
