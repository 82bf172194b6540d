"""What does each number of a run's code change in the image?

Every dimension alone is moved from -a to +a around a base code, the others held [1]_.  The rows are sorted by what the
dimension carries: its KL divergence from the prior where codes are distributions, the variance of the codes otherwise.
A dimension that carries nothing is the prior whatever the image [2]_, and moving it changes nothing.

References
----------
.. [1] I. Higgins et al., "beta-VAE: learning basic visual concepts with a constrained variational framework", ICLR
   2017, figure 1 and section 4.
.. [2] Y. Burda, R. Grosse and R. Salakhutdinov, "Importance weighted autoencoders", ICLR 2016. arXiv:1509.00519
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from aelab.datasets.store import Dataset
from aelab.errors import N_, LabError
from aelab.fields import Config as BaseConfig
from aelab.fields import field
from aelab.inference import Codes, Inference
from aelab.pixels import Images
from aelab.studies import decoding, places
from aelab.studies._codes import posteriors_of
from aelab.studies._told import class_field
from aelab.studies.decoding import Surroundings
from aelab.studies.places import Place
from aelab.studies.posterior import ACTIVE_VARIANCE, divergence
from aelab.studies.spec import StudySpec

#: What the rows are sorted by: KL divergence, variance of the codes, or what a dimension changes where nothing encodes.
Unit = Literal["nats", "variance", "change"]

_SILENT_SHARE = 1e-4  # of the variance of the dimension that varies most
_SILENT_CHANGE = 1e-6  # a thousandth of the brightness, squared
_MOST_NUMBERS = 40_000_000  # of intensities in one table, 160 MB


@dataclass(frozen=True)
class Config(BaseConfig):
    """Which dimensions are moved, how far, and from where."""

    image: int = field(
        -1,
        "Image",
        "Number of the image of the dataset whose code is moved; -1 moves the mean code of the test images.",
        low=-1,
        high=1e9,
    )
    reach: float = field(
        3.0,
        "Reach",
        "How far each dimension is moved to either side: in standard deviations of the prior where the run has one, "
        "else of the codes along that dimension.",
        low=0.1,
        high=100.0,
    )
    steps: int = field(11, "Steps", "Images in a row; of an odd number, the middle one is the base.", low=3, high=41)
    rows: int = field(20, "Rows", "Dimensions that are shown.", low=1, high=100)
    skip: int = field(0, "Rows before", "How many dimensions that carry more are left out.", low=0, high=1e6)
    label: int = class_field()


@dataclass(frozen=True)
class Ranking:
    """What each dimension of a code carries.

    Attributes
    ----------
    figures : ndarray, float64 (K,)
        KL divergence from the prior in nats, or variance of the codes, each over the test images; of a run without an
        encoder, the mean squared change of the image between three standard deviations of the prior to either side.
    unit : {"nats", "variance", "change"}
    order : ndarray, int (K,)
        The dimensions, from 0 up, those that carry most first.
    used : ndarray, bool (K,)
        Whether a dimension carries anything: its posterior mean varies by more than 0.01 [2]_; else its codes vary by
        a ten-thousandth of the largest variance; without an encoder, the change is more than 1e-6.
    n : int
        Number of test images; 0 without an encoder.
    """

    figures: npt.NDArray[np.float64]
    unit: Unit
    order: npt.NDArray[np.intp]
    used: npt.NDArray[np.bool_]
    n: int


@dataclass(frozen=True)
class Traversals:
    """A table of images: a row for each dimension, a column for each step.

    Attributes
    ----------
    dimensions : ndarray, int (R,)
        Which number of the code each row moves, from 0 up.
    offsets : ndarray, float32 (S,)
        How far each column is from the base, in units of `units`.
    units : ndarray, float32 (R,)
        What an offset of 1 is worth along each dimension: 1 where there is a prior, else the spread of the codes.
    codes : ndarray, float32 (R, S, K)
    images : ndarray, float32 (R, S, H, W, C) in [0, 1]
    change : ndarray, float64 (R,)
        Mean squared difference of a row's images from that of the base: how much the dimension changes.
    base : ndarray, float32 (1, H, W, C)
        What the base decodes to.
    ranked : Ranking
        Of all dimensions.
    """

    dimensions: npt.NDArray[np.intp]
    offsets: npt.NDArray[np.float32]
    units: npt.NDArray[np.float32]
    codes: Codes
    images: Images
    change: npt.NDArray[np.float64]
    base: Images
    ranked: Ranking


def run(inference: Inference, dataset: Dataset, config: Config) -> Traversals:
    """Rank the dimensions of a run's code, and walk along those that carry most."""
    around = decoding.surroundings(inference, dataset)
    base = places.mean_code(around) if config.image < 0 else places.of_image(inference, dataset, config.image)
    return walk(inference, around, ranking(inference, dataset, around), base, config)


