"""The recipes in CONTRIBUTING.md are files that work: each is run as the module that its first line names."""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from textwrap import indent
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from labs import LATENT_DIM, PATIENCE, TrainedLab
from streamlit.testing.v1 import AppTest

from aelab.cleaning.subject import Subject
from aelab.datasets import store
from aelab.datasets.spec import SourceSpec, no_progress
from aelab.errors import LabError
from aelab.filters.spec import FilterSpec
from aelab.filters.tuning import tune
from aelab.jobs.spec import TaskSpec
from aelab.metrics.spec import MetricSpec
from aelab.models.spec import ModelSpec
from aelab.models.tracing import Traced, TracedLayers
from aelab.noise.spec import NoiseSpec
from aelab.projections.spec import ProjectionSpec
from aelab.studies.spec import StudySpec

ROOT = Path(__file__).parents[1]
BLOCKS = re.findall(r"```python\n# (\S+)([^\n]*)\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.DOTALL)
FILES = {path: source for path, rest, source in BLOCKS if path.endswith(".py") and not rest}


@pytest.fixture
def recipe(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that runs the recipe of a file as the module it would be."""

    def load(path: str) -> ModuleType:
        name = path.removeprefix("src/").removesuffix(".py").replace("/", ".")
        module = ModuleType(name)
        module.__file__ = str(ROOT / path)
        monkeypatch.setitem(sys.modules, name, module)  # dataclasses look their module up
        monkeypatch.setattr(import_module(name.rpartition(".")[0]), name.rpartition(".")[2], module, raising=False)
        exec(compile(FILES[path], path, "exec"), module.__dict__)
        return module

    return load


def test_there_is_a_recipe_for_each_kind_of_file() -> None:
    folders = {Path(path).parent.as_posix() for path in FILES}
    kinds = ("cleaning", "datasets", "filters", "metrics", "models", "noise", "projections", "studies", "tasks")
    assert folders == {f"src/aelab/{kind}" for kind in kinds} | {"dashboard/views"}


@pytest.mark.parametrize("path", FILES)
def test_a_recipe_does_not_take_the_name_of_a_file_that_exists(path: str) -> None:
    assert not (ROOT / path).exists()


def test_the_noise_recipe(recipe: Any) -> None:
    spec = recipe("src/aelab/noise/stripes.py").SPEC
    assert isinstance(spec, NoiseSpec)
    images = np.full((2, 4, 4, 1), 0.5, np.float32)
    noisy = spec.corrupt(images, spec.default, np.random.default_rng(0))
    assert noisy.dtype == np.float32
    assert 0 <= noisy.min() < 0.5 < noisy.max() <= 1
    assert np.array_equal(spec.corrupt(images, 0.0, np.random.default_rng(0)), images)


def test_the_filter_recipe(recipe: Any) -> None:
    spec = recipe("src/aelab/filters/box_mean.py").SPEC
    assert isinstance(spec, FilterSpec)
    clean = np.full((2, 12, 12, 3), 0.5, np.float32)
    noisy = np.clip(clean + np.random.default_rng(0).normal(0, 0.1, clean.shape), 0, 1).astype(np.float32)
    assert tune(spec, clean, noisy).settings == {"window": 7}
    assert spec.restore(noisy, {}, window=3).std() < noisy.std()


def test_the_projection_recipe(recipe: Any) -> None:
    spec = recipe("src/aelab/projections/random_plane.py").SPEC
    assert isinstance(spec, ProjectionSpec)
    codes = np.random.default_rng(0).standard_normal((50, 400)).astype(np.float32)
    config = spec.config(dimensions=3, seed=1)
    found = spec.fit(codes, np.zeros(50, np.int32), config)
    assert found.coordinates.shape == (50, 3)
    np.testing.assert_allclose(spec.place(found, codes, config, codes[:5]), found.coordinates[:5], atol=1e-5)
    assert np.array_equal(spec.fit(codes, np.zeros(50, np.int32), config).coordinates, found.coordinates)


def test_the_metric_recipe(recipe: Any) -> None:
    spec = recipe("src/aelab/metrics/mae.py").SPEC
    assert isinstance(spec, MetricSpec)
    black = np.zeros((3, 4, 4, 1))
    assert spec.per_image(black, black + 0.25, data_range=1.0) == pytest.approx([0.25] * 3)


def test_the_model_recipe(recipe: Any) -> None:
    spec = recipe("src/aelab/models/linear_code.py").SPEC
    assert isinstance(spec, ModelSpec)
    config = spec.config(latent_dim=5)
    layers = TracedLayers()
    code = spec.encoder(layers, Traced((28, 28, 1)), config)
    assert code.shape == (5,)
    assert spec.decoder(layers, code, config, (28, 28, 1)).shape == (28, 28, 1)
    assert sum(row.parameters for row in layers.rows) == 785 * 5 + 6 * 784


def test_the_source_recipe(recipe: Any) -> None:
    spec = recipe("src/aelab/datasets/ramps.py").SPEC
    assert isinstance(spec, SourceSpec)
    content = spec.load(spec.config(count=20), no_progress)
    assert content.images.shape == (20, 28, 28, 1)
    assert content.images.dtype == np.uint8
    right, down = content.images[content.labels == 0], content.images[content.labels == 1]
    assert (np.diff(right.astype(int), axis=2) > 0).all()
    assert (np.diff(down.astype(int), axis=1) > 0).all()


@pytest.fixture
def networks() -> Iterator[SimpleNamespace]:
    """An encoder that keeps the first pixel and a constant."""
    yield SimpleNamespace(encode=lambda images: np.stack([images[:, 14, 14, 0], np.ones(len(images))], axis=1))


def test_the_study_recipe(recipe: Any, networks: SimpleNamespace) -> None:
    spec = recipe("src/aelab/studies/code_use.py").SPEC
    assert isinstance(spec, StudySpec)
    digits = store.open_dataset("digits")
    found = spec.run(networks, digits, spec.config())
    assert found.used == 1
    assert found.n == digits.counts["test"]


def trained_on_others(lab: TrainedLab, model: str) -> None:
    """Let other images have taken the name of a run's dataset."""
    lab.say_trained_on(model, dataclasses.replace(store.open_dataset("digits"), checksum="of-other-images"))


def test_the_task_recipe(recipe: Any, lab: TrainedLab, tmp_path: Path) -> None:
    recipe("src/aelab/studies/code_use.py")
    task = recipe("src/aelab/tasks/code_use.py")
    assert isinstance(task.SPEC, TaskSpec)
    context = SimpleNamespace(folder=tmp_path, stop_if_asked=lambda: None)
    task.SPEC.run(context, {"run": lab.runs["pca"], "config": {}})
    assert json.loads((tmp_path / "result.json").read_text("utf-8"))["used"] == LATENT_DIM["pca"]
    trained_on_others(lab, "pca")
    with pytest.raises(LabError, match="Dataset digits has changed"):
        task.SPEC.run(context, {"run": lab.runs["pca"], "config": {}})


@pytest.fixture
def page(recipe: Any, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the page of the recipe as app.py would show it, not run yet."""
    recipe("src/aelab/studies/code_use.py")
    monkeypatch.syspath_prepend(str(ROOT / "dashboard"))  # where Streamlit starts
    script = indent(FILES["dashboard/views/code_use.py"], "    ")
    return AppTest.from_string(f"from ui.guards import guarded\nwith guarded():\n{script}", default_timeout=PATIENCE)


def test_the_page_recipe_says_what_to_do_while_there_is_no_run(page: AppTest) -> None:
    page.run()
    assert not page.exception
    assert page.title[0].value == "Use of the code"
    assert len(page.info) == 1


def test_the_page_recipe_answers_for_the_images_of_the_run_and_no_others(page: AppTest, lab: TrainedLab) -> None:
    page.query_params["run"] = lab.runs["pca"]
    page.run()
    assert not page.exception
    assert page.metric[0].value == f"{LATENT_DIM['pca']} / {LATENT_DIM['pca']}"
    trained_on_others(lab, "pca")
    page.run()
    assert "Dataset digits has changed" in page.error[0].value
    assert not page.metric


def test_the_check_recipe(recipe: Any) -> None:
    spec = recipe("src/aelab/cleaning/dark.py").SPEC
    images = np.full((3, 20, 20, 3), 120, np.uint8)
    images[1:] = [[[[20]]], [[[5]]]]
    assert [group.members for group in spec.find(Subject.of_images(images), spec.config())] == [(2,), (1,)]
