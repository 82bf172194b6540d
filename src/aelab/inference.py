"""Use a run's networks without TensorFlow: encode, decode, reconstruct with ONNX Runtime."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import onnxruntime

from aelab.errors import LabError
from aelab.pixels import Images, Labels, one_hot
from aelab.runs import Run
from aelab.runs.run import no_code, no_encoder

Codes = npt.NDArray[np.float32]

_MOST_AT_ONCE, _MOST_VALUES = 256, 1_000_000  # a U-Net holds a hundred times what it is given, in the server too


@dataclass(frozen=True)
class Inference:
    """The networks of a run, ready to use; safe to share between threads.

    Attributes
    ----------
    run_id : str
    shape : tuple of int
        (H, W, C) of the images.
    latent_dim : int
        How many numbers a code has; 0 where there are no codes.
    classes : int
        Of how many classes a conditional run is told one, for every image and every code; 0 of any other run, which
        takes no heed of labels.
    """

    run_id: str
    shape: tuple[int, int, int]
    latent_dim: int
    _encoder: onnxruntime.InferenceSession | None
    _decoder: onnxruntime.InferenceSession | None
    _restorer: onnxruntime.InferenceSession | None = None
    classes: int = 0

    @property
    def encodes(self) -> bool:
        """Whether there is an encoder, which gives images codes."""
        return self._encoder is not None

    @property
    def has_posterior(self) -> bool:
        """Whether the encoder gives an image a distribution of codes."""
        return self._encoder is not None and len(self._encoder.get_outputs()) > 1

    @property
    def decodes(self) -> bool:
        """Whether there is a decoder, which makes images of codes."""
        return self._decoder is not None

    @property
    def reconstructs(self) -> bool:
        """Whether something can be made of images; else they can only be drawn."""
        return self.encodes or self._restorer is not None

    def encode(self, images: Images, labels: Labels | None = None) -> Codes:
        """Return the codes (N, K) of float32 images (N, H, W, C) in [0, 1]; of a VAE, the posterior mean.

        Parameters
        ----------
        images : ndarray
        labels : ndarray, int (N,)
            Numbers of their classes. A conditional run that is not given all of them takes `closest_classes`.

        Raises
        ------
        LabError
            If the images have another shape than those the run was trained on, or the run has no encoder.
        """
        if self._encoder is None:
            raise no_encoder(self.run_id) if self.decodes else no_code(self.run_id)
        self._check(images)
        codes = _run(self._encoder, images, self.latent_dim, told=self._known(images, labels))
        return np.add(codes, 0.0, out=codes)  # -0 becomes 0: the same codes have the same bytes

    def posterior(self, images: Images, labels: Labels | None = None) -> tuple[Codes, Codes] | None:
        """Return mean and log-variance (N, K) of the codes of images; None where codes are no distributions."""
        if self._encoder is None or not self.has_posterior:
            return None
        labels = self._known(images, labels)
        mean = self.encode(images, labels)
        return mean, _run(self._encoder, images, self.latent_dim, output=1, told=labels)

    def decode(self, codes: Codes, labels: Labels | int | None = None) -> Images:
        """Return the images (N, H, W, C) in [0, 1] of float32 codes (N, K); a `LabError` where there is no decoder.

        Parameters
        ----------
        codes : ndarray
        labels : ndarray, int (N,), or int
            Numbers of the classes that a conditional run is to draw, or that of all; without it they take turns.
        """
        if self._decoder is None:
            raise no_code(self.run_id)
        if codes.ndim != 2 or codes.shape[1] != self.latent_dim:
            raise LabError(
                "Run {run} takes codes of {expected} numbers; these have {found}.",
                run=self.run_id,
                expected=self.latent_dim,
                found=codes.shape[-1] if codes.ndim else 0,
            )
        turns = np.arange(len(codes)) % max(self.classes, 1)
        told = (turns if labels is None else np.broadcast_to(labels, len(codes))) if self.classes else None
        images = _run(self._decoder, codes, *self.shape, told=told)
        return np.clip(images, 0.0, 1.0, out=images)

    def reconstruct(self, images: Images, labels: Labels | None = None) -> Images:
        """Return decode(encode(images)), told the same classes in both; a `LabError` as `encode`'s.

        Of a network without codes, return what it makes of the images.
        """
        if self._restorer is not None:
            self._check(images)
            return _run(self._restorer, images, *self.shape)
        labels = self._known(images, labels)
        return self.decode(self.encode(images, labels), labels)

    def closest_classes(self, images: Images) -> Labels:
        """Return the classes (N,) that a conditional run takes images to be of.

        It is told each class in turn; the one whose reconstruction comes closest, by squared error, is taken.
        """
        errors = [
            np.square(self.reconstruct(images, np.full(len(images), label)) - images).mean(axis=(1, 2, 3))
            for label in range(self.classes)
        ]
        return np.asarray(np.argmin(errors, axis=0))

    def _known(self, images: Images, labels: Labels | None) -> Labels | None:
        """Return the labels of images; those that it takes them to have where they are not known."""
        if not self.classes:
            return None
        if labels is None or (len(labels) and not 0 <= labels.min() <= labels.max() < self.classes):
            return self.closest_classes(images)
        return labels

    def _check(self, images: Images) -> None:
        """Refuse images of another shape than those the run was trained on."""
        if images.shape[1:] != self.shape:
            raise LabError(
                "Run {run} takes images of {expected}; these are {found}.",
                run=self.run_id,
                expected=_size(self.shape),
                found=_size(images.shape[1:]),
            )


def load(run: Run) -> Inference:
    """Open a run's networks.

    Raises
    ------
    LabError
        If the run did not get that far, or a file is damaged.
    """
    if not run.decodes:
        return _load_restorer(run)
    encoder = _session(run, "encoder") if run.encodes else None
    decoder = _session(run, "decoder")
    image, code = _sides(decoder, "output"), _sides(decoder, "input")
    told = _told(decoder)
    fits = encoder is None or (
        _sides(encoder, "input") == image and _sides(encoder, "output") == code and _told(encoder) == told
    )
    if len(image) != 3 or len(code) != 1 or not fits:
        raise LabError("The networks of run {run} do not belong together. Train it again.", run=run.id)
    return Inference(run.id, (image[0], image[1], image[2]), code[0], encoder, decoder, classes=told)


def _load_restorer(run: Run) -> Inference:
    """Open the one network of a run without codes."""
    restorer = _session(run, "restorer")
    given, made = _sides(restorer, "input"), _sides(restorer, "output")
    if len(given) != 3 or given != made:
        raise LabError("The networks of run {run} do not belong together. Train it again.", run=run.id)
    return Inference(run.id, (given[0], given[1], given[2]), 0, None, None, restorer)


def _sides(session: onnxruntime.InferenceSession, end: Literal["input", "output"]) -> tuple[int, ...]:
    """Return the shape of what a network takes or gives, without the number of images."""
    ends = session.get_inputs() if end == "input" else session.get_outputs()
    return tuple(ends[0].shape[1:])


def _told(session: onnxruntime.InferenceSession) -> int:
    """Return of how many classes a network is told one, as its second input; 0 where it has no such input."""
    inputs = session.get_inputs()
    return int(inputs[1].shape[1]) if len(inputs) > 1 else 0


def _session(run: Run, name: Any) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(2, os.cpu_count() or 1)
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # thirty users share these cores
    options.enable_cpu_mem_arena = False  # it keeps the memory of the largest batch for ever
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(run.network(name), options, providers=["CPUExecutionProvider"])
    except LabError:
        raise
    except Exception as error:  # noqa: BLE001 - ONNX Runtime's own errors share no base class
        raise LabError(
            "The {network} of run {run} is damaged ({reason}). Train it again.",
            network=name,
            run=run.id,
            reason=str(error)[:200],
        ) from None


def _run(
    session: onnxruntime.InferenceSession,
    values: npt.NDArray[np.float32],
    *shape: int,
    output: int = 0,
    told: Labels | None = None,
) -> npt.NDArray[np.float32]:
    """Return an output of a session for values in batches of bounded size; no values, no output.

    `told` are the classes of the values (N,), where the network takes them.
    """
    wanted = [session.get_outputs()[output].name]
    names = [each.name for each in session.get_inputs()]
    values = np.ascontiguousarray(values, np.float32)
    result = np.empty((len(values), *shape), np.float32)
    batch = max(1, min(_MOST_AT_ONCE, _MOST_VALUES // math.prod(values.shape[1:])))
    for start in range(0, len(values), batch):
        given = [values[start : start + batch]]
        if told is not None:
            given.append(one_hot(told[start : start + batch], _told(session)))
        result[start : start + batch] = session.run(wanted, dict(zip(names, given, strict=True)))[0]
    return result


def _size(shape: tuple[int, ...]) -> str:
    return " × ".join(str(side) for side in shape)
