"""`aelab runs` compare, export, import, restore and note: what a person does with runs once they are there."""

from __future__ import annotations

import csv
import pickle
from pathlib import Path

import numpy as np
import pytest
from labs import TrainedLab
from shell import MEASURES, Answers, Refusal, aelab, rows

from aelab import runs
from aelab.runs import about


def test_comparing_runs_tells_settings_measures_and_the_best(answer: Answers, lab: TrainedLab) -> None:
    chosen = [lab.runs["conv_ae"], lab.runs["vae"], lab.runs["pca"]]
    found = answer("runs", "compare", *chosen)
    assert [row["run"] for row in found["differences"]] == chosen
    assert [row["latent_dim"] for row in found["differences"]] == [8, 2, 8]
    assert "seed" not in found["differences"][0]
    measured = {run_id: runs.find(run_id).metrics()["overall"]["mse"]["mean"] for run_id in chosen}
    assert {row["run"]: row["mse"] for row in found["runs"]} == measured
    assert set(found["best"]) == MEASURES | {"frechet"}  # of the only one that can be drawn from
    assert found["best"]["mse"]["run"] == min(measured, key=lambda run_id: measured[run_id])
    assert [row["seeds"] for row in found["pools"]] == [1, 1, 1]


def test_a_comparison_as_csv_has_settings_and_measures(answer: Answers, lab: TrainedLab, tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    chosen = [lab.runs["conv_ae"], lab.runs["vae"]]
    assert answer("runs", "compare", *chosen, "--csv", path)["csv"] == str(path)
    heads, *lines = rows(path)
    assert {"run", "model", "latent_dim", "beta", "mse", "mse_low", "n", "split"} <= set(heads)
    assert len(heads) == len(set(heads))
    assert [line[heads.index("run")] for line in lines] == chosen
    with open(path, encoding="utf-8", newline="") as file:
        first = next(csv.DictReader(file))
    assert float(first["mse"]) == pytest.approx(runs.find(chosen[0]).metrics()["overall"]["mse"]["mean"])


def test_a_comparison_is_readable_in_a_terminal(lab: TrainedLab) -> None:
    about.change(lab.runs["vae"], title="x" * 80)
    said = aelab("runs", "compare", *lab.runs.values()).stdout
    assert max(map(len, said.splitlines())) <= 100
    assert "None" not in said
    assert "nan" not in said.lower()
    assert "MSE (lower is better): best is" in said
    assert "Settings that differ:" in said
    (beta,) = [line.split() for line in said.splitlines() if line.split()[:1] == ["beta"]]
    assert sorted(beta[1:]) == ["1.0", "–", "–", "–"]
    for number, run_id in enumerate(lab.runs.values(), start=1):
        assert f"  {number}  {run_id}" in said
        found = runs.find(run_id).metrics()["overall"]["mse"]
        assert f"{found['mean']:.5f} ± {found['high'] - found['mean']:.5f}" in said


def test_a_run_is_exported_deleted_and_imported_by_a_real_worker(
    answer: Answers, refusal: Refusal, lab: TrainedLab, tmp_path: Path
) -> None:
    run_id, path = lab.runs["vae"], tmp_path / "run.zip"
    answer("runs", "note", run_id, "--title", "Blurry", "--tag", "a", "--tag", "b")
    before = answer("runs", "show", run_id)
    exported = answer("runs", "export", run_id, "--out", path)
    assert exported == {"run": run_id, "out": str(path), "networks_only": False, "bytes": path.stat().st_size}
    assert refusal("runs", "import", path) == f"Run {run_id} is already here; delete it first to take in this one."
    answer("runs", "delete", run_id)
    imported = answer("runs", "import", path)
    assert (imported["run"], imported["title"], imported["tags"]) == (run_id, "Blurry", ["a", "b"])
    assert imported["imported"]
    after = answer("runs", "show", run_id)
    for name in ("settings", "history", "metrics", "created", "title"):
        assert after[name] == before[name]
    assert answer("evaluate", run_id)["mse"] == pytest.approx(before["metrics"]["mse"], abs=1e-5)


def test_networks_alone_are_taken_away(answer: Answers, lab: TrainedLab, tmp_path: Path) -> None:
    path = tmp_path / "networks.zip"
    assert answer("runs", "export", lab.runs["vae"], "--out", path, "--networks-only")["networks_only"] is True
    with np.load(path) as names:  # numpy opens any zip
        assert set(names.files) == {"encoder.onnx", "decoder.onnx", "model.weights.npz", "manifest.json"}


@pytest.mark.usefixtures("no_workers")
def test_a_pickle_is_refused_without_being_opened(refusal: Refusal, lab: TrainedLab, tmp_path: Path) -> None:
    (tmp_path / "model.pkl").write_bytes(pickle.dumps([1]))
    assert refusal("runs", "import", tmp_path / "model.pkl").startswith(
        "model.pkl is a pickle file, which the lab never"
    )
    (tmp_path / "run.zip").write_bytes(pickle.dumps([1]))
    assert refusal("runs", "import", tmp_path / "run.zip").startswith("run.zip is a pickle file")
    (tmp_path / "run.zip").write_bytes(b"just text")
    assert refusal("runs", "import", tmp_path / "run.zip").startswith(
        "run.zip is no exported run: it is not a zip file"
    )
    assert "There is no file called" in refusal("runs", "import", tmp_path / "nothing.zip")


def test_a_deleted_run_is_restored_and_the_shell_says_how(answer: Answers, refusal: Refusal, lab: TrainedLab) -> None:
    said = aelab("runs", "delete", lab.runs["pca"]).stdout
    assert f"aelab runs restore {lab.runs['pca']}" in said
    assert answer("runs", "restore", lab.runs["pca"]) == {"restored": lab.runs["pca"]}
    assert lab.runs["pca"] in {row["run"] for row in answer("runs", "list")["runs"]}
    assert "There is no deleted run called" in refusal("runs", "restore", lab.runs["pca"])


def test_taking_away_a_deleted_run_says_that_it_is_in_the_trash(
    answer: Answers, refusal: Refusal, lab: TrainedLab, tmp_path: Path
) -> None:
    run_id = lab.runs["pca"]
    answer("runs", "delete", run_id)
    said = refusal("runs", "export", run_id, "--out", tmp_path / "run.zip")
    assert said == f"Run {run_id} was deleted and is in the trash. Bring it back first: `aelab runs restore {run_id}`."
    assert "There is no run called" in refusal("runs", "export", "nothing", "--out", tmp_path / "run.zip")


def test_what_is_written_about_a_run_is_in_the_list(answer: Answers, refusal: Refusal, lab: TrainedLab) -> None:
    run_id = lab.runs["vae"]
    answer("runs", "note", run_id, "--title", "First", "--notes", "Try beta 2", "--archive")
    assert answer("runs", "note", run_id, "--tag", "x")["notes"] == "Try beta 2"
    row = next(row for row in answer("runs", "list")["runs"] if row["run"] == run_id)
    assert (row["title"], row["tags"], row["archived"]) == ("First", ["x"], True)
    assert answer("runs", "note", run_id, "--tag", "x; y", "--tag", "z")["tags"] == ["x", "y", "z"]
    assert answer("runs", "note", run_id, "--no-archive", "--tag", "")["tags"] == []
    assert answer("runs", "show", run_id)["archived"] is False
    assert "title may have up to 80 characters" in refusal("runs", "note", run_id, "--title", "x" * 81)
    assert "Try beta 2" in aelab("runs", "show", run_id).stdout
