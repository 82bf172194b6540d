"""Pictures unlike their class."""

from __future__ import annotations

import numpy as np
import pytest
from planted import found, members, relabelled

from aelab.cleaning.subject import Subject


def with_changed_labels(subject: Subject, count: int) -> tuple[Subject, set[int]]:
    rng = np.random.default_rng(1)
    labels = subject.labels.copy()
    changed = rng.choice(len(labels), count, replace=False)
    labels[changed] = (labels[changed] + rng.integers(1, 10, count)) % 10
    return relabelled(subject, labels), set(changed.tolist())


@pytest.mark.parametrize(("name", "count", "share"), [("digits", 20, 0.8), ("mnist", 100, 0.7)])
def test_mislabelled_digits_come_first(name: str, count: int, share: float, request: pytest.FixtureRequest) -> None:
    subject, changed = with_changed_labels(request.getfixturevalue(name), count)
    listed = members(found(subject, "outliers"))
    assert len(changed & set(listed[: count // 2])) >= 0.9 * (count // 2)
    assert len(changed & set(listed)) >= share * count


def test_the_evidence_names_the_class_it_looks_like(digits: Subject) -> None:
    subject, changed = with_changed_labels(digits, 20)
    groups = [group for group in found(subject, "outliers").groups if group.members[0] in changed]
    right = [f"from {digits.class_of(g.members[0])}." in str(g.evidence) for g in groups]
    assert np.mean(right) >= 0.8


def test_something_else_is_found_without_labels_too(digits: Subject) -> None:
    images = digits.images.copy()
    images[[5, 500]] = 255 - images[[5, 500]]
    assert {5, 500} <= set(members(found(Subject.of_images(images), "outliers"))[:4])


def test_nothing_is_proposed(digits: Subject) -> None:
    subject, _ = with_changed_labels(digits, 20)
    finding = found(subject, "outliers")
    assert finding.proposed == 0 and all(group.keep == group.members for group in finding.groups)
    assert not finding.check.automatic


def test_there_are_never_more_to_look_at_than_are_asked_for(digits: Subject) -> None:
    subject, _ = with_changed_labels(digits, 60)
    every = members(found(subject, "outliers"))
    assert members(found(subject, "outliers", most=10)) == every[:10]


def test_a_class_of_one_picture_has_nothing_it_could_be_unlike(digits: Subject) -> None:
    labels = digits.labels.copy()
    labels[labels == 3] = 4
    labels[0] = 3
    assert 0 not in members(found(relabelled(digits, labels), "outliers"))


def test_copies_do_not_make_outliers_of_all_the_others(digits: Subject) -> None:
    images = digits.images.copy()
    images[:1200] = images[0]
    listed = members(found(Subject.of_images(images), "outliers"))
    assert len(listed) <= 5
