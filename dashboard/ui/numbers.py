"""Numbers as pages say them."""

from __future__ import annotations

from typing import Final

from ui.i18n import t

_HUGE: Final = 1e6
_NOTHING: Final = 1e-5  # less is what 32 bits make of the same number twice


def figure(value: float) -> str:
    """Return a number with the three digits that count, such as 0.00123, 1.23 or 1234: distances have no usual size."""
    if abs(value) < _NOTHING:
        return "0"
    return fixed(value, 0) if abs(value) >= 1000 else f"{value:.3g}"


def fixed(value: float, decimals: int) -> str:
    """Return a number with so many decimals, and one of a million or more as 1.23e+06, which people can still read.

    What rounds to nothing is 0.00, never -0.00.
    """
    return f"{value:.2e}" if abs(value) >= _HUGE else f"{value:z.{decimals}f}"


def percent(share: float, decimals: int = 1) -> str:
    """Return a share (1 is all) in percent."""
    return t("{percent}%", percent=fixed(100 * share, decimals))
