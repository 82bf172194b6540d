"""The sentences above a heat map: who wins, over whom, and how sure that is."""

from __future__ import annotations

import dataclasses

from labs import TrainedLab

from aelab import runs
from aelab.filters import filters
from aelab.metrics.estimate import Estimate
from aelab.noise import noises
from aelab.studies import matrix
from aelab.studies.crossed import Lead
from aelab.studies.matrix import Config
from ui.denoise import matrix_answer


def test_a_sentence_names_its_run_and_calls_nothing_no_filter(lab: TrainedLab) -> None:
    run = runs.find(lab.runs["conv_ae"])
    one = matrix.run([run], run.images(), Config(noises="masking", severities="3", filters="median_3", limit=20))
    alone, trained, beside = matrix_answer.sentences(one, "psnr", {run.id: run})
    assert alone.replace("\\", "").startswith(f"**{run.id}**: PSNR **")
    assert trained.replace("\\", "") == f"**{run.id}** was not trained to denoise."
    assert "average" not in alone + beside
    assert "best run" not in alone
    config = Config(noises="masking", severities="1,3", filters="nothing,median_3", limit=20)
    two = matrix.run([run], run.images(), config)
    behind = {name: {"psnr": Lead(name, Estimate(-2.0, -3.0, -1.0, 20))} for name in ("nothing", "median_3")}
    entries = [
        dataclasses.replace(entry, over_filter=behind[name]) for entry, name in zip(two.of(run.id), behind, strict=True)
    ]
    lost = dataclasses.replace(two, entries=(*entries, *two.entries[2:]))
    *_, to_filter, to_nothing = matrix_answer.sentences(lost, "psnr", {run.id: run})
    masking = noises["masking"].label
    for said, other, number, name in (
        (to_filter, "a filter", 3, filters["median_3"].label),
        (to_nothing, "doing nothing", 1, "doing nothing"),
    ):
        assert said.replace("\\", "") == (
            f"**{run.id} loses to {other}** clearly (95% interval) in 1 of 2 columns, most of all: {masking}, severity "
            f"{number}, to {name} by 2.00 dB."
        )
