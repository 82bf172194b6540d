"""A run that only draws images, on every page: what it has is shown, and what it has not is said in a sentence."""

from __future__ import annotations

import json

import numpy as np
import pytest
from labs import TrainedLab
from seen import errors, figures, in_address, picture_of, pictures, title, words
from streamlit.testing.v1 import AppTest

from aelab import inference, runs
from aelab.inference import Inference
from aelab.models import models
from aelab.runs import Run

PAGES = ("home", "datasets", "train", "time_machine", "compare", "reports", "denoise", "latent")


@pytest.fixture
def gan(gan_lab: TrainedLab) -> Run:
    return runs.find(gan_lab.runs["gan"])


@pytest.fixture
def alone(gan_lab: TrainedLab) -> Run:
    """Return the run without an encoder, in a lab that has no other."""
    for model, run_id in gan_lab.runs.items():
        if model != "gan":
            runs.delete(run_id)
    return runs.find(gan_lab.runs["gan"])


def networks(run: Run) -> Inference:
    return inference.load(run)


def table(page: AppTest) -> dict[str, dict]:
    """Return the rows of the first table by run."""
    return page.dataframe[0].value.set_index("run").to_dict("index")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_works_in_a_lab_that_has_no_other_run(alone: Run, visit, page: str) -> None:
    shown = visit(page)
    words(shown)
    assert errors(shown) == []


def test_its_training_is_shown_with_every_curve_in_its_own_unit(gan: Run, visit) -> None:
    page = visit("train", follow=gan.id)
    spec, charts = models["gan"], figures(page)
    assert [title(chart) for chart in charts] == list(spec.logged.values())
    assert {chart["layout"]["yaxis"]["title"]["text"] for chart in charts} == {"nats per image"}
    said = words(page)
    assert "Its critic learns as well, so that lower is not better" in said
    assert "(nats per image, lower is better)" not in said
    samples = np.concatenate([gan.snapshot(epoch)["samples"][:8] for epoch in (1, 2)])
    assert picture_of(samples, 8) in pictures(page)


def test_a_critic_that_counts_in_another_unit_says_so(visit) -> None:
    spec = models["vae_gan"]
    config = spec.config()
    assert {spec.unit_of(part, config) for part in ("loss", *spec.parts)} == {"weighted sum per image"}
    assert {spec.unit_of(part, config) for part in spec.opponent.parts} == {"nats per image"}  # type: ignore[union-attr]


def test_the_time_machine_has_its_samples_losses_and_weights_and_no_map(gan: Run, visit) -> None:
    page = visit("time_machine", run=gan.id)
    said = words(page)
    assert picture_of(gan.snapshot(2)["samples"], 8) in pictures(page)
    assert "There is no map: a run without an encoder gives no image a code." in said
    assert "of the way from the first to the last" not in said.replace("**", "")
    titles = [title(each) for each in figures(page)]
    assert not any(each.startswith("Codes after") for each in titles)
    assert any(each.startswith("Weights") for each in titles)
    assert models["gan"].parts["adversarial"] in titles
    labels = [each.label for each in page.download_button]
    assert "Samples as GIF" in labels
    assert "Positions as CSV" not in labels
    assert "Reconstructions as GIF" not in labels


def test_the_time_machine_shows_it_in_step_with_a_run_that_has_a_map(gan_lab: TrainedLab, gan: Run, visit) -> None:
    page = visit("time_machine", run=gan_lab.runs["vae"], beside=gan.id)
    assert "There is no map" in words(page)
    assert sum(title(each).startswith("Codes after") for each in figures(page)) == 1


@pytest.mark.parametrize("view", ["compare", "reports"])
def test_beside_others_it_has_a_dash_for_what_it_lacks_and_its_frechet_distance(gan: Run, visit, view: str) -> None:
    page = visit(view)
    words(page)
    rows = table(page)
    (row,) = (rows[name] for name in rows if gan.id in name)
    assert np.isnan(row["mse"])
    assert row["frechet"] == gan.metrics()["generation"]["distance"]
    assert sum(np.isfinite(each["frechet"]) for each in rows.values()) == 2  # the VAE's too


