"""Which projection, of which images, coloured by what, and what the map is worth: the page says what the study does."""

from __future__ import annotations

import importlib.util
import io

import numpy as np
import pytest
from labs import TrainedLab, until
from PIL import Image
from seen import errors, figures, in_address, progress, title, words
from streamlit.testing.v1 import AppTest
from test_latent import expected_map, networks, numbers, points

from aelab import runs
from aelab.datasets.store import open_dataset
from aelab.jobs import folder
from aelab.jobs.folder import OPEN
from aelab.pixels import to_unit
from aelab.studies import colouring, latent_map
from aelab.studies.latent_map import Config


@pytest.fixture
def visit(visit_plain):
    return visit_plain


def choose(page: AppTest, method: str) -> AppTest:
    return page.button_group(key="latent.method").set_value(method).run()


def colour(page: AppTest, name: str) -> AppTest:
    return page.selectbox(key="latent.colours").set_value(name).run()


def assert_shown(page: AppTest, found: latent_map.LatentMap) -> None:
    (figure,) = figures(page)
    for axis, values in zip("xyz", found.coordinates.T, strict=False):
        np.testing.assert_allclose(numbers(points(figure)[axis]), values, rtol=1e-4, atol=1e-5)
    assert numbers(points(figure)["customdata"]) == found.indices.tolist()


def test_any_pair_of_dimensions_can_be_drawn(lab: TrainedLab, visit) -> None:
    page = choose(visit("latent", run=lab.runs["conv_ae"]), "raw")
    assert_shown(page, expected_map(lab, "conv_ae", method="raw"))
    page.number_input(key="latent.x.8").set_value(5)
    page.number_input(key="latent.y.8").set_value(2).run()
    found = expected_map(lab, "conv_ae", method="raw", x=5, y=2)
    assert_shown(page, found)
    axis = figures(page)[0]["layout"]["xaxis"]["title"]["text"]
    assert title(figures(page)[0]) == "Dimensions 5, 2 of the codes of N = 359 test images"
    assert axis == f"Dimension 5 ({100 * found.explained_variance[0]:.1f}%)"
    page.number_input(key="latent.y.8").set_value(5).run()
    assert errors(page) == ["Each axis draws another number of the codes; these are 5, 5. Choose different ones."]
    page.number_input(key="latent.y.8").set_value(1).run()
    assert not errors(page)


def test_a_code_of_two_numbers_is_drawn_as_it_is(lab: TrainedLab, visit) -> None:
    page = choose(visit("latent", run=lab.runs["vae"]), "raw")
    assert_shown(page, expected_map(lab, "vae", method="raw"))
    assert not [each for each in page.number_input if (each.key or "").startswith("latent.x")]


def test_lda_says_that_it_was_told_the_classes(lab: TrainedLab, visit) -> None:
    page = choose(visit("latent", run=lab.runs["conv_ae"]), "lda")
    assert_shown(page, expected_map(lab, "conv_ae", method="lda"))
    assert "that they lie apart here is no evidence" in words(page)
    page = choose(visit("latent", run=lab.runs["vae"]), "lda")
    assert not errors(page)


@pytest.mark.parametrize(("part", "named"), [("train", "training images"), ("all", "images of all parts")])
def test_a_map_can_be_of_another_part_of_the_images(lab: TrainedLab, visit, part: str, named: str) -> None:
    page = visit("latent", run=lab.runs["conv_ae"])
    page.number_input(key="latent.limit").set_value(0)
    page.selectbox(key="latent.part").set_value(part).run()
    found = expected_map(lab, "conv_ae", part=part, limit=0)
    assert_shown(page, found)
    assert title(figures(page)[0]) == f"PCA of the codes of N = {len(found.indices)} {named}"


def test_the_map_says_what_it_is_worth_and_what_that_means(lab: TrainedLab, visit) -> None:
    page = visit("latent", run=lab.runs["conv_ae"])
    worth = expected_map(lab, "conv_ae").quality
    assert worth is not None
    said = words(page)
    assert f"Trustworthiness **{worth.trustworthiness:.3f}** · continuity **{worth.continuity:.3f}**" in said
    assert f"**{worth.silhouette_map:.3f}** here, {worth.silhouette_codes:.3f} in the codes" in said
    assert f"**{worth.purity_map:.3f}** here, {worth.purity_codes:.3f} in the codes" in said
    for sentence in ("higher is better", "J. Venna and S. Kaski", "Measured at 359 of the N = 359 images"):
        assert sentence in said
    assert any("T(k) = 1" in each.value for each in page.latex)


def test_umap_that_is_not_installed_says_how_to_get_it(lab: TrainedLab, visit, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "umap" else find(name))
    page = choose(visit("latent", run=lab.runs["conv_ae"]), "umap")
    assert "UMAP is not installed: run python -m pip install umap-learn with the lab's Python" in words(page)
    assert not figures(page)
    assert not [job for job in folder.all_jobs() if job.kind == "latent_map"]
    assert figures(choose(page, "pca"))


