"""Runs side by side: what the Reports page, its CSV and `aelab report` show."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from labs import LATENT_DIM, TrainedLab

from aelab import runs
from aelab.errors import LabError
from aelab.metrics import metrics
from aelab.studies import comparison

MEASURES = [spec.name for spec in metrics if spec.per_image is not None]


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
    assert overall.drop("vae")["frechet"].isna().all()
    assert table[table["class"] != comparison.ALL_CLASSES]["frechet"].isna().all()


def test_best_means_lowest_or_highest_as_the_measure_says() -> None:
    table = pd.DataFrame(
        {
            "run": ["a", "b", "c", "a"],
            "dataset": "digits",
            "class": ["", "", "", "cat"],
            "mse": [0.2, 0.1, np.nan, 0.0],
            "psnr": [20.0, 10.0, np.nan, 99.0],
            "ssim": [np.nan, np.nan, np.nan, 0.9],
            "frechet": [np.nan, 7.0, np.nan, np.nan],
        }
    )
    assert comparison.best(table) == {"mse": "b", "psnr": "a", "frechet": "b"}
    assert comparison.best(table.assign(dataset=["digits", "mnist", "mnist", "digits"])) == {}


def test_the_best_of_the_lab_is_what_numpy_finds(table: pd.DataFrame) -> None:
    overall = table[table["class"] == comparison.ALL_CLASSES].set_index("run")
    winners = comparison.best(table)
    assert set(winners) == {spec.name for spec in metrics}
    for spec in metrics:
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
