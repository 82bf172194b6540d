"""What the command is to a shell: streams, exit statuses, letters, and files that others open."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from labs import TrainedLab
from shell import MEASURES, Answers, Refusal, aelab, pictures, rows, strict_json

from aelab import cli


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


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "fly",
        "datasets",
        "datasets show",
        "datasets import x",
        "datasets import x --name y --color blue",
        "train --dataset digits --model pca --set latent_dim",
        "train --dataset digits --model pca --set =3",
        "runs",
        "evaluate",
        "denoise",
        "latent r --method squint --out x.csv",
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


@pytest.mark.parametrize(
    "arguments",
    ["datasets show digits", "train --dataset digits --model pca --detach", "starter"],
)
def test_an_artifacts_folder_that_cannot_be_used_is_one_sentence(
    refusal: Refusal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: str
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("AELAB_ARTIFACTS", str(tmp_path / "file"))
    assert "AELAB_ARTIFACTS" in refusal(*arguments.split())


@pytest.mark.parametrize("arguments", ["datasets list", "runs list", "jobs list"])
def test_a_list_is_empty_where_nothing_can_be(
    answer: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: str
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("AELAB_ARTIFACTS", str(tmp_path / "file"))
    (rows,) = answer(*arguments.split()).values()
    assert all(not row.get("stored") for row in rows)


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
