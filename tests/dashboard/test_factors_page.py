"""Codes against known factors on the Latent page: only where they are known, with the numbers of the study."""

from __future__ import annotations

import numpy as np
import pytest
from labs import TrainedLab, drawn_shapes, until
from seen import csv_of, downloads, errors, figures, title, words
from streamlit.testing.v1 import AppTest

from aelab import inference, runs
from aelab.disentanglement import SCORES
from aelab.jobs import folder
from aelab.jobs.folder import OPEN
from aelab.studies import disentanglement
from aelab.studies.disentanglement import Config, Disentanglement
from aelab.tasks.disentanglement import JOB
from ui.definitions import heading


@pytest.fixture
def shapes_lab(lab: TrainedLab) -> TrainedLab:
    """Return a lab whose VAE passes for one that was trained on drawn shapes."""
    lab.say_trained_on("vae", drawn_shapes(200))
    return lab


def opened(visit, lab: TrainedLab) -> AppTest:
    page = visit("latent", run=lab.runs["vae"], view="factors")
    until(lambda: all(folder.status(job).state not in OPEN for job in folder.all_jobs()))
    return page.run()


def study(lab: TrainedLab) -> Disentanglement:
    run = runs.find(lab.runs["vae"])
    return disentanglement.run(inference.load(run), run.images(), Config())


def test_the_page_tells_and_draws_what_the_study_has_found(shapes_lab: TrainedLab, visit, workers) -> None:
    page = opened(visit, shapes_lab)
    found = study(shapes_lab)
    code, pca = found.of("code"), found.of("pca")
    said = words(page)
    assert f"MIG {code.scores['mig']:.3f} (PCA {pca.scores['mig']:.3f})" in said
    assert "N = 200 images, seed 0" in said
    (table,) = (frame.value for frame in page.dataframe)
    assert list(table["score"]) == [heading(score) for score in SCORES]
    np.testing.assert_allclose(table["code"], [code.scores[score.name] for score in SCORES])
    np.testing.assert_allclose(table["pca"], [pca.scores[score.name] for score in SCORES])
    assert [title(figure) for figure in figures(page)] == ["Codes, N = 200", "PCA, N = 200"]
    text = [[float(cell) for cell in row] for row in figures(page)[0]["data"][0]["text"]]
    np.testing.assert_allclose(text, code.information, atol=0.006)
    assert downloads(page) == [
        csv_of(disentanglement.table(found), f"factors-{shapes_lab.runs['vae']}.csv"),
        csv_of(disentanglement.information(found), f"factors-by-number-{shapes_lab.runs['vae']}.csv"),
    ]


@pytest.mark.parametrize(
    ("leads", "sentence"),
    [
        ({"mig": 0.1, "disentanglement": 0.1, "completeness": 0.1, "factor_vae": 0.1}, "apart better than PCA"),
        ({"mig": -0.1, "disentanglement": 0, "completeness": -0.1, "factor_vae": 0}, "apart no better than PCA"),
        ({"mig": 0.1, "disentanglement": -0.1, "completeness": 0, "factor_vae": 0}, "hangs on the score"),
    ],
)
def test_the_verdict_follows_the_scores(
    shapes_lab: TrainedLab, visit, workers, monkeypatch, leads: dict[str, float], sentence: str
) -> None:
    found = study(shapes_lab).to_json()
    code, pca = found["spaces"]
    for name, lead in leads.items():
        pca["scores"][name] = 0.5
        code["scores"][name] = 0.5 + lead
    monkeypatch.setattr(type(JOB), "result", lambda self, job: Disentanglement.from_json(found))
    assert sentence in words(opened(visit, shapes_lab))


def test_it_is_offered_only_where_factors_are_known(shapes_lab: TrainedLab, visit) -> None:
    def views(model: str) -> list[str]:
        page = visit("latent", run=shapes_lab.runs[model])
        return list(page.button_group(key="latent.view").options)

    assert "Factors" in views("vae")
    assert "Factors" not in views("conv_ae")


def test_too_few_images_are_one_sentence(shapes_lab: TrainedLab, visit, workers) -> None:
    page = opened(visit, shapes_lab)
    page.selectbox(key="latent.factors.part").set_value("test").run()
    until(lambda: all(folder.status(job).state not in OPEN for job in folder.all_jobs()))
    count = runs.find(shapes_lab.runs["vae"]).images().counts["test"]
    assert errors(page.run()) == [
        f"Disentanglement is measured on at least 100 images; there are {count}. Choose all images, or a larger "
        "dataset."
    ]
