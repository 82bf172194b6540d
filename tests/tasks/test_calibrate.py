"""The calibration: measured by a real worker, once a computer."""

from __future__ import annotations

from pathlib import Path

import pytest

from aelab import runs
from aelab.errors import LabError
from aelab.jobs import folder, queue
from aelab.tasks import calibrate, train
from aelab.training import speeds


def test_a_calibration_tells_both_speeds_and_leaves_no_run(artifacts: Path) -> None:
    calibrate.submit_if_unknown()
    (job,) = folder.all_jobs()
    assert queue.wait(job, lambda now: None).state == "done"
    known = speeds.known()
    assert speeds.is_known()
    assert known.dense != 1.0
    assert known.convolutional != 1.0
    assert runs.listed() == []
    calibrate.submit_if_unknown()
    assert len(folder.all_jobs()) == 1


def test_a_training_that_could_never_fit_is_refused_with_the_numbers(
    artifacts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AELAB_MEMORY", "0.5")
    with pytest.raises(
        LabError, match=r"would take about \d\.\d GB of memory; workers may have 0\.5 GB here\. Neither images nor"
    ):
        train.submit("digits", "deep_ae", {})
    assert runs.listed() == []


def test_what_takes_the_most_memory_is_what_should_be_made_smaller(
    artifacts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AELAB_MEMORY", "0.5")
    with pytest.raises(LabError, match=r"Choose a smaller batch size \(batch_size\)"):
        train.submit("digits", "conv_ae", {"batch_size": 1250, "filters": 128})


def test_a_training_teaches_how_fast_the_computer_is(artifacts: Path) -> None:
    run = train.submit("digits", "shallow_ae", {"epochs": 4, "limit": 100})
    job = folder.find(run.id)
    assert job is not None
    assert job.expected.seconds is not None
    assert job.expected.seconds > 0
    assert job.expected.memory_bytes is not None
    assert queue.wait(job, lambda now: None).state == "done"
    assert speeds.is_known()
