"""What tests in a browser have: a real server, and tabs on it of which a picture is kept."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
from browsing import Visitor, find_chromium, running_browser
from serving import PATIENCE, Server

_MISSING = "needs a browser: install Chromium, on Debian or Ubuntu with `sudo apt install chromium`"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a browser; where there is none, skip, or fail where one was promised."""
    if find_chromium() is None:
        if os.environ.get("AELAB_REQUIRE_BROWSER") == "1":
            pytest.fail(f"{_MISSING}; AELAB_REQUIRE_BROWSER=1 forbids to skip this")
        pytest.skip(_MISSING)
    expect.set_options(timeout=PATIENCE * 1000)
    with running_browser() as started:
        yield started


@pytest.fixture(scope="module")
def serve(browser: Browser) -> Iterator[Callable[[Path], Server]]:
    """Return a function that starts a server on an artifacts folder; it and its workers end with the module."""
    with contextlib.ExitStack() as stack:
        yield lambda artifacts: stack.enter_context(Server(artifacts))


@pytest.fixture
def shots(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Path]:
    """Return a function from a picture's name to its path, in AELAB_SCREENSHOTS or the test's own folder."""
    folder = Path(os.environ.get("AELAB_SCREENSHOTS") or tmp_path).resolve()
    return lambda name: folder / f"{name}.png"


@pytest.fixture
def visit(
    browser: Browser, request: pytest.FixtureRequest, shots: Callable[[str], Path]
) -> Iterator[Callable[..., Visitor]]:
    """Return a function that opens a tab on a server; how the tabs look at the end of the test is kept."""
    visitors: list[Visitor] = []

    def start(server: Server, **window: Any) -> Visitor:
        visitors.append(Visitor(browser, server.address, **window))
        return visitors[-1]

    yield start
    for number, visitor in enumerate(visitors):
        with contextlib.closing(visitor):
            visitor.shoot(shots(f"{request.node.name}{f'-{number}' if number else ''}"))
