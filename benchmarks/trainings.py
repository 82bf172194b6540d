"""Trainings that are ready to begin, in a lab of its own: what several benchmarks measure."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aelab import runs
from aelab.datasets import store
from aelab.jobs import folder
from aelab.jobs.context import JobContext
from aelab.jobs.job import Job
from aelab.pixels import UInt8Images
from aelab.runs import RunWriter
from aelab.tasks import planning
from aelab.tasks._training import Keeper
from aelab.training.config import Plan
from aelab.training.order import limited, taking_turns

if TYPE_CHECKING:
    from aelab.training.loop import TrainingImages


@dataclass(frozen=True)
class Prepared:
    """A plan, its images, who keeps what the training says, and what to call it in a table."""

    plan: Plan
    images: TrainingImages
    keeper: Keeper
    said: str


def planned(dataset: str, model: str, settings: dict[str, Any]) -> tuple[Plan, UInt8Images, UInt8Images]:
    """Return the plan of a training on a dataset, its training images and its validation images, without TensorFlow."""
    images = store.open_dataset(dataset)
    plan = planning.planned(images, model, settings)
    indices = limited(images.indices("train"), images.labels, plan.training.limit)
    shown = taking_turns(images.indices("validation"), images.labels)
    return plan, images.take(indices), images.take(shown)


def prepared(model: str, settings: dict[str, Any]) -> Prepared:
    """Return a training on MNIST, whose run and job are there to be written into."""
    from aelab.training.loop import TrainingImages  # noqa: PLC0415

    plan, *images = planned("mnist", model, settings)
    run = runs.new_run("mnist", store.open_dataset("mnist").checksum, plan)
    runs.create(run)
    job = Job(run.id, "train", {"run": run.id}, time.time())
    folder.create(job)
    said = " ".join([model, *(f"{name}={value}" for name, value in settings.items())])
    return Prepared(plan, TrainingImages(*images), Keeper(JobContext(job), RunWriter(run)), said)
