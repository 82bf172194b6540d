"""Quality by severity: measured once by a worker, drawn with everything that a figure needs."""

from __future__ import annotations

import dataclasses

import pytest
from labs import TrainedLab
from seen import buttons, csv_of, downloads, figures, press, title, words

from aelab import runs
from aelab.jobs import folder, queue
from aelab.studies import severity_curve
from aelab.studies.baselines import RUN
from aelab.studies.severity_curve import Config
from aelab.tasks import severity_curve as task
from ui.denoise.curves import trained_level


def test_the_curves_come_as_soon_as_somebody_asks_and_are_then_kept(lab: TrainedLab, visit, workers) -> None:
    page = visit("denoise", run=lab.runs["dae"], view="curves")
    page = press(page, "Measure every severity")
    (job,) = (each for each in folder.all_jobs() if each.kind == "severity_curve")
    assert queue.wait(job, lambda now: None).state == "done"
    page.run()
    found = task.JOB.result(job)
    (figure,) = figures(page)
    assert title(figure) == "PSNR by severity: Gaussian noise, N = 100 test images"
    assert figure["layout"]["xaxis"]["title"]["text"] == "Standard deviation (1 = from black to white)"
    assert figure["layout"]["yaxis"]["title"]["text"] == "PSNR (dB) ↑"
    lines = {trace["name"]: trace for trace in figure["data"] if "name" in trace}
    assert list(lines) == ["Noisy", "This run", "Median 3 × 3", "Total variation", "Wavelet shrinkage", "Linear ridge"]
    assert lines["This run"]["y"] == pytest.approx([each.mean for each in found.of(RUN).psnr])
    (mark,) = figure["layout"]["shapes"]
    assert mark["x0"] == mark["x1"] == runs.find(lab.runs["dae"]).settings["noise_level"]
    assert csv_of(severity_curve.table(found), f"severities-{lab.runs['dae']}-gaussian.csv") in downloads(page)

    again = visit("denoise", run=lab.runs["dae"], view="curves")
    assert "Measure every severity" not in buttons(again)
    again.button_group(key="curves.measure").set_value("ssim").run()
    assert title(figures(again)[0]).startswith("SSIM (Gaussian window) by severity")
    assert "N = 100 test images" in words(again)


def test_no_training_level_is_marked_where_there_was_none(lab: TrainedLab) -> None:
    dae, pca = (runs.find(lab.runs[name]) for name in ("dae", "pca"))
    assert trained_level(dae, "gaussian") == dae.settings["noise_level"]
    assert trained_level(dae, "jpeg") is None
    assert trained_level(pca, "gaussian") is None
    mixture = {"second_noise": "jpeg", "second_level": 60.0, "combined": "or"}
    both = dataclasses.replace(dae, settings={**dae.settings, **mixture})
    assert (trained_level(both, "gaussian"), trained_level(both, "jpeg")) == (dae.settings["noise_level"], 60)


def test_nothing_is_measured_before_it_is_asked_for(lab: TrainedLab, visit) -> None:
    page = visit("denoise", run=lab.runs["vae"], view="curves")
    assert "Measure every severity" in buttons(page)
    assert folder.find(task.JOB.id(runs.find(lab.runs["vae"]), Config())) is None
