"""Real pictures to look at: web photos, digits and handwriting."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from planted import Photo, photos_of, subject_of
from sklearn.datasets import load_digits

from aelab.cleaning.subject import Subject

DIGITS = tuple("0123456789")


@pytest.fixture(scope="session")
def photos(shared_data: Callable[[str], Path]) -> list[Photo]:
    """Return the 200 fruit photos as they were scraped."""
    return photos_of(shared_data("fruit_200.zip"))


@pytest.fixture(scope="session")
def fruit(photos: list[Photo]) -> Subject:
    """Return all the fruit photos, faults included."""
    return subject_of(photos)


@pytest.fixture(scope="session")
def clean_photos(photos: list[Photo]) -> list[Photo]:
    """Return 40 different photos with at least 100 pixels a side and something on them."""
    first = {photo.data: photo for photo in photos}
    good = [p for p in first.values() if min(p.image.size) >= 100 and max(p.image.size) < 2 * min(p.image.size)]
    return good[::2][:40]


@pytest.fixture(scope="session")
def digits() -> Subject:
    """Return the 1,797 digits of scikit-learn as they are, 8 x 8, enlarged by whole pixels to 32 x 32."""
    data = load_digits()
    images = np.kron(np.rint(data.images * (255 / 16)).astype(np.uint8), np.ones((4, 4), np.uint8))
    return Subject.of_images(images[..., None], data.target, DIGITS)


@pytest.fixture(scope="session")
def mnist(shared_data: Callable[[str], Path]) -> Subject:
    """Return the 10,000 test images of MNIST."""
    with np.load(shared_data("mnist.npz")) as data:
        return Subject.of_images(data["x_test"][..., None], data["y_test"], DIGITS)


@pytest.fixture(scope="session")
def clothes(shared_data: Callable[[str], Path]) -> Subject:
    """Return 900 images of Fashion-MNIST."""
    with np.load(shared_data("fashion_mnist_900.npz")) as data:
        return Subject.of_images(data["images"][..., None], data["labels"], DIGITS)
