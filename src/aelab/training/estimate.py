"""How long a training will take, guessed before it starts and without TensorFlow.

Arithmetic and memory traffic divided by speed, plus what every step, epoch and worker costs whatever the
network.  The speeds were measured on two cores; `benchmarks/estimate.py` shows how good the guess is.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

from aelab.models.spec import Shape
from aelab.models.tracing import Summary, summarize
from aelab.training.config import Plan

_START_SECONDS = 5.0  # importing TensorFlow, tracing the graph, exporting
_EXPORT_SECONDS_PER_PARAMETER = 3e-7
_EPOCH_SECONDS = 0.05
_STEP_SECONDS = 0.0005
_STEP_SECONDS_PER_PARAMETER = 2.5e-9  # Adam's update waits for memory, which more cores do not make faster
_PASSES = 3  # forward, gradient of the weights, gradient of the input
_MULTIPLY_ADDS_PER_CORE = 9e10  # a second
_VALUES_PER_CORE = 2.5e8  # outputs of layers a second, written and read again in all passes
_MEASURE_SECONDS_PER_VALUE = 1.5e-7  # of the test images
_GENERATIVE_FACTOR = 4  # samples are drawn and measured too


@dataclass(frozen=True)
class Estimate:
    """What a training will cost.

    Attributes
    ----------
    summary : Summary
        The layers.
    images : int
        Training images in each epoch.
    seconds : float
        From start to evaluated.
    """

    summary: Summary
    images: int
    seconds: float


def estimate(plan: Plan, shape: Shape, train_images: int, test_images: int) -> Estimate:
    """Guess the cost of a plan on `train_images` images of `shape`."""
    summary = summarize(plan.model, plan.model_config, shape)
    images = min(plan.training.limit or train_images, train_images)
    values = sum(math.prod(row.shape) for row in summary.encoder + summary.decoder)
    image = _PASSES * summary.multiply_adds / _MULTIPLY_ADDS_PER_CORE + values / _VALUES_PER_CORE
    step = _STEP_SECONDS + _STEP_SECONDS_PER_PARAMETER * summary.parameters
    steps = math.ceil(images / plan.training.batch_size)
    epoch = _EPOCH_SECONDS + steps * step + images * image / (os.cpu_count() or 1)
    export = _EXPORT_SECONDS_PER_PARAMETER * summary.parameters
    measure = _MEASURE_SECONDS_PER_VALUE * test_images * math.prod(shape)
    measure *= _GENERATIVE_FACTOR if plan.model.generative else 1
    return Estimate(summary, images, _START_SECONDS + plan.training.epochs * epoch + export + measure)
