"""What each `aelab` subcommand does: arguments in, an `Answer` out.  Nothing here prints or exits."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from aelab import inference, runs, starter, storage
from aelab.datasets import store
from aelab.datasets.importing import import_path
from aelab.errors import LabError
from aelab.following import follow, percent
from aelab.jobs import folder as jobs
from aelab.jobs import queue
from aelab.reports.csv import to_csv
from aelab.runs import Listed, Run
from aelab.studies import comparison, denoising, latent_map, reconstruction
from aelab.tasks import latent_map as latent_map_task
from aelab.tasks import train as train_task


@dataclass(frozen=True)
class Answer:
    """What a subcommand found: `data` for `--json`, `lines` for people."""

    data: dict[str, Any]
    lines: list[str]


def datasets_list(arguments: argparse.Namespace) -> Answer:
    """List the built-in and the stored datasets."""
    stored = set(store.stored_names())
    rows = [{"dataset": name, "stored": name in stored} for name in store.names()]
    return Answer(
        {"datasets": rows},
        [f"{row['dataset']:<24} {'stored' if row['stored'] else 'made when first used'}" for row in rows],
    )


def datasets_show(arguments: argparse.Namespace) -> Answer:
    """Describe a dataset."""
    return _described(store.open_dataset(arguments.name, percent("reading")))


def datasets_import(arguments: argparse.Namespace) -> Answer:
    """Import a folder, zip, npz or IDX file."""
    return _described(
        import_path(Path(arguments.path), arguments.name, arguments.size, arguments.color, percent("importing"))
    )


def _described(dataset: store.Dataset) -> Answer:
    classes = {name: int(np.count_nonzero(dataset.labels == code)) for code, name in enumerate(dataset.class_names)}
    data = {
        "dataset": dataset.name,
        "shape": list(dataset.shape),
        "counts": dict(dataset.counts),
        "classes": classes,
        "provenance": dict(dataset.provenance),
        "skipped": [str(sentence) for sentence in dataset.skipped],
        "checksum": dataset.checksum,
    }
    height, width, channels = dataset.shape
    lines = [
        f"{dataset.name}: {dataset.counts['all']} images of {height} x {width} x {channels}",
        "split: " + ", ".join(f"{part} {dataset.counts[part]}" for part in ("train", "validation", "test")),
        "classes: " + ", ".join(f"{name} {count}" for name, count in classes.items()),
        *(f"left out: {sentence}" for sentence in dataset.skipped),
    ]
    return Answer(data, lines)


def train(arguments: argparse.Namespace) -> Answer:
    """Queue a training and, unless detached, wait for it."""
    settings = dict(arguments.set)
    for name in ("epochs", "limit", "seed"):
        if getattr(arguments, name) is not None:
            settings[name] = getattr(arguments, name)
    run = train_task.submit(arguments.dataset, arguments.model, settings)
    job = jobs.find(run.id)
    if not arguments.detach and job is not None:
        follow(job, run.id)
    return _run_answer(run)


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


def runs_list(arguments: argparse.Namespace) -> Answer:
    """List every run."""
    rows = [_row(listed) for listed in runs.listed()]
    lines = [f"{row['run']:<44} {row['status']:<12} {row['model'] or '':<12} {row['dataset'] or ''}" for row in rows]
    return Answer({"runs": rows}, lines or ["There are no runs yet; `aelab starter` makes four."])


def runs_show(arguments: argparse.Namespace) -> Answer:
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
        "metrics": _flat(run.metrics()) if state.state == "done" else None,
    }
    lines = [f"{run.id}: {state.state}", *(f"  {key} = {value}" for key, value in run.settings.items())]
    if state.error:
        lines.append(str(state.error))
    return Answer(data, lines + _measure_lines(data["metrics"]))


def runs_cancel(arguments: argparse.Namespace) -> Answer:
    """Cancel a run that waits or trains."""
    run = runs.find(arguments.run)
    queue.cancel(run.id)
    return Answer({"cancelled": run.id}, [f"Asked {run.id} to stop."])


def runs_delete(arguments: argparse.Namespace) -> Answer:
    """Delete a run."""
    runs.delete(arguments.run)
    return Answer({"deleted": arguments.run}, [f"Deleted {arguments.run}."])


def evaluate(arguments: argparse.Namespace) -> Answer:
    """Measure a run's reconstructions of the test images, now."""
    run = runs.find(arguments.run)
    networks = inference.load(run)
    measured = reconstruction.run(networks, run.images(), reconstruction.Config())
    data = _flat(measured.to_json())
    return Answer({"run": run.id, **data}, [run.id, *_measure_lines(data)])


