"""What makes a U-Net one: fine detail goes around the bottleneck, and what it paints is a correction."""

from __future__ import annotations

import numpy as np
import pytest
from labs import Kept

from aelab.models import models
from aelab.models.spec import Shape
from aelab.models.tracing import summarize
from aelab.pixels import to_unit
from aelab.training.config import plan
from aelab.training.data import corrupted
from aelab.training.loop import TrainingImages, train
from aelab.training.networks import Networks, build

SMALL = {"filters": 8, "depth": 2}


def stripes(count: int) -> np.ndarray:
    """Draw lines one pixel wide in every direction, uint8 (count, 32, 32, 1): too much for a small code."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:32, :32]
    turns = rng.uniform(0, np.pi, (count, 1, 1))
    starts = rng.uniform(0, 4, (count, 1, 1))
    waves = np.sin(np.pi / 2 * (np.cos(turns) * rows + np.sin(turns) * columns + starts))
    return np.rint(127.5 + 100 * np.sign(waves)).astype(np.uint8)[..., None]


def fitted(model: str, images: np.ndarray, **settings: object) -> tuple[Networks, np.ndarray, np.ndarray]:
    """Train a denoising family; return its networks, other images with noise, and these without."""
    chosen = plan(model, {"noise_level": 0.2, "epochs": 12, "batch_size": 8, **settings})
    networks = train(chosen, TrainingImages(images[:200], images[200:]), Kept())
    clean = to_unit(images[200:])
    return networks, corrupted(clean, chosen, seed=7), clean


def error(made: np.ndarray, clean: np.ndarray) -> float:
    return float(np.mean(np.square(made - clean)))


def test_fine_detail_that_a_bottleneck_loses_comes_through() -> None:
    images = stripes(240)
    unet, noisy, clean = fitted("unet_dae", images, **SMALL)
    bottleneck, _, _ = fitted("dae", images, filters=8, latent_dim=32)
    restored = error(unet.reconstruct(noisy), clean)
    assert restored < error(noisy, clean) / 1.5
    assert error(bottleneck.reconstruct(noisy), clean) > 2 * error(noisy, clean)


def test_without_a_correction_the_image_comes_out_as_it_went_in() -> None:
    images = np.random.default_rng(0).random((2, 20, 24, 3), dtype=np.float32)
    networks = build(plan("unet_dae", SMALL), (20, 24, 3))
    assert networks.restorer is not None
    np.testing.assert_array_equal(networks.reconstruct(images), images)  # fresh: the last kernel is zero
    last = [layer for layer in networks.restorer.layers if hasattr(layer, "kernel")][-1]
    last.set_weights([np.full(last.kernel.shape, 0.1, np.float32)])
    assert not np.array_equal(networks.reconstruct(images), images)


def test_a_pixel_below_black_can_come_back() -> None:
    """Clipping in training would take its gradient away; whoever looks sees black."""
    networks = build(plan("unet_dae", SMALL), (16, 16, 1))
    assert networks.restorer is not None
    last = [layer for layer in networks.restorer.layers if hasattr(layer, "kernel")][-1]
    last.set_weights([np.full(last.kernel.shape, -10.0, np.float32)])
    images = np.full((1, 16, 16, 1), 0.5, np.float32)
    assert networks.reconstruct(images).min() == 0
    assert np.asarray(networks.restorer(images, training=True)).min() < 0


def test_half_the_light_gives_half_the_picture() -> None:
    networks = build(plan("unet_dae", SMALL), (16, 16, 1))
    assert networks.restorer is not None
    last = [layer for layer in networks.restorer.layers if hasattr(layer, "kernel")][-1]
    last.set_weights([np.full(last.kernel.shape, 0.01, np.float32)])
    image = np.random.default_rng(0).random((1, 16, 16, 1), dtype=np.float32)
    whole, half = (np.asarray(networks.restorer(share * image, training=True)) for share in (1.0, 0.5))
    np.testing.assert_allclose(half, 0.5 * whole, atol=1e-6)


@pytest.mark.parametrize("shape", [(28, 28, 1), (64, 48, 3), (33, 47, 3), (8, 8, 1), (1, 1, 1), (100, 3, 3)])
@pytest.mark.parametrize("depth", [1, 3, 5])
def test_any_size_comes_out_as_it_went_in(shape: Shape, depth: int) -> None:
    rows = summarize(models["unet_dae"], plan("unet_dae", {"depth": depth}).model_config, shape).restorer
    assert rows[-1].shape == shape


def test_every_size_on_the_way_up_is_joined_by_that_of_the_way_down() -> None:
    rows = summarize(models["unet_dae"], models["unet_dae"].config(), (128, 128, 3)).restorer
    joins = [row for row in rows if row.kind == "Concatenate"]
    assert [row.shape[:2] for row in joins] == [(32, 32), (64, 64), (128, 128)]
    for row in joins:
        (begin,) = row.skips
        assert rows[begin].shape[:2] == row.shape[:2]
    assert [row.skips for row in rows if row.kind == "Add"] == [(-1,)]  # the image itself
