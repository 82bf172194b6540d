"""What the networks make of the same images after an epoch: what the time machine replays."""

from __future__ import annotations

import logging
import math
import time
from typing import Any

import numpy as np
import numpy.typing as npt

from aelab.errors import LabError
from aelab.pixels import Labels, UInt8Images, to_uint8, to_unit
from aelab.training.config import Plan
from aelab.training.data import corrupted
from aelab.training.networks import Networks
from aelab.training.recorder import Recorder

Kernels = dict[str, npt.NDArray[np.float32]]
Weights = dict[str, list[Any]]  # tensors by network

_SHOWN_IMAGES = 8
_PROBED_IMAGES = 256
_SAMPLES = 16
_FLOAT16_HIGHEST = float(np.finfo(np.float16).max)  # 65504: codes of a training that goes wrong are larger

#: Snapshots may cost this share of the training's time, and so many seconds besides: a short one is kept whole.
_SHARE = 0.01
_FREE_SECONDS = 0.05

_log = logging.getLogger("aelab.training")


class Snapshots:
    """Keep a snapshot after every epoch, or after fewer where epochs are so short that it would be felt.

    A snapshot holds, as arrays by name, the first row only of what takes images, the second of what gives them codes:

    ==============================  ================================================================
    `target`, `given`, `output`     uint8 (8, H, W, C): validation images, as the network is given
                                    them, and what it makes of them
    `codes`                         float16 (N, K) of the first 256 validation images, as given
    `samples`                       uint8 (16, H, W, C), of a generative model: what the same draws
                                    of the prior decode to; where a class is told, they take turns
    `layers`                        what layers with a kernel are called: `encoder/1/Dense`
    `norms`                         float32: the L2 norm of each kernel
    `updates`, `updates_since`      float32: that of its change since the end of that epoch, the one before: over
                                    several epochs changes cancel in part, and would not compare
    ==============================  ================================================================

    Parameters
    ----------
    plan : Plan
    networks : Networks
    validation : ndarray, uint8 (N, H, W, C)
        The first images are the ones every snapshot shows.
    recorder : Recorder
    labels : ndarray, int (N,)
        Of the validation images; only a conditional model needs them.
    """

    def __init__(
        self,
        plan: Plan,
        networks: Networks,
        validation: UInt8Images,
        recorder: Recorder,
        labels: Labels | None = None,
    ) -> None:
        self._last = plan.training.epochs
        self._networks = networks
        self._recorder = recorder
        self._target = to_unit(validation[:_PROBED_IMAGES])
        self._given = corrupted(self._target, plan, plan.training.seed + 1) if plan.model.denoises else self._target
        draws = _SAMPLES if plan.model.generative else 0
        rng = np.random.default_rng(plan.training.seed)
        self._prior = rng.standard_normal((draws, plan.model_config.code_length), dtype=np.float32)
        self._labels = np.asarray(labels)[:_PROBED_IMAGES] if networks.classes else np.zeros(len(self._target), int)
        self._prior_labels = np.arange(draws) % max(networks.classes, 1)
        self._kernels: Kernels | None = None
        self._due = True
        self._begun = 0.0
        self._first = 0
        self._taken = 0
        self._seconds = 0.0
        self._left_out: tuple[int, Weights] | None = None

    def before(self, epoch: int) -> None:
        """Hear that an epoch begins, counted from 1, and look at the kernels if a snapshot of it is due."""
        if not self._first:
            self._begun, self._first = time.monotonic(), epoch
        self._due = epoch in (1, self._last) or epoch % self._distance(epoch) == 0
        self._kernels = kernels(self._networks) if self._due else None

    def after(self, epoch: int) -> None:
        """Hear that an epoch has ended, and keep a snapshot of it if it is due.

        One that cannot be kept, since the disk is full, is left out: the training is worth more.
        """
        if not self._due:
            self._left_out = epoch, _weights(self._networks)
            return
        self._left_out = None
        self._keep(epoch)

    def stopped(self) -> None:
        """Hear that the training is stopped, and keep a snapshot of the last epoch if that was left out.

        The networks may have begun the next epoch; they go back to where they were.
        """
        if self._left_out is None:
            return
        (epoch, ended), self._left_out = self._left_out, None
        for name, network in self._networks.kept.items():
            network.set_weights(ended[name])
        self._keep(epoch)

    def _keep(self, epoch: int) -> None:
        begun = time.monotonic()
        try:
            self._recorder.snapshot(epoch, self._arrays(epoch))
        except LabError as error:
            _log.warning("no snapshot of epoch %d: %s", epoch, error)
        if self._taken:  # the first warms up
            self._seconds += time.monotonic() - begun
        self._taken += 1

    def _distance(self, epoch: int) -> int:
        """Return how many epochs to leave between snapshots: a power of two, so that runs meet at the same ones."""
        if self._seconds <= _FREE_SECONDS:
            return 1
        snapshot = self._seconds / (self._taken - 1)
        epochs = (time.monotonic() - self._begun) / (epoch - self._first)
        return int(2 ** max(0, math.ceil(math.log2(snapshot / (_SHARE * epochs)))))

    def _arrays(self, epoch: int) -> dict[str, npt.NDArray[Any]]:
        if self._networks.restorer is not None:
            return self._restored() | self._moved(epoch)
        shown = min(_SHOWN_IMAGES, len(self._target))
        arrays: dict[str, npt.NDArray[Any]] = {}
        codes = self._prior[:0]
        if self._networks.encoder is not None:
            codes = self._networks.encode(self._given, self._labels)
            arrays |= {
                "target": to_uint8(self._target[:shown]),
                "given": to_uint8(self._given[:shown]),
                "codes": np.clip(codes, -_FLOAT16_HIGHEST, _FLOAT16_HIGHEST).astype(np.float16),
            }
        codes = codes[:shown]
        labels = np.concatenate([self._labels[: len(codes)], self._prior_labels])
        images = to_uint8(self._networks.decode(np.concatenate([codes, self._prior]), labels))
        if len(codes):
            arrays["output"] = images[:shown]
        if len(self._prior):
            arrays["samples"] = images[len(images) - len(self._prior) :]
        return arrays | self._moved(epoch)

    def _restored(self) -> dict[str, npt.NDArray[Any]]:
        """Return the shown images alone, since no other has a code: a U-Net takes twenty megabytes for a photo."""
        target, given = self._target[:_SHOWN_IMAGES], self._given[:_SHOWN_IMAGES]
        output = self._networks.reconstruct(given)
        return {name: to_uint8(each) for name, each in (("target", target), ("given", given), ("output", output))}

    def _moved(self, epoch: int) -> dict[str, npt.NDArray[Any]]:
        now = kernels(self._networks)
        arrays: dict[str, npt.NDArray[Any]] = {"layers": np.array(list(now)), "norms": _norms(list(now.values()))}
        if self._kernels is not None:  # a closed form has no epoch, and that of a stopped training is over
            arrays["updates"] = _norms([kernel - self._kernels[name] for name, kernel in now.items()])
            arrays["updates_since"] = np.array(epoch - 1)
        return arrays


def kernels(networks: Networks) -> Kernels:
    """Return a copy of the kernel of every layer that is trained, in order, by a name that says where it is."""
    found = {}
    for side, network in networks.kept.items():
        layers = [layer for layer in network.layers if layer.trainable and getattr(layer, "kernel", None) is not None]
        for number, layer in enumerate(layers, 1):
            found[f"{side}/{number}/{type(layer).__name__}"] = np.array(layer.kernel.numpy())
    return found


def _weights(networks: Networks) -> Weights:
    """Return the weights as they are: tensors, whose memory is copied only once a weight moves on."""
    return {name: [weight.value.read_value() for weight in network.weights] for name, network in networks.kept.items()}


def _norms(arrays: list[npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
    return np.array([np.linalg.norm(array) for array in arrays], np.float32)
