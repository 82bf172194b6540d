"""What was cut off or broken is set right by the next start."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable

import pytest
from machines import Lab, environment, posix, run, said, slow, wait_for


@posix
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_an_installation_that_was_cut_off_is_begun_again(lab: Lab, number: signal.Signals) -> None:
    folder = slow(lab)
    (lab.packages / "half.py").touch()
    process = subprocess.Popen(
        lab.command(), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    wait_for((folder / "builds").exists)
    process.send_signal(number)
    if number == signal.SIGKILL:
        (folder / "go").touch()  # the pip that is left alone comes to its end
    errors = process.communicate()[1]
    assert "Traceback" not in errors
    (folder / "go").touch()
    assert said(lab.start())["package"] == "streamlit"
    assert not (lab.packages / "half.py").exists()
    assert (lab.packages / "slow.py").exists()


@posix
def test_two_starts_at_once_install_once(lab: Lab) -> None:
    folder = slow(lab)
    first = subprocess.Popen(lab.command(), env=environment(), stdout=subprocess.PIPE, text=True)
    wait_for((folder / "builds").exists)
    second = subprocess.Popen(lab.command(), env=environment(), stdout=subprocess.PIPE, text=True)
    assert second.stdout is not None
    assert "waiting" in second.stdout.readline()
    (folder / "go").touch()
    assert '"streamlit"' in first.communicate()[0]
    assert '"streamlit"' in second.communicate()[0]
    assert (folder / "builds").read_text(encoding="utf-8") == "x"


def damaged_package(lab: Lab) -> Lab:
    shutil.rmtree(lab.packages / "streamlit")
    return lab


def python_gone(lab: Lab) -> Lab:
    for python in (lab.venv / ("Scripts" if os.name == "nt" else "bin")).glob("python*"):
        python.unlink()
    return lab


def moved(lab: Lab) -> Lab:
    return Lab(lab.root.rename(lab.root.with_name("moved")))


@pytest.mark.parametrize("harm", [damaged_package, python_gone, moved])
def test_an_environment_that_cannot_work_is_made_anew(lab: Lab, harm: Callable[[Lab], Lab]) -> None:
    home = lab.root
    harmed = harm(lab)
    try:
        done = harmed.start()
        assert said(done)["package"] == "streamlit"
        assert "Setting up" in done.stdout
    finally:
        harmed.root.rename(home)


@posix
def test_a_lab_started_by_its_own_environment_can_replace_it(lab: Lab) -> None:
    shutil.rmtree(lab.packages / "streamlit")
    done = run([str(lab.venv / "bin" / "python"), str(lab.root / "lab.py")])
    assert said(done)["package"] == "streamlit"
