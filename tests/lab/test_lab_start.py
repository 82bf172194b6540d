"""What a start does: once it installs, then it only hands over."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import ModuleType

from machines import Lab, bare, said, wait_for, wheel


def test_first_start_makes_an_environment_and_hands_the_options_to_streamlit(
    first_start: tuple[Lab, subprocess.CompletedProcess[str], Path],
) -> None:
    lab, done, _ = first_start
    options = ["--server.port", "8600", "--server.headless", "true"]
    assert said(done) == {
        "package": "streamlit",
        "args": ["run", str(Path("dashboard", "app.py")), *options],
        "cwd": str(lab.root),  # where Streamlit looks for .streamlit/config.toml
    }
    assert "some minutes" in done.stdout


def test_first_start_asks_for_the_starter_lab_without_waiting_for_it(
    first_start: tuple[Lab, subprocess.CompletedProcess[str], Path], lab: Lab, tmp_path: Path
) -> None:
    said(lab.start(AELAB_ARTIFACTS=str(tmp_path / "elsewhere")))
    log = tmp_path / "elsewhere" / "starter.log"
    wait_for(lambda: log.exists() and log.read_text(encoding="utf-8").endswith("\n"))
    assert json.loads(log.read_text(encoding="utf-8"))["args"] == ["starter", "--detach", "--if-empty"]


def test_second_start_runs_no_pip(lab: Lab) -> None:
    lab.replace_pip("raise SystemExit('pip was run')")
    done = lab.start()
    assert said(done)["package"] == "streamlit"
    assert len(done.stdout.splitlines()) == 1


def test_changed_requirements_are_installed(lab: Lab) -> None:
    wheel(lab.root / "wheels", "extra", {"extra.py": ""})
    lab.require("--no-index", "--find-links wheels", "streamlit==1.0", "aelab==1.0", "extra==1.0")
    said(lab.start())
    assert (lab.packages / "extra.py").exists()


def test_tests_are_run_with_their_options_and_bring_what_a_start_needs(tmp_path: Path) -> None:
    lab = bare(tmp_path / "lab")
    assert said(lab.start("test", "-k", "ssim")) == {
        "package": "pytest",
        "args": ["-k", "ssim"],
        "cwd": str(lab.root),
    }
    lab.replace_pip("raise SystemExit('pip was run')")
    assert said(lab.start())["package"] == "streamlit"


def test_help_installs_nothing(tmp_path: Path) -> None:
    lab = bare(tmp_path / "lab")
    done = lab.start("--help")
    assert done.returncode == 0
    assert "python3 lab.py test" in done.stdout
    assert not lab.venv.exists()


def test_the_packages_being_fetched_are_shown(script: ModuleType) -> None:
    lines = [
        "Collecting tensorflow==2.21.0 (from -r requirements.txt (line 14))",
        "  Downloading tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl.metadata (4.4 kB)",
        "Downloading tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl (572.4 MB)",
        "Installing collected packages: a, b, c",
    ]
    shown = [script.progress_line(line) for line in lines]
    assert shown == [None, None, "  tensorflow-2.21.0 (572.4 MB)", "  installing 3 packages"]
