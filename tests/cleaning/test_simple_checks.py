"""Too small, odd proportions, blank, unreadable: faults of single files that a figure can tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from planted import Photo, found, members, names, subject_of

from aelab.cleaning.subject import Subject
from aelab.errors import LabError


def test_every_small_file_is_named_the_smallest_first(photos: list[Photo], fruit: Subject) -> None:
    shorter = {photo.name: min(photo.image.size) for photo in photos}
    expected = {name for name, side in shorter.items() if side < 32}
    listed = names(fruit, members(found(fruit, "too_small")))
    assert set(listed) == expected and len(expected) == 81
    sides = [shorter[name] for name in listed]
    assert sides == sorted(sides)


def test_the_least_side_can_be_set(photos: list[Photo], fruit: Subject) -> None:
    listed = names(fruit, members(found(fruit, "too_small", least=16)))
    assert set(listed) == {photo.name for photo in photos if min(photo.image.size) < 16}


def test_being_small_is_no_fault_where_all_are(digits: Subject) -> None:
    sizes = np.full((len(digits), 2), 28, np.int32)
    assert members(found(replace(digits, sizes=sizes), "too_small")) == []
    sizes[7] = 8, 28
    assert members(found(replace(digits, sizes=sizes), "too_small")) == [7]


def test_the_size_is_that_of_the_file_and_not_of_the_prepared_image(fruit: Subject) -> None:
    group = found(fruit, "too_small").groups[0]
    assert "16 × 10" in str(group.evidence) and fruit.images.shape[1:3] == (128, 128)


def test_banners_are_found_the_longest_first(photos: list[Photo], fruit: Subject) -> None:
    ratio = {photo.name: max(photo.image.size) / min(photo.image.size) for photo in photos}
    listed = names(fruit, members(found(fruit, "aspect")))
    assert set(listed) == {name for name, value in ratio.items() if value > 2.5}
    assert [ratio[name] for name in listed] == sorted((ratio[name] for name in listed), reverse=True)


@pytest.mark.parametrize(("height", "width", "odd"), [(100, 250, False), (100, 251, True), (251, 100, True)])
def test_exactly_one_to_two_and_a_half_is_allowed_both_ways(height: int, width: int, odd: bool) -> None:
    subject = Subject.of_images(np.zeros((3, 12, 12, 1), np.uint8))
    sizes = np.array([(100, 100), (height, width), (120, 100)], np.int32)
    assert members(found(replace(subject, sizes=sizes), "aspect")) == ([1] if odd else [])


def test_in_a_set_of_panoramas_the_square_is_odd() -> None:
    sizes = np.array([(100, 400)] * 8 + [(100, 100)], np.int32)
    subject = replace(Subject.of_images(np.zeros((9, 12, 12, 1), np.uint8)), sizes=sizes)
    assert members(found(subject, "aspect")) == [8]


def test_the_two_blank_photos_are_found(fruit: Subject) -> None:
    assert names(fruit, members(found(fruit, "blank"))) == ["bananas/image_1.jpg", "bananas/image_2.jpg"]


@pytest.mark.parametrize("colour", [(255, 255, 255), (0, 0, 0), (200, 30, 30)])
@pytest.mark.parametrize("quality", [20, 90])
def test_a_picture_of_one_colour_is_blank(clean_photos: list[Photo], colour: tuple[int, ...], quality: int) -> None:
    image = clean_photos[0].image
    image.paste(colour, (0, 0, *image.size))
    subject = subject_of([*clean_photos, Photo.of("apples/plain.jpg", image, quality)])
    assert names(subject, members(found(subject, "blank"))) == ["apples/plain.jpg"]


def test_sensor_noise_on_a_wall_is_blank_and_a_speck_on_white_too(digits: Subject) -> None:
    images = digits.images[:50].copy()
    noise = np.random.default_rng(0).normal(120, 3, images[0].shape)
    images[3] = noise.round()
    images[4], images[4, 10, 10:13] = 255, 0
    assert members(found(Subject.of_images(images), "blank")) == [3, 4]


def test_red_beside_green_of_the_same_brightness_is_not_blank() -> None:
    images = np.zeros((2, 16, 16, 3), np.uint8)
    images[0, :, :8], images[0, :, 8:] = (150, 0, 0), (0, 76, 0)
    assert members(found(Subject.of_images(images), "blank")) == [1]


def test_a_faint_drawing_is_not_blank_once_the_settings_say_so() -> None:
    images = np.full((1, 16, 16, 1), 250, np.uint8)
    images[0, 4:12, 4:12] = 244
    subject = Subject.of_images(images)
    assert members(found(subject, "blank")) == [0]
    assert members(found(subject, "blank", deviation=2.0)) == []


def test_a_file_that_could_not_be_read_is_said_though_there_is_no_picture(fruit: Subject) -> None:
    sentence = LabError("{file} is left out: it is damaged ({reason}).", file="half.jpg", reason="truncated")
    finding = found(replace(fruit, unreadable=(sentence, sentence)), "unreadable")
    assert [str(group.evidence) for group in finding.groups] == [str(sentence)] * 2
    assert finding.pictures == 0 and members(finding) == []
    assert [finding.key(group) for group in finding.groups] == ["unreadable:0", "unreadable:1"]
