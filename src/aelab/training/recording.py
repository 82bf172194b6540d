"""Turn Keras' callbacks into what a `Recorder` hears."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

import keras

from aelab.pixels import Labels, UInt8Images
from aelab.training.config import Plan
from aelab.training.networks import Networks
from aelab.training.recorder import Epoch, Recorder
from aelab.training.snapshots import Snapshots


class Recording(keras.callbacks.Callback):  # type: ignore[misc]
    """Report epochs and snapshots.

    Parameters
    ----------
    plan : Plan
    networks : Networks
    validation : ndarray, uint8 (N, H, W, C)
        The first images are the ones every snapshot shows.
    recorder : Recorder
    seconds : float
        Of training that went before.
    labels : ndarray, int (N,)
        Of the validation images; only a conditional model needs them.
    """

    def __init__(
        self,
        plan: Plan,
        networks: Networks,
        validation: UInt8Images,
        recorder: Recorder,
        seconds: float = 0.0,
        labels: Labels | None = None,
    ) -> None:
        super().__init__()
        self._plan = plan
        self._recorder = recorder
        self._snapshots = Snapshots(plan, networks, validation, recorder, labels)
        self._started = time.monotonic() - seconds
        self._epoch = 1

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Remember which epoch it is, counted from 1."""
        self._epoch = epoch + 1
        self._snapshots.before(self._epoch)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Report the epoch's numbers, and keep a snapshot if it is one of those that are kept."""
        logs = logs or {}
        names = tuple(self._plan.model.logged)
        self.report(
            {name: float(logs[name]) for name in names},
            {name: float(logs[f"val_{name}"]) for name in names},
            self.model.optimizer.rate,
        )

    def stopped(self) -> None:
        """Keep a snapshot of the last epoch that ended before the training was stopped, if there is none."""
        self._snapshots.stopped()

    def report(self, train: dict[str, float], validation: dict[str, float], learning_rate: float) -> None:
        """Hand the recorder an epoch's parts, the loss, and a snapshot."""
        seconds = time.monotonic() - self._started
        train, validation = (self._with_loss(parts) for parts in (train, validation))
        self._recorder.epoch(Epoch(self._epoch, train, validation, seconds, learning_rate))
        self._snapshots.after(self._epoch)

    def _with_loss(self, parts: dict[str, float]) -> dict[str, float]:
        """Return what is logged with the sum of the architecture's own parts as `"loss"`."""
        return {"loss": math.fsum(parts[name] for name in self._plan.model.parts), **parts}
