"""What the denoising families share: the noise that they are trained on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from aelab.errors import N_
from aelab.fields import field
from aelab.models.spec import ModelConfig, Symbol
from aelab.noise import noises

CLEAN: Final = Symbol("x", N_("a clean image"), "target")
CORRUPTED: Final = Symbol(r"\tilde{x}", N_("the same, corrupted anew in every epoch"), "given")
CORRUPTION: Final = r"\tilde{x} = c_\sigma(x)"
_CORRUPTS: Final = "training/data.py:with_noise"
CORRUPTION_SYMBOLS: Final = (
    Symbol(r"c_\sigma", N_("what corrupts the image"), "config.noise", where=_CORRUPTS),
    Symbol(r"\sigma", N_("how strongly, in the measure of that noise"), "config.noise_level", where=_CORRUPTS),
)


def level(usual: float) -> Any:
    """Declare the level of the training noise, with what is usual for a family."""
    return field(
        usual,
        "Noise level",
        "How strong the training noise is; each noise says what its level means.",
        low=0.0,
        high=100.0,
    )


@dataclass(frozen=True)
class NoiseConfig(ModelConfig):
    """Settings of a family that is trained on corrupted images."""

    noise: str = field("gaussian", "Noise", "What corrupts the images it is trained on.", choices=noises.names)
    noise_level: float = level(0.3)

    @classmethod
    def suited(cls, values: Mapping[str, Any]) -> Self:
        """Return the defaults beside a choice of noise: each has its own usual level, and its own measure of it."""
        usual = cls()
        chosen = values.get("noise", usual.noise)
        if chosen == usual.noise or chosen not in noises:
            return usual
        return replace(usual, noise_level=noises[chosen].default)
