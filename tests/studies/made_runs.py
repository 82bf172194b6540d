"""Runs that nobody trained, with measures that are known."""

from __future__ import annotations

from typing import Any

from aelab import runs
from aelab.models import models
from aelab.runs import Run, RunWriter
from aelab.runs.run import Parent
from aelab.training.config import TrainingConfig

_COUNT = [0]


def made(
    model: str = "conv_ae",
    mse: float = 0.1,
    *,
    dataset: str = "digits",
    checksum: str = "c1",
    half: float = 0.01,
    psnr: float | None = 20.0,
    stopped: int | None = None,
    parent: Parent | None = None,
    losses: tuple[float, ...] = (3.0, 2.0),
    **settings: Any,
) -> Run:
    """Write a finished run: settings in full, a mean with its interval of two measures, a history."""
    _COUNT[0] += 1
    number = _COUNT[0]
    config = models[model].config().to_json() | TrainingConfig().to_json() | settings
    created = f"2026-01-01T00:00:{number % 60:02d}.{number:03d}+00:00"
    run = Run(f"run-{number}", dataset, checksum, model, config, created, parent)
    runs.create(run)
    writer = RunWriter(run)
    for epoch, loss in enumerate(losses, start=1):
        parts = {"loss": loss, **dict.fromkeys(models[model].parts, loss)}
        writer.epoch({"epoch": epoch, "train": parts, "validation": parts, "seconds": 1.0, "learning_rate": 0.1})
    estimates = {"mse": {"mean": mse, "low": mse - half, "high": mse + half, "n": 100, "infinite": 0}}
    if psnr is not None:
        estimates["psnr"] = {"mean": psnr, "low": psnr - 1, "high": psnr + 1, "n": 100, "infinite": 0}
    measured: dict[str, Any] = {"split": "test", "n": 100, "overall": estimates, "classes": {}}
    if stopped is not None:
        measured["stopped"] = {"epoch": stopped}
    writer.metrics(measured)
    return run
