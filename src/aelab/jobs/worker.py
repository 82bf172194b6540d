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
from typing import Any

import filelock

from aelab.errors import LabError
from aelab.jobs import folder, queue
from aelab.jobs.context import JobContext, Stopped
from aelab.jobs.job import Job
from aelab.jobs.spec import tasks

_LOCK_SECONDS = 5.0  # readers probe the lock for an instant
_WATCH_SECONDS = 0.2
_LAST_WORDS = 25  # attempts, over five seconds
_GRACE_SECONDS = 1.0  # for a task that looks whether it should stop; t-SNE, deep in a library, never does
_log = logging.getLogger(__name__)


def main(job_dir: str) -> int:
    """Do the job of a folder; return the exit code."""
    place = Path(job_dir).resolve()
    os.environ["AELAB_ARTIFACTS"] = str(place.parents[1])  # the folder that the job lies in is the one it works on
    identity = _identity(place)
    job = folder.find(place.name)
    if job is None:
        return 1
    _give_way()
    try:
        with folder.lock(job).acquire(timeout=_LOCK_SECONDS):
            if folder.status(job).state == "queued":  # else another worker has done it
                _do(job, identity)
    except filelock.Timeout:
        return 1  # another worker does it
    except OSError:
        return 1  # the folder was deleted, or cannot be written: there is nobody to tell
    finally:
        queue.pump()
    return 0


def _do(job: Job, identity: int | None) -> None:
    """Do the job and write how it ended, whatever happens."""
    context = JobContext(job)
    ending: dict[str, Any]
    ended = threading.Lock()
    threading.Thread(target=_end_when_asked, args=(job, context, ended), daemon=True).start()
    threading.Thread(target=_end_when_orphaned, args=(job.folder, identity), daemon=True).start()
    try:
        context.stop_if_asked()
        context.progress(0.0)
        tasks[job.kind].run(context, job.params)
        ending = {"state": "done", "progress": 1.0}
    except Stopped:
        ending = {"state": "cancelled"}
    except LabError as error:
        ending = {"state": "failed", "error": error.to_json()}
    except MemoryError:
        ending = {
            "state": "failed",
            "error": LabError(
                "There is not enough memory for this: choose fewer or smaller images, or a smaller network."
            ).to_json(),
        }
    except Exception as error:  # noqa: BLE001 - the last place that can tell the user
        traceback.print_exc()
        ending = {
            "state": "failed",
            "error": LabError(
                "Something went wrong inside the lab: {error}. The job's log has the details.",
                error=f"{type(error).__name__}: {error}"[:300],
            ).to_json(),
        }
    ended.acquire()  # never released: whoever has it writes the last word
    _write_ending(job, context, ending)


def _write_ending(job: Job, context: JobContext, ending: dict[str, Any]) -> None:
    """Write the last word; if a full disk does not take it, try for a while, then leave the job as interrupted."""
    times = {"started": context.started, "ended": time.time(), "cpu_seconds": round(time.process_time(), 2)}
    for _ in range(_LAST_WORDS):
        try:
            folder.write_status(job, ending | times)
            return
        except LabError as error:
            _log.warning("how the job ended could not be written: %s", error)
        time.sleep(_WATCH_SECONDS)


def _end_when_asked(job: Job, context: JobContext, ended: threading.Lock) -> None:
    """End the process when its job was told to stop and does not: nobody else can interrupt a library at work."""
    while not folder.should_stop(job):
        time.sleep(_WATCH_SECONDS)
    time.sleep(_GRACE_SECONDS)
    if ended.acquire(blocking=False):
        _write_ending(job, context, {"state": "cancelled"})
        queue.pump()
        os._exit(0)


def _end_when_orphaned(place: Path, identity: int | None) -> None:
    """End the process when its job is deleted, or replaced by another of its name: what it does is for nobody."""
    while _identity(place) == identity:
        time.sleep(_WATCH_SECONDS)
    queue.pump()
    os._exit(1)


def _identity(place: Path) -> int | None:
    """Return what tells a folder from another that takes its name; None where there is none."""
    try:
        return place.stat().st_ino
    except OSError:
        return None


def _give_way() -> None:
    """Let the server, and whoever uses the computer, go first."""
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(5)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    sys.exit(main(sys.argv[1]))