def ranking(inference: Inference, dataset: Dataset, around: Surroundings) -> Ranking:
    """Measure what each dimension carries, over the test images that `around` has the codes of."""
    if not inference.encodes:
        changes = _changes(inference)
        return _ranked(changes, "change", changes > _SILENT_CHANGE, 0)
    found = posteriors_of(inference, dataset, around.indices)
    if found is None:
        variances = around.codes.var(axis=0, dtype=np.float64)
        return _ranked(variances, "variance", variances > _SILENT_SHARE * variances.max(), len(around.codes))
    active = found[0].var(axis=0, dtype=np.float64) > ACTIVE_VARIANCE
    return _ranked(divergence(*found).mean(axis=0), "nats", active, len(around.codes))


def _ranked(figures: npt.NDArray[np.float64], unit: Unit, used: npt.NDArray[np.bool_], n: int) -> Ranking:
    return Ranking(figures, unit, np.argsort(-figures, kind="stable"), used, n)


def walk(
    inference: Inference, around: Surroundings, ranked: Ranking, base: Place, config: Config = Config()
) -> Traversals:
    """Move the dimensions that carry most, each alone, around a base.

    Raises
    ------
    LabError
        If the codes do not vary at all or are of one image, or the table would have more pixels than a computer should
        be asked for.
    """
    if ranked.unit == "variance" and ranked.n == 1:
        raise LabError(
            "Along which numbers codes vary, one test image does not tell. Choose a run of a dataset with more images."
        )
    if ranked.unit == "variance" and not ranked.figures.max() > 0:
        raise LabError(
            "All N = {count} test images have the same code in run {run}: no dimension can be walked along. Train it "
            "again, for longer or with a smaller learning rate.",
            count=ranked.n,
            run=inference.run_id,
        )
    rows = ranked.order[min(config.skip, len(ranked.order) - 1) :][: config.rows]
    if len(rows) * config.steps * math.prod(inference.shape) > _MOST_NUMBERS:
        raise LabError(
            "{rows} rows of {steps} images of this size are too many for one picture; ask for fewer rows or steps.",
            rows=len(rows),
            steps=config.steps,
        )
    units = around.spread[rows] if ranked.unit == "variance" else np.ones(len(rows), np.float32)
    offsets = np.linspace(-config.reach, config.reach, config.steps, dtype=np.float32)
    codes = np.tile(base.code, (len(rows), config.steps, 1))
    codes[np.arange(len(rows)), :, rows] += units[:, None] * offsets
    decoded = inference.decode(np.concatenate([codes.reshape(-1, codes.shape[2]), base.code]), config.label)
    images = decoded[:-1].reshape(len(rows), config.steps, *inference.shape)
    change = np.square(images - decoded[-1]).mean(axis=(1, 2, 3, 4), dtype=np.float64)
    return Traversals(rows, offsets, units, codes, images, change, decoded[-1:], ranked)


def _changes(inference: Inference) -> npt.NDArray[np.float64]:
    """Return how much the image changes from one side of the prior's middle to the other, along each dimension."""
    sides = [inference.decode(np.diag(np.full(inference.latent_dim, side, np.float32)), 0) for side in (-3, 3)]
    changed: npt.NDArray[np.float64] = np.square(sides[1] - sides[0]).mean(axis=(1, 2, 3), dtype=np.float64)
    return changed


SPEC = StudySpec(
    name="traversals",
    label=N_("Traversals"),
    question=N_("What does each number of the code change?"),
    subject="run",
    config=Config,
    run=run,
)
