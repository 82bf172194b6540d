"""A picture of one's own is given to a run as its images are, and its neighbours are the nearest."""

from __future__ import annotations

import numpy as np
import pytest

from aelab.datasets.store import Dataset
from aelab.inference import Inference
from aelab.pixels import to_unit
from aelab.studies.probing import as_given, run


def test_a_test_image_finds_itself_first(opened) -> None:
    inference, dataset = opened("conv_ae")
    indices = dataset.indices("test")
    images = to_unit(dataset.images[indices])
    codes = inference.encode(images)
    found = run(inference, images[[5]], codes, indices)
    assert found.nearest[0] == indices[5]
    assert found.distances[0] == pytest.approx(0, abs=1e-4)
    assert found.error == pytest.approx(float(np.square(images[5] - inference.reconstruct(images[[5]])[0]).mean()))
    expected = np.argsort(np.linalg.norm(codes - codes[5], axis=1))[:8]
    assert set(found.nearest) == set(indices[expected])


def test_a_colour_photo_becomes_what_the_run_was_trained_on(opened) -> None:
    inference, dataset = opened("conv_ae")
    photo = np.random.default_rng(0).integers(0, 256, (90, 120, 4), dtype=np.uint8)
    given = as_given(photo, dataset)
    assert given.shape == (1, 28, 28, 1)
    np.testing.assert_allclose(as_given(photo, dataset, inverted=True), 1 - given, atol=1e-6)
    assert np.isfinite(inference.reconstruct(given)).all()


def test_fewer_images_than_asked_for_are_all_neighbours(opened) -> None:
    pair: tuple[Inference, Dataset] = opened("vae")
    inference, dataset = pair
    indices = dataset.indices("test")[:3]
    images = to_unit(dataset.images[indices])
    assert len(run(inference, images[[0]], inference.encode(images), indices).nearest) == 3
