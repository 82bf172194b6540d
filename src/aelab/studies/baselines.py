"""Is a run better at a noise than filters that need no training?

All of them restore the same draw of noise on the same test images, so that they can be compared image by image; what a
filter has to choose it chooses on validation images, and what it has to learn it learns from training images.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from aelab.datasets.store import Dataset
from aelab.errors import N_, LabError
from aelab.fields import field
from aelab.filters import filters
from aelab.filters.spec import FilterSpec
from aelab.filters.tuning import AS_GOOD_AS_SAME, tune
from aelab.inference import Inference
from aelab.metrics.estimate import Estimate, mean_with_interval
from aelab.noise.corruption import Corruption
from aelab.pixels import Images, to_unit
from aelab.studies import denoising
from aelab.studies._measures import per_image
from aelab.studies.spec import StudySpec

#: What the run itself is called among the methods.
RUN: Final = "run"

_MOST_LEARNED = 10_000  # images; more tell a linear map little
_MOST_TUNED, _FEWEST_TUNED = 50, 8  # images
_TUNED_VALUES = 400_000  # of the images that settings are tried on: photos are slow, and few of them tell as much

Pair = tuple[Images, Images]  # clean and noisy
Floats = npt.NDArray[np.float64]


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
    psnr, ssim : Estimate
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
    lead: Estimate
    milliseconds: float


@dataclass(frozen=True)
class Baselines:
    """A run and the filters on the same corrupted test images, the best first.

    Attributes
    ----------
    noise : str
        The corruption as it is written.
    split : str
        Always ``"test"``.
    n, n_tuned, n_learned : int
        Test images measured, validation images that settings were tuned on, training images learned from.
    methods : tuple of Method
    """

    noise: str
    split: str
    n: int
    n_tuned: int
    n_learned: int
    methods: tuple[Method, ...]

    @property
    def corruption(self) -> Corruption:
        """What was done to the images."""
        return Corruption.parse(self.noise)

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
            Method(**{**each, **{name: Estimate(**each[name]) for name in ("psnr", "ssim", "lead")}})
            for each in data["methods"]
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
    tuned_on = _corrupted(dataset, "validation", config, _tuned_count(dataset))
    learned_from = _corrupted(dataset, "train", config, _MOST_LEARNED)
    clean, noisy, labels = denoising.corrupted(dataset, config)
    if not len(tuned_on[0]):
        raise LabError(
            "{dataset} has no validation images, and filters are tuned on those. Split its images anew on the Prepare "
            "page.",
            dataset=dataset.name,
        )
    of_run, seconds = _timed(lambda: inference.reconstruct(noisy, labels))
    values = {RUN: per_image(clean, of_run)}
    settings: dict[str, Mapping[str, float | str]] = {RUN: {}}
    spent = {RUN: seconds}
    for number, spec in enumerate(filters, 1):
        restored, settings[spec.name], spent[spec.name] = _restored(spec, noisy, tuned_on, learned_from)
        values[spec.name] = per_image(clean, restored)
        progress(number / len(filters.names()))
    psnr = {name: np.minimum(each["psnr"], AS_GOOD_AS_SAME) for name, each in values.items()}
    methods = [
        Method(
            name,
            settings[name],
            mean_with_interval(psnr[name]),
            mean_with_interval(values[name]["ssim"]),
            mean_with_interval(psnr[RUN] - psnr[name]),
            1000 * spent[name] / len(clean),
        )
        for name in values
    ]
    methods.sort(key=lambda method: -method.psnr.mean)
    counts = len(clean), len(tuned_on[0]), len(learned_from[0])
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
                    for name in ("psnr", "ssim", "lead")
                    for end, which in (("", "mean"), ("_low", "low"), ("_high", "high"))
                },
                "milliseconds": method.milliseconds,
                "n": found.n,
                "split": found.split,
            }
            for method in found.methods
        ]
    )


def _restored(
    spec: FilterSpec, noisy: Images, tuned_on: Pair, learned_from: Pair
) -> tuple[Images, Mapping[str, float | str], float]:
    """Return images restored by a filter, the settings it was tuned to, and the seconds that restoring took."""
    tuned = tune(spec, *tuned_on, learned_from if spec.learn else None)
    restored, seconds = _timed(lambda: tuned.restore(noisy))
    return restored, tuned.settings, seconds


def _timed(restore: Callable[[], Images]) -> tuple[Images, float]:
    begun = time.perf_counter()
    return restore(), time.perf_counter() - begun


def _tuned_count(dataset: Dataset) -> int:
    values = int(np.prod(dataset.shape))
    return max(_FEWEST_TUNED, min(_MOST_TUNED, _TUNED_VALUES // values))


def _corrupted(dataset: Dataset, part: Literal["train", "validation"], config: Config, most: int) -> Pair:
    """Return some images of another part of the split, clean and corrupted by another draw of the same noise."""
    seeds = [config.seed, {"train": 1, "validation": 2}[part]]
    indices = np.random.default_rng(0).permutation(dataset.indices(part))[:most]
    clean = to_unit(dataset.images[np.sort(indices)])
    return clean, config.corruption.corrupt(clean, np.random.default_rng(seeds))


SPEC = StudySpec(
    name="baselines",
    label=N_("Against filters"),
    question=N_("Is a run better at a noise than filters that need no training?"),
    subject="run",
    config=Config,
    run=run,
)
