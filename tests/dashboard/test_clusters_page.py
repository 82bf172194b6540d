"""The clusters of a run on the Latent page: the answer first, the numbers of the study, what lies where, bad input."""

from __future__ import annotations

import numpy as np
import pytest
from labs import TrainedLab, until
from seen import csv_of, downloads, errors, figures, picture_of, pictures, press, progress, title, words
from streamlit.testing.v1 import AppTest

from aelab import inference, runs
from aelab.datasets.store import Dataset
from aelab.jobs import folder
from aelab.jobs.folder import OPEN
from aelab.pixels import to_unit
from aelab.runs import Run
from aelab.studies import clustered, clusters
from aelab.studies.clustered import Clusters
from aelab.studies.clusters import Config
from aelab.tasks.clusters import JOB
from ui.latent import selection

QUICK = {"restarts": 1, "limit": 150}


def study(run: Run, **more: object) -> Clusters:
    return clusters.run(inference.load(run), run.images(), Config.parse({**QUICK, **more}))


def opened(visit, run_id: str, **more: object) -> AppTest:
    """Return the page with quick settings, when its job is done."""
    page = visit("latent", run=run_id)
    for name, value in {**QUICK, **more}.items():
        page.session_state[f"latent.clusters.{name}"] = value
    page.button_group(key="latent.view").set_value("clusters").run()
    until(lambda: all(folder.status(job).state not in OPEN for job in folder.all_jobs()))
    return page.run()


def test_the_answer_comes_first_with_the_numbers_of_the_study(lab: TrainedLab, visit, workers) -> None:
    run = runs.find(lab.runs["conv_ae"])
    page = opened(visit, run.id)
    found = study(run)
    said = words(page)
    code = found.row("code").agreement["accuracy"]
    assert "k-means with 10 clusters on the codes of N = 150 images (Test) finds the classes with accuracy" in said
    assert f"**{code.mean:.3f} ({code.low:.3f} – {code.high:.3f})**; on raw pixels" in said
    assert "fitted on the same images on which they are measured" in said
    assert "Restarts: 1; seed 0; silhouette over N = 150." in said
    (table,) = (frame.value for frame in page.dataframe)
    pixels = found.row("pixels")
    shown = dict(zip(table["measure"], table["pixels"], strict=True))
    assert shown["NMI ↑"].startswith(f"{pixels.agreement['nmi'].mean:.3f} (")
    assert shown["Silhouette ↑"] == f"{pixels.silhouette.mean:.3f}"
    assert shown["Lead in accuracy"].startswith(f"{pixels.leads['accuracy'].mean:+.3f} (")
    assert shown["Numbers of each image"] == "784"
    data = run.images()
    assert downloads(page) == [
        csv_of(clustered.table(found), f"clusters-{run.id}.csv"),
        csv_of(clustered.members(found, data.labels, data.class_names), f"cluster-of-each-image-{run.id}.csv"),
    ]


@pytest.mark.parametrize("lead", [0.1, 0.0, -0.1])
def test_the_verdict_follows_the_interval_of_the_lead(lab: TrainedLab, visit, workers, monkeypatch, lead) -> None:
    run = runs.find(lab.runs["vae"])
    found = study(run).to_json()
    for row in found["rows"][1:]:
        row["leads"]["accuracy"] |= {"mean": lead, "low": lead - 0.05, "high": lead + 0.05}
    monkeypatch.setattr(type(JOB), "result", lambda self, job: Clusters.from_json(found))
    said = words(opened(visit, run.id))
    expected = {
        0.1: "**The code is better than both.**",
        0.0: "**The code is no better than raw pixels or PCA of equal size:** the difference may be chance.",
        -0.1: "**The code is worse than raw pixels and PCA of equal size.**",
    }
    assert [sentence in said for sentence in expected.values()] == [key == lead for key in expected]


def test_the_confusion_counts_images_and_colours_shares_of_classes(lab: TrainedLab, visit, workers) -> None:
    run = runs.find(lab.runs["conv_ae"])
    (figure,) = figures(opened(visit, run.id))
    found = study(run)
    trace = figure["data"][0]
    assert trace["type"] == "heatmap"
    assert [[int(count) for count in row] for row in trace["text"]] == found.counts.tolist()
    assert title(figure) == "Classes in clusters of the codes, N = 150 images"
    assert figure["layout"]["yaxis"]["ticktext"] == list("0123456789")
    assert "% of the class" in trace["customdata"][0][0]


