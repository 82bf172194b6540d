"""How far past its training noise does a run hold?

A network is trained at one level of a noise; what comes is weaker or stronger.  All methods restore the same draws of
the same test images at every level, and filters are tuned for each level anew: they have the best chance there is.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from aelab.datasets.store import Dataset
from aelab.errors import N_, LabError
from aelab.fields import Config as BaseConfig
from aelab.fields import field
from aelab.filters.tuning import AS_GOOD_AS_SAME
from aelab.inference import Inference
from aelab.metrics.estimate import Estimate, mean_with_interval
from aelab.noise import noises
from aelab.noise.corruption import Corruption
from aelab.pixels import Images, to_unit
from aelab.studies._measures import per_image
from aelab.studies.baselines import RUN
from aelab.studies.one_image import NOISY
from aelab.studies.spec import StudySpec
from aelab.studies.tuned_filters import tuned

#: Those that are quick and win most often; more would hide the run among their lines.
FILTERS: Final = ("median_3", "total_variation", "wavelet", "linear_ridge")

_EVENLY = 10  # levels, besides the calibrated severities


@dataclass(frozen=True)
class Config(BaseConfig):
    """Which noise, and on how many test images."""

    noise: str = field("gaussian", "Noise", "What corrupts the test images.", choices=noises.names)
    seed: int = field(0, "Seed", "The same seed draws the same noise for every run compared.", low=0, high=2**31 - 1)
    limit: int = field(100, "Images", "Test images to measure; 0 measures all of them.", low=0, high=100_000_000)


@dataclass(frozen=True)
class Curve:
    """What one method comes to at every level.

    Attributes
    ----------
    name : str
        `NOISY`, `RUN`, or that of a filter.
    psnr, ssim : tuple of Estimate
        One a level. PSNR beyond that of rounding to 8 bits (58.9 dB) counts as that.
    """

    name: str
    psnr: tuple[Estimate, ...]
    ssim: tuple[Estimate, ...]


@dataclass(frozen=True)
class SeverityCurves:
    """Every method at every level of a noise.

    Attributes
    ----------
    noise : str
    levels : tuple of float
        Ascending, above 0.
    split : str
        Always ``"test"``.
    n : int
        Images restored at each level.
    curves : tuple of Curve
        The noisy images, the run, then filters.
    """

    noise: str
    levels: tuple[float, ...]
    split: str
    n: int
    curves: tuple[Curve, ...]

    def of(self, name: str) -> Curve:
        """Return the curve of a method."""
        return next(curve for curve in self.curves if curve.name == name)

    def best_at(self) -> tuple[float, ...]:
        """Return the levels at which no filter, nor doing nothing, has a higher mean PSNR than the run."""
        run = self.of(RUN).psnr
        others = [curve.psnr for curve in self.curves if curve.name != RUN]
        return tuple(
            level
            for number, level in enumerate(self.levels)
            if all(run[number].mean >= other[number].mean for other in others)
        )

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data; `from_json` reads it back."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SeverityCurves:
        """Return what `to_json` has written."""
        curves = tuple(
            Curve(each["name"], *(tuple(Estimate(**value) for value in each[name]) for name in ("psnr", "ssim")))
            for each in data["curves"]
        )
        return cls(data["noise"], tuple(data["levels"]), data["split"], data["n"], curves)


def run(
    inference: Inference, dataset: Dataset, config: Config, progress: Callable[[float], None] = lambda share: None
) -> SeverityCurves:
    """Restore the same test images at every level of a noise, by the run and by filters.

    Raises
    ------
    LabError
        If there are no test images, or no validation images to tune filters on.
    """
    indices = np.random.default_rng(0).permutation(dataset.indices("test"))[: config.limit or None]
    if not len(indices):
        raise LabError(
            "{dataset} has no test images to measure. Split its images anew on the Prepare page.", dataset=dataset.name
        )
    clean, labels = to_unit(dataset.take(indices)), dataset.labels[indices]
    levels = levels_of(config.noise)
    values: dict[str, list[Mapping[str, Estimate]]] = {name: [] for name in (NOISY, RUN, *FILTERS)}
    for number, level in enumerate(levels, 1):
        corruption = Corruption.of(config.noise, level)
        noisy = corruption.corrupt(clean, np.random.default_rng(config.seed))
        values[NOISY].append(_measured(clean, noisy))
        values[RUN].append(_measured(clean, np.clip(inference.reconstruct(noisy, labels), 0, 1)))
        for name in FILTERS:
            values[name].append(_measured(clean, tuned(dataset, name, corruption).restore(noisy)))
        progress(number / len(levels))
    curves = tuple(
        Curve(name, tuple(each["psnr"] for each in found), tuple(each["ssim"] for each in found))
        for name, found in values.items()
    )
    return SeverityCurves(config.noise, levels, "test", len(indices), curves)


def levels_of(noise: str) -> tuple[float, ...]:
    """Return the levels that are measured: the calibrated severities, and others evenly up to the highest."""
    spec = noises[noise]
    evenly = {round(spec.highest * (number + 1) / _EVENLY, 6) for number in range(_EVENLY)}
    return tuple(sorted(evenly | set(spec.severities)))


def table(found: SeverityCurves) -> pd.DataFrame:
    """Return a row for each level and method, with means and the ends of their 95% intervals."""
    return pd.DataFrame(
        [
            {
                "noise": found.noise,
                "level": level,
                "method": curve.name,
                **{
                    f"{name}{end}": getattr(getattr(curve, name)[number], which)
                    for name in ("psnr", "ssim")
                    for end, which in (("", "mean"), ("_low", "low"), ("_high", "high"))
                },
                "n": found.n,
                "split": found.split,
            }
            for number, level in enumerate(found.levels)
            for curve in found.curves
        ]
    )


def _measured(clean: Images, made: Images) -> Mapping[str, Estimate]:
    values = per_image(clean, made)
    return {
        "psnr": mean_with_interval(np.minimum(values["psnr"], AS_GOOD_AS_SAME)),
        "ssim": mean_with_interval(values["ssim"]),
    }


SPEC = StudySpec(
    name="severity_curve",
    label=N_("By severity"),
    question=N_("How far past its training noise does a run hold?"),
    subject="run",
    config=Config,
    run=run,
)
