"""Where the symbols of a loss's equation stand in the code: a formula and a program are two writings of one thing."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Final

from aelab.models.spec import ModelSpec, Symbol

_PACKAGE: Final = Path(__file__).parents[1]


@dataclass(frozen=True)
class SourceLine:
    """A line of the lab's own code.

    Attributes
    ----------
    file : str
        Within the package, such as ``models/vae.py``.
    number : int
        Counted from 1.
    text : str
        Without its indentation.
    """

    file: str
    number: int
    text: str


def line_of(spec: ModelSpec, symbol: Symbol) -> SourceLine | None:
    """Return the first line in which a symbol stands: in the function it names, else in the loss and what is near."""
    for path, function in _searched(spec, symbol.where):
        lines = path.read_text(encoding="utf-8").splitlines()
        for node in _in_order(function):
            text = lines[node.lineno - 1].strip()
            if symbol.code in text and ast.unparse(node) == symbol.code:
                return SourceLine("/".join(path.parts[-2:]), node.lineno, text)
    return None


def _searched(spec: ModelSpec, where: str) -> Iterator[tuple[Path, ast.FunctionDef]]:
    """Yield the loss, the rest of its file, and the family's files, in this order; or of these those named `where`."""
    file, _, name = where.rpartition(":")
    home = sys.modules[spec.losses.__module__]
    paths = [_PACKAGE / file] if file else [_path(module) for module in (home, *_helpers(spec, home))]
    found = [(path, function) for path in paths for function in _functions(path)]
    if where:
        yield from (each for each in found if each[1].name == name)
        return
    yield from (each for each in found if each[0] == _path(home) and each[1].name == spec.losses.__name__)
    yield from found


@cache
def _functions(path: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)]


def _helpers(spec: ModelSpec, home: ModuleType) -> list[ModuleType]:
    """Return the modules of this package whose functions a family uses: its own first, then those of its loss."""
    own = sys.modules[spec.config.__module__]
    functions = {
        name: value
        for module in (own, home)
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__.startswith(__package__)
    }
    of_loss = [functions[name] for name in spec.losses.__code__.co_names if name in functions]
    modules = (sys.modules[function.__module__] for function in [*of_loss, *functions.values()])
    return [module for module in dict.fromkeys([own, *modules]) if module is not home]


def _in_order(function: ast.FunctionDef) -> list[ast.expr]:
    """Return the expressions in the body of a function, as they are read."""
    placed = [each for step in function.body for each in ast.walk(step) if isinstance(each, ast.expr)]
    return sorted(placed, key=lambda each: (each.lineno, each.col_offset))


def _path(module: ModuleType) -> Path:
    return Path(inspect.getsourcefile(module) or module.__name__)
