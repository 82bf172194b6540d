"""Noises put together: one after the other, or by chance one of them for each image.

A camera in the dark blurs, then counts photons, then rounds; a network that shall restore whatever comes is trained on
a mixture.  Both are written as people write them, ``gaussian:0.2+salt_pepper:0.05`` and
``gaussian:0.2|salt_pepper:0.05``, and a single noise is the shortest of them, ``gaussian:0.2``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

import numpy as np

from aelab.errors import LabError
from aelab.noise import noises
from aelab.noise.spec import Images

How = Literal["then", "or"]

#: What is chosen in place of a second noise where there is none.
NO_NOISE: Final = "none"

_SIGNS: Final[dict[How, str]] = {"then": "+", "or": "|"}
_EXAMPLE: Final = "gaussian:0.2, gaussian:0.2+salt_pepper:0.05 (one after the other) or gaussian:0.2|masking:0.3 (one)"
_LONGEST_SHOWN: Final = 80  # letters of what somebody has pasted


@dataclass(frozen=True)
class Part:
    """One noise at one level."""

    noise: str
    level: float

    def __str__(self) -> str:
        short = f"{self.level:g}"  # of 25 / 255 the rest is written too: what is read back must draw the same
        return f"{self.noise}:{short if float(short) == self.level else repr(float(self.level))}"


@dataclass(frozen=True)
class Corruption:
    """What is done to images before they are restored.

    Attributes
    ----------
    parts : tuple of Part
        At least one.
    how : {"then", "or"}
        Whether each image gets all of them in order, or one of them by chance, each with equal probability.
    """

    parts: tuple[Part, ...]
    how: How = "then"

    @classmethod
    def of(cls, noise: str, level: float) -> Self:
        """Return a single noise."""
        return cls((Part(noise, float(level)),))

    @classmethod
    def of_settings(cls, settings: Mapping[str, Any]) -> Self:
        """Return what the settings of a training do to images, called as `NoiseConfig` calls them; none is checked."""
        first = Part(settings["noise"], settings["noise_level"])
        if settings["second_noise"] == NO_NOISE:
            return cls((first,))
        return cls((first, Part(settings["second_noise"], settings["second_level"])), settings["combined"])

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` writes.

        Raises
        ------
        LabError
            If a part is no ``noise:level``, there is no such noise or level, or both signs are in the text.
        """
        how: How = "or" if _SIGNS["or"] in text else "then"
        pairs = [part.strip().partition(":") for part in text.split(_SIGNS[how])]
        try:
            found = cls(tuple(Part(noise, float(level)) for noise, _, level in pairs), how)
        except ValueError:
            raise LabError(
                "{text} is no corruption: write {example}, with one of {names}.",
                text=repr(text[:_LONGEST_SHOWN]),
                example=_EXAMPLE,
                names=", ".join(noises.names()),
            ) from None
        found.check()
        return found

    def __str__(self) -> str:
        return _SIGNS[self.how].join(map(str, self.parts))

    @property
    def slug(self) -> str:
        """The name as a part of file names, which have no colons."""
        return f"-{self.how}-".join(str(part).replace(":", "-") for part in self.parts)

    @property
    def changes_nothing(self) -> bool:
        """Whether every part is at level 0."""
        return all(part.level == 0 for part in self.parts)

    def check(self) -> None:
        """Refuse noises that there are not and levels that they do not have; errors as `NoiseSpec.check` has them."""
        for part in self.parts:
            noises[part.noise].check(part.level)

    def corrupt(self, images: Images, rng: np.random.Generator) -> Images:
        """Return corrupted images.

        Parameters
        ----------
        images : ndarray, float32 (N, H, W, C) in [0, 1]
            Not changed.
        rng : numpy.random.Generator
            The first images of a longer array are corrupted as they are in a shorter one.

        Returns
        -------
        ndarray, float32 (N, H, W, C) in [0, 1]

        Raises
        ------
        LabError
            As `check`.
        """
        if len(self.parts) == 1:
            return self._apply(self.parts[0], images, rng)
        streams = rng.spawn(len(self.parts))  # each part its own chance, so that none depends on what another drew
        if self.how == "or":
            return self._one_for_each(images, rng, streams)
        for part, stream in zip(self.parts, streams, strict=True):
            images = self._apply(part, images, stream)
        return images

    def _one_for_each(self, images: Images, rng: np.random.Generator, streams: list[np.random.Generator]) -> Images:
        drawn = rng.integers(len(self.parts), size=len(images))
        noisy = np.empty_like(images)
        for number, (part, stream) in enumerate(zip(self.parts, streams, strict=True)):
            noisy[drawn == number] = self._apply(part, images[drawn == number], stream)
        return noisy

    @staticmethod
    def _apply(part: Part, images: Images, rng: np.random.Generator) -> Images:
        return noises[part.noise].corrupt(images, part.level, rng)
