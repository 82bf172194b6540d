"""Copies of lab.py on machines as teachers have them: real environments of tiny packages that need no network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

LAB = Path(__file__).parents[2] / "lab.py"
PATIENCE = 120.0  # seconds until a test gives up waiting for something that does not come

posix = pytest.mark.skipif(os.name == "nt", reason="signals and limits of POSIX")

#: Says what it was started with, in place of Streamlit and pytest.
ECHO = "import json, os, sys\nprint(json.dumps({'package': __package__, 'args': sys.argv[1:], 'cwd': os.getcwd()}))\n"

#: A package whose build reports itself and waits for a file called `go`: time in which to interrupt pip.
SLOW_BACKEND = """
import pathlib, shutil, time
def build_wheel(folder, config_settings=None, metadata_directory=None):
    here = pathlib.Path(__file__).parent
    with open(here / "builds", "a") as log:
        log.write("x")
    while not (here / "go").exists():
        time.sleep(0.05)
    return shutil.copy(here / "slow-1.0-py3-none-any.whl", folder) and "slow-1.0-py3-none-any.whl"
"""


@dataclass(frozen=True)
class Lab:
    """A copy of the repository's root that asks for tiny packages only."""

    root: Path

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def packages(self) -> Path:
        return next(self.venv.rglob("site-packages"))

    def require(self, *lines: str) -> None:
        (self.root / "requirements.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(self.root / "lab.py"), *arguments]

    def start(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return run(self.command(*arguments), **environment)

    def replace_pip(self, code: str) -> None:
        """Let another program answer to `python -m pip` from now on."""
        (self.packages / "pip" / "__main__.py").write_text(code, encoding="utf-8")


def environment(**more: str) -> dict[str, str]:
    """Return this process's environment without what would reach pip or the lab."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "AELAB_", "PYTHON"))}
    return kept | {"PIP_CONFIG_FILE": os.devnull} | more


def run(command: list[str], **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=environment(**more), capture_output=True, text=True, check=False)


def wheel(folder: Path, name: str, files: dict[str, str]) -> Path:
    """Write a wheel of version 1.0."""
    info = f"{name}-1.0.dist-info"
    content = files | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in [*content, f"{info}/RECORD"])
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inside, text in (content | {f"{info}/RECORD": record}).items():
            archive.writestr(inside, text)
    return path


def bare(root: Path) -> Lab:
    """Make a lab that has never been started."""
    wheels = root / "wheels"
    wheels.mkdir(parents=True)
    shutil.copy(LAB, root)
    for name in ("streamlit", "pytest"):
        wheel(wheels, name, {f"{name}/__init__.py": "", f"{name}/__main__.py": ECHO})
    wheel(wheels, "aelab", {"aelab/__init__.py": "", "aelab/cli.py": ECHO})
    (root / "pyproject.toml").write_text("", encoding="utf-8")
    (root / "requirements-dev.txt").write_text("-r requirements.txt\npytest==1.0\n", encoding="utf-8")
    lab = Lab(root)
    lab.require("--no-index", "--find-links wheels", "streamlit==1.0", "aelab==1.0")
    return lab


def slow(lab: Lab) -> Path:
    """Let the lab require a package whose build waits; return the folder in which it waits."""
    folder = lab.root / "slow"
    folder.mkdir()
    wheel(folder, "slow", {"slow.py": ""})
    (folder / "backend.py").write_text(SLOW_BACKEND, encoding="utf-8")
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "slow"\nversion = "1.0"\n',
        encoding="utf-8",
    )
    lab.require("--no-index", "--find-links wheels", "streamlit==1.0", "aelab==1.0", "./slow")
    return folder


def wait_for(what: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


def said(done: subprocess.CompletedProcess[str]) -> dict[str, object]:
    """Return what the program that the lab became says it was started with."""
    assert done.returncode == 0, done.stderr
    result: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return result


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one sentence of a start that failed."""
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]
