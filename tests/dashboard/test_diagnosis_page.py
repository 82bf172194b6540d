"""What a run suffers from: said on the Train page with its evidence, and cured by one click."""

from __future__ import annotations

import json

from labs import TrainedLab
from seen import buttons, press, words

from aelab import runs
from aelab.diagnosis import Finding, rules
from aelab.runs import RunWriter

FINDING = Finding(
    "blur",
    "The reconstructions are blurred: their edges have {share}% of the strength of the images', over {count} test "
    "images.",
    {"share": "41", "count": 359},
    {"latent_dim": 16},
)


def suffering(lab: TrainedLab, *findings: Finding) -> str:
    """Let the convolutional run of the lab suffer from these, and return its id."""
    run = runs.find(lab.runs["conv_ae"])
    RunWriter(run).diagnosis([finding.to_json() for finding in findings])
    return run.id


def test_a_finding_is_said_with_its_evidence_and_its_meaning(lab: TrainedLab, visit) -> None:
    page = visit("train", follow=suffering(lab, FINDING))
    assert "**Blur**" in words(page)
    assert "their edges have 41% of the strength of the images', over 359 test images" in words(page)
    assert "Train with Latent dimension 16" in buttons(page)


def test_one_click_trains_again_with_the_change_and_leaves_the_run_alone(lab: TrainedLab, visit, nobody) -> None:
    ill = suffering(lab, FINDING)
    before = {row.id for row in runs.listed()}
    press(visit("train", follow=ill), "Train with Latent dimension 16")
    (cured,) = (row.run for row in runs.listed() if row.id not in before)
    assert cured is not None
    assert cured.settings == dict(runs.find(ill).settings) | {"latent_dim": 16}
    assert runs.status(runs.find(ill)).state == "done"


def test_a_run_that_is_well_is_said_to_be(lab: TrainedLab, visit) -> None:
    assert f"None of the {len(rules.names())} rules found anything" in words(visit("train", follow=suffering(lab)))


def test_a_run_of_older_days_can_be_looked_at(lab: TrainedLab, visit, nobody) -> None:
    ill = suffering(lab)
    (runs.find(ill).folder / "diagnosis.json").unlink()
    page = visit("train", follow=ill)
    assert "Look for what is wrong with it" in buttons(page)
    press(page, "Look for what is wrong with it")
    assert not page.exception


def test_a_damaged_diagnosis_is_said_and_the_page_stays(lab: TrainedLab, visit) -> None:
    ill = suffering(lab)
    (runs.find(ill).folder / "diagnosis.json").write_text(json.dumps({"rule": 1}))
    page = visit("train", follow=ill)
    assert "diagnosis.json" in words(page)
