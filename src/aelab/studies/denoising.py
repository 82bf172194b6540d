"""How much of a noise does a run take away?"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from aelab.datasets.store import Dataset
from aelab.errors import N_
from aelab.fields import Config as BaseConfig
from aelab.fields import field
from aelab.inference import Inference
from aelab.metrics.estimate import Estimate, mean_with_interval
from aelab.noise.corruption import Corruption
from aelab.pixels import Images, Labels
from aelab.studies._measures import Values, estimates, per_image, same_in_bytes
from aelab.studies.draws import Draw, OnCorrupted
from aelab.studies.spec import StudySpec

_SHOWN = 8


@dataclass(frozen=True)
class Config(BaseConfig):
    """Which noise, how strong, and how many test images.

    Attributes
    ----------
    noise : str
        A corruption as it is written: ``gaussian:0.2``, or several noises put together.
    """

    noise: str = field("gaussian:0.2", "Noise", "What corrupts the test images, and how strongly.")
    seed: int = field(0, "Seed", "The same seed draws the same noise for every run compared.", low=0, high=2**31 - 1)
    limit: int = field(0, "Images", "Test images to measure; 0 measures all of them.", low=0, high=100_000_000)

    def __post_init__(self) -> None:
        super().__post_init__()
        # Whoever asks for what there is not is told before anything is measured, and one thing has one name.
        object.__setattr__(self, "noise", str(Corruption.parse(self.noise)))

    @property
    def corruption(self) -> Corruption:
        """What is done to the images."""
        return Corruption.parse(self.noise)


@dataclass(frozen=True)
class Denoising(OnCorrupted):
    """Corrupted and restored test images, measured against the clean ones.

    Attributes
    ----------
    noisy, restored : mapping of str to Estimate
        `psnr`, `ssim` and `ssim_uniform` by name. SSIM is over all images. PSNR is over those of `gain`, in both, so
        that the two means compare; where there are none, as at level 0, over all.
    gain : Estimate
        PSNR gained, in dB, image by image, over the images that are identical to the clean one neither before nor
        after restoring, but for what rounding to 8 bits takes away: the PSNR of the others is infinite, or of rounding.
        `infinite` counts those.
    """

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
    clean, noisy, labels = corrupted(dataset, config)
    before = per_image(clean, noisy, variants=True)
    after = per_image(clean, inference.reconstruct(noisy, labels), variants=True)
    told_apart = ~(same_in_bytes(before) | same_in_bytes(after))
    gain = mean_with_interval(after["psnr"][told_apart] - before["psnr"][told_apart])
    return Denoising(
        config.noise,
        "test",
        len(clean),
        _estimates(before, told_apart),
        _estimates(after, told_apart),
        dataclasses.replace(gain, infinite=int(np.count_nonzero(~told_apart))),
    )


def table(found: Denoising) -> pd.DataFrame:
    """Return a row for each measure: few columns, so that the gain is seen without scrolling.

    `n` is the number of images that the means of the row are over, and `infinite` how many more the PSNR leaves
    out, since it is infinite.
    """
    return pd.DataFrame(
        [
            {
                "noise": found.noise,
                "measure": name,
                "noisy": found.noisy[name].mean,
                "restored": found.restored[name].mean,
                "gain": found.gain.mean if name == "psnr" else found.restored[name].mean - found.noisy[name].mean,
                "n": found.restored[name].n or found.n,  # not a single one where all came back unharmed
                "infinite": found.gain.infinite if name == "psnr" else 0,
                "split": found.split,
            }
            for name in found.restored
        ]
    )


def example(inference: Inference, dataset: Dataset, config: Config, shown: int = _SHOWN) -> Example:
    """Return a few of the test images, corrupted and restored; the same ones whatever is chosen."""
    clean, noisy, labels = corrupted(dataset, dataclasses.replace(config, limit=shown))
    return Example(clean, noisy, inference.reconstruct(noisy, labels))


def corrupted(dataset: Dataset, config: Config) -> tuple[Images, Images, Labels]:
    """Return clean and noisy test images and their classes; a smaller limit's images are among a larger one's.

    Raises
    ------
    LabError
        If there are no test images.
    """
    return Draw(dataset, config.corruption, config.seed, config.limit).test


def _estimates(values: Values, told_apart: npt.NDArray[np.bool_]) -> dict[str, Estimate]:
    """Return PSNR over the images that are told apart from the clean ones, if any are, and SSIM over all."""
    return {
        **estimates({"psnr": values["psnr"]}, told_apart if told_apart.any() else None),
        **estimates({name: each for name, each in values.items() if name.startswith("ssim")}),
    }


SPEC = StudySpec(
    name="denoising",
    label=N_("Denoising"),
    question=N_("How much of a noise does a run take away?"),
    subject="run",
    config=Config,
    run=run,
)
