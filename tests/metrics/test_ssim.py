from __future__ import annotations

import sys
import zipfile

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage
from skimage.metrics import structural_similarity
from sklearn.datasets import load_digits, load_sample_image

from aelab.errors import LabError
from aelab.metrics.ssim import ssim


def scikit_image(x, y, data_range):
    settings = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    return [
        structural_similarity(a, b, data_range=data_range, channel_axis=-1, **settings)
        for a, b in zip(x, y, strict=True)
    ]


def assert_agrees(x, y, data_range):
    expected = scikit_image(x, y, data_range)
    np.testing.assert_allclose(ssim(x, y, data_range=data_range), expected, rtol=0, atol=1e-6)


def corrupted(images, sigma=0.1):
    return np.clip(images + sigma * np.random.default_rng(0).standard_normal(images.shape), 0, 1)


@pytest.mark.parametrize(
    "shape",
    [(40, 28, 28, 1), (4, 128, 128, 3), (6, 11, 11, 1), (5, 12, 40, 3), (3, 45, 34, 2), (2, 35, 300, 1)],
    ids=str,
)
def test_agrees_with_scikit_image_for_random_images(shape):
    x, y = np.random.default_rng(0).random((2, *shape))
    assert_agrees(x, y, 1.0)
    assert_agrees(x, corrupted(x), 1.0)


def test_agrees_with_scikit_image_for_digits():
    digits = ndimage.zoom(load_digits().images[:200] / 16, (1, 3.5, 3.5), order=1)[..., None]
    for sigma in (0.001, 0.1, 0.5):
        assert_agrees(digits, corrupted(digits, sigma), 1.0)
    assert_agrees(digits, digits[::-1], 1.0)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_agrees_with_scikit_image_for_mnist(shared_data, dtype):
    with np.load(shared_data("mnist.npz")) as stored:
        x = stored["x_test"][:200, ..., None]
    y = np.rint(255 * corrupted(x / 255)).astype(np.uint8)
    if dtype == np.uint8:
        assert_agrees(x, y, 255)
    else:
        assert_agrees((x / 255).astype(dtype), (y / 255).astype(dtype), 1.0)


def test_agrees_with_scikit_image_for_photos(shared_data):
    photos = []
    with zipfile.ZipFile(shared_data("fruit_200.zip")) as archive:
        names = sorted(name for name in archive.namelist() if name.lower().endswith((".jpg", ".jpeg", ".png")))
        for name in names[:8]:
            with archive.open(name) as file, Image.open(file) as image:
                photos.append(np.asarray(image.convert("RGB").resize((128, 128))) / 255)
    x = np.stack(photos)
    assert_agrees(x, corrupted(x), 1.0)
    assert_agrees(x, ndimage.gaussian_filter(x, (0, 2, 2, 0)), 1.0)


def test_agrees_with_scikit_image_for_a_photo_in_bytes():
    photo = load_sample_image("flower.jpg")
    x = np.stack([photo[top : top + 128, 200:328] for top in range(0, 256, 64)])
    assert_agrees(x, np.roll(x, 1, axis=2), 255)


def test_identical_images_give_exactly_one_even_where_they_are_flat():
    images = np.random.default_rng(0).random((5, 20, 20, 1))
    images[0] = 0
    images[1] = 1
    assert (ssim(images, images, data_range=1.0) == 1).all()


def test_is_symmetric():
    x, y = np.random.default_rng(0).random((2, 5, 20, 20, 3))
    np.testing.assert_array_equal(ssim(x, y, data_range=1.0), ssim(y, x, data_range=1.0))


def test_negative_image_of_fine_texture_is_negative():
    texture = np.random.default_rng(0).random((1, 40, 40, 1))
    assert ssim(texture, 1 - texture, data_range=1.0)[0] < -0.5


def test_value_does_not_depend_on_the_unit_of_intensity():
    x, y = np.random.default_rng(0).random((2, 5, 20, 20, 1))
    np.testing.assert_allclose(ssim(255 * x, 255 * y, data_range=255), ssim(x, y, data_range=1.0), rtol=1e-10)


def test_image_smaller_than_the_window_is_refused_with_its_size():
    images = np.zeros((3, 28, 8, 1))
    with pytest.raises(LabError, match=r"at least 11 × 11 pixels; these are 28 × 8\."):
        ssim(images, images, data_range=1.0)


def test_products_stay_below_the_size_at_which_openblas_starts_threads():
    module = sys.modules["aelab.metrics._structure"]
    assert module._BAND * (module._BAND + 10) * module._COLUMNS < 2**18


def test_pinned_value():
    # python -c "import numpy as np; from skimage.metrics import structural_similarity as s;
    #   a = np.arange(784).reshape(28, 28) / 783; print(s(a, a**2, data_range=1.0,
    #   gaussian_weights=True, sigma=1.5, use_sample_covariance=False))"   (scikit-image 0.26.0)
    ramp = np.arange(784).reshape(1, 28, 28, 1) / 783
    assert ssim(ramp, ramp**2, data_range=1.0)[0] == pytest.approx(0.7196596066372707, abs=1e-9)
