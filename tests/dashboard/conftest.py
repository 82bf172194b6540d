"""The dashboard as a visitor meets it, without a browser; no worker outlives a test."""

from __future__ import annotations

import contextlib
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from labs import PATIENCE, Nobody, TrainedLab
from PIL import Image
from streamlit.testing.v1 import AppTest

from aelab.datasets.importing import import_path
from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.jobs import folder, queue
from aelab.jobs.executor import LocalExecutor

DASHBOARD = Path(__file__).parents[2] / "dashboard"

if str(DASHBOARD) not in sys.path:
    sys.path.insert(0, str(DASHBOARD))  # where Streamlit starts

Visit = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def _empty_caches() -> Iterator[None]:
    st.cache_data.clear()
    st.cache_resource.clear()
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> Nobody:
    """Return the executor of this test; what is queued stays queued."""
    executor = Nobody()
    monkeypatch.setattr(queue, "_executor", executor)
    return executor


@pytest.fixture
def workers(nobody: Nobody, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let real workers do the jobs of this test; their processes have ended when it has."""
    monkeypatch.setattr(queue, "_executor", LocalExecutor())
    before = set(threading.enumerate())
    yield
    for job in folder.all_jobs():
        if folder.status(job).state in folder.OPEN:
            with contextlib.suppress(LabError):  # it has ended at this moment
                queue.cancel(job.id)
    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE)  # it waits for the end of a worker


@pytest.fixture
def visit() -> Visit:
    """Return a function that opens a page: `visit("train", lang="es")`."""

    def open_page(view: str = "home", /, **address: str | list[str]) -> AppTest:
        page = AppTest.from_file(str(DASHBOARD / "app.py"), default_timeout=PATIENCE)
        for name, value in address.items():
            page.query_params[name] = value
        page.run()
        return page if view == "home" else page.switch_page(f"views/{view}.py").run()

    return open_page


@pytest.fixture
def untrained(trained_lab: TrainedLab, artifacts: Path) -> Path:
    """Return a lab that has the digits and no run: not new, so that no starter lab is queued."""
    shutil.copytree(trained_lab.folder / "datasets", artifacts / "datasets")
    return artifacts


@pytest.fixture
def unlabelled(lab: TrainedLab, tmp_path: Path) -> Dataset:
    """Return a dataset of pictures that lie in no class folder, which the VAE of the lab is taken to be trained on."""
    (tmp_path / "loose").mkdir()
    for index in range(20):
        pixels = np.random.default_rng(index).integers(0, 256, (28, 28), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / "loose" / f"{index}.png")
    dataset = import_path(tmp_path / "loose", "loose", 28, "gray")
    lab.say_trained_on("vae", dataset)
    return dataset


@pytest.fixture
def visit_plain(visit: Visit) -> Visit:
    """Return a function that opens a page, with a map as a plain chart: a test can read what is on that."""

    def open_page(view: str, /, **address: str | list[str]) -> AppTest:
        page = visit(view, **address)
        for toggle in (each for each in page.toggle if each.key == "latent.plain"):
            page = toggle.set_value(True).run()
        return page

    return open_page
