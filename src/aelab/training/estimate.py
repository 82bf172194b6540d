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
from aelab.models.tracing import LayerSummary, Summary, summarize
from aelab.training.config import Plan
from aelab.training.speeds import Speeds

_START_SECONDS = 4.2  # importing TensorFlow, tracing the graph, exporting
_EXPORT_SECONDS_PER_PARAMETER = 3e-7
_KEEP_SECONDS_PER_PARAMETER = 8e-7  # the checkpoints and the weights of snapshots
_EPOCH_SECONDS = 0.05
_STEP_SECONDS = 0.0005
_STEP_SECONDS_PER_PARAMETER = 2.5e-9  # Adam's update waits for memory, which more cores do not make faster
_PASSES = 3  # forward, gradient of the weights, gradient of the input
_JUDGING = 3  # of an opponent in each of its steps: real images, drawn ones, and what keeps its gradient small
_MULTIPLY_ADDS_PER_CORE = 9e10  # a second
_VALUES_PER_CORE = 2.5e8  # outputs of layers a second, written and read again in all passes
_MEASURE_SECONDS_PER_VALUE = 1.5e-7  # of the test images
_GENERATIVE_FACTOR = 4  # samples are drawn and measured too

_BASE_BYTES = 830_000_000  # TensorFlow, tracing, export and measuring
_BYTES_OF_A_PIXEL = 3  # of the training images: memory-mapped, taken, given to TensorFlow
_BYTES_OF_A_FIT = 16  # of the training images in a closed form: float32 and float64 copies
_BYTES_OF_A_TEST_PIXEL = 12
_BYTES_OF_A_PARAMETER = 150  # weight, gradient, two moments, a checkpoint being written, and above all the export
_BYTES_OF_AN_OPPONENTS_PARAMETER = 40  # which is not exported
_JUDGED = 4  # images, for each of a batch, that an opponent holds what its layers gave for
_BYTES_OF_A_TRAINED_VALUE = 12  # what layers give for a batch, forward and backward
_BYTES_OF_A_PROBED_VALUE = 4  # forward alone, for the images of a snapshot
_PROBED_IMAGES, _SHOWN_IMAGES = 256, 8  # with codes, and without

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
    """Return what kind of arithmetic the networks are made of."""
    return "convolutional" if any(row.kind.startswith("Conv") for row in summary.kept) else "dense"


def multiply_adds(plan: Plan, summary: Summary) -> float:
    """Return the multiplications that one image costs in a step of training, those of its opponent included."""
    found = (sum(row.multiply_adds for row in rows) for rows in _rows(summary))
    return _PASSES * sum(often * each for often, each in zip(_ways(plan), found, strict=True))


def _rows(summary: Summary) -> tuple[tuple[LayerSummary, ...], ...]:
    return summary.encoder, summary.decoder, summary.opponent, summary.restorer


def _ways(plan: Plan) -> tuple[float, float, float, float]:
    """Return how often an image goes through encoder, decoder, opponent and restorer in a step, there and back.

    An opponent that has an encoder beside it judges what codes decode to and what draws of the prior do; and in each of
    its own steps, the others' networks are gone through there and not back.
    """
    if plan.model.opponent is None:
        return 1, 1, 0, 1
    steps = plan.model.opponent.steps(plan.model_config)
    if plan.model.encoder is None:
        return 0, 1 + steps / _PASSES, 2 / _PASSES + _JUDGING * steps, 0
    return 1 + steps / _PASSES, 3 + 2 * steps / _PASSES, 8 / _PASSES + _JUDGING * steps, 0


def _values(summary: Summary) -> tuple[int, ...]:
    """Return how many numbers the layers of encoder, decoder, opponent and restorer give for an image."""
    return tuple(sum(math.prod(row.shape) for row in rows) for rows in _rows(summary))


def _epoch_seconds(plan: Plan, summary: Summary, images: int) -> float:
    values = sum(often * each for often, each in zip(_ways(plan), _values(summary), strict=True))
    image = multiply_adds(plan, summary) / _MULTIPLY_ADDS_PER_CORE + values / _VALUES_PER_CORE
    step = _STEP_SECONDS + _STEP_SECONDS_PER_PARAMETER * summary.parameters
    if plan.model.opponent is not None:
        weights = sum(row.parameters for row in summary.opponent)
        opponent_step = _STEP_SECONDS + _STEP_SECONDS_PER_PARAMETER * weights
        step += plan.model.opponent.steps(plan.model_config) * opponent_step
    steps = math.ceil(images / plan.training.batch_size)
    return _EPOCH_SECONDS + steps * step + images * image / (os.cpu_count() or 1)


def _memory_bytes(plan: Plan, summary: Summary, images: int, test_images: int, shape: Shape) -> int:
    encoder, decoder, opponent, restorer = _values(summary)
    made = 3 if plan.model.opponent is not None and plan.model.encoder is not None else 1
    values = encoder + made * decoder + _JUDGED * opponent + restorer
    weights = summary.parameters * _BYTES_OF_A_PARAMETER
    weights += sum(row.parameters for row in summary.opponent) * _BYTES_OF_AN_OPPONENTS_PARAMETER
    pixels = images * (_BYTES_OF_A_FIT if plan.model.fit is not None else _BYTES_OF_A_PIXEL)
    pixels += test_images * _BYTES_OF_A_TEST_PIXEL
    batch = max(
        min(plan.training.batch_size, images) * _BYTES_OF_A_TRAINED_VALUE,
        min(_PROBED_IMAGES if not restorer else _SHOWN_IMAGES, images) * _BYTES_OF_A_PROBED_VALUE,
    )
    return _BASE_BYTES + pixels * math.prod(shape) + weights + batch * values
