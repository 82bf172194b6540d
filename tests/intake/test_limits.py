"""Limits are settings of an installation."""

import os
import subprocess
import sys

import pytest

from aelab.intake.limits import amount, setting


def test_an_environment_variable_sets_a_limit() -> None:
    code = "from aelab.intake import limits; print(limits.MOST_FILES, limits.MOST_BYTES_IN_ALL)"
    more = {"AELAB_MOST_FILES": "7", "AELAB_MOST_BYTES_IN_ALL": "1000"}
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **more}, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["7", "1000"]


@pytest.mark.parametrize("asked", ["", "many", "0", "-5", "1.5"])
def test_nonsense_sets_none(monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    monkeypatch.setenv("AELAB_MOST_FILES", asked)
    assert setting("MOST_FILES", 12) == 12


def test_bytes_are_written_as_people_read_them() -> None:
    assert [amount(size) for size in (300, 2048, 1_572_864, 2 * 1024**3)] == ["300 bytes", "2 kB", "1.5 MB", "2 GB"]
