"""The `aelab` command as scripts rely on it: what it answers, on which stream, with which exit status."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from labs import LATENT_DIM, TrainedLab, settings_of
from PIL import Image

from aelab import cli, inference, runs
from aelab.datasets import store
from aelab.jobs import folder as jobs
from aelab.jobs import queue
from aelab.jobs.folder import Job
from aelab.reports.csv import to_csv
from aelab.studies import comparison, denoising

MEASURES = {"mse", "psnr", "ssim", "cosine_distance"}
Answers = Callable[..., dict[str, Any]]


class Nobody:
    """An executor with no computer: what is asked of it stays queued."""

    def start(self, job: Job) -> None:
        """Start nothing."""


@pytest.fixture
def no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_executor", Nobody())


def strict_json(text: str) -> dict[str, Any]:
    """Read the one JSON object that is allowed on standard output."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    assert text.count("\n") == 1
    answer = json.loads(text, parse_constant=refuse)
    assert isinstance(answer, dict)
    return answer


@pytest.fixture
def answer(capsys: pytest.CaptureFixture[str]) -> Answers:
    """Return a function that runs the command in this process with `--json` and returns its answer."""

    def run(*arguments: object) -> dict[str, Any]:
        assert cli.main([*map(str, arguments), "--json"]) == 0
        captured = capsys.readouterr()
        assert captured.err == ""
        return strict_json(captured.out)

    return run