def denoise(arguments: argparse.Namespace) -> Answer:
    """Measure how much of a noise a run takes away."""
    run = runs.find(arguments.run)
    config = denoising.Config.parse({"noise": arguments.noise, "level": arguments.level, "seed": arguments.seed or 0})
    found = denoising.run(inference.load(run), run.images(), config)
    data = {
        "run": run.id,
        "noise": found.noise,
        "level": found.level,
        "split": found.split,
        "n": found.n,
        "noisy": {name: each.mean for name, each in found.noisy.items()},
        "restored": {name: each.mean for name, each in found.restored.items()},
        "gain_db": found.gain.mean,
    }
    lines = [f"{found.noise} {found.level:g}, {found.n} test images"] + [
        f"  {title:<9} PSNR {part['psnr'].mean:6.2f} dB   SSIM {part['ssim'].mean:.4f}"
        for title, part in (("noisy", found.noisy), ("restored", found.restored))
    ]
    return Answer(data, [*lines, f"  gain      {found.gain.mean:+.2f} dB PSNR"])


def latent(arguments: argparse.Namespace) -> Answer:
    """Write a map of a run's codes as CSV."""
    given = {
        name: getattr(arguments, name)
        for name in ("method", "dimensions", "perplexity", "iterations", "seed", "limit")
        if getattr(arguments, name) is not None
    }
    config = latent_map.Config.parse(given)
    place = _place(arguments.out)
    job = latent_map_task.submit(arguments.run, config)
    follow(job, "map")
    found = latent_map_task.result(job)
    names = store.open_dataset(runs.find(arguments.run).dataset).class_names
    _save(latent_map.table(found, names), place)
    data = {
        "run": arguments.run,
        "method": config.method,
        "out": arguments.out,
        "n": len(found.indices),
        "split": "test",
        "explained_variance": list(found.explained_variance),
        "divergence": found.divergence,
    }
    return Answer(data, [f"{len(found.indices)} test images written to {arguments.out}"])


def report(arguments: argparse.Namespace) -> Answer:
    """Compare runs, and write the table as CSV."""
    place = _place(arguments.csv) if arguments.csv else None
    table = comparison.compare([runs.find(run_id) for run_id in arguments.run])
    if place is not None:
        _save(table, place)
    overall = table[table["class"] == comparison.ALL_CLASSES].dropna(axis="columns", how="all")
    rows = overall.drop(columns="class").to_dict(orient="records")
    return Answer(
        {"runs": rows, "best": comparison.best(table), "csv": arguments.csv}, [overall.to_string(index=False)]
    )


def _place(name: str) -> Path:
    """Return where a file is to be written; refuse, before any work is done, what cannot be one."""
    path = Path(name).expanduser().absolute()
    if path.is_dir() or not path.parent.is_dir():
        raise LabError("{file} cannot be written: name a file in a folder that exists.", file=repr(name))
    return path


def _save(table: pd.DataFrame, path: Path) -> None:
    with storage.written(path, "w") as file:
        file.write(to_csv(table))


def _run_answer(run: Run) -> Answer:
    """Return how a run ended, or stands; raise the error it failed with."""
    state = runs.status(run)
    if state.error is not None:
        raise state.error
    metrics = _flat(run.metrics()) if state.state == "done" else None
    data = {
        "run": run.id,
        "status": state.state,
        "seconds": state.seconds,
        "cpu_seconds": state.cpu_seconds,
        "metrics": metrics,
    }
    return Answer(data, [f"{run.id}: {state.state}", *_measure_lines(metrics)])


def _row(listed: Listed) -> dict[str, Any]:
    return {
        "run": listed.id,
        "status": listed.state,
        "model": listed.run.model if listed.run else None,
        "dataset": listed.run.dataset if listed.run else None,
        "reason": str(listed.reason) if listed.reason else None,
    }


def _flat(metrics: dict[str, Any]) -> dict[str, Any]:
    """Return the means over all images, with N and split: the form that scripts rely on."""
    flat = {name: each["mean"] for name, each in metrics["overall"].items()}
    flat |= {"n": metrics["n"], "split": metrics["split"]}
    if metrics.get("generation"):
        flat["generation"] = metrics["generation"]
    return flat


def _measure_lines(metrics: dict[str, Any] | None) -> list[str]:
    if metrics is None:
        return []
    shown = [f"  {name:<16} {value:.6g}" for name, value in metrics.items() if isinstance(value, float)]
    return [*shown, f"  over {metrics['n']} {metrics['split']} images"]
