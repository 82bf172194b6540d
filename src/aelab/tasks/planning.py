"""Settle the settings of a training, and refuse before a worker starts what cannot work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.jobs import room
from aelab.tasks import _classes
from aelab.training import speeds
from aelab.training.config import Plan, TrainingConfig, plan, usual
from aelab.training.estimate import Estimate, estimate


def planned(dataset: Dataset, model: str, settings: Mapping[str, Any]) -> Plan:
    """Return the plan of a training on a dataset; what is left out gets a default that suits the dataset.

    Raises
    ------
    LabError
        For an unknown model or setting, or settings that cannot work with these images or on this computer.
    """
    given = plan(model, settings)
    if given.model.conditional:
        settings = {**settings, "classes": _classes.counted(given, dataset, asked="classes" in settings)}
    images = min(given.training.limit or dataset.counts["train"], dataset.counts["train"])
    chosen = plan(model, usual(given.model, images, dataset.shape).to_json() | dict(settings))
    _check(chosen, dataset, images)
    return chosen


def cost(chosen: Plan, dataset: Dataset, done: int = 0) -> Estimate:
    """Return what a training will cost on this computer, of which `done` epochs need no more training."""
    return estimate(chosen, dataset.shape, dataset.counts["train"], dataset.counts["test"], speeds.known(), done)


def _check(chosen: Plan, dataset: Dataset, images: int) -> None:
    """Refuse, before a worker starts, what cannot work with these images."""
    pixels = dataset.shape[0] * dataset.shape[1] * dataset.shape[2]
    if chosen.model_config.code_length > pixels:
        raise LabError(
            "The latent dimension (latent_dim) must be at most {most}, the values in an image of {dataset}; it is "
            "{value}. A larger code would compress nothing.",
            most=pixels,
            dataset=dataset.name,
            value=chosen.model_config.code_length,
        )
    if chosen.model.fit is not None and chosen.model_config.code_length > images:
        raise LabError(
            "The latent dimension (latent_dim) must be at most {most}, the number of training images, for {model}; it "
            "is {value}.",
            most=images,
            model=chosen.model.name,
            value=chosen.model_config.code_length,
        )
    if chosen.model.fit is None and chosen.training.batch_size > images:
        raise LabError(
            "batch_size must be at most {most}, the number of training images; it is {value}.",
            most=images,
            value=chosen.training.batch_size,
        )
    if chosen.model.check is not None:
        chosen.model.check(chosen.model_config, dataset.shape)
    _check_memory(chosen, dataset)


def _check_memory(chosen: Plan, dataset: Dataset) -> None:
    """Refuse what this computer could never hold, with the numbers."""
    needed, there_is = cost(chosen, dataset).memory_bytes, room.most_memory()
    if needed <= there_is:
        return
    raise LabError(
        "This training would take about {needed} GB of memory; workers may have {there_is} GB here. {advice}",
        needed=round(needed / 1e9, 1),
        there_is=round(there_is / 1e9, 1),
        advice=_most_of_it(chosen, dataset, needed),
    )


def _most_of_it(chosen: Plan, dataset: Dataset, needed: int) -> LabError:
    """Return what takes the most memory and should be made smaller, as a sentence within another."""

    def saved(training: TrainingConfig) -> int:
        return needed - cost(replace(chosen, training=training), dataset).memory_bytes

    batch = saved(replace(chosen.training, batch_size=1))
    images = saved(replace(chosen.training, limit=1)) - batch  # of one image, a batch is as small
    if max(batch, images) < needed / 2:
        return LabError("Neither images nor batches take most of it: choose a smaller network.")
    if images > batch:
        return LabError("Choose fewer training images (limit): most of it is for them.")
    return LabError("Choose a smaller batch size (batch_size): most of it is for what the layers give for a batch.")
