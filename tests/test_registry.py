"""A new file is found; a wrong one is named when the registry is first asked, not when a user clicks."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from aelab.datasets import sources
from aelab.errors import LabError
from aelab.filters import filters
from aelab.jobs.spec import tasks
from aelab.metrics import metrics
from aelab.models import models
from aelab.noise import noises
from aelab.registry import Registry
from aelab.studies import studies


@dataclass(frozen=True)
class Dish:
    """What the files of the package below declare."""

    name: str
    label: str = ""
    order: int = 0


MakeMenu = Callable[[dict[str, str]], Registry[Dish]]


@pytest.fixture
def menu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeMenu:
    """Return a function that writes a package of (file name, code after the imports) and its registry."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(sys.modules, "dish", sys.modules[__name__])

    def make(files: dict[str, str]) -> Registry[Dish]:
        package = tmp_path / "kitchen"
        package.mkdir()
        (package / "__init__.py").touch()
        for name, code in files.items():
            (package / f"{name}.py").write_text(f"from dish import Dish\n{code}\n", encoding="utf-8")
        importlib.invalidate_caches()
        for module in [name for name in sys.modules if name.partition(".")[0] == "kitchen"]:
            del sys.modules[module]
        return Registry("kitchen", Dish, "dish")

    return make


def test_every_file_with_a_spec_is_found_without_being_listed(menu: MakeMenu) -> None:
    registry = menu({"soup": "SPEC = Dish('soup')", "pie": "SPEC = Dish('pie')"})
    assert registry.names() == ("pie", "soup")
    assert [spec.name for spec in registry] == ["pie", "soup"]
    assert registry["soup"] == Dish("soup")
    assert "soup" in registry
    assert "cake" not in registry


def test_helpers_are_passed_over(menu: MakeMenu) -> None:
    registry = menu({"_sauce": "SPEC = Dish('sauce')", "spec": "class Recipe: pass", "soup": "SPEC = Dish('soup')"})
    assert registry.names() == ("soup",)


def test_order_comes_before_the_alphabet(menu: MakeMenu) -> None:
    registry = menu(
        {"a": "SPEC = Dish('a', order=2)", "b": "SPEC = Dish('b', order=1)", "c": "SPEC = Dish('c', order=1)"}
    )
    assert registry.names() == ("b", "c", "a")


def test_an_unknown_name_is_answered_with_the_choices(menu: MakeMenu) -> None:
    registry = menu({"soup": "SPEC = Dish('soup')", "pie": "SPEC = Dish('pie')"})
    with pytest.raises(LabError, match="no dish called 'cake'; choose one of pie, soup"):
        registry["cake"]


def test_a_spec_of_the_wrong_kind_is_named(menu: MakeMenu) -> None:
    registry = menu({"soup": "SPEC = 'soup'"})
    with pytest.raises(TypeError, match=r"kitchen\.soup\.SPEC must be a Dish"):
        registry.names()


def test_two_files_with_one_name_are_refused(menu: MakeMenu) -> None:
    registry = menu({"soup": "SPEC = Dish('soup')", "broth": "SPEC = Dish('soup')"})
    with pytest.raises(TypeError, match="two files of kitchen have a SPEC named 'soup'"):
        registry.names()


def test_nothing_is_imported_before_somebody_asks(menu: MakeMenu) -> None:
    registry = menu({"soup": "SPEC = Dish('soup')"})
    assert "kitchen.soup" not in sys.modules
    registry.names()
    assert "kitchen.soup" in sys.modules


@pytest.mark.parametrize(
    ("package", "registry"),
    [
        ("aelab.datasets", sources),
        ("aelab.filters", filters),
        ("aelab.metrics", metrics),
        ("aelab.models", models),
        ("aelab.noise", noises),
        ("aelab.studies", studies),
        ("aelab.tasks", tasks),
    ],
)
def test_a_spec_is_in_the_file_of_its_name_and_has_a_label(package: str, registry: Registry[Dish]) -> None:
    assert registry.names()
    for spec in registry:
        assert importlib.import_module(f"{package}.{spec.name}").SPEC is spec
        assert spec.label
