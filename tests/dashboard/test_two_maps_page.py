"""Latent, beside another run: two maps with one selection, and how far two codes find the same images alike."""

from __future__ import annotations

import numpy as np
import pytest
from labs import TrainedLab
from seen import errors, figures, picture_of, pictures, press, title, words
from streamlit.testing.v1 import AppTest
from test_latent import numbers, points

from aelab import inference, runs
from aelab.datasets import store
from aelab.datasets.importing import import_path
from aelab.pixels import to_unit
from aelab.runs import Run
from aelab.studies import agreement, latent_map


@pytest.fixture
def visit(visit_plain):
    return visit_plain


@pytest.fixture
def pair(lab: TrainedLab) -> tuple[Run, Run]:
    return runs.find(lab.runs["conv_ae"]), runs.find(lab.runs["vae"])


def opened(visit, pair: tuple[Run, Run]) -> AppTest:
    page: AppTest = visit("latent", run=pair[0].id, view="two", beside=pair[1].id)
    return page


def codes(run: Run) -> latent_map.LatentMap:
    return latent_map.run(inference.load(run), run.images(), latent_map.Config(limit=2000))


def select(page: AppTest, side: str, ids: list[int]) -> AppTest:
    """Select points as a lasso does."""
    chosen = [{"customdata": each} for each in ids]
    page.session_state[f"two.{side}.0"] = {"selection": {"points": chosen, "point_indices": [], "box": [], "lasso": []}}
    return page.run()


def marked(figure: dict) -> list[int]:
    """Return the images that stand out on a map."""
    trace = points(figure)
    ids = numbers(trace["customdata"])
    return [int(ids[place]) for place in trace.get("selectedpoints", [])]


def test_the_answer_is_that_of_the_study_beside_chance(pair: tuple[Run, Run], visit) -> None:
    page = opened(visit, pair)
    one, other = map(codes, pair)
    found = agreement.agreement(one.codes, other.codes)
    said = words(page)
    assert errors(page) == []
    assert f"**{100 * found.overlap.mean:.1f}%** are among those in the other too" in said
    assert (
        f"N = 359 test images (95% interval {100 * found.overlap.low:.1f}% to {100 * found.overlap.high:.1f}%)" in said
    )
    assert f"drawn by lot would share {100 * found.chance:.1f}%" in said
    assert one.quality is not None
    assert one.quality.purity_codes is not None
    assert f"**{100 * one.quality.purity_codes:.1f}%** are of the image's class in {pair[0].id}" in said
    table = page.dataframe[0].value
    assert table["run"].tolist() == [run.id for run in pair]
    assert table["n"].tolist() == [359, 359]
    assert table["trust"].iloc[0] == one.quality.trustworthiness


def test_both_maps_show_the_same_images(pair: tuple[Run, Run], visit) -> None:
    left, right = figures(opened(visit, pair))
    assert numbers(points(left)["customdata"]) == numbers(points(right)["customdata"])
    assert title(left) == "PCA, N = 359 test images"
    assert title(right) == "Codes, N = 359 test images"  # of two numbers, as they are
    np.testing.assert_allclose(numbers(points(right)["x"]), codes(pair[1]).codes[:, 0], rtol=1e-5)


@pytest.mark.parametrize("side", ["left", "right"])
def test_what_is_selected_on_one_map_stands_out_on_both(pair: tuple[Run, Run], visit, side: str) -> None:
    page = opened(visit, pair)
    data = store.open_dataset("digits")
    ids = [int(each) for each in data.indices("test")[[3, 50, 51]]]
    select(page, side, ids)
    assert [marked(each) for each in figures(page)] == [ids, ids]
    said = words(page)
    assert "Images selected: 3" in said
    assert f"By code of {pair[0].id}, Euclidean distances" in said
    found = agreement.agreement(*(codes(run).codes for run in pair))
    share = 100 * float(found.shared[[3, 50, 51]].mean())
    assert f"the two codes share {share:.1f}% (N = 3 of them on the maps)" in said
    images = to_unit(data.take(np.array(ids)))
    others = inference.load(pair[1]).reconstruct(images)
    assert picture_of(others, 3) in pictures(page)
    press(page, "Select nothing")
    assert [marked(each) for each in figures(page)] == [[], []]


def test_runs_of_other_images_are_not_offered(lab: TrainedLab, pair: tuple[Run, Run], visit, tmp_path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (40, 28, 28), dtype=np.uint8)
    np.savez(tmp_path / "other.npz", images=images, labels=np.zeros(40, int))
    lab.say_trained_on("vae", import_path(tmp_path / "other.npz", "other"))
    page = opened(visit, pair)
    assert pair[1].id not in page.selectbox(key="beside").options
    assert f"Run {pair[1].id} has other images or no codes, and cannot stand beside this one." in words(page)
    assert len(figures(page)) == 2


def test_the_only_run_of_a_dataset_is_told_to_get_company(lab: TrainedLab, unlabelled, visit) -> None:
    page = visit("latent", run=lab.runs["vae"], view="two")
    assert "There is no other run with codes of the images of loose." in words(page)
    assert errors(page) == []


def test_images_without_classes_are_compared_all_the_same(lab: TrainedLab, unlabelled, visit) -> None:
    lab.say_trained_on("conv_ae", unlabelled)
    page = visit("latent", run=lab.runs["vae"], view="two")
    said = words(page)
    assert "are among those in the other too" in said
    assert "by chance," not in said
    assert errors(page) == []


def test_a_run_beside_that_is_deleted_meanwhile_is_said_to_be_gone(pair: tuple[Run, Run], visit) -> None:
    page = opened(visit, pair)
    runs.delete(pair[1].id)
    assert f"There is no run called {pair[1].id} any more." in words(page.run())
    assert errors(page) == []
    assert len(figures(page)) == 2
