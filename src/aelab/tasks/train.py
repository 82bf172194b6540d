"""Train a run: read its config, fit, export, measure, and write each step into its folder."""

from __future__ import annotations

import dataclasses
import os
import platform
from collections.abc import Mapping
from importlib import metadata
from typing import Any

import numpy as np
import numpy.typing as npt

from aelab import inference, runs
from aelab.datasets.store import Dataset, open_dataset
from aelab.errors import N_, LabError
from aelab.jobs import folder as jobs
from aelab.jobs import queue
from aelab.jobs.context import JobContext, Stopped
from aelab.jobs.spec import TaskSpec
from aelab.runs import Run, RunWriter
from aelab.studies import generation, reconstruction
from aelab.training.config import Plan, plan, suggested_batch_size
from aelab.training.recorder import Epoch

_SHARE_OF_FIT = 0.95  # the rest of the progress bar is export and measuring
_PACKAGES = ("aelab", "keras", "tensorflow", "numpy", "onnxruntime", "tf2onnx", "scikit-learn")


def submit(dataset: str, model: str, settings: Mapping[str, Any], *, owner: str = "") -> Run:
    """Queue a training, or return the run that already answers the same question.

    Raises
    ------
    LabError
        For an unknown dataset, model or setting, or settings that cannot work with these images.
    """
    plan(model, settings)  # a mistake in them is said before a dataset is fetched or made
    images = open_dataset(dataset)
    chosen = planned(images, model, settings)
    run = runs.new_run(dataset, images.checksum, chosen)
    with runs.lock():  # of two who ask at once, the second finds what the first has asked
        if not _is_answered(run.id):
            runs.create(run)
            queue.submit("train", {"run": run.id}, job_id=run.id, owner=owner)
    return runs.find(run.id)


def planned(dataset: Dataset, model: str, settings: Mapping[str, Any]) -> Plan:
    """Return the plan of a training on a dataset; what is left out gets a default that suits the dataset.

    Raises
    ------
    LabError
        As `submit` does.
    """
    given = plan(model, settings)
    images = min(given.training.limit or dataset.counts["train"], dataset.counts["train"])
    chosen = plan(model, {"batch_size": suggested_batch_size(images), **settings})
    _check(chosen, dataset, images)
    return chosen


def _check(chosen: Plan, dataset: Dataset, images: int) -> None:
    """Refuse, before a worker starts, what cannot work with these images."""
    pixels = dataset.shape[0] * dataset.shape[1] * dataset.shape[2]
    if chosen.model_config.latent_dim > pixels:
        raise LabError(
            "latent_dim must be at most {most}, the values in an image of {dataset}; it is {value}. "
            "A larger code would compress nothing.",
            most=pixels,
            dataset=dataset.name,
            value=chosen.model_config.latent_dim,
        )
    if chosen.model.fit is not None and chosen.model_config.latent_dim > images:
        raise LabError(
            "latent_dim must be at most {most}, the number of training images, for {model}; it is {value}.",
            most=images,
            model=chosen.model.name,
            value=chosen.model_config.latent_dim,
        )


def train(context: JobContext, params: Mapping[str, Any]) -> None:
    """Do the job of a run."""
    run = runs.find(params["run"])
    dataset = run.images()
    # Seconds of TensorFlow, for which a run that cannot be trained need not wait.
    from aelab.training.data import taking_turns  # noqa: PLC0415
    from aelab.training.graphics_card import graphics_card_alone  # noqa: PLC0415
    from aelab.training.loop import Cancelled, TrainingImages, limited  # noqa: PLC0415
    from aelab.training.loop import train as fit  # noqa: PLC0415
    from aelab.training.networks import to_onnx, to_weights  # noqa: PLC0415

    writer = RunWriter(run)
    writer.environment(_environment())
    chosen = run.plan
    indices = limited(dataset.indices("train"), dataset.labels, chosen.training.limit)
    shown = taking_turns(dataset.indices("validation"), dataset.labels)  # the first of them are in every snapshot
    images = TrainingImages(dataset.take(indices), dataset.take(shown))
    try:
        with graphics_card_alone(jobs.root() / ".graphics-card.lock"):
            networks = fit(chosen, images, _Keeper(context, writer))
    except Cancelled:
        raise Stopped from None
    writer.networks(encoder=to_onnx(networks.encoder), decoder=to_onnx(networks.decoder), weights=to_weights(networks))
    context.progress(_SHARE_OF_FIT)
    writer.metrics(measure(run, dataset))


def measure(run: Run, dataset: Dataset) -> dict[str, Any]:
    """Measure a run's exported networks on the test images, as `metrics.json` keeps it."""
    networks = inference.load(run)
    measured = reconstruction.run(networks, dataset, reconstruction.Config()).to_json()
    if run.plan.model.generative and generation.is_possible(dataset):
        measured["generation"] = generation.run(networks, dataset, generation.Config()).to_json()
    return measured


@dataclasses.dataclass(frozen=True)
class _Keeper:
    """Hands what a training says to the job and to the run's folder."""

    context: JobContext
    writer: RunWriter

    def progress(self, share: float, epoch: int) -> None:
        self.context.progress(_SHARE_OF_FIT * share)

    def should_stop(self) -> bool:
        return self.context.should_stop()

    def epoch(self, epoch: Epoch) -> None:
        self.writer.epoch(epoch.to_json())

    def snapshot(self, epoch: int, arrays: Mapping[str, npt.NDArray[np.generic]]) -> None:
        self.writer.snapshot(epoch, arrays)


def _environment() -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "packages": {name: metadata.version(name) for name in _PACKAGES},
    }


def _is_answered(run_id: str) -> bool:
    """Return whether there is such a run, and it is on its way, or done and whole."""
    try:
        run = runs.find(run_id)
        state = runs.status(run).state
        if state == "done":
            run.metrics()
            inference.load(run)
    except LabError:
        return False
    return state in jobs.OPEN | {"done"}


SPEC = TaskSpec(name="train", label=N_("Training"), lane="heavy", run=train)
