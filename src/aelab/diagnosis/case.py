"""The evidence about a run, each piece worked out once and only if a rule asks for it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from aelab.datasets.store import Dataset
from aelab.inference import Inference
from aelab.models.tracing import Summary, summarize
from aelab.pixels import Images, Labels, to_unit
from aelab.runs import Run

Floats = npt.NDArray[np.float64]

_LOOKED_AT: Final = 1000  # images; the intervals of what is asked here are narrow by then
_FITTED: Final = 5000  # training images of the PCA
_COMPARED: Final = 50  # of its components, where two sets of images are compared


@dataclass(frozen=True)
class Case:
    """A finished run with its networks and its images.

    Attributes
    ----------
    run : Run
    networks : Inference
    dataset : Dataset
        On which it was trained.
    """

    run: Run
    networks: Inference
    dataset: Dataset

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """The settings of the run, by field."""
        return self.run.settings

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The parts of its loss."""
        return tuple(self.run.plan.model.parts)

    @cached_property
    def summary(self) -> Summary:
        """The layers of its networks."""
        return summarize(self.run.plan.model, self.run.plan.model_config, self.networks.shape)

    @cached_property
    def trained_images(self) -> int:
        """How many training images there were."""
        return min(self.settings["limit"] or self.dataset.counts["train"], self.dataset.counts["train"])

    @cached_property
    def test_images(self) -> Images:
        """Test images, evenly taken, float32 (N, H, W, C); N is at most 1,000."""
        return to_unit(self.dataset.take(self._test_indices))

    @cached_property
    def test_labels(self) -> Labels:
        """Numbers of their classes (N,); -1 where unknown."""
        return self.dataset.labels[self._test_indices]

    @cached_property
    def _test_indices(self) -> npt.NDArray[np.intp]:
        indices = self.dataset.indices("test")
        return indices[:: max(1, -(-len(indices) // _LOOKED_AT))]

    @cached_property
    def reconstructions(self) -> Images:
        """What the networks make of the test images."""
        return self.networks.reconstruct(self.test_images, self.test_labels)

    @cached_property
    def mse(self) -> float:
        """Mean squared error a pixel of these reconstructions."""
        return float(np.mean(np.square(self.reconstructions - self.test_images)))

    @cached_property
    def codes(self) -> Floats:
        """Codes of the test images, (N, K)."""
        return self.networks.encode(self.test_images, self.test_labels).astype(np.float64)

    @cached_property
    def loss(self) -> dict[str, Floats]:
        """The loss after every epoch, on training and on validation images, (E,) each."""
        history = self.run.history()
        return {part: np.array([line[part]["loss"] for line in history]) for part in ("train", "validation")}

    @cached_property
    def spectrum(self) -> Floats:
        """Share of the training images' variance along each principal component, descending."""
        return self._pca[1]

    @cached_property
    def pca_mse(self) -> float:
        """Mean squared error a pixel on the test images of a PCA with as many numbers as the code has."""
        components, _, mean = self._pca
        used = components[: self.networks.latent_dim]
        flat = self.test_images.reshape(len(self.test_images), -1) - mean
        made = np.clip(flat @ used.T @ used + mean, 0.0, 1.0)
        return float(np.mean(np.square(made - mean - flat)))

    def places(self, images: Images) -> Floats:
        """Return where images (N, H, W, C) lie along the principal components of the training images, (N, R)."""
        components, _, mean = self._pca
        return np.asarray((images.reshape(len(images), -1) - mean) @ components[:_COMPARED].T, np.float64)

    def training_images(self, count: int) -> Images:
        """Return as many training images, evenly taken, float32 (N, H, W, C)."""
        indices = self.dataset.indices("train")
        return to_unit(self.dataset.take(indices[:: max(1, len(indices) // count)][:count]))

    @cached_property
    def _pca(self) -> tuple[npt.NDArray[np.float32], Floats, npt.NDArray[np.float32]]:
        from sklearn.decomposition import PCA  # noqa: PLC0415 - a second to import

        indices = self.dataset.indices("train")
        count = min(self.trained_images, _FITTED)  # no more than the network had
        images = to_unit(self.dataset.take(indices[:: max(1, -(-len(indices) // count))]))
        flat = images.reshape(len(images), -1)
        total = float(np.var(flat, axis=0, dtype=np.float64).sum()) or 1.0
        most = min(*flat.shape, max(self.networks.latent_dim, 64))
        pca = PCA(most, svd_solver="auto", random_state=0).fit(flat)
        share = np.asarray(pca.explained_variance_, np.float64) * (len(flat) - 1) / len(flat) / total
        return pca.components_.astype(np.float32), share, pca.mean_.astype(np.float32)


def nearest_power_of_two(number: float) -> int:
    """Return the power of two that a number is nearest to, by ratio."""
    return int(2 ** max(0, round(np.log2(max(number, 1.0)))))


def steps(values: Floats) -> Floats:
    """Return by how much each value is above the one before it."""
    return np.array([after - before for before, after in itertools.pairwise(values)])
