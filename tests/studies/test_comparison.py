"""Runs side by side: what the Reports page, its CSV and `aelab report` show."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
from labs import LATENT_DIM, TrainedLab

from aelab import runs, storage
from aelab.datasets import store
from aelab.errors import LabError
from aelab.metrics import metrics, of_pairs
from aelab.studies import comparison

MEASURES = [spec.name for spec in of_pairs()]


@pytest.fixture
def table(lab: TrainedLab) -> pd.DataFrame:
    return comparison.compare([runs.find(run_id) for run_id in lab.runs.values()])


def kept(lab: TrainedLab, model: str) -> dict:
    return json.loads((lab.folder / "runs" / lab.runs[model] / "metrics.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("model", LATENT_DIM)
def test_each_row_is_what_the_run_measured_when_it_ended(lab: TrainedLab, table: pd.DataFrame, model: str) -> None:
    rows = table[table["run"] == lab.runs[model]].set_index("class")
    measured = kept(lab, model)
    assert set(rows.index) == {comparison.ALL_CLASSES, *measured["classes"]}
    for name, values in {comparison.ALL_CLASSES: measured["overall"], **measured["classes"]}.items():
        row = rows.loc[name]
        assert (row["model"], row["latent_dim"], row["dataset"], row["split"]) == (
            model,
            LATENT_DIM[model],
            "digits",
            "test",
        )
        for measure in MEASURES:
            assert row[measure] == values[measure]["mean"]
            assert row[f"{measure}_low"] == values[measure]["low"]
            assert row[f"{measure}_high"] == values[measure]["high"]
            assert row["n"] == values[measure]["n"]


def test_the_frechet_distance_stands_beside_generative_runs_only(lab: TrainedLab, table: pd.DataFrame) -> None:
    overall = table[table["class"] == comparison.ALL_CLASSES].set_index("model")
    generation = kept(lab, "vae")["generation"]
    row = overall.loc["vae"]
    assert row["frechet"] == generation["distance"]
    assert row["frechet_floor"] == generation["floor"]
    assert row["frechet_features"] == generation["features"]
    assert row["frechet_n"] == generation["n_samples"]
    assert row["frechet_floor_n"] == generation["n_floor"]
    assert overall.drop("vae")["frechet"].isna().all()
    assert table[table["class"] != comparison.ALL_CLASSES]["frechet"].isna().all()


def test_best_means_lowest_or_highest_as_the_measure_says() -> None:
    table = pd.DataFrame(
        {
            "run": ["a", "b", "c", "a"],
            "dataset": "digits",
            "dataset_checksum": "of-the-digits",
            "class": ["", "", "", "cat"],
            "mse": [0.2, 0.1, np.nan, 0.0],
            "psnr": [20.0, 10.0, np.nan, 99.0],
            "ssim": [np.nan, np.nan, np.nan, 0.9],
            "frechet": [np.nan, 7.0, np.nan, np.nan],
        }
    )
    assert comparison.best(table) == {"mse": "b", "psnr": "a", "frechet": "b"}


def test_of_runs_on_other_images_none_is_the_best_whatever_the_images_are_called(lab: TrainedLab) -> None:
    other = dataclasses.replace(store.open_dataset("digits"), checksum="of-other-images")
    lab.say_trained_on("pca", other)
    asked = [runs.find(lab.runs[model]) for model in ("pca", "dae")]
    table = comparison.compare(asked)
    assert set(table["run"]) == {run.id for run in asked}  # beside one another they can stand
    assert comparison.best(table) == {}
    lab.say_trained_on("pca", dataclasses.replace(store.open_dataset("digits"), name="copy-of-the-digits"))
    assert comparison.best(comparison.compare([runs.find(run.id) for run in asked]))["mse"] in lab.runs.values()


def test_the_best_of_the_lab_is_what_numpy_finds(table: pd.DataFrame) -> None:
    overall = table[table["class"] == comparison.ALL_CLASSES].set_index("run")
    winners = comparison.best(table)
    common = [spec for spec in metrics if not spec.variant_of]
    assert set(winners) == {spec.name for spec in common}
    for spec in common:
        values = overall[spec.name].to_numpy()
        extreme = np.nanmin(values) if spec.direction == "lower" else np.nanmax(values)
        assert overall.loc[winners[spec.name], spec.name] == extreme


def test_an_interval_that_is_not_known_is_a_gap_and_not_a_zero(lab: TrainedLab) -> None:
    path = lab.folder / "runs" / lab.runs["pca"] / "metrics.json"
    measured = kept(lab, "pca")
    measured["classes"] = {"alone": {"mse": {"mean": 0.5, "low": None, "high": None, "n": 1, "infinite": 0}}}
    path.write_text(json.dumps(measured), encoding="utf-8")
    row = comparison.compare([runs.find(lab.runs["pca"])]).set_index("class").loc["alone"]
    assert row["mse"] == 0.5
    assert np.isnan(row["mse_low"])
    assert np.isnan(row["mse_high"])


def test_a_run_without_results_is_named(lab: TrainedLab) -> None:
    (lab.folder / "runs" / lab.runs["dae"] / "metrics.json").unlink()
    with pytest.raises(LabError, match=lab.runs["dae"]):
        comparison.compare([runs.find(lab.runs["dae"])])


def test_a_distance_that_was_measured_in_an_earlier_way_is_unknown_and_the_run_still_compared(lab: TrainedLab) -> None:
    run = runs.find(lab.runs["vae"])
    path = run.folder / "metrics.json"
    measured = storage.read_json(path)
    del measured["generation"]["n_floor"]
    storage.write_json(path, measured)
    (row,) = comparison.overall(comparison.compare([run])).to_dict(orient="records")
    assert row["mse"] == measured["overall"]["mse"]["mean"]
    assert "frechet" not in row
