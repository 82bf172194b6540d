"""The plain autoencoders' losses, against numpy."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from aelab.models._convolutional import ConvolutionalConfig
from aelab.models._losses import per_pixel, pixel_mean

RNG = np.random.default_rng(0)
TARGET = RNG.random((4, 6, 5, 3), dtype=np.float32)
OUTPUT = RNG.random((4, 6, 5, 3), dtype=np.float32)


def cross_entropy(target: np.ndarray, output: np.ndarray) -> np.ndarray:
    target, output = target.astype(np.float64), output.astype(np.float64)
    return -(target * np.log(output) + (1 - target) * np.log(1 - output))


def test_squared_error_is_numpys() -> None:
    np.testing.assert_allclose(per_pixel(TARGET, OUTPUT, "mse"), (TARGET - OUTPUT) ** 2, rtol=1e-6)


def test_cross_entropy_is_numpys_in_nats() -> None:
    np.testing.assert_allclose(per_pixel(TARGET, OUTPUT, "bce"), cross_entropy(TARGET, OUTPUT), rtol=1e-5)


def test_cross_entropy_of_a_pixel_that_is_surely_wrong_is_large_but_a_number() -> None:
    wrong = np.asarray(per_pixel(np.float32([0, 1]), np.float32([1, 0]), "bce"))
    np.testing.assert_allclose(wrong, -np.log(1e-6), rtol=0.03)  # float32 cannot tell 1 - 1e-6 any better
    right = np.asarray(per_pixel(np.float32([0, 1]), np.float32([0, 1]), "bce"))
    np.testing.assert_allclose(right, 0, atol=2e-6)


def test_cross_entropy_is_least_where_the_output_is_the_target() -> None:
    at_target = np.asarray(per_pixel(TARGET, TARGET, "bce"))
    for shift in (-0.05, 0.05):
        assert np.all(np.asarray(per_pixel(TARGET, np.clip(TARGET + shift, 0.001, 0.999), "bce")) >= at_target - 1e-5)


@pytest.mark.parametrize("loss", ["mse", "bce"])
def test_the_loss_of_an_autoencoder_is_the_mean_over_all_pixels_of_what_came_out(loss: str) -> None:
    def decoder(code: np.ndarray, training: bool) -> np.ndarray:
        assert training
        return 1 - code

    def encoder(image: np.ndarray, training: bool) -> np.ndarray:
        assert training
        return image

    networks = SimpleNamespace(encoder=encoder, decoder=decoder)
    parts = pixel_mean(networks, OUTPUT, TARGET, ConvolutionalConfig(loss=loss), True)  # type: ignore[arg-type]
    expected = (TARGET - (1 - OUTPUT)) ** 2 if loss == "mse" else cross_entropy(TARGET, 1 - OUTPUT)
    assert list(parts) == ["reconstruction"]
    assert float(parts["reconstruction"]) == pytest.approx(float(np.mean(expected)), rel=1e-5)
