"""The preview of a split: a plan is measured by what pictures are, not by what the plan itself looks for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from photos import put_photos
from PIL import Image

from aelab.datasets.importing import import_path
from aelab.datasets.split import SplitPlan
from aelab.datasets.store import Dataset
from aelab.studies import splitting

_EACH = 15


@pytest.fixture
def doubled(artifacts: Path, tmp_path: Path) -> Dataset:
    """Return a dataset of pictures each of which is there twice, the second time a little brighter."""
    folder = put_photos(tmp_path / "photos", _EACH, (48, 48))
    for path in sorted(folder.rglob("*.png")):
        brighter = np.minimum(np.asarray(Image.open(path)).astype(int) + 3, 255).astype(np.uint8)
        Image.fromarray(brighter).save(path.with_name(f"again-{path.name}"))
    return import_path(folder, "doubled", 32)


def test_a_split_that_looks_for_identical_pictures_only_is_told_which_near_duplicates_it_tears_apart(
    doubled: Dataset,
) -> None:
    found = splitting.preview(doubled, SplitPlan(distance=-1, test=0.4))
    assert found.not_kept_together == len(found.leaks_after) > 3
    assert found.distance == splitting.USUAL_DISTANCE == 6
    for first, second in found.leaks_after.tolist():
        assert doubled.name_of(first).replace("again-", "") == doubled.name_of(second).replace("again-", "")
    assert not len(found.leaks_before)


@pytest.mark.parametrize("distance", [6, 10])
def test_a_split_that_keeps_near_duplicates_together_leaks_none(doubled: Dataset, distance: int) -> None:
    found = splitting.preview(doubled, SplitPlan(distance=distance, test=0.4))
    assert (len(found.leaks_after), found.not_kept_together) == (0, 0)


def test_what_the_source_has_torn_apart_is_not_called_the_plan_s_choice(artifacts: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    train, test = (rng.integers(0, 256, (count, 16, 16), dtype=np.uint8) for count in (30, 10))
    test[:4] = train[:4]
    labels = {"y_train": np.arange(30) % 2, "y_test": np.arange(10) % 2}
    np.savez(tmp_path / "given.npz", x_train=train, x_test=test, **labels)
    given = import_path(tmp_path / "given.npz", "given")
    found = splitting.preview(given, given.recipe.split)
    assert (len(found.leaks_before), len(found.leaks_after), found.not_kept_together) == (4, 4, 0)


def test_of_very_many_images_only_those_are_hashed_that_a_split_asks_for(
    doubled: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(splitting, "_MOST_HASHED", 10)
    assert splitting.preview(doubled, SplitPlan(distance=-1)).distance == -1
    assert splitting.preview(doubled, SplitPlan(distance=3)).distance == 6
