"""Latent: the map of a run's codes, the images behind it, and what the decoder makes of a position."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from labs import TrainedLab, until
from seen import csv_of, downloads, errors, figures, picture_of, pictures, press, progress, title, words
from streamlit.testing.v1 import AppTest

from aelab import inference, runs
from aelab.datasets import store
from aelab.datasets.importing import import_path
from aelab.datasets.store import Dataset
from aelab.inference import Inference
from aelab.jobs import folder
from aelab.jobs.folder import OPEN
from aelab.pixels import to_unit
from aelab.studies import latent_map
from aelab.studies.latent_map import Config, LatentMap
from aelab.tasks import latent_map as task


@pytest.fixture
def visit(visit_plain):
    return visit_plain


def networks(lab: TrainedLab, model: str) -> Inference:
    return inference.load(runs.find(lab.runs[model]))


def expected_map(lab: TrainedLab, model: str, **config: object) -> LatentMap:
    return latent_map.run(networks(lab, model), store.open_dataset("digits"), Config.parse(config))


def points(figure: dict) -> dict:
    """Return the one trace that has the images."""
    (trace,) = (trace for trace in figure["data"] if trace.get("customdata") is not None)
    return trace


def numbers(values: object) -> list[float]:
    """Return an array of a Plotly figure, which may travel as base64."""
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), np.dtype(values["dtype"])).tolist()
    return list(values)  # type: ignore[call-overload]


def select(page: AppTest, ids: list[object]) -> AppTest:
    """Select points as a lasso does."""
    chosen = [{"customdata": each} for each in ids]
    page.session_state["latent.plane"] = {"selection": {"points": chosen, "point_indices": [], "box": [], "lasso": []}}
    return page.run()


def show(page: AppTest, view: str) -> AppTest:
    return page.button_group(key="latent.view").set_value(view).run()


# The map


@pytest.mark.parametrize("dimensions", [2, 3])
def test_the_map_by_pca_is_that_of_the_study(lab: TrainedLab, visit, dimensions: int) -> None:
    page = visit("latent", run=lab.runs["conv_ae"])
    page.button_group(key="latent.dimensions").set_value(dimensions).run()
    found = expected_map(lab, "conv_ae", dimensions=dimensions)
    (figure,) = figures(page)
    trace = points(figure)
    assert trace["type"] == ("scattergl" if dimensions == 2 else "scatter3d")
    for axis, values in zip("xyz", found.coordinates.T, strict=False):
        np.testing.assert_allclose(numbers(trace[axis]), values, rtol=1e-5)
    assert numbers(trace["customdata"]) == found.indices.tolist()
    assert title(figure) == "PCA of the codes of N = 359 test images"
    share = 100 * sum(found.explained_variance)
    said = words(page)
    assert f"These {dimensions} axes hold **{share:.1f}%** of the variance of the codes (8 dimensions)." in said
    assert [each["name"] for each in figure["data"] if each is not trace and each.get("name")] == list("0123456789")


def test_each_class_has_its_own_colour_and_the_legend_says_which(lab: TrainedLab, visit) -> None:
    (figure,) = figures(visit("latent", run=lab.runs["conv_ae"]))
    legend = {each["name"]: each["marker"]["color"] for each in figure["data"] if each.get("name")}
    trace = points(figure)
    labels = store.open_dataset("digits").labels[numbers(trace["customdata"])]
    assert [legend[str(label)] for label in labels] == trace["marker"]["color"]
    assert len(set(legend.values())) == 10


def test_images_without_classes_are_grey_points(lab: TrainedLab, unlabelled: Dataset, visit) -> None:
    page = visit("latent", run=lab.runs["vae"])
    (figure,) = figures(page)
    assert len(set(points(figure)["marker"]["color"])) == 1
    assert [each["name"] for each in figure["data"] if each.get("name")] == ["unlabelled"]
    ids = unlabelled.indices("test")
    select(page, [int(each) for each in ids])
    assert f"unlabelled: {len(ids)}" in words(page)


def test_the_images_on_the_map_can_be_limited_and_downloaded(lab: TrainedLab, visit) -> None:
    page = visit("latent", run=lab.runs["conv_ae"])
    page.number_input(key="latent.limit").set_value(40)
    page.number_input(key="latent.seed").set_value(3).run()
    found = expected_map(lab, "conv_ae", limit=40, seed=3)
    assert numbers(points(figures(page)[0])["customdata"]) == found.indices.tolist()
    table = latent_map.table(found, store.open_dataset("digits").class_names)
    assert downloads(page) == [csv_of(table, f"latent-pca-{lab.runs['conv_ae']}.csv")]
    words(page)


def test_tsne_is_a_job_until_its_map_is_shown(lab: TrainedLab, visit, workers) -> None:
    page = visit("latent", run=lab.runs["conv_ae"])
    page.number_input(key="latent.limit").set_value(60).run()
    # One step after another would ask for a map of each; the page keeps what was typed meanwhile.
    page.session_state["latent.perplexity"] = 5.0
    page.session_state["latent.iterations"] = 300
    page.button_group(key="latent.method").set_value("tsne").run()
    config = Config(method="tsne", perplexity=5, iterations=300, limit=60)
    job = folder.find(task.job_id(runs.find(lab.runs["conv_ae"]), config))
    assert job is not None
    assert progress(page)[0].startswith("t-SNE of the codes · ")
    assert not figures(page)
    until(lambda: folder.status(job).state not in OPEN)
    said = words(page.run())
    found = task.result(job)
    trace = points(figures(page)[0])
    np.testing.assert_allclose(numbers(trace["x"]), found.coordinates[:, 0], rtol=1e-5)
    assert title(figures(page)[0]) == "t-SNE of the codes of N = 60 test images"
    assert "the axes mean nothing" in said
    assert (
        "Perplexity 5, 300 iterations, learning rate 60 (by itself: one for each image), seed 0; "
        f"divergence reached: {found.divergence:.3f} nats." in said
    )
    again = visit("latent", run=lab.runs["conv_ae"])  # somebody else
    again.number_input(key="latent.limit").set_value(60).run()
    again.session_state["latent.perplexity"] = 5.0
    again.session_state["latent.iterations"] = 300
    again.button_group(key="latent.method").set_value("tsne").run()
    assert figures(again) == figures(page)
    assert len([each for each in folder.all_jobs() if each.kind == "latent_map"]) == 1


def test_a_perplexity_that_is_too_high_is_said_and_a_lower_one_can_be_tried(lab: TrainedLab, visit, workers) -> None:
    page = visit("latent", run=lab.runs["vae"])
    page.number_input(key="latent.limit").set_value(45).run()
    page.button_group(key="latent.method").set_value("tsne").run()
    said = [warning.value for warning in page.warning]
    assert said == ["Perplexity must be below a third of the 45 images; it is 30. Try 4."]
    assert not [job for job in folder.all_jobs() if job.kind == "latent_map"]  # said before a worker is asked
    page.session_state["latent.iterations"] = 300
    page.number_input(key="latent.perplexity").set_value(4.0).run()
    until(lambda: all(folder.status(job).state not in OPEN for job in folder.all_jobs()))
    page.run()
    assert not errors(page)
    assert len(figures(page)) == 1


def test_a_map_that_was_cancelled_can_be_made_again(lab: TrainedLab, visit) -> None:
    page = visit("latent", run=lab.runs["vae"])
    page.button_group(key="latent.method").set_value("tsne").run()
    (job,) = (job for job in folder.all_jobs() if job.kind == "latent_map")
    press(page, "Cancel")
    folder.write_status(job, {"state": "cancelled"})
    assert "This was cancelled." in words(page.run())
    press(page, "Try again")
    assert folder.status(job).state == "queued"


def test_a_map_whose_file_is_damaged_is_named(lab: TrainedLab, visit) -> None:
    config = Config(method="tsne")
    job = task.submit(lab.runs["vae"], config)
    (job.folder / "map.npz").write_bytes(b"PK\3\4 cut off")
    folder.write_status(job, {"state": "done"})
    page = visit("latent", run=lab.runs["vae"])
    page.button_group(key="latent.method").set_value("tsne").run()
    assert errors(page)[0].startswith(f"map.npz in jobs/{job.id} was damaged")
    page.run()
    assert folder.status(job).state == "queued"  # it is made anew


def test_selected_points_show_their_images_reconstructions_and_classes(lab: TrainedLab, visit) -> None:
    dataset = store.open_dataset("digits")
    ids = dataset.indices("test")[[3, 50, 51, 200]]
    page = visit("latent", run=lab.runs["conv_ae"])
    assert "Draw a lasso around some points, or click one" in words(page)
    select(page, [int(ids[0]), [int(ids[1])], int(ids[2]), [int(ids[3])]])  # Plotly sends either
    said = words(page)
    assert "Images selected: 4" in said
    assert "4 of 4 shown" in said
    images = to_unit(dataset.images[ids])
    both = np.concatenate([images, networks(lab, "conv_ae").reconstruct(images)])
    assert pictures(page)[0] == picture_of(both, 4)
    for label, count in zip(*np.unique(dataset.labels[ids], return_counts=True), strict=True):
        usual = np.mean(dataset.labels[dataset.indices("test")] == label)
        assert f"{label}: {count} ({25 * count}%; on the map {100 * usual:.0f}%)" in said


def test_a_big_selection_shows_the_first_twenty_and_counts_all(lab: TrainedLab, visit) -> None:
    dataset = store.open_dataset("digits")
    ids = dataset.indices("test")
    page = select(visit("latent", run=lab.runs["pca"]), [int(each) for each in ids])
    assert "Images selected: 359" in words(page)
    assert "20 of 359 shown" in words(page)
    images = to_unit(dataset.images[ids[:20]])
    both = np.concatenate([images, networks(lab, "pca").reconstruct(images)])
    assert pictures(page)[0] == picture_of(both, 20)


def test_a_dataset_with_too_few_test_images_has_no_map(lab: TrainedLab, visit, tmp_path) -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (8, 28, 28), dtype=np.uint8)
    np.savez(tmp_path / "few.npz", images=images, labels=np.zeros(8, int))
    few = import_path(tmp_path / "few.npz", "few")
    assert few.counts["test"] == 2
    lab.say_trained_on("vae", few)
    page = visit("latent", run=lab.runs["vae"])
    assert "A map needs at least three images; this part of the dataset has fewer." in words(page)
    show(page, "decode")  # the decoder needs none
    assert not errors(page)
    assert pictures(page)
