"""The command in this process, where that is enough."""

from __future__ import annotations

from typing import Any

import pytest
from labs import Nobody
from shell import Answers, Refusal, strict_json

from aelab import cli
from aelab.jobs import queue


@pytest.fixture
def no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_executor", Nobody())


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
def refusal(capsys: pytest.CaptureFixture[str]) -> Refusal:
    """Return a function that runs the command, which must exit with 1, and returns its one sentence."""

    def run(*arguments: object) -> str:
        assert cli.main([*map(str, arguments), "--json"]) == 1
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.endswith(".\n")
        assert captured.err.count("\n") == 1
        return captured.err.strip()

    return run
