"""The training loop: Keras' `fit`, told what to minimise and whom to tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras

from aelab.models.spec import Shape
from aelab.models.tracing import summarize
from aelab.pixels import Labels, UInt8Images, to_unit
from aelab.training.adam import FusedAdam
from aelab.training.checkpoints import Checkpoints
from aelab.training.config import Plan
from aelab.training.data import TrainingBatches, fixed_batches
from aelab.training.divergence import Divergence
from aelab.training.estimate import multiply_adds
from aelab.training.networks import Networks, build
from aelab.training.progress import Progress
from aelab.training.recorder import Cancelled, Checkpoint, Recorder
from aelab.training.recording import Recording
from aelab.training.schedule import Cosine
from aelab.training.state import restore
from aelab.training.trainee import Trainee

_SECONDS_BETWEEN_CHECKS = 0.5
_SLOW_MULTIPLY_ADDS = 1e10  # a second, of one core with convolutions: when in doubt check more often
_MOST_STEPS_PER_EXECUTION = 32
_MOMENTA = (0.9, 0.999)  # Adam's own


@dataclass(frozen=True)
class TrainingImages:
    """What a training may look at.

    Attributes
    ----------
    train, validation : ndarray, uint8 (N, H, W, C)
        The test images are not among them, by construction.
    train_labels, validation_labels : ndarray, int (N,)
        Numbers of their classes, which a conditional architecture is told, and no other asks for.
    """

    train: UInt8Images
    validation: UInt8Images
    train_labels: Labels | None = None
    validation_labels: Labels | None = None


def train(
    plan: Plan, images: TrainingImages, recorder: Recorder, start: Checkpoint | None = None, anew: int = 0
) -> Networks:
    """Train an architecture, from scratch or from where a training stopped.

    Parameters
    ----------
    plan : Plan
    images : TrainingImages
    recorder : Recorder
        Hears of progress, epochs, snapshots and checkpoints; can stop the training.
    start : Checkpoint, optional
        Where to go on; the images and the plan must be those it was kept with, save for the number of epochs.
    anew : int
        Epoch, counted from 0, at which the learning rate begins its way down: where a finished training was
        continued.

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
    validation = fixed_batches(images.validation, plan, images.validation_labels)
    seconds = start.seconds if start else 0.0
    recording = Recording(plan, networks, images.validation, recorder, seconds, images.validation_labels)
    batches = TrainingBatches(images.train, plan, images.train_labels)
    trainee = compiled(plan, networks, len(images.train), anew)
    if plan.model.fit is not None:
        plan.model.fit(networks, to_unit(images.train), plan.model_config)
        train_parts = trainee.evaluate(
            fixed_batches(images.train, plan, images.train_labels), verbose=0, return_dict=True
        )
        recording.report(train_parts, trainee.evaluate(validation, verbose=0, return_dict=True), 0.0)
        return networks
    if start is not None:
        restore(trainee, start.arrays)
    checkpoints = Checkpoints(plan.training, recorder, batches, start)
    divergence = Divergence(plan.training, kept=lambda: checkpoints.kept_epochs)
    progress = Progress(plan, batches, recorder)
    if start is not None and start.step == batches.steps:
        _validate(trainee, validation, recording, start.epoch)
    try:
        for leg in _legs(start, batches.steps, plan.training.epochs):
            trainee.fit(
                batches.from_step(leg.step),
                validation_data=validation,
                initial_epoch=leg.begin,
                epochs=leg.end,
                callbacks=[batches, divergence, recording, progress, checkpoints],
                shuffle=False,  # the batches come shuffled
                verbose=0,
            )
    except Cancelled:
        recording.stopped()
        raise
    return networks


def restored(plan: Plan, shape: Shape, checkpoint: Checkpoint) -> Networks:
    """Return the networks of a plan for images of `shape` (H, W, C), as they were when a checkpoint was kept.

    Raises
    ------
    LabError
        If the checkpoint is of another network.
    """
    networks = build(plan, shape)
    restore(compiled(plan, networks, images=1), checkpoint.arrays)
    return networks


@dataclass(frozen=True)
class _Leg:
    """Epochs from `begin` to before `end`; of the first, the steps from `step` on."""

    begin: int
    end: int
    step: int


def _legs(start: Checkpoint | None, steps: int, epochs: int) -> list[_Leg]:
    """Return what is left to do: what remains of an epoch that was begun has fewer batches than the others."""
    done = start.epoch if start else 0
    legs = []
    if start is not None and start.step:
        done += 1
        legs = [_Leg(start.epoch, done, start.step)] if start.step < steps else []
    return [*legs, _Leg(done, epochs, 0)] if done < epochs else legs


def _validate(trainee: Trainee, validation: Any, recording: Recording, epoch: int) -> None:
    """Complete an epoch, counted from 0, of which only the validation is missing."""
    train_parts = {mean.name: float(mean.result()) for mean in trainee.metrics}
    parts = trainee.evaluate(validation, verbose=0, return_dict=True)
    recording.set_model(trainee)
    recording.on_epoch_begin(epoch)
    recording.on_epoch_end(epoch, train_parts | {f"val_{name}": value for name, value in parts.items()})


def compiled(plan: Plan, networks: Networks, images: int, anew: int = 0) -> Trainee:
    """Return the model that `fit` trains.

    Parameters
    ----------
    plan : Plan
    networks : Networks
    images : int
        Training images in an epoch.
    anew : int
        As `train` takes it.
    """
    training, trainee = plan.training, Trainee(plan, networks, images)
    steps = trainee.steps
    opponent = plan.model.opponent

    def optimizer(steps: int) -> keras.optimizers.Optimizer:
        rate = Cosine(training.learning_rate, steps * anew, steps * (training.epochs - anew))
        return FusedAdam(rate, *(opponent.momenta if opponent else _MOMENTA))

    trainee.compile(
        optimizer=optimizer(steps),
        critic_optimizer=optimizer(steps * opponent.steps(plan.model_config)) if opponent else None,
        steps_per_execution=_steps_per_execution(plan, networks, steps),
        jit_compile=False,  # on the CPU, XLA makes convolutions 1.5 to 3 times slower
    )
    return trainee


def _steps_per_execution(plan: Plan, networks: Networks, steps: int) -> int:
    """Return how many steps to run between two looks at whether to stop: many for small networks."""
    arithmetic = multiply_adds(plan, summarize(plan.model, plan.model_config, networks.shape))
    step_seconds = arithmetic * plan.training.batch_size / _SLOW_MULTIPLY_ADDS
    return max(1, min(_MOST_STEPS_PER_EXECUTION, steps, int(_SECONDS_BETWEEN_CHECKS / step_seconds)))
