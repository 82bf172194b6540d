"""What does a noise do to the pixels? Histograms before and after, and one image at every severity.

A noise that is added spreads every value, one that hits pixels piles them up at black and white, and a blur draws them
together: whoever has seen that chooses a filter, or a noise to train on, with open eyes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from aelab.datasets.store import Dataset
from aelab.errors import N_
from aelab.fields import field
from aelab.metrics.estimate import Estimate
from aelab.noise.spec import NoiseSpec
from aelab.pixels import Images
from aelab.studies import denoising
from aelab.studies._measures import estimates, per_image
from aelab.studies.draws import OnCorrupted
from aelab.studies.spec import StudySpec

#: Half of one of the 256 levels of grey: what moves less is the same in a picture file.
TOUCHED: Final = 0.5 / 255

MEASURES: Final = ("psnr", "ssim")


@dataclass(frozen=True)
class Config(denoising.Config):
    """Which noise, how many test images, and how finely to count."""

    limit: int = field(300, "Images", "Test images to look at; 0 looks at all of them.", low=0, high=100_000_000)
    bins: int = field(32, "Bins", "Bars of the histograms.", low=2, high=256)


@dataclass(frozen=True)
class Effect(OnCorrupted):
    """Test images before and after a corruption.

    Attributes
    ----------
    edges : ndarray, float64 (bins + 1,)
        Of `clean` and `noisy`, from 0 to 1.
    clean, noisy : ndarray, float64 (bins,)
        Share of the values, those of all channels together.
    change_edges : ndarray, float64 (2 * bins,)
        Of `change`, from -1 to 1; the bar in the middle is around no change.
    change : ndarray, float64 (2 * bins - 1,)
        Share of the values by noisy minus clean.
    touched : float
        Share of the pixels of which a channel has changed by more than `TOUCHED`.
    measures : mapping of str to Estimate
        `MEASURES` of the noisy images against the clean ones; `infinite` counts images that were not changed.
    """

    edges: npt.NDArray[np.float64]
    clean: npt.NDArray[np.float64]
    noisy: npt.NDArray[np.float64]
    change_edges: npt.NDArray[np.float64]
    change: npt.NDArray[np.float64]
    touched: float
    measures: dict[str, Estimate]


def run(dataset: Dataset, config: Config) -> Effect:
    """Corrupt test images, count their values before and after, and measure what is left.

    Raises
    ------
    LabError
        If there are no test images.
    """
    clean, noisy, _ = denoising.corrupted(dataset, config)
    change = noisy - clean
    edges = np.linspace(0, 1, config.bins + 1)
    change_edges = np.linspace(-1, 1, 2 * config.bins)
    return Effect(
        config.noise,
        "test",
        len(clean),
        edges,
        _shares(clean, edges),
        _shares(noisy, edges),
        change_edges,
        _shares(change, change_edges),
        float(np.mean((np.abs(change) > TOUCHED).any(axis=-1))),
        estimates({name: values for name, values in per_image(clean, noisy).items() if name in MEASURES}),
    )


def at_severities(image: Images, noise: NoiseSpec, seed: int = 0) -> Images:
    """Return an image (1, H, W, C), clean and at the five severities of a noise, as float32 (6, H, W, C).

    Each of them is the same draw, so that what hits a pixel at one severity hits it harder at the next.
    """
    return np.concatenate(
        [image, *(noise.corrupt(image, level, np.random.default_rng(seed)) for level in noise.severities)]
    )


def _shares(values: Images, edges: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    counts = np.histogram(values, edges)[0]
    return np.asarray(counts / values.size, np.float64)


SPEC = StudySpec(
    name="noise_effect",
    label=N_("What the noise does"),
    question=N_("What does this noise do to the pixels?"),
    subject="dataset",
    config=Config,
    run=run,
)
