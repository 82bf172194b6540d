"""Where the symbols of a loss's equation stand in the code: a formula and a program are two writings of one thing."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import PurePath
from types import ModuleType

from aelab.models.spec import ModelSpec, Symbol


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
    """Return the first line in which a symbol stands: in the loss, else in what its file and their helpers do."""
    for module, node in _names(spec):
        if ast.unparse(node) == symbol.code:
            text = inspect.getsource(module).splitlines()[node.lineno - 1]
            return SourceLine("/".join(_path(module).parts[-2:]), node.lineno, text.strip())
    return None


def _names(spec: ModelSpec) -> Iterator[tuple[ModuleType, ast.Name | ast.Attribute]]:
    """Yield the names in the loss, of the rest of its file, and of the family's files, in this order."""
    home = sys.modules[spec.losses.__module__]
    losses = next(function for function in _functions(home) if function.name == spec.losses.__name__)
    yield from ((home, node) for node in _in_order(losses))
    for module in [home, *_helpers(spec, home)]:
        for function in _functions(module):
            yield from ((module, node) for node in _in_order(function))


@cache
def _functions(module: ModuleType) -> list[ast.FunctionDef]:
    return [node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.FunctionDef)]


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


def _in_order(function: ast.FunctionDef) -> list[ast.Name | ast.Attribute]:
    """Return the names in a function, as they are read."""
    placed = [each for each in ast.walk(function) if isinstance(each, ast.Name | ast.Attribute)]
    return sorted(placed, key=lambda each: (each.lineno, each.col_offset))


def _path(module: ModuleType) -> PurePath:
    return PurePath(inspect.getsourcefile(module) or module.__name__)