@pytest.fixture
def refusal(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return a function that runs the command, which must exit with 1, and returns its one sentence."""

    def run(*arguments: object) -> str:
        assert cli.main([*map(str, arguments), "--json"]) == 1
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.endswith(".\n")
        assert captured.err.count("\n") == 1
        return captured.err.strip()

    return run


def aelab(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a shell does."""
    return subprocess.run(
        [sys.executable, "-m", "aelab.cli", *map(str, arguments)],
        env=os.environ | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def pictures(root: Path, classes: tuple[str, ...], count: int = 10, size: tuple[int, int] = (20, 24)) -> Path:
    """Make a folder with pictures of chance in each of some classes."""
    rng = np.random.default_rng(0)
    for name in classes:
        (root / name).mkdir(parents=True)
        for index in range(count):
            pixels = rng.integers(0, 256, (*size, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(root / name / f"{index}.png")
    return root


def rows(path: Path) -> list[list[str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


# Datasets


def test_datasets_are_listed_whether_they_are_stored_yet(answer: Answers, lab: TrainedLab) -> None:
    listed = answer("datasets", "list")["datasets"]
    assert {"dataset": "digits", "stored": True} in listed
    assert {"dataset": "mnist", "stored": False} in listed


def test_a_dataset_is_described(answer: Answers, lab: TrainedLab) -> None:
    found = answer("datasets", "show", "digits")
    assert set(found) == {"dataset", "shape", "counts", "classes", "provenance", "skipped", "checksum"}
    assert (found["dataset"], found["shape"]) == ("digits", [28, 28, 1])
    assert found["counts"] == {"all": 1797, "train": 1259, "validation": 179, "test": 359}
    assert list(found["classes"]) == [str(digit) for digit in range(10)]
    assert sum(found["classes"].values()) == 1797


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_class_folders_are_imported_at_any_size(answer: Answers, tmp_path: Path, packed: bool) -> None:
    path = pictures(tmp_path / "fruit", ("apples", "pears"))
    (path / "apples" / "broken.png").write_bytes(b"no picture")
    if packed:
        with zipfile.ZipFile(tmp_path / "fruit.zip", "w") as archive:
            for file in path.rglob("*.png"):
                archive.write(file, file.relative_to(tmp_path))
        path = tmp_path / "fruit.zip"
    found = answer("datasets", "import", path, "--name", "fruit", "--size", "30", "--color", "gray")
    assert (found["dataset"], found["shape"], found["classes"]) == ("fruit", [30, 30, 1], {"apples": 10, "pears": 10})
    assert len(found["skipped"]) == 1
    assert "broken.png" in found["skipped"][0]
    assert answer("datasets", "show", "fruit") == found


def test_pictures_get_128_pixels_and_their_colours_unless_asked_otherwise(answer: Answers, tmp_path: Path) -> None:
    found = answer("datasets", "import", pictures(tmp_path / "fruit", ("a", "b"), count=4), "--name", "fruit")
    assert found["shape"] == [128, 128, 3]


@pytest.mark.parametrize(
    ("make", "more", "sentence"),
    [
        (lambda path: path.write_text("no zip"), (), "is neither a folder or zip of class folders nor"),
        (lambda path: None, (), "There is no file or folder"),
        (lambda path: path.mkdir(), (), ""),
        (lambda path: pictures(path, ("a",), count=1), (), ""),
        (lambda path: pictures(path, ("a", "b"), count=4) and (path / "empty").mkdir(), (), "empty"),
        (lambda path: pictures(path, ("a", "b")), ("--size", "0"), "size must be between 12 and 512; it is 0"),
        (lambda path: pictures(path, ("a", "b")), ("--size", "1e9"), "size must be between 12 and 512"),
        (lambda path: pictures(path, ("a", "b")), ("--size", "big"), "size must be a whole number between"),
    ],
)
def test_what_cannot_be_imported_leaves_nothing(
    refusal: Callable[..., str], tmp_path: Path, make: Callable[[Path], object], more: tuple[str, ...], sentence: str
) -> None:
    make(tmp_path / "brought")
    assert sentence in refusal("datasets", "import", tmp_path / "brought", "--name", "mine", *more)
    assert store.stored_names() == []
    assert not [path for path in store.root().glob("*") if path.is_dir()]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("digits", "is the name of a built-in dataset"), ("../x", "is not a name the lab can use"), ("mine", "already")],
)
def test_a_name_that_cannot_be_had_is_refused(
    answer: Answers, refusal: Callable[..., str], tmp_path: Path, name: str, sentence: str
) -> None:
    path = pictures(tmp_path / "fruit", ("a", "b"), count=4)
    kept = answer("datasets", "import", path, "--name", "mine")
    assert sentence in refusal("datasets", "import", path, "--name", name)
    assert answer("datasets", "show", "mine") == kept


def test_an_unknown_dataset_is_named_with_those_there_are(refusal: Callable[..., str], artifacts: Path) -> None:
    assert refusal("datasets", "show", "cats").startswith("There is no dataset called 'cats'; choose one of digits,")


# Training


@pytest.mark.parametrize("model", LATENT_DIM)
def test_a_training_that_was_done_before_answers_at_once(answer: Answers, lab: TrainedLab, model: str) -> None:
    settings = [part for key, value in settings_of(model).items() for part in ("--set", f"{key}={value}")]
    found = answer("train", "--dataset", "digits", "--model", model, *settings)
    assert set(found) == {"run", "status", "seconds", "cpu_seconds", "metrics"}
    assert (found["run"], found["status"]) == (lab.runs[model], "done")
    assert found["seconds"] > 0
    assert found["cpu_seconds"] > 0
    assert set(found["metrics"]) == MEASURES | {"n", "split"} | ({"generation"} if model == "vae" else set())
    assert len(runs.listed()) == 4


@pytest.mark.usefixtures("no_workers")
def test_options_are_settings_too(answer: Answers, lab: TrainedLab) -> None:
    found = answer(
        *("train", "--dataset", "digits", "--model", "dae", "--epochs", 3, "--limit", 50, "--seed", 7, "--detach"),
        *("--set", "noise=salt_pepper", "--set", "noise_level=0.25", "--set", "learning_rate=1e-3"),
    )
    assert (found["status"], found["metrics"]) == ("queued", None)
    asked = runs.find(found["run"]).settings
    assert {"epochs": 3, "limit": 50, "seed": 7, "noise": "salt_pepper", "noise_level": 0.25}.items() <= asked.items()
    assert asked["learning_rate"] == 0.001
    listed = {row["run"]: row["status"] for row in answer("runs", "list")["runs"]}
    assert listed[found["run"]] == "queued"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("--set latent_dim=0", "latent_dim must be between 1 and 4096; it is 0."),
        ("--set latent_dim=1000000000", "latent_dim must be between 1 and 4096; it is 1000000000."),
        ("--set latent_dim=1000", "latent_dim must be at most 784, the values in an image of digits; it is 1000."),
        ("--set latent_dim=many", "latent_dim must be a whole number between 1 and 4096; it is 'many'."),
        ("--set learning_rate=-0.1", "learning_rate must be between 1e-07 and 100; it is -0.1."),
        ("--set learning_rate=nan", "learning_rate must be a number between 1e-07 and 100; it is 'nan'."),
        ("--set loss=ssim", "loss must be one of mse, bce; it is 'ssim'."),
        ("--set batch_size=2.5", "batch_size must be a whole number between"),
        ("--set beta=2", "There is no setting called 'beta'; the settings here are latent_dim,"),
        ("--epochs 0", "epochs must be between 1 and 5000; it is 0."),
        ("--limit -1", "limit must be between 0"),
        ("--seed x", "seed must be a whole number"),
        ("--model gan", "There is no model called 'gan'; choose one of pca,"),
        ("--dataset cats", "There is no dataset called 'cats'; choose one of digits,"),
        ("--dataset ../digits", "is not a name the lab can use"),
    ],
)
@pytest.mark.usefixtures("no_workers")
def test_a_bad_value_is_one_sentence_and_starts_nothing(
    lab: TrainedLab, refusal: Callable[..., str], arguments: str, sentence: str
) -> None:
    assert sentence in refusal("train", "--dataset", "digits", "--model", "conv_ae", *arguments.split())
    assert {row.id for row in runs.listed()} == set(lab.runs.values())


@pytest.fixture(scope="module")
def shell_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Bring pictures and train on them from a shell; return its answers and where they are kept."""
    root = tmp_path_factory.mktemp("shell")
    environment = {"AELAB_ARTIFACTS": str(root / "elsewhere")}
    path = pictures(root / "brought", ("=SUM(1,2)", "@cat", "plátano"))
    imported = aelab("datasets", "import", path, "--name", "formulas", "--size", 16, "--json", **environment)
    trained = aelab(
        *("train", "--dataset", "formulas", "--model", "pca", "--set", "latent_dim=3", "--json"), **environment
    )
    yield {"environment": environment, "imported": imported, "trained": trained, "root": root}


def test_a_shell_trains_and_gets_one_json_object(shell_lab: dict[str, Any]) -> None:
    for process in (shell_lab["imported"], shell_lab["trained"]):
        assert (process.returncode, process.stderr) == (0, "")
    found = strict_json(shell_lab["trained"].stdout)
    assert set(found) == {"run", "status", "seconds", "cpu_seconds", "metrics"}
    assert found["status"] == "done"
    assert set(found["metrics"]) == MEASURES | {"n", "split"}
    assert (found["metrics"]["n"], found["metrics"]["split"]) == (6, "test")


def test_everything_a_shell_makes_is_where_aelab_artifacts_says(shell_lab: dict[str, Any]) -> None:
    run = strict_json(shell_lab["trained"].stdout)["run"]
    elsewhere = shell_lab["root"] / "elsewhere"
    assert sorted(path.name for path in shell_lab["root"].iterdir()) == ["brought", "elsewhere"]
    assert (elsewhere / "datasets" / "formulas" / "images.npy").exists()
    assert (elsewhere / "runs" / run / "metrics.json").exists()
    assert (elsewhere / "jobs" / run / "log.txt").exists()


def test_class_names_that_look_like_formulas_are_text_in_every_csv(
    shell_lab: dict[str, Any], answer: Answers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AELAB_ARTIFACTS", shell_lab["environment"]["AELAB_ARTIFACTS"])
    run = strict_json(shell_lab["trained"].stdout)["run"]
    answer("report", run, "--csv", tmp_path / "report.csv")
    answer("latent", run, "--method", "pca", "--out", tmp_path / "map.csv")
    for name in ("report.csv", "map.csv"):
        header, *lines = rows(tmp_path / name)
        names = {line[header.index("class")] for line in lines} - {""}
        assert names == {"'=SUM(1,2)", "'@cat", "plátano"}


def test_letters_that_the_terminal_has_not_do_not_stop_the_command(shell_lab: dict[str, Any]) -> None:
    plain = aelab("datasets", "show", "formulas", **shell_lab["environment"], PYTHONIOENCODING="ascii")
    assert (plain.returncode, plain.stderr) == (0, "")
    assert "pl\\xe1tano 10" in plain.stdout
    told = aelab("datasets", "show", "formulas", "--json", **shell_lab["environment"], PYTHONIOENCODING="ascii")
    assert strict_json(told.stdout)["classes"]["plátano"] == 10


def test_a_reader_that_has_seen_enough_is_no_error(shell_lab: dict[str, Any]) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "aelab.cli", "datasets", "list"],
        env=os.environ | shell_lab["environment"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_a_detached_training_goes_on_when_the_shell_is_gone(artifacts: Path, trained_lab: TrainedLab) -> None:
    trained_lab.copied_to(artifacts)
    process = aelab("train", "--dataset", "digits", "--model", "pca", "--set", "latent_dim=2", "--detach", "--json")
    found = strict_json(process.stdout)
    assert found["status"] in {"queued", "running"}
    assert (found["metrics"], process.returncode) == (None, 0)
    job = jobs.find(found["run"])
    assert job is not None
    assert queue.wait(job, lambda now: None).state == "done"
    again = aelab("train", "--dataset", "digits", "--model", "pca", "--set", "latent_dim=2", "--json")
    assert strict_json(again.stdout)["metrics"]["n"] == 359


def test_a_loss_that_is_no_number_any_more_is_one_sentence(artifacts: Path, tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (30, 128, 128), dtype=np.uint8)
    np.savez(tmp_path / "noise.npz", images=images, labels=np.zeros(30, int))
    assert aelab("datasets", "import", tmp_path / "noise.npz", "--name", "noise").returncode == 0
    process = aelab(
        *("train", "--dataset", "noise", "--model", "vae", "--epochs", 2, "--json"),
        *("--set", "learning_rate=100", "--set", "beta=100", "--set", "batch_size=128"),
    )
    assert (process.returncode, process.stdout) == (1, "")
    assert process.stderr.startswith("The loss stopped being a number in epoch ")
    assert process.stderr.count("\n") == 1
    assert "learning_rate 100 is too high" in process.stderr
    assert [row.state for row in runs.listed()] == ["failed"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that only one process hears")
def test_ctrl_c_cancels_the_training(artifacts: Path, trained_lab: TrainedLab) -> None:
    trained_lab.copied_to(artifacts)
    with subprocess.Popen(
        [sys.executable, "-m", "aelab.cli", "train", "--dataset", "digits", "--model", "shallow_ae", "--epochs=5000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while "running" not in {row.state for row in runs.listed()}:
            assert process.poll() is None
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "Cancelled.\n")
    (cancelled,) = (row for row in runs.listed() if row.run is not None and row.run.model == "shallow_ae")
    job = jobs.find(cancelled.id)
    assert job is not None
    assert queue.wait(job, lambda now: None).state == "cancelled"


# Runs


def test_runs_are_listed_newest_first_the_damaged_one_too(answer: Answers, lab: TrainedLab) -> None:
    path = lab.folder / "runs" / lab.runs["dae"] / "config.json"
    path.write_bytes(path.read_bytes()[:40])
    listed = answer("runs", "list")["runs"]
    assert all(set(row) == {"run", "status", "model", "dataset", "reason"} for row in listed)
    found = {row["run"]: row for row in listed}
    assert set(found) == set(lab.runs.values())
    for model in ("pca", "conv_ae", "vae"):
        expected = {"status": "done", "model": model, "dataset": "digits", "reason": None}
        assert found[lab.runs[model]] == {"run": lab.runs[model], **expected}
    damaged = found[lab.runs["dae"]]
    assert (damaged["status"], damaged["model"], damaged["dataset"]) == ("damaged", None, None)
    assert "config.json" in damaged["reason"]


def test_a_lab_without_runs_has_an_empty_list(answer: Answers, artifacts: Path) -> None:
    assert answer("runs", "list") == {"runs": []}


def test_a_run_is_shown_with_its_settings_history_and_measures(answer: Answers, lab: TrainedLab) -> None:
    found = answer("runs", "show", lab.runs["vae"])
    assert {"run", "status", "model", "dataset", "settings", "history", "metrics"} <= set(found)
    assert (found["run"], found["status"], found["error"]) == (lab.runs["vae"], "done", None)
    assert settings_of("vae").items() <= found["settings"].items()
    assert [line["epoch"] for line in found["history"]] == [1, 2]
    assert set(found["history"][0]["train"]) == {"loss", "reconstruction", "beta_kl"}
    assert set(found["metrics"]) == MEASURES | {"n", "split", "generation"}


def test_a_deleted_run_is_gone_and_the_others_stay(answer: Answers, lab: TrainedLab) -> None:
    assert answer("runs", "delete", lab.runs["pca"]) == {"deleted": lab.runs["pca"]}
    left = {row["run"] for row in answer("runs", "list")["runs"]}
    assert left == set(lab.runs.values()) - {lab.runs["pca"]}
    assert not (lab.folder / "runs" / lab.runs["pca"]).exists()
    assert not (lab.folder / "jobs" / lab.runs["pca"]).exists()


@pytest.mark.usefixtures("no_workers")
def test_a_run_that_still_waits_is_not_deleted(answer: Answers, refusal: Callable[..., str], lab: TrainedLab) -> None:
    run = answer("train", "--dataset", "digits", "--model", "deep_ae", "--detach")["run"]
    assert refusal("runs", "delete", run) == f"Run {run} is still queued: cancel it first."


@pytest.mark.parametrize(
    "arguments",
    [
        ("runs", "show"),
        ("runs", "delete"),
        ("evaluate",),
        ("denoise", "--noise", "gaussian", "--level", "0.2"),
        ("latent", "--method", "pca", "--out", "map.csv"),
        ("report",),
    ],
    ids=" ".join,
)
def test_an_unknown_run_is_named(refusal: Callable[..., str], lab: TrainedLab, arguments: tuple[str, ...]) -> None:
    assert refusal(*arguments, "pca-digits-0000").startswith("There is no run called 'pca-digits-0000';")
    assert "is not a name the lab can use" in refusal(*arguments, "../runs")


@pytest.mark.usefixtures("no_workers")
def test_a_run_that_is_not_done_yet_cannot_be_measured(
    answer: Answers, refusal: Callable[..., str], lab: TrainedLab
) -> None:
    run = answer("train", "--dataset", "digits", "--model", "deep_ae", "--detach")["run"]
    assert refusal("evaluate", run) == f"Run {run} has no encoder: it is queued. Choose a run that is done."
    assert refusal("report", run) == f"Run {run} has no results: it is queued."


# Studies


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
    assert set(found) == {"run", "noise", "level", "split", "n", "noisy", "restored", "gain_db"}
    config = denoising.Config(noise="salt_pepper", level=0.1)
    run = runs.find(lab.runs["dae"])
    expected = denoising.run(inference.load(run), store.open_dataset("digits"), config)
    assert (found["n"], found["split"], found["level"]) == (359, "test", 0.1)
    for part in ("noisy", "restored"):
        assert set(found[part]) == {"psnr", "ssim"}
        for name, value in found[part].items():
            assert value == pytest.approx(getattr(expected, part)[name].mean)
    assert found["gain_db"] == pytest.approx(expected.gain.mean)


def test_an_infinite_psnr_is_null_as_json_requires(answer: Answers, lab: TrainedLab) -> None:
    found = answer("denoise", lab.runs["dae"], "--noise", "gaussian", "--level", "0")
    assert found["noisy"]["psnr"] is None
    assert found["gain_db"] is None
    assert found["noisy"]["ssim"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("noise", "level", "sentence"),
    [
        ("rain", "0.1", "noise must be one of gaussian, salt_pepper; it is 'rain'."),
        ("gaussian", "1.5", "level must be between 0 and 1; it is 1.5."),
        ("gaussian", "-1", "level must be between 0 and 1; it is -1."),
        ("gaussian", "much", "level must be a number between 0 and 1; it is 'much'."),
    ],
)
def test_a_noise_that_cannot_be_made_is_refused(
    refusal: Callable[..., str], lab: TrainedLab, noise: str, level: str, sentence: str
) -> None:
    assert refusal("denoise", lab.runs["dae"], "--noise", noise, f"--level={level}") == sentence


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


def test_a_perplexity_that_is_too_high_is_one_sentence(
    refusal: Callable[..., str], lab: TrainedLab, tmp_path: Path
) -> None:
    asked = ("latent", lab.runs["vae"], "--method", "tsne", "--out", tmp_path / "map.csv", "--limit", 40)
    assert refusal(*asked) == "perplexity must be below a third of the 40 images; it is 30. Try 4."
    assert not (tmp_path / "map.csv").exists()


@pytest.mark.parametrize("option", [("latent", "--method", "tsne", "--out"), ("report", "--csv")], ids=" ".join)
def test_a_file_that_cannot_be_written_is_refused_before_the_work(
    refusal: Callable[..., str], lab: TrainedLab, tmp_path: Path, option: tuple[str, ...]
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


# What the command is to a shell


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "fly",
        "datasets",
        "datasets show",
        "datasets import x",
        "datasets import x --name y --color blue",
        "train --dataset digits",
        "train --dataset digits --model pca --set latent_dim",
        "train --dataset digits --model pca --set =3",
        "runs",
        "evaluate",
        "denoise r --noise gaussian",
        "latent r --method umap --out x.csv",
        "latent r --method pca",
        "report",
        "runs list --xml",
    ],
)
def test_wrong_usage_exits_with_2_and_says_how_it_goes(capsys: pytest.CaptureFixture[str], arguments: str) -> None:
    with pytest.raises(SystemExit) as exit_:
        cli.main(arguments.split())
    captured = capsys.readouterr()
    assert (exit_.value.code, captured.out) == (2, "")
    assert captured.err.startswith("usage: aelab")


def test_an_artifacts_folder_that_cannot_be_used_is_one_sentence(
    refusal: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("AELAB_ARTIFACTS", str(tmp_path / "file"))
    asked = ("datasets", "import", pictures(tmp_path / "fruit", ("a", "b"), count=4), "--name", "fruit")
    assert "AELAB_ARTIFACTS" in refusal(*asked)


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ("datasets list", "digits                   stored"),
        ("datasets show digits", "split: train 1259, validation 179, test 359"),
        ("runs list", "done         pca          digits"),
        ("runs show {pca}", "latent_dim = 8"),
        ("evaluate {pca}", "over 359 test images"),
        ("denoise {dae} --noise gaussian --level 0.3", "dB PSNR"),
        ("report {pca} {vae}", "frechet"),
    ],
)
def test_people_read_lines_and_no_json(
    lab: TrainedLab, capsys: pytest.CaptureFixture[str], arguments: str, shown: str
) -> None:
    assert cli.main(arguments.format(**lab.runs).split()) == 0
    captured = capsys.readouterr()
    assert shown in captured.out
    assert captured.err == ""


@pytest.mark.parametrize(("option", "shown"), [("--help", "explore autoencoders"), ("--version", "aelab ")])
def test_the_command_introduces_itself(capsys: pytest.CaptureFixture[str], option: str, shown: str) -> None:
    with pytest.raises(SystemExit) as exit_:
        cli.main([option])
    assert exit_.value.code == 0
    assert shown in capsys.readouterr().out
