"""What `aelab posterior` and `aelab holes` answer: the numbers of their studies."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from labs import TrainedLab
from shell import Answers, Refusal, aelab, rows

from aelab import inference, runs
from aelab.studies import holes, posterior


def test_what_a_run_has_learned_is_answered_and_written(answer: Answers, lab: TrainedLab, tmp_path: Path) -> None:
    run, out = runs.find(lab.runs["vae"]), tmp_path / "posterior.csv"
    found = answer("posterior", run.id, "--limit", "200", "--csv", out)
    expected = posterior.run(inference.load(run), run.images(), posterior.Config(limit=200))
    assert found.pop("run") == run.id
    assert found == json.loads(json.dumps(expected.to_json()))
    header, *lines = rows(out)
    assert header == list(posterior.table(expected).columns)
    assert [float(line[2]) for line in lines] == pytest.approx(posterior.table(expected)["kl"].tolist())


def test_holes_are_those_of_the_study(answer: Answers, lab: TrainedLab) -> None:
    run = runs.find(lab.runs["vae"])
    found = answer("holes", run.id, "--draws", "300", "--seed", "2")
    expected = holes.run(inference.load(run), run.images(), holes.Config(draws=300, seed=2))
    assert (found["drawn"], found["real"], found["n_codes"]) == (300, len(expected.real), expected.n_codes)
    assert found["share"]["mean"] == expected.share.mean
    assert found["threshold"] == expected.threshold
    assert found["farther"] == expected.farther


def test_people_read_how_many_dimensions_are_used(lab: TrainedLab) -> None:
    done = aelab("posterior", lab.runs["vae"])
    assert done.returncode == 0, done.stderr
    assert " of 2 dimensions are used, over N = 359 test images" in done.stdout.splitlines()[0]
    done = aelab("holes", lab.runs["vae"], "--draws", "100")
    assert done.returncode == 0, done.stderr
    assert "of 100 draws of the standard normal fall in holes" in done.stdout


def test_a_run_without_a_posterior_is_refused(refusal: Refusal, lab: TrainedLab) -> None:
    assert refusal("posterior", lab.runs["conv_ae"]).startswith(f"Run {lab.runs['conv_ae']} has no posterior")


def test_a_number_of_draws_that_is_too_low_is_refused(refusal: Refusal, lab: TrainedLab) -> None:
    assert "draws" in refusal("holes", lab.runs["vae"], "--draws", "3")
