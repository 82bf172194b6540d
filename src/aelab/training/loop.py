"""The training loop: Keras' `fit`, told what to minimise and whom to tell."""

from __future__ import annotations

import math
from dataclasses import dataclass

import keras
import numpy as np

from aelab.models.tracing import summarize
from aelab.pixels import UInt8Images, to_unit
from aelab.training.callback import Recording
from aelab.training.config import Plan
from aelab.training.data import fixed_batches, training_batches
from aelab.training.networks import Networks, build
from aelab.training.recorder import Recorder
from aelab.training.trainee import Trainee

_SECONDS_BETWEEN_CHECKS = 0.25
_SLOW_MULTIPLY_ADDS = 5e9  # a second, of one core with convolutions: when in doubt check more often
_MOST_STEPS_PER_EXECUTION = 32


class Cancelled(Exception):
    """Somebody asked the training to stop."""


@dataclass(frozen=True)
class TrainingImages:
    """What a training may look at.

    Attributes
    ----------
    train, validation : ndarray, uint8 (N, H, W, C)
        The test images are not among them, by construction.
    """

    train: UInt8Images
    validation: UInt8Images


def train(plan: Plan, images: TrainingImages, recorder: Recorder) -> Networks:
    """Train an architecture from scratch.

    Parameters
    ----------
    plan : Plan
    images : TrainingImages
    recorder : Recorder
        Hears of progress, epochs and snapshots; can stop the training.

    Returns
    -------
    Networks

    Raises
    ------
    Cancelled
        If the recorder asked to stop.
    LabError
        If the loss stopped being a number, or the settings cannot work with these images.
    """
    shape = images.train.shape[1:]
    networks = build(plan, (shape[0], shape[1], shape[2]))
    trainee = Trainee(plan, networks)
    steps = math.ceil(len(images.train) / plan.training.batch_size)
    schedule = keras.optimizers.schedules.CosineDecay(plan.training.learning_rate, steps * plan.training.epochs)
    trainee.compile(
        optimizer=keras.optimizers.Adam(schedule),
        steps_per_execution=_steps_per_execution(plan, networks, steps),
        jit_compile=False,  # on the CPU, XLA makes convolutions 1.5 to 3 times slower
    )
    recording = Recording(plan, networks, images.validation, steps, recorder)
    validation = fixed_batches(images.validation, plan)
    if plan.model.fit is not None:
        plan.model.fit(networks, to_unit(images.train), plan.model_config)
        train_parts = trainee.evaluate(fixed_batches(images.train, plan), verbose=0, return_dict=True)
        recording.report(train_parts, trainee.evaluate(validation, verbose=0, return_dict=True), 0.0)
        return networks
    trainee.fit(
        training_batches(images.train, plan),
        validation_data=validation,
        epochs=plan.training.epochs,
        callbacks=[recording],
        shuffle=False,  # the batches come shuffled
        verbose=0,
    )
    if recording.cancelled:
        raise Cancelled
    return networks


def limited(indices: np.ndarray, labels: np.ndarray, limit: int) -> np.ndarray:
    """Return `limit` of the indices, evenly over the classes and the same for every seed; all if 0.

    A smaller limit's images are among a larger one's, so that learning curves over the number of
    images compare like with like.
    """
    if limit == 0 or limit >= len(indices):
        return indices
    rng = np.random.default_rng(0)
    shuffled = rng.permutation(indices)
    rank = np.empty(len(shuffled))
    for label in np.unique(labels[shuffled]):
        members = np.flatnonzero(labels[shuffled] == label)
        rank[members] = (np.arange(len(members)) + 0.5) / len(members)
    return np.sort(shuffled[np.argsort(rank, kind="stable")[:limit]])


def _steps_per_execution(plan: Plan, networks: Networks, steps: int) -> int:
    """Return how many steps to run between two looks at whether to stop: many for small networks."""
    _, height, width, channels = networks.encoder.input_shape
    arithmetic = 3 * summarize(plan.model, plan.model_config, (height, width, channels)).multiply_adds
    step_seconds = arithmetic * plan.training.batch_size / _SLOW_MULTIPLY_ADDS
    return max(1, min(_MOST_STEPS_PER_EXECUTION, steps, int(_SECONDS_BETWEEN_CHECKS / step_seconds)))
