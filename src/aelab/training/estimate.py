"""How long a training will take, guessed before it starts and without TensorFlow.

Arithmetic divided by speed, plus what every step and every worker costs whatever the network.  The
speeds were measured on two cores; `benchmarks/estimate.py` shows how good the guess is.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from aelab.models.spec import Shape
from aelab.models.tracing import Summary, summarize
from aelab.training.config import Plan

_START_SECONDS = 8.0  # importing TensorFlow, tracing the graph, exporting
_STEP_SECONDS = 0.0006
_PASSES = 3  # forward, gradient of the weights, gradient of the input
_DENSE_PER_CORE = 2.2e10  # multiply-adds a second
_CONVOLUTION_PER_CORE = 0.8e10
_EVALUATION_SECONDS_PER_PIXEL = 4e-7  # measures over the test images


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
    cores = os.cpu_count() or 1
    speed = cores * (_CONVOLUTION_PER_CORE if summary.convolutional else _DENSE_PER_CORE)
    arithmetic = _PASSES * summary.multiply_adds * images / speed
    steps = -(-images // plan.training.batch_size)
    epoch = arithmetic + steps * _STEP_SECONDS
    evaluation = test_images * shape[0] * shape[1] * shape[2] * _EVALUATION_SECONDS_PER_PIXEL
    return Estimate(summary, images, _START_SECONDS + plan.training.epochs * epoch + evaluation)
