"""What the Datasets page says of a dataset."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aelab.datasets import store
from aelab.datasets.importing import import_path
from aelab.datasets.shapes import ShapesConfig
from aelab.datasets.store import Dataset
from aelab.studies import overview
from aelab.studies.overview import Config


@pytest.fixture(params=["colour", "more than one chunk", "unlabelled"])
def dataset(request: pytest.FixtureRequest, artifacts: Path, tmp_path: Path) -> Dataset:
    if request.param == "unlabelled":
        (tmp_path / "loose").mkdir()
        rng = np.random.default_rng(0)
        for index in range(12):
            Image.fromarray(rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)).save(tmp_path / "loose" / f"{index}.png")
        return import_path(tmp_path / "loose", "loose", size=16)
    config = {
        "colour": ShapesConfig(count=120, size=14, classes=4),
        "more than one chunk": ShapesConfig(count=6500, size=12, color="gray"),
    }[request.param]
    return store.import_dataset("drawn", "shapes", config)


def test_class_balance_is_what_counting_gives(dataset: Dataset) -> None:
    table = overview.run(dataset, Config()).balance
    codes = range(len(dataset.class_names)) if dataset.class_names else [-1]
    assert table["class"].tolist() == (list(dataset.class_names) or [""])
    for code, (_, row) in zip(codes, table.iterrows(), strict=True):
        of_class = dataset.labels == code
        parts = [np.count_nonzero(of_class & (dataset.split == part)) for part in range(3)]
        assert [row["train"], row["validation"], row["test"]] == parts
        assert row["all"] == np.count_nonzero(of_class)
    assert table["all"].sum() == dataset.counts["all"]


def test_mean_images_are_those_of_the_training_images(dataset: Dataset) -> None:
    found = overview.run(dataset, Config())
    images, labels = np.asarray(dataset.images)[dataset.split == 0], dataset.labels[dataset.split == 0]
    for mean, code in zip(found.mean_images, sorted(set(labels.tolist())), strict=True):
        np.testing.assert_allclose(mean, images[labels == code].mean(axis=0) / 255, atol=1e-6)
    assert found.mean_classes == tuple(found.balance["class"])
    assert found.mean_images.dtype == np.float32


@pytest.mark.parametrize("bins", [2, 32, 51, 256])
def test_the_histogram_is_numpys_of_the_training_pixels(dataset: Dataset, bins: int) -> None:
    found = overview.run(dataset, Config(bins=bins))
    pixels = np.asarray(dataset.images)[dataset.split == 0].reshape(-1, dataset.shape[2]) / 255
    assert found.histogram.shape == (dataset.shape[2], bins)
    for channel, shares in enumerate(found.histogram):
        counts, edges = np.histogram(pixels[:, channel], bins=bins, range=(0, 1))
        np.testing.assert_allclose(found.edges, edges)
        np.testing.assert_allclose(shares, counts / counts.sum(), atol=1e-12)
        assert shares.sum() == pytest.approx(1)


def test_a_class_that_is_only_in_the_test_set_is_counted_but_has_no_made_up_mean(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (40, 12, 12), dtype=np.uint8)
    path = tmp_path / "given.npz"
    np.savez(path, x_train=images[:30], y_train=np.arange(30) % 2, x_test=images[30:], y_test=np.arange(10) % 3)
    found = overview.run(import_path(path, "given"), Config())
    counts = found.balance.set_index("class")
    assert counts.loc["2"].tolist() == [0, 0, 3, 3]
    assert found.mean_classes == ("0", "1")
    assert found.mean_images.shape == (2, 12, 12, 1)
    assert np.isfinite(found.mean_images).all()
