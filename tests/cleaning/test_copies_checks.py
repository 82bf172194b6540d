"""Exact repeats, near-duplicates, and one picture under two labels."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter
from planted import Photo, found, members, names, relabelled, subject_of

from aelab.cleaning.subject import Subject

VERSIONS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "half the size": lambda image: image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS),
    "grey": lambda image: image.convert("L"),
    "less contrast": lambda image: ImageEnhance.Contrast(image).enhance(0.7),
    "blurred a little": lambda image: image.filter(ImageFilter.GaussianBlur(1)),
    "as it is": lambda image: image,
}


def test_every_byte_identical_group_is_named(photos: list[Photo], fruit: Subject) -> None:
    by_content = defaultdict(set)
    for photo in photos:
        by_content[hashlib.sha256(photo.data).hexdigest()].add(photo.name)
    expected = {frozenset(group) for group in by_content.values() if len(group) > 1}
    assert {frozenset(names(fruit, group.members)) for group in found(fruit, "repeats").groups} == expected
    assert len(expected) == 5


def test_of_repeats_the_first_by_name_is_kept_as_people_count(clean_photos: list[Photo]) -> None:
    copies = [Photo(f"apples/copy_{number}.jpg", clean_photos[0].data) for number in (10, 9, 2)]
    subject = subject_of([*clean_photos[1:], *copies])
    (group,) = found(subject, "repeats").groups
    assert names(subject, group.members) == ["apples/copy_2.jpg", "apples/copy_9.jpg", "apples/copy_10.jpg"]
    assert names(subject, group.keep) == ["apples/copy_2.jpg"]


def test_repeats_under_two_labels_keep_one_of_each_and_are_named_a_contradiction(fruit: Subject) -> None:
    pair = ["apples/image_387.jpg", "bananas/image_643.jpg"]
    repeat = next(g for g in found(fruit, "repeats").groups if names(fruit, g.members) == pair)
    assert names(fruit, repeat.keep) == pair
    (group,) = found(fruit, "two_labels").groups
    assert names(fruit, group.members) == pair and group.keep == ()
    assert "apples + bananas" in str(group.evidence)


@pytest.mark.parametrize("version", VERSIONS)
def test_another_version_of_a_photo_is_found_and_the_largest_file_kept(clean_photos: list[Photo], version: str) -> None:
    planted = [
        Photo.of(photo.name.replace("/", "/again_"), VERSIONS[version](photo.image), 70) for photo in clean_photos[:12]
    ]
    subject = subject_of([*clean_photos, *planted])
    groups = found(subject, "near_duplicates").groups
    pairs = {frozenset(names(subject, group.members)) for group in groups}
    expected = [{p.name, q.name} for p, q in zip(clean_photos[:12], planted, strict=True)]
    assert sum(pair in pairs for pair in map(frozenset, expected)) >= 11
    assert pairs <= set(map(frozenset, expected))
    if version == "half the size":
        assert {name for group in groups for name in names(subject, group.keep)} <= {p.name for p in clean_photos}


def test_different_photos_are_no_near_duplicates(clean_photos: list[Photo]) -> None:
    subject = subject_of(clean_photos)
    for distance in (0, 4, 16):
        assert found(subject, "near_duplicates", distance=distance).groups == ()


def test_exact_repeats_alone_are_no_near_duplicates_but_belong_to_one(clean_photos: list[Photo]) -> None:
    photo = clean_photos[0]
    twice = [*clean_photos, Photo("apples/twice.jpg", photo.data)]
    assert found(subject_of(twice), "near_duplicates").groups == ()
    smaller = Photo.of("apples/small.jpg", VERSIONS["half the size"](photo.image))
    subject = subject_of([*twice, smaller])
    (group,) = found(subject, "near_duplicates").groups
    assert set(names(subject, group.members)) == {photo.name, "apples/twice.jpg", "apples/small.jpg"}


def test_ones_of_many_hands_are_told_apart_though_their_hashes_are_equal(mnist: Subject) -> None:
    apart = np.unique(mnist.hashes)
    assert len(apart) < len(mnist)
    for check in ("near_duplicates", "two_labels"):
        for distance in (0, 4, 8):
            assert found(mnist, check, distance=distance).groups == ()


def test_a_digit_saved_again_is_found_among_its_like(mnist: Subject) -> None:
    images, labels = mnist.images[:2000], mnist.labels[:2000]
    again = np.clip(images[:20].astype(np.int16) + np.random.default_rng(0).integers(-3, 4, images[:20].shape), 0, 255)
    subject = Subject.of_images(
        np.concatenate([images, again.astype(np.uint8)]), np.concatenate([labels, labels[:20]]), mnist.class_names
    )
    pairs = [group.members for group in found(subject, "near_duplicates").groups]
    assert sum(tuple(sorted(pair)) == (pair[0], pair[0] + 2000) for pair in pairs) >= 18
    assert all(len(pair) == 2 and max(pair) >= 2000 for pair in pairs)


def test_a_smaller_copy_in_another_class_is_a_contradiction(clean_photos: list[Photo]) -> None:
    apple = next(photo for photo in clean_photos if photo.label == "apples")
    smaller = Photo.of("bananas/really.jpg", VERSIONS["half the size"](apple.image))
    subject = subject_of([*clean_photos, smaller])
    (group,) = found(subject, "two_labels").groups
    assert set(names(subject, group.members)) == {apple.name, "bananas/really.jpg"}
    assert found(subject, "two_labels", distance=-1).groups == ()
    (near,) = found(subject, "near_duplicates").groups
    assert set(near.keep) == set(near.members)


def test_a_copy_without_a_label_contradicts_nothing(clean_photos: list[Photo]) -> None:
    subject = subject_of([*clean_photos, Photo("apples/twice.jpg", clean_photos[0].data)])
    labels = subject.labels.copy()
    labels[0] = -1
    subject = relabelled(subject, labels)
    assert found(subject, "two_labels").groups == ()
    (group,) = found(subject, "repeats").groups
    assert len(group.keep) == 1


def test_blank_pictures_of_two_colours_are_not_one_picture(clean_photos: list[Photo]) -> None:
    plain = [Photo.of(f"apples/{colour}.jpg", Image.new("RGB", (120, 120), colour)) for colour in ("red", "navy")]
    assert found(subject_of([*clean_photos, *plain]), "near_duplicates").groups == ()


def test_hashes_are_found_once_for_both_checks_that_need_them(clean_photos: list[Photo]) -> None:
    subject = subject_of(clean_photos)
    asked = []

    def find_hashes() -> np.ndarray:
        asked.append(True)
        return subject.hashes

    counting = replace(subject, find_hashes=find_hashes)
    found(counting, "blank")
    assert asked == []
    for check in ("near_duplicates", "two_labels"):
        assert members(found(counting, check)) == []
    assert asked == [True]
