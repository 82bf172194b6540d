"""`aelab jobs`: what is being worked on, what waits, and what can be cancelled or taken up again."""

from __future__ import annotations

import argparse
from typing import Any

from aelab.commands.answer import Answer
from aelab.jobs import folder, queue
from aelab.jobs.folder import OPEN, Job, Row
from aelab.jobs.queue import Standing
from aelab.tasks import train


def list_all(arguments: argparse.Namespace) -> Answer:
    """List every job: those at work, those that wait in their order, then those that have ended, newest first."""
    queue.pump()
    standings = queue.standings()
    known = {standing.job.id for standing in standings}
    ended = [_ended(row) for row in reversed(folder.rows()) if row.job.id not in known]
    rows = [*map(_open, standings), *ended]
    return Answer({"jobs": rows}, [_line(row) for row in rows] or ["There are no jobs."])


def cancel(arguments: argparse.Namespace) -> Answer:
    """Cancel a job that waits or is at work."""
    queue.cancel(arguments.job)
    return Answer({"cancelled": arguments.job}, [f"Asked {arguments.job} to stop."])


def resume(arguments: argparse.Namespace) -> Answer:
    """Take up a job again that was cancelled, has failed or was interrupted."""
    job = folder.find(arguments.job)
    if job is not None and job.kind == "train" and folder.status(job).state not in OPEN:  # it has checkpoints
        train.resume(job.params["run"])
    else:
        job = queue.requeue(arguments.job)
    return Answer({"resumed": job.id, "state": folder.status(job).state}, [f"{job.id} waits for its turn."])


def _open(standing: Standing) -> dict[str, Any]:
    return _described(standing.job, standing.status) | {
        "before": standing.before,
        "seconds_left": standing.status.seconds_left,
        "starts_in": standing.starts_in,
    }


def _ended(row: Row) -> dict[str, Any]:
    return _described(row.job, row.status) | {"before": None, "seconds_left": None, "starts_in": None}


def _described(job: Job, status: folder.Status) -> dict[str, Any]:
    return {
        "job": job.id,
        "kind": job.kind,
        "state": status.state,
        "progress": status.progress,
        "seconds": status.seconds,
        "error": str(status.error) if status.error else None,
    }


def _line(row: dict[str, Any]) -> str:
    more = ""
    if row["state"] == "running":
        more = f"{100 * row['progress']:.0f}%"
        if row["seconds_left"] is not None:
            more += f", about {row['seconds_left']:.0f} s left"
    elif row["state"] == "queued":
        more = f"{row['before']} before it"
        if row["starts_in"] is not None:
            more += f", starts in about {row['starts_in']:.0f} s"
    return f"{row['job']:<44} {row['state']:<12} {more or row['error'] or ''}".rstrip()
