"""Denoise: how much of a noise a run takes away, for the eye and in numbers."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from labs import TrainedLab, until
from seen import buttons, csv_of, downloads, picture_of, pictures, press, words
from streamlit.testing.v1 import AppTest

from aelab import inference, runs
from aelab.datasets import store
from aelab.datasets.importing import import_path
from aelab.datasets.store import Dataset
from aelab.filters import filters
from aelab.jobs import folder, queue
from aelab.metrics.estimate import Estimate
from aelab.noise import noises
from aelab.runs import Run
from aelab.studies import baselines as baselines_study
from aelab.studies import denoising
from aelab.studies.denoising import Config, Denoising
from aelab.tasks import train
from aelab.tasks.baselines import JOB
from ui.denoise.gain import gain_sentence

each_noise = pytest.mark.parametrize("noise", noises.names())
each_level = pytest.mark.parametrize("share", [0.0, 0.35, 1.0], ids=["none", "some", "strongest"])


def measured(run: Run, noise: str, level: float) -> Denoising:
    return denoising.run(inference.load(run), store.open_dataset(run.dataset), Config(noise=f"{noise}:{level}"))


def choose(page: AppTest, noise: str, level: float) -> AppTest:
    page.selectbox(key="noise").select(noise).run()
    return page.slider(key=f"severity.{noise}").set_value(level).run()


@pytest.mark.parametrize("noise", ["gaussian", "jpeg"])
@each_level
def test_the_table_has_the_numbers_of_the_study(lab: TrainedLab, visit, noise: str, share: float) -> None:
    level = round(share * noises[noise].highest, 2)
    page = choose(visit("denoise"), noise, level)
    said = words(page)
    run = runs.find(lab.runs["dae"])
    table = page.dataframe[0].value
    expected = measured(run, noise, level)
    headings = {
        "psnr": "PSNR (dB) ↑",
        "ssim": "SSIM (Gaussian window) ↑",
        "ssim_uniform": "SSIM (uniform window) ↑",
    }
    for (_, row), name in zip(table.iterrows(), headings, strict=True):
        before, after = expected.noisy[name].mean, expected.restored[name].mean
        assert row["noise"] == f"{noise}:{level:g}"
        assert row["measure"] == headings[name]
        assert row["noisy"] == pytest.approx(before)
        assert row["restored"] == pytest.approx(after)
        assert row["gain"] == pytest.approx(expected.gain.mean if name == "psnr" else after - before, nan_ok=True)
        assert (row["n"], row["split"]) == (359, "Test")
    if level == 0:
        assert "At severity 0 there is nothing to restore" in said
        assert "nan" not in said
    else:
        gain = measured(run, noise, level).gain
        assert f"Restoring changes PSNR by **{gain.mean:+.2f} dB**" in said
        assert f"(95% interval {gain.low:+.2f} to {gain.high:+.2f})" in said
        assert "over N = 359 test images" in said


@pytest.mark.parametrize("noise", ["salt_pepper", "gaussian_blur", "occlusion"])
def test_the_picture_is_clean_noisy_and_restored(lab: TrainedLab, visit, noise: str) -> None:
    level = noises[noise].severities[3]
    page = choose(visit("denoise"), noise, level)
    run = runs.find(lab.runs["dae"])
    shown = denoising.example(inference.load(run), store.open_dataset("digits"), Config(noise=f"{noise}:{level}"))
    assert pictures(page) == [picture_of(np.concatenate([shown.clean, shown.noisy, shown.restored]), 8)]


@each_noise
def test_a_noise_starts_at_its_usual_level_and_ends_at_its_highest(lab: TrainedLab, visit, noise: str) -> None:
    page = visit("denoise")
    page.selectbox(key="noise").select(noise).run()
    slider = page.slider(key=f"severity.{noise}")
    spec = noises[noise]
    assert (slider.min, slider.max, slider.value) == (0, spec.highest, spec.default)
    assert spec.summary in words(page)
    assert slider.help == spec.level_label


def test_each_noise_remembers_its_own_level(lab: TrainedLab, visit) -> None:
    page = choose(visit("denoise"), "gaussian", 0.7)
    page = choose(page, "salt_pepper", 0.05)
    page.selectbox(key="noise").select("gaussian").run()
    assert page.slider(key="severity.gaussian").value == 0.7


def test_a_second_noise_follows_the_first_in_pictures_numbers_and_words(lab: TrainedLab, visit) -> None:
    page = choose(visit("denoise"), "gaussian", 0.2)
    page.selectbox(key="noise.second").select("gaussian").run()
    page.slider(key="severity.second.gaussian").set_value(0.4).run()
    assert page.slider(key="severity.gaussian").value == 0.2  # each place has a level of its own
    page.selectbox(key="noise.second").select("masking").run()
    page.slider(key="severity.second.masking").set_value(0.05).run()
    config = Config(noise="gaussian:0.2+masking:0.05")
    run = runs.find(lab.runs["dae"])
    expected = denoising.run(inference.load(run), run.images(), config)
    table = page.dataframe[0].value
    assert set(table["noise"]) == {config.noise}
    assert "clean, noisy (Gaussian noise 0.2, then Masking 0.05), restored" in words(page)
    assert table.iloc[0]["noisy"] == pytest.approx(expected.noisy["psnr"].mean)
    shown = denoising.example(inference.load(run), run.images(), config)
    assert pictures(page) == [picture_of(np.concatenate([shown.clean, shown.noisy, shown.restored]), 8)]
    equations = [each.value.strip("$\n ") for each in page.latex]
    assert {noises["gaussian"].equation, noises["masking"].equation} <= set(equations)


def test_the_denoising_run_comes_first_and_others_are_told_from_it(lab: TrainedLab, visit) -> None:
    page = visit("denoise")
    assert page.selectbox(key="run").value == lab.runs["dae"]
    assert page.selectbox(key="run").options[0] == lab.runs["dae"]
    assert "was not trained to denoise" not in words(page)
    page = visit("denoise", run=lab.runs["pca"])
    assert "This run was not trained to denoise" in words(page)
    row = page.dataframe[0].value.iloc[0]
    spec = next(iter(noises))
    expected = measured(runs.find(lab.runs["pca"]), spec.name, spec.default)
    assert row["restored"] == pytest.approx(expected.restored["psnr"].mean)


def test_the_csv_is_the_table_with_names_that_do_not_change_with_the_language(lab: TrainedLab, visit) -> None:
    run = runs.find(lab.runs["dae"])
    found = measured(run, "gaussian", noises["gaussian"].default)
    for language in ("en", "es"):
        page = visit("denoise", lang=language)
        assert downloads(page) == [csv_of(denoising.table(found), f"denoise-{run.id}.csv")]


@pytest.fixture
def spotted(lab: TrainedLab) -> Dataset:
    """Return images so small that a little salt and pepper leaves many of them alone."""
    rng = np.random.default_rng(0)
    images = rng.integers(1, 255, (200, 12, 12), dtype=np.uint8)
    np.savez(lab.folder / "spotted.npz", images=images, labels=np.zeros(200, int))
    return import_path(lab.folder / "spotted.npz", "spotted")


def test_images_that_the_noise_left_alone_are_counted_and_not_in_the_means(
    spotted: Dataset, lab: TrainedLab, visit, workers
) -> None:
    run = train.submit("spotted", "pca", {"latent_dim": 4})
    until(lambda: runs.status(run).state == "done")
    page = choose(visit("denoise", run=run.id), "salt_pepper", 0.01)
    expected = measured(run, "salt_pepper", 0.01)
    assert 0 < expected.gain.n < expected.n == spotted.counts["test"]
    said = words(page)
    assert f"over N = {expected.gain.n} test images" in said
    assert f"Left out: {expected.gain.infinite} more that are identical to the clean ones" in said
    table = page.dataframe[0].value
    psnr, ssim = (table.iloc[row] for row in (0, 1))
    assert (psnr["n"], psnr["infinite"]) == (expected.gain.n, expected.n - expected.gain.n)
    assert (ssim["n"], ssim["infinite"]) == (expected.n, 0)
    assert psnr["gain"] == pytest.approx(psnr["restored"] - psnr["noisy"])


def test_a_noise_that_hits_nothing_is_not_taken_for_severity_0(lab: TrainedLab) -> None:
    nothing = Estimate(np.nan, np.nan, np.nan, 0, infinite=3)
    same = {"psnr": Estimate(np.inf, np.inf, np.inf, 0, 3), "ssim": Estimate(1.0, 1.0, 1.0, 3)}
    found = Denoising("salt_pepper:0.01", "test", 3, same, same, nothing)
    assert gain_sentence(found).startswith("There is no gain to measure: each of the N = 3 test images is identical")
    unharmed = dataclasses.replace(found, noise="salt_pepper:0")
    assert gain_sentence(unharmed).startswith("At severity 0 there is nothing to restore")


def test_a_single_test_image_has_a_gain_without_an_interval() -> None:
    one = {"psnr": Estimate(20.0, np.nan, np.nan, 1), "ssim": Estimate(0.5, np.nan, np.nan, 1)}
    found = Denoising("gaussian:0.2", "test", 1, one, one, Estimate(0.0, np.nan, np.nan, 1))
    assert "nan" not in gain_sentence(found)
    assert "over N = 1 test images, too few for an interval" in gain_sentence(found)


def test_the_noise_is_defined_where_its_severity_is_shown(lab: TrainedLab, visit) -> None:
    page = visit("denoise")
    assert noises["gaussian"].equation in [each.value.strip("$\n ") for each in page.latex]


def test_a_dataset_of_many_test_images_is_measured_on_some_until_all_are_wanted(lab: TrainedLab, visit) -> None:
    images = np.random.default_rng(0).integers(0, 256, (7000, 28, 28), dtype=np.uint8)
    path = lab.folder / "many.npz"
    np.savez(path, images=images, labels=np.zeros(7000, int))
    many = import_path(path, "many")
    lab.say_trained_on("pca", many)
    page = visit("denoise", run=lab.runs["pca"])
    assert set(page.dataframe[0].value["n"]) == {1000}
    assert "over N = 1000 test images" in words(page)
    page.button_group(key="denoise.limit").set_value(0).run()
    assert set(page.dataframe[0].value["n"]) == {many.counts["test"]}
    assert f"over N = {many.counts['test']} test images" in words(page)


def test_a_calibrated_severity_moves_the_slider_and_goes_when_that_is_moved(lab: TrainedLab, visit) -> None:
    page = visit("denoise")
    page.button_group(key="severity.gaussian.number").select(3).run()
    assert page.slider(key="severity.gaussian").value == noises["gaussian"].severities[2]
    page.slider(key="severity.gaussian").set_value(0.5).run()
    assert page.button_group(key="severity.gaussian.number").value in (None, [])


def test_filters_stand_beside_the_run_as_soon_as_somebody_asks(lab: TrainedLab, visit, workers) -> None:
    page = visit("denoise")
    page.button_group(key="severity.gaussian.number").select(4).run()
    page = press(page, "Compare with filters")
    (job,) = (each for each in folder.all_jobs() if each.kind == "baselines")
    assert queue.wait(job, lambda now: None).state == "done"
    page.run()
    found = JOB.result(job)
    table = page.dataframe[1].value
    assert list(table["method"])[: len(found.methods)] == [
        "This run" if method.name == "run" else filters[method.name].label for method in found.methods
    ]
    said = words(page)
    assert f"{found.of_run.psnr.mean:.2f} dB" in said
    assert f"N = {found.n} test images" in said
    assert csv_of(baselines_study.table(found), f"filters-{lab.runs['dae']}-gaussian-0.2.csv") in downloads(page)


def test_nothing_is_compared_where_nothing_is_corrupted(lab: TrainedLab, visit) -> None:
    page = choose(visit("denoise"), "gaussian", 0.0)
    assert "At severity 0 there is nothing to restore: choose another." in words(page)
    assert "Compare with filters" not in buttons(page)
