"""Reports: the numbers of the trainings, side by side."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from labs import LATENT_DIM, TrainedLab
from seen import csv_of, downloads, errors, figures, in_address, picture_of, pictures, title, words

from aelab import inference, runs
from aelab.datasets import store
from aelab.datasets.importing import import_path
from aelab.datasets.shapes import ShapesConfig
from aelab.metrics import metrics, of_pairs
from aelab.studies import comparison, generation

CSV_NAME = "report-digits.csv"
MEASURES = list(of_pairs())


@pytest.fixture
def kept(lab: TrainedLab) -> dict[str, dict]:
    """Return what each run's `metrics.json` holds, by its id."""
    return {
        run_id: json.loads((lab.folder / "runs" / run_id / "metrics.json").read_text(encoding="utf-8"))
        for run_id in lab.runs.values()
    }


def test_every_value_is_the_one_that_was_measured(lab: TrainedLab, kept: dict[str, dict], visit) -> None:
    page = visit("reports")
    words(page)
    table = page.dataframe[0].value.set_index("run")
    assert set(table.index) == set(kept)
    for run_id, measured in kept.items():
        row = table.loc[run_id]
        for spec in MEASURES:
            assert row[spec.name] == measured["overall"][spec.name]["mean"]
        assert (row["n"], row["split"]) == (measured["n"], "Test")
        assert row["latent_dim"] == LATENT_DIM[row["model"]]


def test_the_best_of_each_measure_is_named_with_the_direction(lab: TrainedLab, kept: dict[str, dict], visit) -> None:
    said = words(visit("reports")).replace("**", "")
    for spec in MEASURES:
        means = {run_id: measured["overall"][spec.name]["mean"] for run_id, measured in kept.items()}
        best = (min if spec.direction == "lower" else max)(means, key=means.get)
        unit = f" ({spec.unit})" if spec.unit else ""
        arrow = "↓" if spec.direction == "lower" else "↑"
        value = f"{means[best]:.{spec.decimals}f}"
        assert f"{spec.symbol}{unit} {arrow} ({spec.direction} is better): best is {best} with {value}" in said
    assert "Means over the N = 359 test images of digits." in said


def test_every_measure_is_defined_where_it_is_shown(lab: TrainedLab, visit) -> None:
    page = visit("reports")
    said = words(page)
    for spec in metrics:
        if spec.variant_of:
            continue  # measured on the Denoise page alone
        assert spec.definition.replace("\\", "") in said
        assert spec.equation in [each.value.strip("$\n ") for each in page.latex]


@pytest.mark.parametrize("measure", ["mse", "psnr", "ssim", "cosine_distance"])
def test_classes_and_intervals_are_shown_for_the_chosen_measure(
    lab: TrainedLab, kept: dict[str, dict], visit, measure: str
) -> None:
    page = visit("reports")
    page.button_group(key="reports.measure").set_value(measure).run()
    words(page)
    by_class = page.dataframe[1].value.set_index("run")
    for run_id, measured in kept.items():
        for name, values in measured["classes"].items():
            assert by_class.loc[run_id, name] == values[measure]["mean"]
    (figure,) = figures(page)
    assert title(figure) == "Mean and 95% interval, N = 359 test images"
    assert set(figure["data"][0]["y"]) == set(kept)


def test_the_csv_is_the_whole_comparison(lab: TrainedLab, visit) -> None:
    table = comparison.compare(runs.done())
    page = visit("reports")
    assert downloads(page) == [csv_of(table, CSV_NAME)]
    page.multiselect[0].unselect(lab.runs["dae"]).run()
    chosen = comparison.compare([run for run in runs.done() if run.model != "dae"])
    assert downloads(page) == [csv_of(chosen, CSV_NAME)]
    assert lab.runs["dae"] not in set(page.dataframe[0].value["run"])


def test_the_frechet_distance_says_its_features_and_numbers(lab: TrainedLab, kept: dict[str, dict], visit) -> None:
    said = words(visit("reports")).replace("**", "")
    measured = kept[lab.runs["vae"]]["generation"]
    assert (
        f"{lab.runs['vae']}: Fréchet distance {measured['distance']:.2f} between {measured['n_samples']} samples, "
        f"their codes drawn from the standard normal prior, and 359 test images (lower is better; "
        f"{measured['n_floor']} real training images get {measured['floor']:.2f}), "
        f"on the first {measured['features']} principal components of other training images."
    ) in said
    for model in ("pca", "conv_ae", "dae"):
        assert f"{lab.runs[model]}: Fréchet" not in said


def test_drawn_images_come_from_the_prior_of_the_run(lab: TrainedLab, visit) -> None:
    networks = inference.load(runs.find(lab.runs["vae"]))
    expected = generation.draw(networks, 40, np.random.default_rng(0))
    assert pictures(visit("reports")) == [picture_of(expected, 20)]


def test_no_run_chosen_asks_for_one(lab: TrainedLab, visit) -> None:
    page = visit("reports")
    page.multiselect[0].set_value([]).run()
    assert "Choose one run or more." in words(page)
    assert not page.dataframe


@pytest.mark.parametrize("damage", ["missing", "truncated"])
def test_results_that_cannot_be_read_are_named_and_the_others_shown(lab: TrainedLab, visit, damage: str) -> None:
    path = lab.folder / "runs" / lab.runs["dae"] / "metrics.json"
    content = path.read_bytes()
    path.unlink()
    if damage == "truncated":
        path.write_bytes(content[:100])
    page = visit("reports")
    assert not errors(page)
    shown = set(page.dataframe[0].value["run"])
    assert shown == set(lab.runs.values()) - {lab.runs["dae"]}
    assert lab.runs["dae"] in words(page)


