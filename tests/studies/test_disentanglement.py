"""Codes against known factors: the scores of the study are those of its modules, on the images that were asked for."""

from __future__ import annotations

import numpy as np
import pytest
from labs import drawn_shapes

from aelab.datasets.store import Dataset
from aelab.disentanglement import SCORES, dci, mig
from aelab.disentanglement.factors import kinds_of
from aelab.errors import LabError
from aelab.inference import Inference
from aelab.studies import disentanglement
from aelab.studies._codes import codes_of
from aelab.studies.disentanglement import Config, Disentanglement


@pytest.fixture
def asked(opened) -> tuple[Inference, Dataset]:
    """Return the networks of a run on digits, and drawn shapes of the same size."""
    return opened("conv_ae")[0], drawn_shapes()


def test_the_scores_are_those_of_their_modules(asked) -> None:
    networks, data = asked
    found = disentanglement.run(networks, data, Config())
    assert found.n == data.counts["all"]
    assert found.factors == ("shape", "colour", "size", "angle", "x", "y")
    codes = codes_of(networks, data, data.indices())
    kinds = kinds_of(data.factors)
    code = found.of("code")
    assert set(code.scores) == {score.name for score in SCORES}
    assert code.scores["mig"] == mig.mig(codes, kinds)
    assert code.scores["completeness"] == dci.dci(codes, data.factors).completeness
    assert code.information.shape == code.importance.shape == found.of("pca").information.shape == (8, 6)
    assert all(0 <= score <= 1 for each in found.spaces for score in each.scores.values())


def test_principal_components_follow_the_place_of_a_shape(asked) -> None:
    found = disentanglement.run(*asked, Config())
    known = dict(zip(found.factors, found.of("pca").information.max(axis=0), strict=True))
    assert min(known["x"], known["y"]) > known["angle"] + 0.1


def test_a_part_and_a_limit_can_be_asked_for_and_answers_repeat(asked) -> None:
    config = Config(part="train", limit=150, seed=3)
    found = disentanglement.run(*asked, config)
    assert (found.n, found.part, found.seed) == (150, "train", 3)
    assert disentanglement.run(*asked, config).to_json() == found.to_json()
    assert Disentanglement.from_json(found.to_json()).to_json() == found.to_json()


def test_tables_hold_every_score_and_every_cell(asked) -> None:
    found = disentanglement.run(*asked, Config(limit=150))
    table = disentanglement.table(found)
    assert list(table["mig"]) == [each.scores["mig"] for each in found.spaces]
    cells = disentanglement.information(found)
    assert len(cells) == 2 * 8 * 6
    assert cells.iloc[7].to_dict() == {
        "space": "code",
        "dimension": 2,
        "factor": "colour",
        "information": found.of("code").information[1, 1],
        "importance": found.of("code").importance[1, 1],
    }


def test_images_of_which_nobody_knows_the_causes_are_refused(opened) -> None:
    with pytest.raises(LabError, match="Nobody knows what has caused the images of digits"):
        disentanglement.run(*opened("vae"), Config())


def test_few_images_are_refused(asked) -> None:
    with pytest.raises(LabError, match="at least 100 images; there are 30"):
        disentanglement.run(*asked, Config(limit=30))


def test_codes_that_are_all_the_same_are_refused(asked, monkeypatch) -> None:
    monkeypatch.setattr(Inference, "encode", lambda self, images, labels=None: np.zeros((len(images), 2), np.float32))
    with pytest.raises(LabError, match="Every image has the same code"):
        disentanglement.run(*asked, Config())
