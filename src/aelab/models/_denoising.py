"""What the denoising families share: the noise that they are trained on, or two of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, Self

from aelab.errors import N_
from aelab.fields import OnlyWith, field
from aelab.models.spec import ModelConfig, Symbol
from aelab.noise import noises
from aelab.noise.corruption import NO_NOISE, Corruption, How

CLEAN: Final = Symbol("x", N_("a clean image"), "target")
CORRUPTED: Final = Symbol(r"\tilde{x}", N_("the same, corrupted anew in every epoch"), "given")
CORRUPTION: Final = r"\tilde{x} = c(x)"
CORRUPTS: Final = Symbol(
    "c", N_("what corrupts the image, and how strongly"), "config.corruption", where="training/data.py:with_noise"
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
    second_noise: str = field(
        NO_NOISE, "Second noise", "Follows the first, or stands in for it.", choices=lambda: (NO_NOISE, *noises.names())
    )
    second_level: float = field(
        0.1,
        "Level of the second noise",
        "How strong it is; each noise says what its level means.",
        low=0.0,
        high=100.0,
    )
    combined: How = field(
        "then",
        "Two noises",
        "Whether each image gets both, one after the other, or one of them by chance.",
    )

    only_with: ClassVar[OnlyWith] = {
        "second_level": ("second_noise", noises.names),
        "combined": ("second_noise", noises.names),
    }
    later: ClassVar[tuple[str, ...]] = ("second_noise", "second_level", "combined")

    @classmethod
    def suited(cls, values: Mapping[str, Any]) -> Self:
        """Return the defaults beside a choice of noises: each has its own usual level, and its own measure of it."""
        usual = cls()
        chosen, second = values.get("noise", usual.noise), values.get("second_noise", NO_NOISE)
        if chosen != usual.noise and chosen in noises:
            usual = replace(usual, noise_level=noises[chosen].default)
        return replace(usual, second_level=noises[second].default) if second in noises else usual

    @property
    def corruption(self) -> Corruption:
        """What is done to the images it is trained on."""
        return Corruption.of_settings(self.to_json())
