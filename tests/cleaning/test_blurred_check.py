"""Blurred pictures."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFilter
from planted import Photo, found, members, names, subject_of
from scipy.ndimage import gaussian_filter

from aelab.cleaning.subject import Subject


def test_photos_out_of_focus_are_found_the_worst_first(clean_photos: list[Photo]) -> None:
    sharp = [photo for photo in clean_photos if photo not in clean_photos[:3]]
    planted = [
        Photo.of(
            f"apples/blur_{radius}.jpg",
            photo.image.filter(ImageFilter.GaussianBlur(radius * min(photo.image.size) / 128)),
        )
        for radius, photo in zip((6, 8, 12), clean_photos, strict=False)
    ]
    subject = subject_of([*sharp, *planted])
    finding = found(subject, "blurred")
    assert set(names(subject, members(finding))) == {photo.name for photo in planted}
    values = [group.value for group in finding.groups]
    assert values == sorted(values)


def test_blurred_handwriting_is_found(mnist: Subject) -> None:
    images = mnist.images[:1000].copy()
    images[100:110] = gaussian_filter(images[100:110].astype(float), (0, 2, 2, 0)).round()
    assert sorted(members(found(Subject.of_images(images), "blurred"))) == list(range(100, 110))


@pytest.mark.parametrize("contrast", [0.2, 0.5])
def test_low_contrast_is_not_blur(clean_photos: list[Photo], contrast: float) -> None:
    subject = subject_of(clean_photos)
    faint = np.rint(128 + contrast * (subject.images[:5].astype(float) - 128)).astype(np.uint8)
    images = np.concatenate([subject.images, faint])
    assert members(found(Subject.of_images(images), "blurred")) == members(found(subject, "blurred"))


def test_a_blank_picture_is_left_to_the_check_for_blank_ones(clean_photos: list[Photo]) -> None:
    plain = Photo.of("apples/plain.jpg", Image.new("RGB", (200, 200), "white"))
    subject = subject_of([*clean_photos, plain])
    assert "apples/plain.jpg" not in names(subject, members(found(subject, "blurred")))


def test_where_all_pictures_are_soft_none_is_at_fault(clean_photos: list[Photo]) -> None:
    soft = [Photo.of(photo.name, photo.image.filter(ImageFilter.GaussianBlur(6))) for photo in clean_photos]
    assert len(members(found(subject_of(soft), "blurred"))) <= 1
