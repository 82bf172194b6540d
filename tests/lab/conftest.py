"""A lab that was started once, given to every test as that start left it."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from machines import LAB, Lab, bare


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lab, subprocess.CompletedProcess[str], Path]:
    lab = bare(tmp_path_factory.mktemp("lab") / "my lab")  # with a space, as people's folders have
    done = lab.start("--server.port", "8600", "--server.headless", "true")
    backup = lab.root.with_name("backup")
    shutil.copytree(lab.root, backup, symlinks=True)
    return lab, done, backup


@pytest.fixture
def lab(first_start: tuple[Lab, subprocess.CompletedProcess[str], Path]) -> Lab:
    """A lab that was started once; every test gets it as that start left it."""
    lab, _, backup = first_start
    shutil.rmtree(lab.root)
    shutil.copytree(backup, lab.root, symlinks=True)
    return lab


@pytest.fixture
def script(tmp_path: Path) -> Iterator[ModuleType]:
    """lab.py as a module."""
    spec = importlib.util.spec_from_file_location("lab_script", LAB)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