def test_alone_it_is_compared_by_what_it_has(alone: Run, visit) -> None:
    page = visit("compare")
    said = words(page).replace("**", "")
    assert page.button_group(key="compare.measure").value == "frechet"
    assert f"of this run: {alone.metrics()['generation']['distance']:.3f}" in said
    assert "each is judged by a critic of its own" in said
    page.button_group(key="compare.measure").set_value("frechet").run()
    words(page)


def test_by_frechet_the_best_is_named_and_has_no_interval(gan_lab: TrainedLab, gan: Run, visit) -> None:
    page = visit("compare")
    said = words(page.button_group(key="compare.measure").set_value("frechet").run()).replace("**", "")
    distances = {
        runs.find(gan_lab.runs[model]).id: runs.find(gan_lab.runs[model]).metrics()["generation"]["distance"]
        for model in ("gan", "vae")
    }
    assert f"{min(distances, key=lambda run: distances[run])} is best on FD" in said
    assert "It has no interval" in said


def test_a_comparison_survives_that_the_measured_runs_leave_it(gan_lab: TrainedLab, gan: Run, visit) -> None:
    page = visit("compare")
    page.button_group(key="compare.measure").set_value("ssim").run()
    page.multiselect(key="compare.runs").set_value([gan.id]).run()
    words(page)
    assert page.button_group(key="compare.measure").value == "frechet"


def test_reports_draw_what_it_draws(gan: Run, visit) -> None:
    page = visit("reports")
    drawn = networks(gan).decode(np.random.default_rng(0).standard_normal((40, 2), dtype=np.float32))
    assert picture_of(drawn, 20) in pictures(page)
    assert f"{gan.id}: Fréchet distance" in words(page).replace("**", "")


def test_denoise_offers_it_last_and_says_what_to_choose_instead(gan: Run, visit) -> None:
    page = visit("denoise")
    assert page.selectbox[0].options[-1] == gan.id
    assert in_address(page, "run") != gan.id
    page = visit("denoise", run=gan.id)
    assert "This run has no encoder: it draws images, and can restore none. Choose another run" in words(page)
    assert errors(page) == []


def test_its_latent_space_can_be_walked_and_typed_into_without_a_map(gan: Run, visit) -> None:
    page = visit("latent", run=gan.id)
    said = words(page)
    assert "This run has no encoder: no image has a place in its latent space" in said
    drawn = networks(gan).decode(np.random.default_rng(0).standard_normal((20, 2), dtype=np.float32))
    assert picture_of(drawn, 10) in pictures(page)
    page.text_input(key="decode.typed").input("(-1, 2)").run()
    assert "It lies 2.24 from the middle of the prior; draws of the prior lie about 1.41 from it." in words(page)
    assert picture_of(networks(gan).decode(np.array([[-1, 2]], np.float32)), 1) in pictures(page)
    assert [title(each) for each in figures(page)] == ["The decoded plane"]


def test_a_larger_latent_space_is_walked_from_the_middle_of_the_prior(gan: Run, visit, monkeypatch) -> None:
    large = Inference(gan.id, (28, 28, 1), 6, None, networks(gan)._decoder)
    monkeypatch.setattr(
        Inference, "decode", lambda self, codes, labels=None: np.zeros((len(codes), 28, 28, 1), np.float32)
    )
    monkeypatch.setattr(inference, "load", lambda run: large)
    page = visit("latent", run=gan.id)
    assert "The middle of the prior, moved along dimension" in words(page)


def test_a_picture_of_a_dataset_is_not_offered_to_it(gan: Run, visit) -> None:
    page = visit("datasets", dataset="digits")
    for box in page.selectbox:
        if box.label == "What a run makes of it":
            assert gan.id not in box.options


def test_its_encoder_is_not_offered_for_download(alone: Run, visit) -> None:
    labels = [each.label for each in visit("compare").download_button]
    assert "Decoder (ONNX)" in labels
    assert "Encoder (ONNX)" not in labels


def test_a_run_that_could_not_be_measured_at_all_is_still_shown(gan: Run, visit) -> None:
    path = gan.folder / "metrics.json"
    metrics = json.loads(path.read_text(encoding="utf-8"))
    del metrics["generation"]  # of a dataset with too few images
    path.write_text(json.dumps(metrics), encoding="utf-8")
    for view in ("compare", "reports", "latent"):
        words(visit(view))
