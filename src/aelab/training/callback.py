"""Turn Keras' callbacks into what a `Recorder` hears."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from aelab.pixels import UInt8Images, to_uint8, to_unit
from aelab.training.config import Plan
from aelab.training.data import corrupted
from aelab.training.networks import Networks
from aelab.training.recorder import Epoch, Recorder

_SHOWN_IMAGES = 8
_PROBED_IMAGES = 256
_MOST_SNAPSHOTS = 50
_FLOAT16_HIGHEST = float(np.finfo(np.float16).max)  # 65504: codes of a training that goes wrong are larger


class Recording(keras.callbacks.Callback):  # type: ignore[misc]
    """Report progress, epochs and snapshots.

    Parameters
    ----------
    plan : Plan
    networks : Networks
    validation : ndarray, uint8 (N, H, W, C)
        The first images are the ones every snapshot shows.
    recorder : Recorder
    seconds : float
        Of training that went before.
    """

    def __init__(
        self, plan: Plan, networks: Networks, validation: UInt8Images, recorder: Recorder, seconds: float = 0.0
    ) -> None:
        super().__init__()
        self._plan = plan
        self._networks = networks
        self._recorder = recorder
        self._probe = to_unit(validation[:_PROBED_IMAGES])
        self._given = corrupted(self._probe, plan, plan.training.seed + 1) if plan.model.denoises else self._probe
        self._started = time.monotonic() - seconds
        self._epoch = 1

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Remember which epoch it is, counted from 1."""
        self._epoch = epoch + 1

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Report the epoch's numbers, and keep a snapshot if it is one of those that are kept."""
        logs = logs or {}
        names = tuple(self._plan.model.parts)
        self.report(
            {name: float(logs[name]) for name in names},
            {name: float(logs[f"val_{name}"]) for name in names},
            float(self.model.optimizer.learning_rate),
        )

    def report(self, train: dict[str, float], validation: dict[str, float], learning_rate: float) -> None:
        """Hand the recorder an epoch's parts, their sums, and a snapshot."""
        seconds = time.monotonic() - self._started
        train, validation = with_total(train), with_total(validation)
        self._recorder.epoch(Epoch(self._epoch, train, validation, seconds, learning_rate))
        epochs = self._plan.training.epochs
        if self._epoch == epochs or self._epoch % math.ceil(epochs / _MOST_SNAPSHOTS) == 0 or self._epoch == 1:
            self._snapshot()

    def _snapshot(self) -> None:
        codes = self._networks.encode(self._given)
        self._recorder.snapshot(
            self._epoch,
            {
                "target": to_uint8(self._probe[:_SHOWN_IMAGES]),
                "given": to_uint8(self._given[:_SHOWN_IMAGES]),
                "output": to_uint8(self._networks.decode(codes[:_SHOWN_IMAGES])),
                "codes": np.clip(codes, -_FLOAT16_HIGHEST, _FLOAT16_HIGHEST).astype(np.float16),
            },
        )


def with_total(parts: dict[str, float]) -> dict[str, float]:
    """Return the parts with their sum as `"loss"`."""
    return {"loss": math.fsum(parts.values()), **parts}
