"""The rules of the repository that no other tool knows: who may import whom, pins, sizes of files."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import aelab

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "aelab"
DASHBOARD = ROOT / "dashboard"

#: From the ground up.  A file imports from its own package and from the rows before its own, from no other.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors",),
    ("registry", "fields", "storage", "pixels", "spreadsheet"),
    ("index",),
    ("jobs", "metrics", "intake"),
    ("filters",),
    ("datasets", "collecting"),
    ("cleaning",),
    ("noise",),
    ("models",),
    ("training",),
    ("runs",),
    ("inference",),
    ("clustering", "disentanglement", "projections"),
    ("studies",),
    ("diagnosis",),
    ("reports",),
    ("tasks",),
    ("starter",),
    ("commands",),
    ("cli",),
    ("dashboard.ui",),
    ("dashboard.views",),
    ("dashboard.app",),
)
RANKS = {name: rank for rank, row in enumerate(LAYERS) for name in row}

#: Which packages may import these at all; in `training` at the top of a file, elsewhere inside functions only.
TENSORFLOW = ("keras", "tensorflow", "tf2onnx")
MAY_USE_TENSORFLOW = ("models", "tasks", "training")

#: What must not come along when the server, or a person in a shell, imports a layer.
NEVER_IN_THE_SERVER = (*TENSORFLOW, "streamlit")
NOT_WITH = {
    "errors": ("numpy",),
    "registry": ("numpy",),
    "fields": ("numpy",),
    "storage": ("numpy",),
    "metrics": ("pandas", "sklearn"),
    "filters": ("pandas", "sklearn"),
}

#: The part of `training` that plans a training; the rest does it, in a worker.
TRAINING_IN_THE_SERVER = (
    "aelab.training",
    "aelab.training.config",
    "aelab.training.estimate",
    "aelab.training.order",
    "aelab.training.recorder",
)

#: Distributions whose modules have another name.
DISTRIBUTIONS = {
    "PIL": "pillow",
    "openTSNE": "opentsne",
    "pywt": "pywavelets",
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "umap": "umap-learn",
}

#: What is installed by who wants it, and for the tests.
OPTIONAL = ("umap-learn",)

MOST_LINES = 300


@dataclass(frozen=True)
class Import:
    """One imported module: its dotted name, and whether it is imported when the file is."""

    module: str
    line: int
    at_top: bool


def files() -> list[Path]:
    return sorted([*PACKAGE.rglob("*.py"), *DASHBOARD.rglob("*.py")])


def named(path: Path) -> str:
    return path.relative_to(PACKAGE if path.is_relative_to(PACKAGE) else ROOT).as_posix()


def imports_of(source: str, package: str) -> Iterator[Import]:
    """Yield every import of a file of `package`, inside functions too, with relative ones made absolute."""
    tree = ast.parse(source)
    deferred = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or _is_type_checking(node):
            deferred.update(map(id, ast.walk(node)))
    for node in ast.walk(tree):
        for module in _modules(node, package):
            yield Import(module, node.lineno, id(node) not in deferred)


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def _modules(node: ast.AST, package: str) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        parts = package.split(".")
        base = ".".join([*parts[: len(parts) - node.level + 1], *filter(None, [node.module])])
        base = base if node.level else node.module or ""
        return [f"{base}.{alias.name}" for alias in node.names]  # `from aelab import runs` imports aelab.runs
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")) and node.args:
        name = node.args[0]
        return [name.value] if isinstance(name, ast.Constant) and isinstance(name.value, str) else []
    return []


def layer_of(module: str) -> str | None:
    """Return the layer that a dotted name belongs to, or None where it is not ours."""
    parts = module.split(".")
    if parts[0] == "aelab":
        return parts[1] if len(parts) > 1 else None
    if parts[0] in ("ui", "views"):  # as files of the dashboard see each other: Streamlit starts in their folder
        return f"dashboard.{parts[0]}"
    return ".".join(parts[:2]) if parts[0] == "dashboard" else None


def layer_of_file(path: Path) -> str:
    if path.is_relative_to(PACKAGE):
        return path.relative_to(PACKAGE).with_suffix("").parts[0]
    return "dashboard." + path.relative_to(DASHBOARD).with_suffix("").parts[0]


def package_of(path: Path) -> str:
    base = PACKAGE.parent if path.is_relative_to(PACKAGE) else ROOT
    return ".".join(path.relative_to(base).parts[:-1])


def faults_of(layer: str, name: str, source: str, package: str) -> list[str]:
    """Return a line for each import of a file that its layer may not have."""
    faults = []
    for found in imports_of(source, package):
        top, target = found.module.split(".")[0], layer_of(found.module)
        where = f"{name}:{found.line} imports {found.module}"
        # A name that is no layer is something of aelab itself, such as its __version__.
        if target in RANKS and target != layer and RANKS[target] >= RANKS[layer]:
            faults.append(f"{where}, which is not below {layer}")
        if top == "streamlit" and not layer.startswith("dashboard"):
            faults.append(f"{where}: only the dashboard knows Streamlit")
        if top in TENSORFLOW and layer not in MAY_USE_TENSORFLOW:
            faults.append(f"{where}: only {', '.join(MAY_USE_TENSORFLOW)} know TensorFlow")
        if top in TENSORFLOW and layer != "training" and found.at_top:
            faults.append(f"{where} when it is imported itself; the server would load TensorFlow with it")
    return faults


def modules_by_layer() -> dict[str, list[str]]:
    """Return the importable modules of each layer of the package that exists."""
    found: dict[str, list[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if path == PACKAGE / "__init__.py" or path.name == "__main__.py":
            continue
        module = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        found.setdefault(layer_of_file(path), []).append(module)
    return found


@pytest.mark.parametrize("path", [path for path in files() if path != PACKAGE / "__init__.py"], ids=named)
def test_data_flows_one_way(path: Path) -> None:
    layer = layer_of_file(path)
    assert layer in RANKS, f"{named(path)} belongs to no layer: add {layer} to LAYERS"
    assert faults_of(layer, named(path), path.read_text(encoding="utf-8"), package_of(path)) == []


@pytest.mark.parametrize(
    ("layer", "source"),
    [
        ("noise", "from aelab.runs import find"),
        ("noise", "def f():\n    from aelab import runs"),
        ("noise", "from ..runs import find"),
        ("noise", "from .. import runs"),
        ("jobs", "from aelab import metrics"),
        ("datasets", "import importlib\nimportlib.import_module('aelab.studies')"),
        ("studies", "import streamlit as st"),
        ("studies", "def f():\n    import keras"),
        ("models", "from keras import ops"),
        ("tasks", "try:\n    import tensorflow as tf\nexcept ImportError:\n    tf = None"),
        ("dashboard.ui", "from views import home"),
        ("dashboard.views", "import tensorflow"),
    ],
)
def test_the_rule_above_sees_an_import_against_the_direction(layer: str, source: str) -> None:
    assert faults_of(layer, "file.py", source, f"aelab.{layer}") != []


@pytest.mark.parametrize(
    ("layer", "source"),
    [
        ("studies", "from aelab import metrics, runs\nfrom aelab.studies.spec import StudySpec\nfrom . import spec"),
        ("models", "def f():\n    from keras import ops"),
        ("training", "import keras\nimport tensorflow as tf"),
        ("cli", "from aelab import __version__"),
        ("dashboard.views", "import streamlit as st\nfrom ui import charts\nfrom aelab import studies"),
    ],
)
def test_the_rule_above_lets_the_direction_pass(layer: str, source: str) -> None:
    assert faults_of(layer, "file.py", source, f"aelab.{layer}") == []


def come_along(modules: list[str]) -> set[str]:
    """Return the top-level modules that are there after importing `modules` in a fresh process."""
    code = f"import sys, {', '.join(modules)}\nprint(' '.join({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize("layer", modules_by_layer())
def test_a_layer_alone_brings_no_heavy_library(layer: str) -> None:
    modules = modules_by_layer()[layer] if layer != "training" else list(TRAINING_IN_THE_SERVER)
    unwanted = {*NEVER_IN_THE_SERVER, *NOT_WITH.get(layer, ())}
    assert come_along(modules) & unwanted == set()


def test_the_check_above_sees_what_comes_along() -> None:
    assert {"sklearn", "scipy", "numpy"} <= come_along(["sklearn.datasets"])


def requirements(file: str) -> list[str]:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def pins() -> dict[str, str]:
    """Return the pinned version of each distribution that a user installs, or may install."""
    optional = (line for line in requirements("requirements-dev.txt") if line.startswith(OPTIONAL))
    pinned = (line.partition("==") for line in [*requirements("requirements.txt"), *optional] if "==" in line)
    return {canonicalize_name(name): version for name, _, version in pinned}


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_two_installations_of_the_same_commit_are_the_same(file: str) -> None:
    loose = [line for line in requirements(file) if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.+!]*", line)]
    assert loose == {"requirements.txt": ["-e ."], "requirements-dev.txt": ["-r requirements.txt"]}[file]


def test_the_lab_itself_is_installed_last() -> None:
    assert requirements("requirements.txt")[-1] == "-e ."


def test_pins_are_within_the_ranges_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ranges = [
        *project["dependencies"],
        *(line for extra in project["optional-dependencies"].values() for line in extra),
    ]
    for line in ranges:
        wanted = Requirement(line)
        assert canonicalize_name(wanted.name) in pins(), f"{wanted.name} has a range and no pin"
        assert wanted.specifier.contains(pins()[canonicalize_name(wanted.name)]), line


def test_everything_imported_is_installed() -> None:
    ours = {"aelab", "dashboard", "ui", "views"}
    missing = set()
    for path in files():
        for found in imports_of(path.read_text(encoding="utf-8"), package_of(path)):
            top = found.module.split(".")[0]
            if (
                top not in ours | sys.stdlib_module_names
                and canonicalize_name(DISTRIBUTIONS.get(top, top)) not in pins()
            ):
                missing.add(f"{named(path)}:{found.line} {top}")
    assert missing == set()


def test_no_file_is_too_long_to_read_at_a_sitting() -> None:
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in files()}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_the_citation_names_this_version() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(r"^version: (.+)$", citation, re.MULTILINE)[1] == aelab.__version__
