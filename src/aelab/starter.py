"""The starter lab: four small trainings on the built-in digits, so that every page has something to show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from aelab import runs, storage
from aelab.datasets import store
from aelab.runs import Run
from aelab.tasks import train

DATASET = "digits"


@dataclass(frozen=True)
class Recipe:
    """One training of the starter lab."""

    model: str
    settings: dict[str, Any] = field(default_factory=dict)


#: The baseline first, since it takes a second.  All have codes of 16 numbers, so that they can be compared, but
#: for the VAE, whose plane can be decoded at every point.
RECIPES = (
    Recipe("pca", {"latent_dim": 16}),
    Recipe("conv_ae", {"latent_dim": 16, "epochs": 20}),
    Recipe("vae", {"latent_dim": 2, "epochs": 30}),
    Recipe("dae", {"latent_dim": 16, "epochs": 20, "noise": "gaussian", "noise_level": 0.3}),
)


def is_new() -> bool:
    """Return whether the lab has neither datasets nor runs yet."""
    return not store.stored_names() and not storage.folders(runs.root())


def queue_starter() -> list[Run]:
    """Queue the four trainings, or return the runs that already answer them."""
    return [train.submit(DATASET, recipe.model, recipe.settings) for recipe in RECIPES]