def test_only_runs_on_the_same_images_are_compared(lab: TrainedLab, visit, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "a.npz", images=rng.integers(0, 256, (30, 28, 28), dtype=np.uint8), labels=np.arange(30) % 2)
    lab.say_trained_on("pca", import_path(tmp_path / "a.npz", "another"))
    page = visit("reports")
    assert page.selectbox(key="dataset").value == "another"
    assert list(page.dataframe[0].value["run"]) == [lab.runs["pca"]]
    page.selectbox(key="dataset").select("digits").run()
    assert set(page.dataframe[0].value["run"]) == set(lab.runs.values()) - {lab.runs["pca"]}
    words(page)


def trained_on_others(lab: TrainedLab, model: str) -> None:
    """Let a run pass for one on other digits: such as those that were imported under the name before."""
    lab.say_trained_on(model, dataclasses.replace(store.open_dataset("digits"), checksum="of-other-images"))


def test_a_run_on_other_images_of_the_same_name_is_named_and_not_compared(lab: TrainedLab, visit) -> None:
    trained_on_others(lab, "pca")
    page = visit("reports")
    said = words(page)
    same = set(lab.runs.values()) - {lab.runs["pca"]}
    assert set(page.dataframe[0].value["run"]) == set(page.multiselect[0].options) == same
    assert f"trained on other images under the name digits: {lab.runs['pca']}" in said
    assert f"best is {lab.runs['pca']}" not in said  # it is, of all four, the one with the best numbers
    assert downloads(page) == [csv_of(comparison.compare([run for run in runs.done() if run.id in same]), CSV_NAME)]


def test_where_no_run_is_on_the_images_of_now_nothing_is_compared(lab: TrainedLab, visit) -> None:
    for model in LATENT_DIM:
        trained_on_others(lab, model)
    page = visit("reports")
    said = words(page)
    assert "No run was trained on the images that digits holds now." in said
    assert all(run_id in said for run_id in lab.runs.values())
    assert not page.dataframe
    assert not page.multiselect[0].options


@pytest.mark.parametrize("loss", ["deleted", "damaged"])
def test_without_the_images_the_runs_on_those_of_the_newest_are_compared(lab: TrainedLab, visit, loss: str) -> None:
    newest = runs.done()[0]
    trained_on_others(lab, newest.model)
    if loss == "deleted":
        store.delete("digits")
    else:
        (store.root() / "digits" / "dataset.json").write_text("{")
    page = visit("reports", lang="en")
    said = words(page)
    assert list(page.dataframe[0].value["run"]) == [newest.id]
    assert "under the name digits" in said
    assert ("Dataset digits is damaged" in said) == (loss == "damaged")


def test_a_link_restores_the_chosen_runs(lab: TrainedLab, visit) -> None:
    drawn = store.import_dataset("a-drawn-one", "shapes", ShapesConfig(count=60, size=28, color="gray"))
    lab.say_trained_on("conv_ae", drawn)
    chosen = [lab.runs["vae"], lab.runs["dae"]]
    page = visit("reports", dataset="digits", runs=",".join(chosen))
    assert sorted(page.multiselect[0].value) == sorted(chosen)
    assert set(page.dataframe[0].value["run"]) == set(chosen)
    page.multiselect[0].unselect(lab.runs["vae"]).run()
    assert in_address(page, "runs") == lab.runs["dae"]


def test_the_address_names_the_runs_that_are_shown_before_anybody_chooses(lab: TrainedLab, visit) -> None:
    page = visit("reports")
    assert in_address(page, "dataset") == "digits"
    assert sorted(in_address(page, "runs").split(",")) == sorted(lab.runs.values())


def test_a_link_to_runs_of_which_one_is_deleted_says_so(lab: TrainedLab, visit) -> None:
    runs.delete(lab.runs["vae"])
    page = visit("reports", runs=f"{lab.runs['vae']},{lab.runs['dae']}")
    assert page.multiselect[0].value == [lab.runs["dae"]]
    assert f"There is no run called {lab.runs['vae']} any more." in words(page)


def test_images_without_classes_have_no_table_by_class(lab: TrainedLab, kept: dict[str, dict], visit) -> None:
    for run_id, measured in kept.items():
        path = lab.folder / "runs" / run_id / "metrics.json"
        path.write_text(json.dumps(measured | {"classes": {}}), encoding="utf-8")
    page = visit("reports")
    assert "These images have no classes." in words(page)
    assert len(page.dataframe) == 1


def test_a_generative_run_with_a_single_test_image_has_samples_but_no_distance(
    lab: TrainedLab, kept: dict[str, dict], visit
) -> None:
    measured = kept[lab.runs["vae"]]
    del measured["generation"]
    path = lab.folder / "runs" / lab.runs["vae"] / "metrics.json"
    path.write_text(json.dumps(measured), encoding="utf-8")
    page = visit("reports")
    assert "components of the training images" not in words(page)
    assert len(pictures(page)) == 1


def test_a_class_name_with_markup_is_shown_as_it_is(lab: TrainedLab, kept: dict[str, dict], visit) -> None:
    for run_id, measured in kept.items():
        named = {f"<b>{name}</b> *x*": values for name, values in measured["classes"].items()}
        path = lab.folder / "runs" / run_id / "metrics.json"
        path.write_text(json.dumps(measured | {"classes": named}), encoding="utf-8")
    page = visit("reports")
    words(page)
    assert "<b>0</b> *x*" in page.dataframe[1].value.columns
    assert store.open_dataset("digits").class_names[0] == "0"
