"""Samples on the Reports page: of the prior at once, of a mixture when somebody has asked for it and it is fitted."""

from __future__ import annotations

import numpy as np
import pytest
from labs import Nobody, TrainedLab, until
from seen import errors, picture_of, pictures, press, progress, words

from aelab import inference, runs
from aelab.jobs import folder
from aelab.jobs.folder import OPEN
from aelab.runs import Run
from aelab.studies import generation
from aelab.tasks import mixture

BOTH, MIXTURE_ONLY = "samples.prior.normal.mixture", "samples.prior.mixture"


def drawn_of_mixture(run: Run) -> str:
    job = folder.find(mixture.job_id(run))
    assert job is not None
    found = mixture.result(job).mixture
    return picture_of(generation.draw(inference.load(run), 40, np.random.default_rng(0), mixture=found), 20)


def test_a_run_without_a_prior_draws_from_a_mixture_once_it_is_asked_to(lab: TrainedLab, visit, workers) -> None:
    run = runs.find(lab.runs["conv_ae"])
    page = visit("reports", runs=run.id)
    (choice,) = [each for each in page.button_group if each.key == MIXTURE_ONLY]
    assert choice.value is None
    assert folder.find(mixture.job_id(run)) is None  # nothing is fitted for who only looks at the numbers
    page.button_group(key=MIXTURE_ONLY).set_value("mixture").run()
    job = folder.find(mixture.job_id(run))
    assert job is not None
    assert progress(page)[0].startswith(f"A mixture fitted on the codes of {run.id} · ")
    until(lambda: folder.status(job).state not in OPEN)
    page.run()
    assert drawn_of_mixture(run) in pictures(page)
    fitted = mixture.result(job)
    assert fitted.generation is not None
    said = words(page).replace("**", "")
    assert (
        f"{run.id}: Fréchet distance {fitted.generation.distance:.2f} between 359 samples, their codes drawn from a "
        f"mixture of {fitted.mixture.components} normal distributions, fitted on the codes of "
        f"{fitted.mixture.n_codes} training images, and 359 test images (lower is better"
    ) in said


def test_what_has_a_prior_is_drawn_from_it_at_first_and_the_others_are_named(lab: TrainedLab, visit) -> None:
    page = visit("reports")
    said = words(page)
    assert page.button_group(key=BOTH).value == "normal"
    assert f"{lab.runs['vae']}: Fréchet distance" in said.replace("**", "")
    named = said.split("No prior to draw from; a mixture may be fitted on their codes: ")[1].split("\n")[0]
    assert set(named.split(", ")) == {lab.runs[model] for model in ("pca", "conv_ae", "dae")}


def test_a_run_without_an_encoder_has_no_codes_to_fit_a_mixture_on(gan_lab: TrainedLab, visit, nobody: Nobody) -> None:
    page = visit("reports", runs=",".join([gan_lab.runs["gan"], gan_lab.runs["vae"]]))
    page.button_group(key=BOTH).set_value("mixture").run()
    assert f"No encoder, and so no codes to fit a mixture on: {gan_lab.runs['gan']}" in words(page)
    assert len(progress(page)) == 1  # the other's
    alone = visit("reports", runs=gan_lab.runs["gan"])
    assert alone.button_group(key="samples.prior.normal").options == ["The standard normal prior"]


@pytest.mark.parametrize("state", ["failed", "cancelled", "interrupted"])
def test_a_mixture_that_was_not_fitted_can_be_tried_again(lab: TrainedLab, visit, state: str) -> None:
    run = runs.find(lab.runs["pca"])
    page = visit("reports", runs=run.id)
    page.button_group(key=MIXTURE_ONLY).set_value("mixture").run()
    job = folder.find(mixture.job_id(run))
    assert job is not None
    folder.write_status(job, {"state": state})
    page.run()
    press(page, "Try again")
    assert folder.status(job).state == "queued"
    assert errors(page) == []