def test_points_are_coloured_by_what_is_chosen(lab: TrainedLab, visit) -> None:
    page = visit("latent", run=lab.runs["conv_ae"])
    run = runs.find(lab.runs["conv_ae"])
    found = expected_map(lab, "conv_ae")
    error = colouring.colour("error", found, networks(lab, "conv_ae"), run.images())
    marker = points(figures(colour(page, "error"))[0])["marker"]
    np.testing.assert_allclose(numbers(marker["color"]), error.values, rtol=1e-3)
    assert marker["colorbar"]["title"]["text"] == "Reconstruction error (squared pixel range)"
    assert "Mean squared error between the image and what the run makes of it; lower is better." in words(page)
    page = colour(page, "prediction")
    wrong = colouring.colour("prediction", found, networks(lab, "conv_ae"), run.images())
    said = points(figures(page)[0])["text"]
    assert said == [("right", "wrong")[value] for value in wrong.values]
    names = {trace["name"] for trace in figures(page)[0]["data"] if trace.get("name")}
    assert names == {"right", "wrong"}
    assert "Cluster 1" in points(figures(colour(page, "cluster"))[0])["text"]


def test_colours_that_take_long_are_found_by_a_job_and_classes_are_shown_meanwhile(
    lab: TrainedLab, visit, workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(colouring, "_QUICK", 100)
    page = colour(visit("latent", run=lab.runs["conv_ae"]), "density")
    assert progress(page)[0].startswith("Colours of the map")
    assert isinstance(points(figures(page)[0])["marker"]["color"], list)  # a colour for each, of its class
    until(lambda: all(folder.status(job).state not in OPEN for job in folder.all_jobs()))
    page.run()
    run = runs.find(lab.runs["conv_ae"])
    density = colouring.colour("density", expected_map(lab, "conv_ae"), networks(lab, "conv_ae"), run.images())
    np.testing.assert_allclose(numbers(points(figures(page)[0])["marker"]["color"]), density.values, rtol=1e-4)


def test_a_large_map_is_a_job_even_by_pca(lab: TrainedLab, visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latent_map, "_MOST_AT_ONCE", 100)
    page = visit("latent", run=lab.runs["conv_ae"])
    assert progress(page)[0].startswith("PCA of the codes")
    assert [job.kind for job in folder.all_jobs() if folder.status(job).state in OPEN] == ["latent_map"]


@pytest.mark.parametrize("method", ["pca", "raw", "tsne"])
def test_a_picture_of_ones_own_is_a_star_where_it_belongs(lab: TrainedLab, visit, workers, method: str) -> None:
    data = open_dataset("digits")
    config = Config(method=method, limit=60, perplexity=5, iterations=300)
    found = expected_map(lab, "conv_ae", **config.to_json())
    page = visit("latent", run=lab.runs["conv_ae"])
    pixels = data.images[found.indices[7]]
    content = io.BytesIO()
    Image.fromarray(pixels[:, :, 0]).save(content, "PNG")
    page.file_uploader(key="probe.file").upload("mine.png", content.getvalue(), "image/png")
    page.number_input(key="latent.limit").set_value(60).run()
    page.session_state["latent.perplexity"] = 5.0
    page.session_state["latent.iterations"] = 300
    choose(page, method)  # of t-SNE the map is awaited now, and the picture waits too
    until(lambda: all(folder.status(job).state not in OPEN for job in folder.all_jobs()))
    page.run()
    (star,) = (trace for trace in figures(page)[0]["data"] if trace.get("name") == "Your picture")
    code = networks(lab, "conv_ae").encode(to_unit(pixels)[None])
    expected = latent_map.place(found, config, code)[0]
    assert (star["x"] + star["y"]) == pytest.approx(expected.tolist(), rel=1e-3, abs=1e-3)
    near = np.linalg.norm(expected - found.coordinates[7])
    assert near < 0.15 * np.ptp(found.coordinates)
    assert "Your picture is the star on the map" in words(page)


def test_unlabelled_images_are_said_to_be_without_a_class(lab: TrainedLab, visit) -> None:
    folder_of = open_dataset("digits").folder
    labels = open_dataset("digits").labels.copy()
    labels[open_dataset("digits").indices("test")] = -1
    np.save(folder_of / "labels.npy", labels)
    page = visit("latent", run=lab.runs["conv_ae"])
    said = words(page)
    assert "Not known of 359 of N = 359 images." in said
    assert "Trustworthiness" in said
    assert "silhouette of the classes **" not in said
    choose(page, "lda")
    assert errors(page)[0].startswith("LDA needs images of at least two classes")


def test_a_link_shows_the_same_map(lab: TrainedLab, visit) -> None:
    page = visit("latent", run=lab.runs["conv_ae"], method="raw", x="5", y="2", limit="100", colour="density")
    assert_shown(page, expected_map(lab, "conv_ae", method="raw", x=5, y=2, limit=100))
    assert page.selectbox(key="latent.colours").value == "density"
    assert in_address(page, "x") == "5"
    choose(page, "pca")
    assert "method" not in page.query_params
    assert "x" not in page.query_params


def test_what_so_many_images_cannot_be_is_said_before_a_worker_is_asked(lab: TrainedLab, visit) -> None:
    page = choose(visit("latent", run=lab.runs["conv_ae"]), "tsne")
    page.number_input(key="latent.perplexity").set_value(400.0).run()
    said = [warning.value for warning in page.warning]
    assert said == ["Perplexity must be below a third of the 359 images; it is 400. Try 35."]
    assert [job.params["config"] for job in folder.all_jobs() if job.kind == "latent_map"] == [
        Config(method="tsne").asked()
    ]
