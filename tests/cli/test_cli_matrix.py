"""What `aelab matrix` answers and writes: the numbers of its study."""

from __future__ import annotations

from pathlib import Path

import pytest
from labs import TrainedLab
from shell import Answers, Refusal, aelab, rows

from aelab import runs
from aelab.filters import filters
from aelab.noise import noises
from aelab.studies import matrix
from aelab.studies.crossed import Matrix
from aelab.studies.matrix import Config

QUICK = ("--noises", "gaussian", "masking", "--severities", "2", "5", "--filters", "median_3", "--limit", "25")


def test_a_matrix_is_answered_and_written_with_the_numbers_of_its_study(
    answer: Answers, lab: TrainedLab, tmp_path: Path
) -> None:
    out = tmp_path / "matrix.csv"
    chosen = [runs.find(lab.runs[model]) for model in ("dae", "conv_ae")]
    found = answer("matrix", *(run.id for run in chosen), *QUICK, "--csv", out)
    config = Config(noises="gaussian,masking", severities="2,5", filters="median_3", limit=25)
    expected = matrix.run(chosen, chosen[0].images(), config)
    best = found.pop("best")
    assert found.pop("trained_on") == {chosen[0].id: "gaussian:0.3", chosen[1].id: ""}
    assert Matrix.from_json(found) == expected
    assert best == expected.best_run("psnr")
    header, *lines = rows(out)
    assert header[:8] == ["method", "trained_on", "noise", "severity", "corruption", "psnr", "psnr_low", "psnr_high"]
    assert [float(line[5]) for line in lines] == [entry.means["psnr"].mean for entry in expected.entries]
    assert {line[header.index("n")] for line in lines} == {"25"}


def test_people_read_a_row_for_each_noise(lab: TrainedLab) -> None:
    done = aelab("matrix", lab.runs["dae"], *QUICK)
    assert done.returncode == 0, done.stderr
    head, *lines = done.stdout.splitlines()
    assert head.split()[:4] == ["PSNR", "(dB),", "N", "="]
    assert [line.split()[:2] for line in lines[:4]] == [
        [noise, number] for noise in ("gaussian", "masking") for number in ("2", "5")
    ]
    assert lines[4].split()[0] == "average"
    assert lines[-1] == f"{lab.runs['dae']} was trained on gaussian:0.3"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (("--noises", "rain"), f"There is no noise called 'rain'; choose one of {', '.join(noises.names())}."),
        (("--filters", "magic"), f"There is no filter called 'magic'; choose one of {', '.join(filters.names())}."),
        (("--severities", "1.5"), "A severity is a whole number from 1 (light) to 5 (heavy); '1.5' is none."),
        (
            ("--noises", "gaussian:0.2"),
            "'gaussian:0.2' is a noise with a level. Here noises stand without one: name 'gaussian', and choose "
            "severities from 1 (light) to 5 (heavy).",
        ),
        (
            ("--filters", "all", "none"),
            "The word all stands alone: leave out the other names beside it, or all itself; they are none.",
        ),
        (
            ("--noises", ","),
            "This would be a matrix of nothing: runs 1, noises 0, severities 5. Choose at least one of each.",
        ),
        (("--limit", "few"), "limit must be a whole number between 0 and 100000000; it is 'few'."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_bad_input_is_one_sentence(refusal: Refusal, lab: TrainedLab, asked: tuple[str, ...], sentence: str) -> None:
    assert refusal("matrix", lab.runs["dae"], *asked) == sentence


def test_a_file_that_cannot_be_written_is_refused_before_the_work(
    refusal: Refusal, lab: TrainedLab, tmp_path: Path
) -> None:
    assert "name a file in a folder that exists" in refusal("matrix", lab.runs["dae"], "--csv", tmp_path / "no" / "m")
    assert not (lab.folder / "cells").exists()
