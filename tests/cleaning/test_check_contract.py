"""What every check promises; a new file in cleaning/ is covered without another line here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from planted import every_check, found, members, relabelled

from aelab.cleaning import checks
from aelab.cleaning.subject import Subject
from aelab.errors import LabError

every = pytest.mark.parametrize("name", every_check())


def test_the_issue_s_nine_faults_are_looked_for_worst_first() -> None:
    assert every_check() == [
        "unreadable",
        "two_labels",
        "blank",
        "repeats",
        "near_duplicates",
        "too_small",
        "outliers",
        "aspect",
        "blurred",
    ]


@every
def test_a_student_is_told_the_rule_and_each_setting(name: str) -> None:
    spec = checks[name]
    assert spec.definition.endswith(".") and len(spec.definition) > 40
    for setting in spec.config.names():
        knob = spec.config.knob(setting)
        assert knob.label and knob.help.endswith(".")
        assert knob.low is not None and knob.high is not None
        for bound in (knob.low, knob.high):
            spec.config.parse({setting: bound})
        with pytest.raises(LabError, match=setting):
            spec.config.parse({setting: knob.high + 1})


@every
def test_a_picture_is_in_one_group_of_a_check_and_what_is_kept_is_of_the_group(name: str, fruit: Subject) -> None:
    finding = found(fruit, name)
    assert len(members(finding)) == len(set(members(finding)))
    for group in finding.groups:
        assert set(group.keep) <= set(group.members)
        assert group.members and np.isfinite(group.value)
        assert all(type(index) is int for index in group.members)
    assert len({key for key, _ in finding.keyed()}) == len(finding.groups)


@every
def test_the_evidence_survives_the_way_to_the_page(name: str, fruit: Subject) -> None:
    for group in found(fruit, name).groups:
        assert str(LabError.from_json(group.evidence.to_json())) == str(group.evidence)


@every
def test_the_same_is_found_twice(name: str, fruit: Subject) -> None:
    anew = replace(fruit)
    assert [g.members for g in found(anew, name).groups] == [g.members for g in found(fruit, name).groups]


@every
def test_a_copy_of_everything_only_a_class_name_apart_changes_no_order(name: str, fruit: Subject) -> None:
    renamed = replace(fruit, class_names=("<b>a</b>", "{b}"))
    assert [g.members for g in found(renamed, name).groups] == [g.members for g in found(fruit, name).groups]


@every
@pytest.mark.parametrize("shape", [(12, 12, 1), (12, 40, 3), (40, 12, 1)])
@pytest.mark.parametrize("count", [1, 3, 12])
def test_few_pictures_of_any_shape_are_no_trouble(name: str, shape: tuple[int, ...], count: int) -> None:
    images = np.random.default_rng(0).integers(0, 256, (count, *shape), np.uint8)
    assert members(found(Subject.of_images(images), name)) == []
    labels = np.arange(count) % 2
    assert members(found(Subject.of_images(images, labels, ("a", "b")), name)) == []


@every
def test_images_without_labels_are_checked_too(name: str, fruit: Subject) -> None:
    finding = found(relabelled(fruit, np.full(len(fruit), -1)), name)
    assert all("apples" not in str(group.evidence) for group in finding.groups)


@every
def test_a_clean_set_of_digits_shows_a_calm_page(name: str, digits: Subject) -> None:
    assert len(found(digits, name).groups) <= (5 if name == "outliers" else 0)


@every
def test_a_clean_set_of_handwriting_shows_a_calm_page(name: str, mnist: Subject) -> None:
    # For the eye to judge, and rightly so: MNIST's test set is known for a handful of wrong labels.
    most = {"outliers": 60, "blurred": 0}.get(name, 0)
    assert len(found(mnist, name).groups) <= most


@every
def test_clothes_that_resemble_each_other_show_a_calm_page(name: str, clothes: Subject) -> None:
    # 27 of 900: shirts, T-shirts and coats are alike in 28 pixels.
    assert len(found(clothes, name).groups) <= (27 if name == "outliers" else 0)


@every
def test_a_mapped_file_gives_what_an_array_gives(name: str, digits: Subject, tmp_path) -> None:
    np.save(tmp_path / "images.npy", digits.images)
    mapped = replace(digits, images=np.load(tmp_path / "images.npy", mmap_mode="r"))
    assert members(found(mapped, name)) == members(found(digits, name))
