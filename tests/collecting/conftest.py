"""What the tests of collecting have: a gallery on this machine, and a client that may reach it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from gallery_server import GalleryServer, running_gallery
from labs import PATIENCE

from aelab.collecting.addresses import Guard
from aelab.collecting.chromium import find_browser
from aelab.collecting.fetching import Client, Limits
from aelab.errors import LabError


@pytest.fixture
def gallery() -> Iterator[GalleryServer]:
    with running_gallery() as server:
        yield server


@pytest.fixture
def client() -> Client:
    """Return a client that may reach this machine, and has the time that a busy one takes."""
    return Client(Guard(loopback=True), Limits(seconds=PATIENCE, size=200_000, pause=0.0))


@pytest.fixture
def hurried() -> Client:
    """Return a client that gives up on what is slow."""
    return Client(Guard(loopback=True), Limits(seconds=2.0, size=200_000, pause=0.0))


@pytest.fixture(scope="session")
def driven_browser() -> None:
    """Skip where there is no browser that Selenium can drive, or fail where one was promised."""
    try:
        find_browser()
    except LabError as error:
        if os.environ.get("AELAB_REQUIRE_BROWSER") == "1":
            pytest.fail(f"{error} AELAB_REQUIRE_BROWSER=1 forbids to skip this")
        pytest.skip(str(error))
