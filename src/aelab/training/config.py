"""What is chosen for a training beside the architecture's own settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from aelab.errors import LabError
from aelab.fields import Config, check_keys, field
from aelab.models import models
from aelab.models.spec import ModelConfig, ModelSpec

_FEWEST_EPOCHS = 2

Augmentation = Literal["none", "mirror", "shift", "both"]


@dataclass(frozen=True)
class TrainingConfig(Config):
    """Settings that every training has.

    The learning rate is where a cosine schedule begins; it ends at zero with the last epoch [1]_.

    References
    ----------
    .. [1] I. Loshchilov and F. Hutter, "SGDR: Stochastic gradient descent with warm restarts", ICLR
       2017. arXiv:1608.03983
    """

    epochs: int = field(10, "Epochs", "How often every training image is seen.", low=1, high=5000, scale="log")
    batch_size: int = field(
        128, "Batch size", "Images per step of the optimiser.", low=1, high=8192, unit="images", scale="log"
    )
    learning_rate: float = field(
        0.002,
        "Learning rate",
        "Size of Adam's first steps; a cosine takes it to zero.",
        low=1e-7,
        high=100.0,
        scale="log",
    )
    seed: int = field(0, "Seed", "Makes chance repeatable: the same seed gives the same run.", low=0, high=2**31 - 1)
    limit: int = field(
        0,
        "Images to use",
        "Training images, evenly drawn; 0 uses all of them.",
        low=0,
        high=100_000_000,
    )
    augment: Augmentation = field(
        "none",
        "Vary images",
        "Whether images are mirrored (left to right) at random, shifted by up to a sixteenth of their side, or both, "
        "each time they are seen, so that few photos teach more. A mirrored digit is another sign: only shift those.",
    )


def suggested_batch_size(images: int) -> int:
    """Return a batch size that leaves about twenty steps in an epoch: a power of two from 8 to 128, or all images.

    With the usual 128, an epoch of a hundred photos would be a single step, and the network would have
    learned nothing by the end.
    """
    return min(128, max(8, 1 << max(0, (images // 20).bit_length() - 1)), max(1, images))


def usual(spec: ModelSpec, images: int) -> TrainingConfig:
    """Return the settings with which a training of an architecture on so many images begins, until somebody chooses."""
    suggested = suggested_batch_size(images)
    batch_size = min(suggested, spec.usual.get("batch_size", suggested))
    chosen = TrainingConfig.parse({**spec.usual, "batch_size": batch_size})
    if spec.enough_images is None:
        return chosen
    epochs = min(chosen.epochs, max(_FEWEST_EPOCHS, spec.enough_images // max(1, images)))
    return replace(chosen, epochs=epochs)


@dataclass(frozen=True)
class Plan:
    """Everything that must be known to train: the architecture, its settings, the training's."""

    model: ModelSpec
    model_config: ModelConfig
    training: TrainingConfig


def plan(model: str, settings: Mapping[str, Any]) -> Plan:
    """Sort loose settings, such as `--set` gives, into the two configs.

    Raises
    ------
    LabError
        For an unknown model, a setting neither config has, or a value out of bounds.
    """
    spec = models[model]
    own, common = spec.config.names(), TrainingConfig.names()
    check_keys(settings, own + common)
    chosen = Plan(
        spec,
        spec.config.parse({key: value for key, value in settings.items() if key in own}),
        TrainingConfig.parse({key: value for key, value in settings.items() if key in common}),
    )
    if spec.fit is not None and chosen.training.epochs != 1:
        chosen = Plan(spec, chosen.model_config, TrainingConfig.parse(chosen.training.to_json() | {"epochs": 1}))
    if spec.denoises:
        _check_noise(chosen.model_config)
    return chosen


def _check_noise(config: Any) -> None:
    from aelab.noise import noises  # noqa: PLC0415 - only denoising models pay for it

    noise = noises[config.noise]
    if config.noise_level > noise.highest:
        raise LabError(
            "noise_level must be between 0 and {high} for {noise}; it is {value}.",
            high=noise.highest,
            noise=noise.label,
            value=config.noise_level,
        )
