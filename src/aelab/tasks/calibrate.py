"""Find out how fast this computer trains: two short trainings on random images, of which nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from aelab.errors import N_
from aelab.jobs import queue
from aelab.jobs.context import JobContext
from aelab.jobs.job import Expected
from aelab.jobs.spec import TaskSpec
from aelab.training import speeds
from aelab.training.config import plan
from aelab.training.estimate import estimate
from aelab.training.recorder import Cancelled, Checkpoint, Epoch

_USUAL_SECONDS = 15.0
_SHAPE = (28, 28, 1)
_EPOCHS = 4  # of which the first, that traces, is not counted
_MODELS = {"deep_ae": 4096, "conv_ae": 768}  # how many images make an epoch of about half a second


def submit_if_unknown(owner: str = "") -> None:
    """Queue the calibration, unless this computer has been measured before."""
    if not speeds.is_known():
        queue.submit("calibrate", {"computer": speeds.computer()}, owner=owner, expected=Expected(_USUAL_SECONDS))


def run(context: JobContext, params: Mapping[str, Any]) -> None:
    """Do the calibration."""
    from aelab.training.loop import TrainingImages, train  # noqa: PLC0415 - TensorFlow

    rng = np.random.default_rng(0)
    for number, (model, count) in enumerate(_MODELS.items()):
        chosen = plan(model, {"epochs": _EPOCHS})
        images = rng.integers(0, 256, (count, *_SHAPE), dtype=np.uint8)
        clock = _Clock(context, number / len(_MODELS))
        try:
            train(chosen, TrainingImages(images, images[:64]), clock)
        except Cancelled:
            context.stop_if_asked()
        reckoned = estimate(chosen, _SHAPE, count, test_images=0)
        speeds.learn(reckoned.part, clock.seconds_an_epoch() / reckoned.epoch_seconds)


@dataclass
class _Clock:
    """A recorder that keeps when epochs ended and nothing else."""

    context: JobContext
    done: float
    ended: list[float] = field(default_factory=list)

    def seconds_an_epoch(self) -> float:
        return (self.ended[-1] - self.ended[0]) / (len(self.ended) - 1)

    def progress(self, share: float, epoch: int) -> None:
        self.context.progress(self.done + share / len(_MODELS))

    def should_stop(self) -> bool:
        return self.context.should_stop()

    def epoch(self, epoch: Epoch) -> None:
        self.ended.append(epoch.seconds)

    def snapshot(self, epoch: int, arrays: Mapping[str, npt.NDArray[np.generic]]) -> None:
        pass

    def checkpoint(self, checkpoint: Checkpoint) -> None:
        pass


SPEC = TaskSpec(name="calibrate", label=N_("Calibration"), lane="heavy", run=run)
