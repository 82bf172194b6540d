"""`aelab train`, `starter` and `runs`: what is trained, and how it went."""

from __future__ import annotations

import argparse
from typing import Any

from aelab import runs, starter
from aelab.commands.answer import Answer
from aelab.commands.following import follow
from aelab.commands.keeping import said
from aelab.errors import LabError
from aelab.jobs import folder as jobs
from aelab.jobs import queue
from aelab.jobs.people import SHELL
from aelab.runs import Listed, Run, about
from aelab.tasks import train as train_task
from aelab.training.config import TrainingConfig


def train(arguments: argparse.Namespace) -> Answer:
    """Queue a training and, unless detached, wait for it."""
    run = _asked(arguments)
    job = jobs.find(run.id)
    if not arguments.detach and job is not None:
        follow(job, run.id)
    answer = _run_answer(run)
    if not (arguments.afresh and runs.is_restorable(run.id)):
        return answer
    way_back = f"`aelab runs restore {run.id}` brings back what it had learned before, in exchange."
    return Answer(answer.data, [*answer.lines, way_back])


def _asked(arguments: argparse.Namespace) -> Run:
    """Queue what the arguments ask for: a new run, one like another, or more epochs of one."""
    settings = dict(arguments.set)
    for name in ("epochs", "limit", "seed"):
        if getattr(arguments, name) is not None:
            settings[name] = getattr(arguments, name)
    if arguments.more is not None:
        if set(settings) != {"epochs"} or arguments.like or arguments.dataset or arguments.model:
            raise LabError("--continue takes --epochs, how many more, and no other setting.")
        return train_task.prolong(arguments.more, TrainingConfig.parse(settings).epochs, by=SHELL)
    like = runs.find(arguments.like) if arguments.like else None
    dataset = arguments.dataset or (like and like.dataset)
    model = arguments.model or (like and like.model)
    if not dataset or not model:
        raise LabError("A training needs --dataset and --model, or --like and a run to take them from.")
    counted = {"classes"}  # from the images, which may be others
    inherited = {name: value for name, value in (like.settings if like else {}).items() if name not in counted}
    settings = {**inherited, **settings}
    return train_task.submit(dataset, model, settings, afresh=arguments.afresh, by=SHELL)


def starter_lab(arguments: argparse.Namespace) -> Answer:
    """Queue the starter lab and, unless detached, wait for it."""
    if arguments.if_empty and not starter.is_new():
        return Answer({"runs": []}, ["The lab is not new; nothing to do."])
    queued = starter.queue_starter()
    for run in queued:
        job = jobs.find(run.id)
        if not arguments.detach and job is not None:
            follow(job, run.id)
    answers = [_run_answer(run) for run in queued]
    return Answer({"runs": [answer.data for answer in answers]}, [line for answer in answers for line in answer.lines])


def list_all(arguments: argparse.Namespace) -> Answer:
    """List every run."""
    rows = [_row(listed) for listed in runs.listed()]
    lines = [
        f"{row['run']:<44} {row['status']:<12} {row['model'] or '':<12} {row['dataset'] or '':<16} "
        f"{said(about.read(row['run']))}".rstrip()
        for row in rows
    ]
    return Answer({"runs": rows}, lines or ["There are no runs yet; `aelab starter` makes four."])


def show(arguments: argparse.Namespace) -> Answer:
    """Show a run's settings, history and measures."""
    run = runs.find(arguments.run)
    state = runs.status(run)
    data = _row(Listed(run.id, state.state, run)) | {
        "settings": dict(run.settings),
        "created": run.created,
        "history": run.history(),
        "seconds": state.seconds,
        "cpu_seconds": state.cpu_seconds,
        "error": str(state.error) if state.error else None,
        "metrics": flat(run.metrics()) if state.state == "done" else None,
    }
    written = about.read(run.id)
    words = [line for line in (said(written), *written.notes.splitlines()) if line]
    lines = [f"{run.id}: {state.state}", *words, *(f"  {key} = {value}" for key, value in run.settings.items())]
    if state.error:
        lines.append(str(state.error))
    return Answer(data, lines + measure_lines(data["metrics"]))


def cancel(arguments: argparse.Namespace) -> Answer:
    """Cancel a run that waits or trains."""
    run = runs.find(arguments.run)
    queue.cancel(run.id)
    return Answer({"cancelled": run.id}, [f"Asked {run.id} to stop."])


def _run_answer(run: Run) -> Answer:
    """Return how a run ended, or stands; raise the error it failed with."""
    state = runs.status(run)
    if state.error is not None:
        raise state.error
    metrics = flat(run.metrics()) if state.state == "done" else None
    data = {
        "run": run.id,
        "status": state.state,
        "seconds": state.seconds,
        "cpu_seconds": state.cpu_seconds,
        "metrics": metrics,
    }
    return Answer(data, [f"{run.id}: {state.state}", *measure_lines(metrics)])


def _row(listed: Listed) -> dict[str, Any]:
    return {
        "run": listed.id,
        "status": listed.state,
        "model": listed.run.model if listed.run else None,
        "dataset": listed.run.dataset if listed.run else None,
        "reason": str(listed.reason) if listed.reason else None,
        **about.read(listed.id).to_json(),
    }


def flat(metrics: dict[str, Any]) -> dict[str, Any]:
    """Return the means over all images, with N and split: the form that scripts rely on."""
    flat = {name: each["mean"] for name, each in metrics["overall"].items()}
    flat |= {"n": metrics["n"], "split": metrics["split"]}
    for name in ("generation", "stopped"):
        if metrics.get(name):
            flat[name] = metrics[name]
    return flat


def measure_lines(metrics: dict[str, Any] | None) -> list[str]:
    """Return the measures that `flat` gave, a line each."""
    if metrics is None:
        return []
    shown = [f"  {name:<16} {value:.6g}" for name, value in metrics.items() if isinstance(value, float)]
    generation = metrics.get("generation") or {}
    if "distance" in generation:
        prior = generation.get("prior", "normal")
        drawn_from = f"{prior} of {generation['components']} components" if prior == "mixture" else prior
        shown.append(f"  {'frechet':<16} {generation['distance']:.6g}  (codes drawn from: {drawn_from})")
    return [*shown, f"  over {metrics['n']} {metrics['split']} images"]
