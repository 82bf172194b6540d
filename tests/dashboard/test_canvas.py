"""What Python gives the map in the browser, and what it takes from it: files once, and nothing on trust."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from labs import TrainedLab
from seen import errors
from streamlit.testing.v1 import AppTest

from aelab import inference, runs
from aelab.datasets.store import Dataset
from aelab.studies import latent_map
from aelab.studies.latent_map import Config
from aelab.studies.spreading import spread_order

sys.path.insert(0, str(Path(__file__).parents[2] / "dashboard"))
from ui.latent.canvas import decoding, thumbnails
from ui.latent.canvas.asked import asked, place_of, row_of

POINTS = np.array([[0, 0], [1, 0], [0, 1], [5, 5]], np.float32)
FLAT: dict[str, Any] = {"right": [1, 0, 0], "up": [0, 1, 0]}
SQUARE = [[-0.5, -0.5], [1.5, -0.5], [1.5, 1.5], [-0.5, 1.5]]


def test_a_polygon_selects_the_points_inside() -> None:
    found = asked({"polygon": SQUARE, **FLAT}, POINTS)
    assert found is not None
    assert (found.rows.tolist(), found.add) == ([0, 1, 2], False)


def test_hidden_classes_are_not_selected() -> None:
    found = asked({"polygon": SQUARE, **FLAT, "hidden": [7], "add": True}, POINTS, np.array([7, 1, 7, 1]))
    assert found is not None
    assert (found.rows.tolist(), found.add) == ([1], True)


def test_in_space_the_polygon_lies_in_the_plane_that_is_seen() -> None:
    space = np.array([[0, 0, 9], [0, 9, 0]], np.float32)
    from_above = asked({"polygon": SQUARE, **FLAT}, space)
    from_the_side = asked({"polygon": SQUARE, "right": [1, 0, 0], "up": [0, 0, 1]}, space)
    assert from_above is not None
    assert from_the_side is not None
    assert (from_above.rows.tolist(), from_the_side.rows.tolist()) == ([0], [1])


def test_a_point_and_nothing_can_be_asked_for() -> None:
    found, none = asked({"point": 3, "add": True}, POINTS), asked({"clear": True}, POINTS)
    assert found is not None
    assert none is not None
    assert (found.rows.tolist(), found.add) == ([3], True)
    assert none.rows.tolist() == []


@pytest.mark.parametrize(
    "value",
    [
        None,
        "clear",
        [],
        {},
        {"point": 4},
        {"point": -1},
        {"point": True},
        {"point": 1.0},
        {"point": "1"},
        {"polygon": SQUARE},
        {"polygon": "all", **FLAT},
        {"polygon": [[0, 0], [1, 1]], **FLAT},
        {"polygon": [[0, 0], [1, 1], [1]], **FLAT},
        {"polygon": [[0, 0], [1, 1], [1, float("nan")]], **FLAT},
        {"polygon": [[0, 0], [1, 1], [1, float("inf")]], **FLAT},
        {"polygon": [[0, 0], [1, 1], [1, 1e300]], **FLAT},
        {"polygon": [[0, 0], [1, 1], [1, 10**400]], **FLAT},
        {"polygon": [[0, 0], [1, 1], [1, "0"]], **FLAT},
        {"polygon": [[0, 0], [1, 1], [1, None]], **FLAT},
        {"polygon": [[0.0, 0.0]] * 20_001, **FLAT},
        {"polygon": SQUARE, "right": [1, 0], "up": [0, 1, 0]},
        {"polygon": SQUARE, "right": [1, 0, 0], "up": "north"},
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_makes_no_sense_selects_nothing_and_breaks_nothing(value: object) -> None:
    assert asked(value, POINTS) is None


def test_hidden_classes_that_are_none_are_passed_over() -> None:
    found = asked(
        {"polygon": SQUARE, **FLAT, "hidden": ["0", None, True, {}, -1, 10**400]}, POINTS, np.array([1, 1, 0, 0])
    )
    assert found is not None
    assert found.rows.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    "value", [None, [], [1], [1, 2, 3], ["1", 2], [float("nan"), 0], "here", [True, 1], [0, -(10**400)]]
)
def test_a_place_is_as_many_numbers_as_the_map_has_axes(value: object) -> None:
    assert place_of(value, 2) is None


def test_a_row_is_a_number_of_a_point() -> None:
    assert [row_of(value, 5) for value in (0, 4, 5, -1, True, 2.0, "3")] == [0, 4, None, None, None, None, None]


# What the page is given


def told(page: AppTest) -> dict[str, Any]:
    """Return what the one map on a page is told."""
    (element,) = page.get("bidi_component")
    data: dict[str, Any] = json.loads(element.proto.json)
    return data


def test_the_page_gets_addresses_of_files_and_not_the_numbers(lab: TrainedLab, visit) -> None:
    page = visit("latent", run=lab.runs["conv_ae"])
    data = told(page)
    assert len(json.dumps(data)) < 8000
    assert data["title"] == "PCA of the codes of N = 359 test images"
    assert (data["points"]["count"], data["points"]["dimensions"]) == (359, 2)
    assert data["colours"]["names"] == [*"0123456789", "unlabelled"]
    assert data["chosen"] is None
    assert data["decoder"]["page"]["length"] == len(data["decoder"]["origin"]) == 8
    assert data["decoder"]["apart"] > 0
    assert not errors(page)


def test_two_visitors_of_the_same_map_get_the_same_files(lab: TrainedLab, visit) -> None:
    first, second = (told(visit("latent", run=lab.runs["conv_ae"])) for _ in range(2))
    assert first == second
    other = told(visit("latent", run=lab.runs["pca"]))
    assert other["points"]["places"] != first["points"]["places"]
    assert other["points"]["ids"] == first["points"]["ids"]


def test_images_without_classes_have_one_colour_and_a_name_for_that(
    lab: TrainedLab, unlabelled: Dataset, visit
) -> None:
    colours = told(visit("latent", run=lab.runs["vae"]))["colours"]
    assert [colours["names"][code] for code in colours["present"]] == ["unlabelled"]


def test_a_conditional_decoder_is_told_the_class_that_is_chosen(cvae_lab: TrainedLab, visit) -> None:
    run = cvae_lab.runs["cvae"]
    page = visit("latent", run=run)
    page.selectbox(key=f"told.class.{run}").set_value(7).run()
    decoder = told(page)["decoder"]
    assert (decoder["page"]["classes"], decoder["page"]["label"]) == (10, 7)
    assert decoder["told"] == "The decoder is told the class: 7."


def test_a_decoder_too_big_for_a_page_stays_on_the_server_which_sends_a_grid(
    lab: TrainedLab, visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "_MOST_NETWORK", 1000)
    decoder = told(visit("latent", run=lab.runs["conv_ae"]))["decoder"]
    assert decoder["page"] is None
    assert decoder["tiles"]["steps"] == 20
    assert decoder["answer"] is None  # until the crosshair rests


def test_images_can_take_the_place_of_points(lab: TrainedLab, visit) -> None:
    page = visit("latent", run=lab.runs["conv_ae"])
    assert told(page)["thumbnails"] is None
    page.toggle(key="latent.thumbnails").set_value(True).run()
    found = told(page)["thumbnails"]
    assert sorted(found["rows"]) == list(range(359))
    assert (found["width"], found["height"]) == (28, 28)


def test_the_same_images_of_another_run_are_spread_over_its_own_map(
    lab: TrainedLab, visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnails, "_MOST", 40)
    for run in (lab.runs["conv_ae"], lab.runs["pca"]):
        page = visit("latent", run=run)
        page.toggle(key="latent.thumbnails").set_value(True).run()
        opened = runs.find(run)
        found = latent_map.of_run(opened, inference.load(opened), opened.images(), Config())
        assert told(page)["thumbnails"]["rows"] == spread_order(found.coordinates, 40).tolist()
