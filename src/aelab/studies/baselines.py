"""Is a run better at a noise than filters that need no training?

All of them restore the same draw of noise on the same test images, so that they can be compared image by image; what a
filter has to choose it chooses on validation images, and what it has to learn it learns from training images.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from aelab.datasets.store import Dataset
from aelab.errors import N_
from aelab.fields import field
from aelab.filters import filters
from aelab.filters.tuning import AS_GOOD_AS_SAME
from aelab.inference import Inference
from aelab.metrics.estimate import Estimate, mean_with_interval
from aelab.studies import cells, denoising
from aelab.studies._one_thread import one_thread
from aelab.studies.draws import Draw, OnCorrupted
from aelab.studies.methods import OfFilter, Ready
from aelab.studies.spec import StudySpec

#: What the run itself is called among the methods.
RUN: Final = "run"

_ESTIMATES: Final = ("psnr", "ssim", "ssim_uniform", "lead")


@dataclass(frozen=True)
class Config(denoising.Config):
    """Which noise, how strong, and how many test images."""

    limit: int = field(1000, "Images", "Test images to measure; 0 measures all of them.", low=0, high=100_000_000)


@dataclass(frozen=True)
class Method:
    """What one way to restore the images comes to.

    Attributes
    ----------
    name : str
        Of a filter; `RUN` for the run.
    settings : mapping
        Those that a filter was tuned to.
    psnr, ssim, ssim_uniform : Estimate
        Over all images. PSNR beyond that of rounding to 8 bits (58.9 dB) counts as that, so that an image that comes
        back unchanged does not outweigh the others.
    lead : Estimate
        PSNR of the run less that of the method, in dB, image by image: below 0 where the run loses.
    milliseconds : float
        Of restoring one image, by the clock, with whatever else the computer did.
    """

    name: str
    settings: Mapping[str, float | str]
    psnr: Estimate
    ssim: Estimate
    ssim_uniform: Estimate
    lead: Estimate
    milliseconds: float


@dataclass(frozen=True)
class Baselines(OnCorrupted):
    """A run and the filters on the same corrupted test images, the best first.

    Attributes
    ----------
    n_tuned, n_learned : int
        Validation images that settings were tuned on, training images learned from.
    methods : tuple of Method
    """

    n_tuned: int
    n_learned: int
    methods: tuple[Method, ...]

    @property
    def of_run(self) -> Method:
        """The run among the methods."""
        return next(method for method in self.methods if method.name == RUN)

    @property
    def best_filter(self) -> Method:
        """The filter with the highest mean PSNR."""
        return next(method for method in self.methods if method.name != RUN)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data; `from_json` reads it back."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Baselines:
        """Return what `to_json` has written."""
        methods = [
            Method(**{**each, **{name: Estimate(**each[name]) for name in _ESTIMATES}}) for each in data["methods"]
        ]
        return cls(**{**data, "methods": tuple(methods)})


def run(
    inference: Inference, dataset: Dataset, config: Config, progress: Callable[[float], None] = lambda share: None
) -> Baselines:
    """Restore corrupted test images by the run and by every filter.

    Raises
    ------
    LabError
        If there are no validation images to tune filters on, or no test images.
    """
    draw = Draw(dataset, config.corruption, config.seed, config.limit)
    draw.check()
    found = {RUN: cells.measure(Ready(inference.reconstruct, {}), draw)}
    with one_thread():
        for number, spec in enumerate(filters, 1):
            found[spec.name] = cells.measured(OfFilter(spec), draw)
            progress(number / len(filters.names()))
    psnr = {name: np.minimum(each.values["psnr"], AS_GOOD_AS_SAME) for name, each in found.items()}
    methods = [
        Method(
            name,
            cell.settings,
            mean_with_interval(psnr[name]),
            mean_with_interval(cell.values["ssim"]),
            mean_with_interval(cell.values["ssim_uniform"]),
            mean_with_interval(psnr[RUN] - psnr[name]),
            cell.milliseconds,
        )
        for name, cell in found.items()
    ]
    methods.sort(key=lambda method: -method.psnr.mean)
    counts = draw.n, draw.n_tuned, draw.n_learned
    return Baselines(config.noise, "test", *counts, tuple(methods))


def table(found: Baselines) -> pd.DataFrame:
    """Return a row for each method, the best first, with means and the ends of their 95% intervals."""
    return pd.DataFrame(
        [
            {
                "noise": found.noise,
                "method": method.name,
                "settings": " ".join(f"{name}={value}" for name, value in method.settings.items()),
                **{
                    f"{name}{end}": getattr(getattr(method, name), which)
                    for name in _ESTIMATES
                    for end, which in (("", "mean"), ("_low", "low"), ("_high", "high"))
                },
                "milliseconds": method.milliseconds,
                "n": found.n,
                "split": found.split,
            }
            for method in found.methods
        ]
    )


SPEC = StudySpec(
    name="baselines",
    label=N_("Against filters"),
    question=N_("Is a run better at a noise than filters that need no training?"),
    subject="run",
    config=Config,
    run=run,
)
