"""How long a training will take, guessed before it starts and without TensorFlow.

Arithmetic and memory traffic divided by speed, plus what every step, epoch and worker costs whatever the
network.  The speeds are those of a reference computer of two cores; `aelab.training.speeds` knows how much
slower or faster this one is.  `benchmarks/estimate.py` shows how good the guess is.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from typing import Literal

from aelab.models.spec import Shape
from aelab.models.tracing import Summary, summarize
from aelab.training.config import Plan
from aelab.training.speeds import Speeds

_START_SECONDS = 3.5  # importing TensorFlow, tracing the graph, exporting
_EXPORT_SECONDS_PER_PARAMETER = 3e-7
_KEEP_SECONDS_PER_PARAMETER = 8e-7  # the checkpoints and the weights of snapshots
_EPOCH_SECONDS = 0.05
_STEP_SECONDS = 0.0005
_STEP_SECONDS_PER_PARAMETER = 2.5e-9  # Adam's update waits for memory, which more cores do not make faster
_PASSES = 3  # forward, gradient of the weights, gradient of the input
_MULTIPLY_ADDS_PER_CORE = 9e10  # a second
_VALUES_PER_CORE = 2.5e8  # outputs of layers a second, written and read again in all passes
_MEASURE_SECONDS_PER_VALUE = 1.5e-7  # of the test images
_GENERATIVE_FACTOR = 4  # samples are drawn and measured too

_BASE_BYTES = 830_000_000  # TensorFlow, tracing, export and measuring
_BYTES_OF_A_PIXEL = 3  # of the training images: memory-mapped, taken, given to TensorFlow
_BYTES_OF_A_FIT = 16  # of the training images in a closed form: float32 and float64 copies
_BYTES_OF_A_TEST_PIXEL = 12
_BYTES_OF_A_PARAMETER = 150  # weight, gradient, two moments, a checkpoint being written, and above all the export
_BYTES_OF_A_TRAINED_VALUE = 12  # what layers give for a batch, forward and backward
_BYTES_OF_A_PROBED_VALUE = 4  # forward alone, for the images of a snapshot
_PROBED_IMAGES = 256

_REFERENCE = Speeds()


@dataclass(frozen=True)
class Estimate:
    """What a training will cost.

    Attributes
    ----------
    summary : Summary
        The layers.
    images : int
        Training images in each epoch.
    start_seconds, epoch_seconds, end_seconds : float
        Loading and tracing; an epoch; exporting and measuring.
    seconds : float
        From start to evaluated.
    memory_bytes : int
        Of the worker, at the most.
    """

    summary: Summary
    images: int
    start_seconds: float
    epoch_seconds: float
    end_seconds: float
    seconds: float
    memory_bytes: int

    @property
    def part(self) -> Literal["dense", "convolutional"]:
        """Which of the computer's speeds an epoch hangs on."""
        return part_of(self.summary)


def estimate(
    plan: Plan, shape: Shape, train_images: int, test_images: int, speeds: Speeds = _REFERENCE, done: int = 0
) -> Estimate:
    """Guess the cost of a plan.

    Parameters
    ----------
    plan : Plan
    shape : tuple of int
        (H, W, C) of the images.
    train_images, test_images : int
    speeds : Speeds
        Of the computer, as `aelab.training.speeds.known` gives them.
    done : int
        Epochs that need no more training.
    """
    summary = summarize(plan.model, plan.model_config, shape)
    images = min(plan.training.limit or train_images, train_images)
    start = _START_SECONDS * speeds.start
    epoch = _epoch_seconds(plan, summary, images) * getattr(speeds, part_of(summary))
    measure = _MEASURE_SECONDS_PER_VALUE * test_images * math.prod(shape)
    end = (_EXPORT_SECONDS_PER_PARAMETER + _KEEP_SECONDS_PER_PARAMETER) * summary.parameters
    end += measure * (_GENERATIVE_FACTOR if plan.model.generative else 1)
    seconds = start + max(0, plan.training.epochs - done) * epoch + end
    return Estimate(
        summary, images, start, epoch, end, seconds, _memory_bytes(plan, summary, images, test_images, shape)
    )


def part_of(summary: Summary) -> Literal["dense", "convolutional"]:
    """Return what kind of arithmetic a network is made of."""
    return "convolutional" if any(row.kind.startswith("Conv") for row in summary.encoder) else "dense"


def _epoch_seconds(plan: Plan, summary: Summary, images: int) -> float:
    values = sum(math.prod(row.shape) for row in summary.encoder + summary.decoder)
    image = _PASSES * summary.multiply_adds / _MULTIPLY_ADDS_PER_CORE + values / _VALUES_PER_CORE
    step = _STEP_SECONDS + _STEP_SECONDS_PER_PARAMETER * summary.parameters
    steps = math.ceil(images / plan.training.batch_size)
    return _EPOCH_SECONDS + steps * step + images * image / (os.cpu_count() or 1)


def _memory_bytes(plan: Plan, summary: Summary, images: int, test_images: int, shape: Shape) -> int:
    values = sum(math.prod(row.shape) for row in summary.encoder + summary.decoder)
    pixels = images * (_BYTES_OF_A_FIT if plan.model.fit is not None else _BYTES_OF_A_PIXEL)
    pixels += test_images * _BYTES_OF_A_TEST_PIXEL
    batch = max(
        min(plan.training.batch_size, images) * _BYTES_OF_A_TRAINED_VALUE,
        min(_PROBED_IMAGES, images) * _BYTES_OF_A_PROBED_VALUE,
    )
    return _BASE_BYTES + pixels * math.prod(shape) + summary.parameters * _BYTES_OF_A_PARAMETER + batch * values
