"""How much of a noise does a run take away?"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from aelab.datasets.store import Dataset
from aelab.errors import N_
from aelab.fields import Config as BaseConfig
from aelab.fields import field
from aelab.inference import Inference
from aelab.metrics.estimate import Estimate, mean_with_interval
from aelab.noise import noises
from aelab.pixels import Images, to_unit
from aelab.studies._measures import estimates, per_image
from aelab.studies.spec import StudySpec

_MEASURES = ("psnr", "ssim")
_SHOWN = 8


@dataclass(frozen=True)
class Config(BaseConfig):
    """Which noise, how strong, and how many test images."""

    noise: str = field("gaussian", "Noise", "What corrupts the test images.", choices=noises.names)
    level: float = field(0.2, "Severity", "How strong it is; each noise says what its level means.", low=0.0, high=1.0)
    seed: int = field(0, "Seed", "The same seed draws the same noise for every run compared.", low=0, high=2**31 - 1)
    limit: int = field(0, "Images", "Test images to measure; 0 measures all of them.", low=0, high=100_000_000)


@dataclass(frozen=True)
class Denoising:
    """Corrupted and restored test images, measured against the clean ones.

    Attributes
    ----------
    noise : str
    level : float
    split : str
        Always ``"test"``.
    n : int
        Images.
    noisy, restored : mapping of str to Estimate
        `psnr` and `ssim` by name.
    gain : Estimate
        PSNR gained, in dB, image by image.
    """

    noise: str
    level: float
    split: str
    n: int
    noisy: Mapping[str, Estimate]
    restored: Mapping[str, Estimate]
    gain: Estimate

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class Example:
    """A few images for the eye: clean, noisy, restored, float32 (n, H, W, C) each."""

    clean: Images
    noisy: Images
    restored: Images


def run(inference: Inference, dataset: Dataset, config: Config) -> Denoising:
    """Corrupt the test images, restore them, and measure both against the clean ones."""
    clean, noisy = _corrupted(dataset, config)
    before = _chosen(per_image(clean, noisy))
    after = _chosen(per_image(clean, inference.reconstruct(noisy)))
    return Denoising(
        config.noise, config.level, "test", len(clean), estimates(before), estimates(after), _gain(before, after)
    )


def example(inference: Inference, dataset: Dataset, config: Config, shown: int = _SHOWN) -> Example:
    """Return a few of the test images, corrupted and restored; the same ones whatever is chosen."""
    clean, noisy = _corrupted(dataset, dataclasses.replace(config, limit=shown))
    return Example(clean, noisy, inference.reconstruct(noisy))


def _corrupted(dataset: Dataset, config: Config) -> tuple[Images, Images]:
    """Return clean and noisy test images; a smaller limit's images are among a larger one's."""
    indices = np.random.default_rng(0).permutation(dataset.indices("test"))
    clean = to_unit(dataset.images[indices[: config.limit or None]])
    return clean, noises[config.noise].corrupt(clean, config.level, np.random.default_rng(config.seed))


def _chosen(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in _MEASURES}


def _gain(before: Mapping[str, Any], after: Mapping[str, Any]) -> Estimate:
    """Return the mean difference of PSNR; an unharmed image has an infinite one and cannot gain."""
    finite = np.isfinite(before["psnr"]) & np.isfinite(after["psnr"])
    return mean_with_interval(after["psnr"][finite] - before["psnr"][finite])


SPEC = StudySpec(
    name="denoising",
    label=N_("Denoising"),
    question=N_("How much of a noise does a run take away?"),
    subject="run",
    config=Config,
    run=run,
    order=2,
)
