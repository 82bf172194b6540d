"""A run that restores images and has no code of them, on every page: what it has is shown, and what it lacks said."""

from __future__ import annotations

import numpy as np
import pytest
from labs import TrainedLab
from seen import errors, figures, in_address, picture_of, pictures, title, words

from aelab import inference, runs
from aelab.runs import Run
from aelab.studies import denoising

PAGES = ("home", "datasets", "train", "time_machine", "compare", "reports", "denoise", "latent")


@pytest.fixture
def unet(unet_lab: TrainedLab) -> Run:
    return runs.find(unet_lab.runs["unet_dae"])


@pytest.fixture
def alone(unet_lab: TrainedLab) -> Run:
    """Return the run without a code, in a lab that has no other."""
    for model, run_id in unet_lab.runs.items():
        if model != "unet_dae":
            runs.delete(run_id)
    return runs.find(unet_lab.runs["unet_dae"])


@pytest.mark.parametrize("page", PAGES)
def test_every_page_works_in_a_lab_that_has_no_other_run(alone: Run, visit, page: str) -> None:
    shown = visit(page)
    words(shown)
    assert errors(shown) == []


def test_denoise_offers_it_among_the_first_and_shows_what_it_restores(unet: Run, visit) -> None:
    page = visit("denoise", run=unet.id)
    assert unet.id in page.selectbox[0].options[:2]  # with the denoising autoencoder
    assert "Restoring changes PSNR by" in words(page)
    config = denoising.Config(noise="gaussian:0.2")
    shown = denoising.example(inference.load(unet), unet.images(), config)
    assert picture_of(np.concatenate([shown.clean, shown.noisy, shown.restored]), len(shown.clean)) in pictures(page)
    assert "no bottleneck: that it gives clean images back says nothing" in words(page)


def test_its_training_is_shown_with_what_it_made_of_noisy_images(unet: Run, visit) -> None:
    page = visit("train", follow=unet.id)
    snapshots = [unet.snapshot(epoch) for epoch in (1, 2)]
    rows = [snapshots[-1]["target"], snapshots[-1]["given"], *(each["output"] for each in snapshots)]
    assert picture_of(np.concatenate(rows), 8) in pictures(page)
    said = words(page)
    assert "squared error per pixel, lower is better" in said
    assert "latent dimension of" not in said


def test_the_time_machine_has_its_pictures_losses_and_weights_and_no_map(unet: Run, visit) -> None:
    page = visit("time_machine", run=unet.id)
    last = unet.snapshot(2)
    assert picture_of(np.concatenate([last["target"], last["given"], last["output"]]), 8) in pictures(page)
    assert "There is no map: a run without an encoder gives no image a code." in words(page)
    assert any(title(each).startswith("Weights") for each in figures(page))
    labels = [each.label for each in page.download_button]
    assert "Reconstructions as GIF" in labels
    assert "Samples as GIF" not in labels
    assert "Positions as CSV" not in labels


def test_more_layers_than_there_are_colours_are_told_apart(unet: Run, visit) -> None:
    (weights, _) = (each for each in figures(visit("time_machine", run=unet.id)) if "kernel" in title(each))
    lines = [(trace["line"]["color"], trace["line"]["dash"]) for trace in weights["data"]]
    assert len(set(lines)) == len(lines) == 13


def test_the_time_machine_shows_it_in_step_with_a_run_that_has_a_map(unet_lab: TrainedLab, unet: Run, visit) -> None:
    page = visit("time_machine", run=unet_lab.runs["vae"], beside=unet.id)
    assert "There is no map" in words(page)
    assert sum(title(each).startswith("Codes after") for each in figures(page)) == 1


@pytest.mark.parametrize("view", ["compare", "reports"])
def test_beside_others_it_has_no_latent_dimension_and_the_others_keep_theirs(unet: Run, visit, view: str) -> None:
    page = visit(view)
    assert "no bottleneck: that it gives clean images back says nothing" in words(page)
    rows = page.dataframe[0].value.set_index("run").to_dict("index")
    (row,) = (rows[name] for name in rows if unet.id in name)
    assert not row["latent_dim"] > 0
    assert sorted(each["latent_dim"] for name, each in rows.items() if unet.id not in name) == [2, 8, 8, 8]


def test_reports_say_that_it_draws_nothing_and_what_to_choose(unet: Run, visit) -> None:
    assert f"Run {unet.id} has no code: it restores the images that it is given" in words(visit("reports"))


def test_latent_offers_it_last_and_says_what_to_do_instead(unet: Run, visit) -> None:
    page = visit("latent")
    assert page.selectbox[0].options[-1] == unet.id
    assert in_address(page, "run") != unet.id
    page = visit("latent", run=unet.id)
    assert "This run has no code: it restores images" in words(page)
    assert errors(page) == []


def test_its_one_network_is_offered_for_download(alone: Run, visit) -> None:
    labels = [each.label for each in visit("compare").download_button]
    assert "Network (ONNX)" in labels
    assert "Weights (npz)" in labels
    assert not {"Encoder (ONNX)", "Decoder (ONNX)"} & set(labels)


def test_its_training_leads_to_the_pages_that_it_has_something_for(unet: Run, visit) -> None:
    page = visit("train", follow=unet.id)
    paths = [each.proto.page for each in page.get("page_link")]
    assert any("denoise" in path for path in paths)
    assert not any("latent" in path for path in paths)
