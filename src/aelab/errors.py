"""What the lab says when something the user gave cannot work.

A `LabError` is one clear sentence: what was expected, what came, what to do.  It keeps the sentence
and its values apart, so that the dashboard can translate the sentence and still name the file, field
or figure it is about; `str()` of it is the English text, which the command line prints.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self


def N_(message: str) -> str:
    """Mark `message` as text that people see, for the translators' extraction; returns it unchanged."""
    return message


class LabError(ValueError):
    """A user's mistake, said in one sentence.

    Parameters
    ----------
    template : str
        The English sentence, with `{name}` wherever a value goes.
    **values
        The values. They are shown as text, never as markup.

    Examples
    --------
    >>> str(LabError("{field} must be at least {low}; it is {value}.", field="epochs", low=1, value=0))
    'epochs must be at least 1; it is 0.'
    """

    def __init__(self, template: str, **values: Any) -> None:
        self.template = template
        self.values = values
        super().__init__(template.format(**values))

    def to_json(self) -> dict[str, Any]:
        """Return the sentence and its values as plain JSON data, to cross a process border."""
        return {"template": self.template, "values": {key: _to_json(value) for key, value in self.values.items()}}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Rebuild the error from what `to_json` returned."""
        values = {
            key: LabError.from_json(value) if isinstance(value, Mapping) else value
            for key, value in data["values"].items()
        }
        return cls(data["template"], **values)


def _to_json(value: Any) -> Any:
    """Return a value as JSON data; an error within an error stays one, so that it can be translated too."""
    if isinstance(value, LabError):
        return value.to_json()
    return value if isinstance(value, int | float) else str(value)
