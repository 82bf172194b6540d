from __future__ import annotations

import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio
from sklearn.datasets import load_sample_image

from aelab.metrics.psnr import psnr


def scikit_image(x, y, data_range):
    return [peak_signal_noise_ratio(a, b, data_range=data_range) for a, b in zip(x, y, strict=True)]


def test_identical_images_have_no_noise_and_an_infinite_ratio():
    images = np.random.default_rng(0).random((3, 12, 12, 1))
    assert (psnr(images, images, data_range=1.0) == np.inf).all()


def test_tenth_of_the_range_everywhere_is_20_db():
    black = np.zeros((1, 8, 8, 3))
    assert psnr(black, black + 0.1, data_range=1.0)[0] == pytest.approx(20)
    assert psnr(black, black + 25.5, data_range=255)[0] == pytest.approx(20)


def test_error_larger_than_the_range_is_negative():
    assert psnr(np.zeros((1, 4, 4, 1)), np.full((1, 4, 4, 1), 10.0), data_range=1.0)[0] == pytest.approx(-20)


def test_is_symmetric():
    x, y = np.random.default_rng(0).random((2, 5, 12, 12, 1))
    np.testing.assert_array_equal(psnr(x, y, data_range=1.0), psnr(y, x, data_range=1.0))


@pytest.mark.parametrize("shape", [(40, 28, 28, 1), (5, 128, 128, 3)])
def test_agrees_with_scikit_image_for_random_images(shape):
    x, y = np.random.default_rng(0).random((2, *shape))
    np.testing.assert_allclose(psnr(x, y, data_range=1.0), scikit_image(x, y, 1.0), rtol=0, atol=1e-6)


def test_agrees_with_scikit_image_for_mnist(shared_data):
    with np.load(shared_data("mnist.npz")) as stored:
        x = stored["x_test"][:200, ..., None]
    noise = np.random.default_rng(0).integers(-30, 31, x.shape)
    y = np.clip(x + noise, 0, 255).astype(np.uint8)
    np.testing.assert_allclose(psnr(x, y, data_range=255), scikit_image(x, y, 255), rtol=0, atol=1e-6)
    x, y = x.astype(np.float32) / 255, y.astype(np.float32) / 255
    np.testing.assert_allclose(psnr(x, y, data_range=1.0), scikit_image(x, y, 1.0), rtol=0, atol=1e-6)


def test_agrees_with_scikit_image_for_a_photo():
    photo = load_sample_image("flower.jpg")
    x = np.stack([photo[top : top + 128, 200:328] for top in range(0, 256, 64)])
    y = np.roll(x, 1, axis=2)
    np.testing.assert_allclose(psnr(x, y, data_range=255), scikit_image(x, y, 255), rtol=0, atol=1e-6)


def test_pinned_value():
    # python -c "import numpy as np; from skimage.metrics import peak_signal_noise_ratio as p;
    #   a = np.arange(784).reshape(28, 28) / 783; print(p(a, a**2, data_range=1.0))"   (scikit-image 0.26.0)
    ramp = np.arange(784).reshape(1, 28, 28, 1) / 783
    assert psnr(ramp, ramp**2, data_range=1.0)[0] == pytest.approx(14.776755553473128, abs=1e-9)