def test_each_cluster_shows_its_central_and_its_doubtful_images_and_can_be_selected(
    lab: TrainedLab, visit, workers
) -> None:
    run = runs.find(lab.runs["conv_ae"])
    page = opened(visit, run.id)
    found, data = study(run), run.images()
    rows = [central[:10] + doubtful[:10] for central, doubtful in zip(found.central, found.doubtful, strict=True)]
    assert pictures(page) == [picture_of(to_unit(data.take(np.array(row))), len(row) // 2) for row in rows]
    assert f"**Cluster 3** · images: {found.sizes[2]}" in words(page)
    page.button(key="latent.clusters.select.2").click().run()
    steps = page.session_state[selection._key(data)]
    np.testing.assert_array_equal(steps[-1], found.indices[found.labels == 2])


def test_another_algorithm_and_other_numbers_of_clusters_can_be_tried(lab: TrainedLab, visit, workers) -> None:
    run = runs.find(lab.runs["vae"])
    page = opened(visit, run.id, algorithm="mixture", clusters=3, highest=4)
    said = words(page)
    found = study(run, algorithm="mixture", clusters=3, highest=4)
    assert "Gaussian mixture with 3 clusters" in said
    assert "matched with no class" not in said
    best = min(found.tried, key=lambda each: each.bic)
    assert f"BIC is lowest with **{best.clusters}** ({best.bic:.0f}; lower is better)." in said
    (table,) = (frame.value for frame in page.dataframe)
    assert dict(zip(table["measure"], table["pixels"], strict=True))["Covariance"] == "diagonal"
    assert len(figures(page)) == 3


def test_many_clusters_are_shown_ten_at_a_time(lab: TrainedLab, visit, workers) -> None:
    run = runs.find(lab.runs["conv_ae"])
    page = opened(visit, run.id, clusters=14)
    assert "Cluster 10" in words(page)
    assert "Cluster 11" not in words(page)
    assert "text" in figures(page)[0]["data"][0]
    page = opened(visit, run.id, clusters=20)
    assert "text" not in figures(page)[0]["data"][0]  # no room for numbers


def test_images_without_classes_have_no_accuracy_and_the_page_says_why(
    lab: TrainedLab, unlabelled: Dataset, visit, workers
) -> None:
    page = opened(visit, lab.runs["vae"], part="train", clusters=2, highest=3)
    said = words(page)
    assert "has a silhouette of **" in said
    assert "The classes of these images are not known, so nobody can say how often clusters find them" in said
    assert "accuracy" not in said
    assert len(figures(page)) == 1  # of the numbers of clusters, no confusion


def test_while_it_is_worked_out_the_page_says_so(lab: TrainedLab, visit) -> None:
    page = visit("latent", run=lab.runs["vae"])
    page.button_group(key="latent.view").set_value("clusters").run()
    assert progress(page)[0].startswith("Clusters of the codes · ")
    assert not figures(page)
    press(page, "Cancel")
    (job,) = (job for job in folder.all_jobs() if job.kind == "clusters")
    folder.write_status(job, {"state": "cancelled"})
    assert "This was cancelled." in words(page.run())


def test_more_clusters_than_images_are_one_sentence_and_the_page_stays_usable(lab: TrainedLab, visit, workers) -> None:
    page = opened(visit, lab.runs["vae"], clusters=60, limit=50)
    assert errors(page) == [
        "Clusters need at least 120 images; the test part of digits has 50. Choose another part, or fewer clusters."
    ]
    page.number_input(key="latent.clusters.clusters").set_value(3).run()
    until(lambda: all(folder.status(job).state not in OPEN for job in folder.all_jobs()))
    assert not errors(page.run())
    assert len(figures(page)) == 1


def test_a_run_that_is_told_classes_says_so(cvae_lab: TrainedLab, visit, workers) -> None:
    assert "This run is told the class of every image" in words(opened(visit, cvae_lab.runs["cvae"]))


def test_a_run_without_an_encoder_is_not_asked_for_clusters(gan_lab: TrainedLab, visit) -> None:
    page = visit("latent", run=gan_lab.runs["gan"], view="clusters")
    assert "clusters" not in page.button_group(key="latent.view").options
    assert not errors(page)
