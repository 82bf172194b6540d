"""Typed configs that know their bounds, units and help texts.

A config is a frozen dataclass whose fields are made with `field`.  The same declaration gives the
form on the Train page, the `--set` keys of the command line, the checks before a worker starts, and
the JSON in a run folder.
"""

from __future__ import annotations

import dataclasses
import math
import typing
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Literal, Self, TypeAlias, cast, get_args, get_origin

from aelab.errors import LabError

#: Fields, each with the field of choices it hangs on, and one choice or a function that returns several.
OnlyWith: TypeAlias = Mapping[str, tuple[str, str | Callable[[], tuple[str, ...]]]]

_LONGEST_TEXT = 4096  # as long as a path can be


@dataclass(frozen=True)
class Knob:
    """What a person needs to know to set one field.

    Attributes
    ----------
    label, help : str
        Shown beside the control, in English; the dashboard translates them.
    low, high : float or None
        Inclusive bounds of a number.
    unit : str
        Unit of a number, empty where it has none.
    choices : callable or None
        Returns the allowed names, for a field whose choices are a registry's.
    scale : {"linear", "log"}
        Whether neighbouring values differ by a step or by a factor.
    """

    label: str
    help: str
    low: float | None = None
    high: float | None = None
    unit: str = ""
    choices: Callable[[], tuple[str, ...]] | None = None
    scale: Literal["linear", "log"] = "linear"


def field(default: Any, label: str, help: str, **more: Any) -> Any:  # noqa: A002 - the field's standard name
    """Declare a config field with its default and the `Knob` made of the other arguments."""
    return dataclasses.field(default=default, metadata={"knob": Knob(label, help, **more)})


@dataclass(frozen=True)
class Config:
    """Base of every config: checked when made, read from text or JSON, written as JSON.

    Attributes
    ----------
    only_with : OnlyWith
        Fields that count only where a field of choices has one of them, or one of several that a function returns:
        ``{"width": ("body", "dense")}``. The others have a value all the same; a form does not ask for it.
    later : tuple of str
        Fields that came when there were runs without them. While those that count have their defaults none is kept,
        so that what is asked for is still the same question as it was before them.
    """

    only_with: ClassVar[OnlyWith] = {}
    later: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        for name in self.names():
            object.__setattr__(self, name, _checked(type(self), name, getattr(self, name)))

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names of the fields, in the order in which they are declared."""
        return tuple(f.name for f in dataclasses.fields(cls))

    @classmethod
    def knob(cls, name: str) -> Knob:
        """Return what the form needs to know about field `name`."""
        knob = next(f for f in dataclasses.fields(cls) if f.name == name).metadata["knob"]
        assert isinstance(knob, Knob)
        return knob

    @classmethod
    def choices(cls, name: str) -> tuple[str, ...] | None:
        """Return the allowed values of a field of names, or None for a number or free text."""
        knob, kind = cls.knob(name), cls.types()[name]
        if knob.choices is not None:
            return knob.choices()
        return tuple(get_args(kind)) if get_origin(kind) is Literal else None

    @classmethod
    def counts(cls, name: str, values: Mapping[str, Any]) -> bool:
        """Return whether field `name` counts beside the values of the others."""
        field, choices = cls.hangs_on(name)
        return not field or values[field] in choices

    @classmethod
    def hangs_on(cls, name: str) -> tuple[str, tuple[str, ...]]:
        """Return which field must have one of which choices for field `name` to count; "" where it always counts."""
        field, wanted = cls.only_with.get(name, ("", ()))
        if callable(wanted):
            return field, wanted()
        return field, (wanted,) if isinstance(wanted, str) else wanted

    @classmethod
    def suited(cls, values: Mapping[str, Any]) -> Self:
        """Return the defaults beside some choices; a config of which one field hangs on another says here how."""
        return cls()

    @classmethod
    def types(cls) -> dict[str, Any]:
        """Return each field's type."""
        hints = _hints(cast(Hashable, cls))
        return {name: hints[name] for name in cls.names()}

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """Make a config from text or JSON values; what is left out keeps its default.

        Raises
        ------
        LabError
            For a key that is no field, or a value that is out of bounds or of the wrong type.
        """
        check_keys(values, cls.names())
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """Return the values by name; `parse` reads them back."""
        return dataclasses.asdict(self)

    def to_keep(self) -> dict[str, Any]:
        """Return the values by name as a run keeps them, without those that came later where none of them matters."""
        values, usual = self.to_json(), {f.name: f.default for f in dataclasses.fields(self)}
        matter = any(values[name] != usual[name] and self.counts(name, values) for name in self.later)
        return {name: value for name, value in values.items() if matter or name not in self.later}


def check_keys(values: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    """Raise a `LabError` naming the first key of `values` that is not in `allowed`."""
    for key in values:
        if key not in allowed:
            raise LabError(
                "There is no setting called {key}; the settings here are {choices}.",
                key=repr(key)[:80],
                choices=", ".join(allowed),
            )


@cache
def _hints(config: Hashable) -> dict[str, Any]:
    """Resolve a class's annotations once: forms and checks ask for them at every step of a slider."""
    return typing.get_type_hints(config)


def _checked(cls: type[Config], name: str, value: Any) -> Any:
    """Return `value` in the field's type, or raise with the field, what it takes and what came."""
    choices = cls.choices(name)
    if choices is not None:
        if value not in choices:
            raise LabError(
                "{field} must be one of {choices}; it is {value}.",
                field=name,
                choices=", ".join(choices),
                value=repr(value)[:80],
            )
        return value
    if cls.types()[name] is str:
        return _text(name, value)
    return _number(name, cls.types()[name], cls.knob(name), value)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT or "\0" in value:
        raise LabError(
            "{field} must be text of at most {most} characters; it is {value}.",
            field=name,
            most=_LONGEST_TEXT,
            value=repr(value)[:80],
        )
    return value


def _number(name: str, kind: type, knob: Knob, value: Any) -> int | float:
    try:
        number = float(value)
        if not math.isfinite(number) or isinstance(value, bool) or (kind is int and number != int(number)):
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        came = {"field": name, "low": _plain(knob.low), "high": _plain(knob.high), "value": repr(value)[:80]}
        if kind is int:
            raise LabError("{field} must be a whole number between {low} and {high}; it is {value}.", **came) from None
        raise LabError("{field} must be a number between {low} and {high}; it is {value}.", **came) from None
    if (knob.low is not None and number < knob.low) or (knob.high is not None and number > knob.high):
        raise LabError(
            "{field} must be between {low} and {high}; it is {value}.",
            field=name,
            low=_plain(knob.low),
            high=_plain(knob.high),
            value=_plain(number),
        )
    if kind is int:
        return value if isinstance(value, int) else int(number)
    return number


def _plain(number: float | None) -> str:
    return "any" if number is None else f"{number:,.10g}".replace(",", "")
