"""What `aelab evaluate`, `denoise`, `latent` and `report` answer: the numbers of the studies."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from labs import LATENT_DIM, TrainedLab
from shell import MEASURES, Answers, Refusal, rows

from aelab import inference, runs
from aelab.datasets import store
from aelab.filters import filters
from aelab.jobs import folder as jobs
from aelab.noise import noises
from aelab.reports.csv import to_csv
from aelab.studies import comparison, denoising, latent_map


@pytest.mark.parametrize("model", LATENT_DIM)
def test_evaluating_again_gives_the_numbers_of_the_training(answer: Answers, lab: TrainedLab, model: str) -> None:
    found = answer("evaluate", lab.runs[model])
    assert set(found) == {"run", "n", "split"} | MEASURES
    kept = json.loads((lab.folder / "runs" / lab.runs[model] / "metrics.json").read_text(encoding="utf-8"))
    assert (found["n"], found["split"]) == (kept["n"], kept["split"]) == (359, "test")
    for name in MEASURES:
        assert found[name] == pytest.approx(kept["overall"][name]["mean"], rel=1e-6)


def test_denoising_is_answered_with_the_numbers_of_its_study(answer: Answers, lab: TrainedLab) -> None:
    found = answer("denoise", lab.runs["dae"], "--noise", "salt_pepper", "--level", "0.1")
    assert set(found) == {"run", "noise", "split", "n", "compared", "noisy", "restored", "gain_db"}
    config = denoising.Config(noise="salt_pepper:0.1")
    run = runs.find(lab.runs["dae"])
    expected = denoising.run(inference.load(run), store.open_dataset("digits"), config)
    assert (found["n"], found["split"], found["noise"]) == (359, "test", "salt_pepper:0.1")
    for part in ("noisy", "restored"):
        assert set(found[part]) == {"psnr", "ssim", "ssim_uniform"}
        for name, value in found[part].items():
            assert value == pytest.approx(getattr(expected, part)[name].mean)
    assert found["gain_db"] == pytest.approx(expected.gain.mean)


def test_filters_are_answered_and_written_the_best_first(answer: Answers, lab: TrainedLab, tmp_path: Path) -> None:
    out = tmp_path / "filters.csv"
    asked = ("--noise", "salt_pepper", "--level", "0.1", "--filters", "--csv", out)
    found = answer("denoise", lab.runs["dae"], *asked)
    assert {method["name"] for method in found["methods"]} == {"run", *filters.names()}
    header, *lines = rows(out)
    assert header[:4] == ["noise", "method", "settings", "psnr"]
    assert {line[0] for line in lines} == {found["noise"]} == {"salt_pepper:0.1"}
    assert [line[1] for line in lines] == [method["name"] for method in found["methods"]]
    assert [float(line[3]) for line in lines] == sorted((float(line[3]) for line in lines), reverse=True)


@pytest.mark.parametrize("noise", ["gaussian:0.2+salt_pepper:0.05", "gaussian:0.2|masking:0.3"])
def test_noises_put_together_are_measured_from_a_shell(answer: Answers, lab: TrainedLab, noise: str) -> None:
    found = answer("denoise", lab.runs["dae"], "--noise", noise)
    run = runs.find(lab.runs["dae"])
    expected = denoising.run(inference.load(run), run.images(), denoising.Config(noise=noise))
    assert found["noise"] == noise
    assert found["gain_db"] == pytest.approx(expected.gain.mean)


def test_an_infinite_psnr_is_null_as_json_requires(answer: Answers, lab: TrainedLab) -> None:
    found = answer("denoise", lab.runs["dae"], "--noise", "gaussian", "--level", "0")
    assert found["noisy"]["psnr"] is None
    assert found["gain_db"] is None
    assert found["noisy"]["ssim"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("noise", "level", "sentence"),
    [
        ("rain", "0.1", f"There is no noise called 'rain'; choose one of {', '.join(noises.names())}."),
        ("gaussian", "1.5", "The level of Gaussian noise must be between 0 and 1; it is 1.5."),
        ("gaussian", "-1", "The level of Gaussian noise must be between 0 and 1; it is -1."),
        ("gaussian", "much", "'gaussian:much' is no corruption: write gaussian:0.2, "),
        ("gaussian:0.1+jpeg:200", None, "The level of JPEG artefacts must be between 0 and 99; it is 200."),
        ("gaussian", None, "gaussian needs a level: write --noise gaussian:0.2, or --level 0.2 beside it."),
        ("gaussian:0.2", "0.5", "--level 0.5 belongs to a single noise"),
    ],
)
def test_a_noise_that_cannot_be_made_is_refused_in_a_sentence(
    refusal: Refusal, lab: TrainedLab, noise: str, level: str | None, sentence: str
) -> None:
    levels = [] if level is None else [f"--level={level}"]
    for filters_too in ([], ["--filters"]):
        assert refusal("denoise", lab.runs["dae"], "--noise", noise, *levels, *filters_too).startswith(sentence)


@pytest.mark.parametrize("dimensions", [2, 3])
def test_a_map_by_pca_is_written_as_a_table(answer: Answers, lab: TrainedLab, tmp_path: Path, dimensions: int) -> None:
    out = tmp_path / "map.csv"
    found = answer("latent", lab.runs["conv_ae"], "--method", "pca", "--out", out, "--dimensions", dimensions)
    header, *lines = rows(out)
    assert header == ["index", "class", "x", "y", "z"][: 2 + dimensions]
    assert len(lines) == found["n"] == 359
    dataset = store.open_dataset("digits")
    assert [int(line[0]) for line in lines] == dataset.indices("test").tolist()
    assert [line[1] for line in lines] == [str(label) for label in dataset.labels[dataset.indices("test")]]
    coordinates = np.array([line[2:] for line in lines], float)
    assert np.abs(coordinates.mean(axis=0)).max() < 1e-3
    shares = coordinates.var(axis=0)
    np.testing.assert_allclose(
        shares / shares[0], np.array(found["explained_variance"]) / found["explained_variance"][0]
    )
    assert (found["method"], found["split"], found["divergence"]) == ("pca", "test", None)
    expected = latent_map.run(
        inference.load(runs.find(lab.runs["conv_ae"])), dataset, latent_map.Config(dimensions=dimensions)
    )
    np.testing.assert_allclose(coordinates, expected.coordinates, atol=1e-5)
    assert expected.quality is not None
    assert found["quality"] == pytest.approx(expected.quality.to_json(), abs=1e-6)


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        (("--method", "raw", "--x", 3, "--y", 1), {"x": 3, "y": 1}),
        (("--method", "lda", "--part", "train", "--limit", 50, "--seed", 4), {"part": "train", "limit": 50, "seed": 4}),
        (
            ("--method", "tsne", "--perplexity", 4, "--learning-rate", 20, "--iterations", 300, "--limit", 40),
            {"perplexity": 4, "learning_rate": 20, "iterations": 300, "limit": 40},
        ),
    ],
    ids=["raw", "lda", "tsne"],
)
def test_every_setting_of_a_map_is_an_option(
    answer: Answers, lab: TrainedLab, tmp_path: Path, options: tuple[object, ...], settings: dict[str, object]
) -> None:
    found = answer("latent", lab.runs["conv_ae"], *options, "--out", tmp_path / "map.csv")
    assert {name: found["settings"][name] for name in settings} == settings
    run = runs.find(lab.runs["conv_ae"])
    config = latent_map.Config.parse({"method": options[1], **settings})
    expected = latent_map.run(inference.load(run), run.images(), config)
    coordinates = np.array([line[2:] for line in rows(tmp_path / "map.csv")[1:]], float)
    np.testing.assert_allclose(coordinates, expected.coordinates, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("colour", ["prediction", "density"])
def test_a_map_can_have_a_column_to_colour_it_by(answer: Answers, lab: TrainedLab, tmp_path: Path, colour: str) -> None:
    out = tmp_path / "map.csv"
    answer("latent", lab.runs["conv_ae"], "--method", "pca", "--out", out, "--colour", colour)
    header, *lines = rows(out)
    assert header == ["index", "class", "x", "y", colour]
    if colour == "prediction":
        assert {line[-1] for line in lines} == {"right", "wrong"}
    else:
        assert min(float(line[-1]) for line in lines) > 0


def test_a_colour_that_these_images_do_not_have_is_one_sentence(
    refusal: Refusal, lab: TrainedLab, tmp_path: Path
) -> None:
    asked = ("latent", lab.runs["vae"], "--method", "pca", "--out", tmp_path / "map.csv", "--colour", "factor:size")
    assert "cannot be coloured by 'factor:size'; choose one of class, cluster" in refusal(*asked)
    assert not (tmp_path / "map.csv").exists()


def test_a_map_by_tsne_is_made_by_a_worker(answer: Answers, lab: TrainedLab, tmp_path: Path) -> None:
    out = tmp_path / "map.csv"
    asked = ("latent", lab.runs["vae"], "--method", "tsne", "--out", out, "--perplexity", 5, "--limit", 60)
    asked += ("--iterations", 300)
    found = answer(*asked)
    assert (found["n"], found["explained_variance"]) == (60, [])
    assert found["divergence"] > 0
    written = out.read_bytes()
    assert len(rows(out)) == 61
    out.unlink()
    assert answer(*asked) == found
    assert out.read_bytes() == written


def test_a_perplexity_that_is_too_high_is_one_sentence(refusal: Refusal, lab: TrainedLab, tmp_path: Path) -> None:
    asked = ("latent", lab.runs["vae"], "--method", "tsne", "--out", tmp_path / "map.csv", "--limit", 40)
    assert refusal(*asked) == "Perplexity must be below a third of the 40 images; it is 30. Try 4."
    assert not (tmp_path / "map.csv").exists()


@pytest.mark.parametrize("option", [("latent", "--method", "tsne", "--out"), ("report", "--csv")], ids=" ".join)
def test_a_file_that_cannot_be_written_is_refused_before_the_work(
    refusal: Refusal, lab: TrainedLab, tmp_path: Path, option: tuple[str, ...]
) -> None:
    for place in (tmp_path / "missing" / "map.csv", tmp_path):
        command, *more = option
        assert "cannot be written: name a file in a folder that exists." in refusal(
            command, lab.runs["vae"], *more, place
        )
    assert {job.kind for job in jobs.all_jobs()} == {"train"}


def test_a_report_is_the_comparison_of_its_runs(answer: Answers, lab: TrainedLab, tmp_path: Path) -> None:
    chosen = [lab.runs["pca"], lab.runs["vae"]]
    found = answer("report", *chosen, "--csv", tmp_path / "report.csv")
    assert set(found) == {"runs", "best", "csv"}
    assert [row["run"] for row in found["runs"]] == chosen
    table = comparison.compare([runs.find(run_id) for run_id in chosen])
    assert (tmp_path / "report.csv").read_text(encoding="utf-8") == to_csv(table)
    assert found["best"] == comparison.best(table)
    for row, (_, expected) in zip(found["runs"], table[table["class"] == ""].iterrows(), strict=True):
        assert {name: row[name] for name in MEASURES} == {name: expected[name] for name in MEASURES}
    assert found["runs"][0]["frechet"] is None
    assert found["runs"][1]["frechet"] > 0


def test_samples_are_measured_with_codes_from_the_prior_that_is_named(answer: Answers, lab: TrainedLab) -> None:
    found = answer("evaluate", lab.runs["conv_ae"], "--prior", "mixture")
    assert set(found) == {"run", "n", "split", "generation"}
    assert found["generation"]["prior"] == "mixture"
    assert found["generation"]["components"] >= 1
    assert found["generation"]["n_codes"] == store.open_dataset("digits").counts["train"]
    normal = answer("evaluate", lab.runs["vae"], "--prior", "normal")["generation"]
    kept = runs.find(lab.runs["vae"]).metrics()["generation"]
    assert normal["prior"] == kept["prior"] == "normal"
    assert normal["distance"] == pytest.approx(kept["distance"], rel=1e-6)


def test_a_run_that_was_brought_to_no_prior_is_not_asked_to_draw_from_one(refusal: Refusal, lab: TrainedLab) -> None:
    said = refusal("evaluate", lab.runs["conv_ae"], "--prior", "normal")
    assert said.startswith(f"Draws of the standard normal prior mean nothing to run {lab.runs['conv_ae']}")
    assert said.endswith("--prior mixture.")


# A run without an encoder.


def test_evaluating_a_run_without_an_encoder_measures_what_it_draws(answer: Answers, gan_lab: TrainedLab) -> None:
    run = runs.find(gan_lab.runs["gan"])
    found = answer("evaluate", run.id)
    assert set(found) == {"run", "n", "split", "generation"}
    assert found["generation"]["distance"] == pytest.approx(run.metrics()["generation"]["distance"], rel=1e-6)
    shown = answer("runs", "show", run.id)["metrics"]
    assert shown == {"n": 359, "split": "test", "generation": run.metrics()["generation"]}


def test_what_needs_an_encoder_is_refused_in_a_sentence(refusal: Refusal, gan_lab: TrainedLab, tmp_path: Path) -> None:
    run_id, out = gan_lab.runs["gan"], tmp_path / "map.csv"
    said = (
        f"Run {run_id} has no encoder: it draws images, and cannot look at one. Choose a run of another model for that."
    )
    assert refusal("denoise", run_id, "--noise", "gaussian", "--level", "0.1") == said
    assert refusal("latent", run_id, "--method", "pca", "--out", out) == said
    assert not out.exists()


def test_runs_are_compared_by_what_each_of_them_has(answer: Answers, gan_lab: TrainedLab) -> None:
    gan, vae = gan_lab.runs["gan"], gan_lab.runs["vae"]
    found = answer("runs", "compare", gan, vae)
    first, second = found["runs"]
    assert first["mse"] is None
    assert second["mse"] > 0
    distances = {gan: first["frechet"], vae: second["frechet"]}
    assert found["best"]["frechet"]["run"] == min(distances, key=lambda run: distances[run])
    assert found["best"]["mse"]["run"] == vae
    alone = answer("report", gan)
    assert alone["best"] == {"frechet": gan}
    assert "mse" not in alone["runs"][0]


# A run without a code.


def test_a_run_without_a_code_is_measured_by_what_it_restores(answer: Answers, unet_lab: TrainedLab) -> None:
    run_id, vae = unet_lab.runs["unet_dae"], unet_lab.runs["vae"]
    assert answer("evaluate", run_id)["psnr"] == pytest.approx(answer("runs", "show", run_id)["metrics"]["psnr"])
    assert answer("denoise", run_id, "--noise", "gaussian", "--level", "0.3")["gain_db"] > 0
    found = answer("runs", "compare", run_id, vae)["runs"]
    assert [row["latent_dim"] for row in found] == [None, 2]


def test_what_needs_a_code_is_refused_in_a_sentence(refusal: Refusal, unet_lab: TrainedLab, tmp_path: Path) -> None:
    run_id, out = unet_lab.runs["unet_dae"], tmp_path / "map.csv"
    said = refusal("latent", run_id, "--method", "pca", "--out", out)
    assert said.startswith(f"Run {run_id} has no code: it restores the images that it is given")
    assert said.endswith("Choose a run of another model for that, such as vae.")
    assert not out.exists()
