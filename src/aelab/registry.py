"""Find the one `SPEC` in each file of a folder.

Adding a model, a noise, a filter, a metric, a dataset source, a study or a task is adding one file: nothing
else lists them.  A registry imports its folder's files when it is first asked, not before, so that
importing a layer stays cheap.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cached_property
from typing import Generic, Protocol, TypeVar

from aelab.errors import LabError


class Spec(Protocol):
    """What every kind of SPEC has in common."""

    @property
    def name(self) -> str:
        """The identifier used in files, on the command line and in addresses."""

    @property
    def label(self) -> str:
        """What people read, in English; the dashboard translates it."""


S = TypeVar("S", bound=Spec)


class Registry(Generic[S]):
    """The SPECs of one package, by name.

    Parameters
    ----------
    package : str
        The dotted name of the package whose files each hold one SPEC. Files whose name begins with an
        underscore, and files without a SPEC, are helpers and are passed over.
    spec_type : type
        What each SPEC must be an instance of.
    kind : str
        What one of them is called in an error, such as ``"noise"``.
    """

    def __init__(self, package: str, spec_type: type[S], kind: str) -> None:
        self._package = package
        self._spec_type = spec_type
        self._kind = kind

    @cached_property
    def _specs(self) -> dict[str, S]:
        package = importlib.import_module(self._package)
        found: dict[str, S] = {}
        for info in pkgutil.iter_modules(package.__path__):
            if info.name.startswith("_"):
                continue
            spec = getattr(importlib.import_module(f"{self._package}.{info.name}"), "SPEC", None)
            if spec is None:
                continue
            if not isinstance(spec, self._spec_type):
                raise TypeError(f"{self._package}.{info.name}.SPEC must be a {self._spec_type.__name__}")
            if spec.name in found:
                raise TypeError(f"two files of {self._package} have a SPEC named {spec.name!r}")
            found[spec.name] = spec
        return dict(sorted(found.items(), key=lambda item: (getattr(item[1], "order", 0), item[0])))

    def __iter__(self) -> Iterator[S]:
        return iter(self._specs.values())

    def __contains__(self, name: object) -> bool:
        return name in self._specs

    def names(self) -> tuple[str, ...]:
        """Return every name, in the order in which they are shown."""
        return tuple(self._specs)

    def __getitem__(self, name: str) -> S:
        try:
            return self._specs[name]
        except KeyError:
            raise LabError(
                "There is no {kind} called {name}; choose one of {choices}.",
                kind=self._kind,
                name=repr(name),
                choices=", ".join(self.names()),
            ) from None
