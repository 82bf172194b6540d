"""What the file of an architecture declares.

An architecture is written in Keras' functional style against a `layers` argument instead of an
import: a worker passes `keras.layers`, and the server, which never loads TensorFlow, passes the
stand-in of `aelab.models.tracing` to learn shapes and parameter counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from aelab.errors import N_
from aelab.fields import Config, field
from aelab.intake.limits import MOST_CLASSES

Shape = tuple[int, int, int]
Tensor = Any  # a Keras tensor in a worker, a traced shape in the server
Layers = Any  # keras.layers, or its stand-in
Networks = Any  # aelab.training.networks.Networks: .encoder, .decoder and .restorer, Keras models

ReconstructionLoss = Literal["mse", "bce"]


def latent(usual: int) -> Any:
    """Declare the latent dimension of a family, with what is usual for it."""
    return field(
        usual, "Latent dimension", "How many numbers the encoder keeps of each image.", low=1, high=4096, scale="log"
    )


@dataclass(frozen=True)
class ModelConfig(Config):
    """Settings of an architecture."""

    @property
    def code_length(self) -> int:
        """How many numbers a code has; 0 where there are no codes."""
        return 0


@dataclass(frozen=True)
class CodeConfig(ModelConfig):
    """What every architecture has that images pass through as codes."""

    latent_dim: int = latent(32)

    @property
    def code_length(self) -> int:
        """How many numbers a code has."""
        return self.latent_dim


@dataclass(frozen=True)
class Symbol:
    """A symbol of a loss's equation, tied to the code.

    Attributes
    ----------
    latex : str
    meaning : str
        In English; the dashboard translates it.
    code : str
        What it is called in the code of the loss, a name or an expression. `config.beta` is a setting, whose value
        can be shown; so can `config.corruption`, which several settings make.
    of_image : bool
        Whether its value is how many values an image has.
    where : str
        The function whose line is meant, where several have the name: `critic_losses`, of the family's files, or
        `training/data.py:corrupted`, of any file of the package. "" for the loss, else the first that has it.
    """

    latex: str
    meaning: str
    code: str
    of_image: bool = False
    where: str = ""

    @property
    def setting(self) -> str | None:
        """The field or property of the config that holds its value, if one does."""
        return self.code.removeprefix("config.") if self.code.startswith("config.") else None


@dataclass(frozen=True)
class Opponent:
    """A network that is trained against the others, and steps in turn with them.

    Attributes
    ----------
    network : callable
        ``network(layers, image, config)`` gives what it makes of images (B, H, W, C): a score (B, 1), or score and
        features. It is `networks.critic` in the losses.
    losses : callable
        As the architecture's own, of what the opponent minimises.
    parts : mapping of str to str
        What these are called on screen. They stand beside the loss and are no part of it.
    units : callable
        ``units(config)`` names the unit in which they are counted.
    steps : callable
        ``steps(config)`` is how many it takes for each step of the others.
    momenta : tuple of two floats
        Adam's, of both sides: less than usual, since what each of them minimises moves.
    """

    network: Callable[[Layers, Tensor, Any], Any]
    losses: Callable[..., Mapping[str, Tensor]]
    parts: Mapping[str, str]
    units: Callable[[Any], str]
    steps: Callable[[Any], int]
    momenta: tuple[float, float]


@dataclass(frozen=True)
class ConditionalConfig(ModelConfig):
    """What every architecture has whose networks are told the class of an image; the dataset says of how many."""

    classes: int = field(10, "Classes", "How many classes the images have.", low=2, high=MOST_CLASSES)


def classes_of(config: ModelConfig) -> int:
    """Return of how many classes the networks of an architecture are told one; 0 where they are told none."""
    return config.classes if isinstance(config, ConditionalConfig) else 0


@dataclass(frozen=True)
class ModelSpec:
    """One architecture.

    Attributes
    ----------
    name, label, summary, paper : str
    config : type of ModelConfig
    encoder : callable or None
        ``encoder(layers, image, config)`` gives the code (B, latent_dim), or mean and log-variance. None where images
        can only be drawn. Of a conditional architecture encoder and decoder get one more argument, the last: the class
        as a one-hot vector (B, classes).
    decoder : callable or None
        ``decoder(layers, code, config, shape)`` gives the image (B, H, W, C) in [0, 1]. None where there are no codes.
    restorer : callable, optional
        ``restorer(layers, image, config)`` gives the image (B, H, W, C), restored, in [0, 1]: the one network of an
        architecture without codes.
    losses : callable
        ``losses(networks, given, target, config, training)`` gives the parts of the loss by name, each
        a mean over the batch; they add up to what is minimised. `networks` also tells how many epochs are
        done (`epochs_done`, a scalar) and of how many training images (`images`).
    parts : mapping of str to str
        What each part is called on screen.
    units : callable
        ``units(config)`` names the unit in which the losses are counted.
    equation : str
        What is minimised for one image, in LaTeX.
    symbols : tuple of Symbol
        Of the equation.
    fit : callable, optional
        ``fit(networks, images, config)`` sets the weights in closed form, instead of descent.
    usual : mapping
        Of the settings that every training has, those that suit this architecture better than the usual ones.
    enough_images : int, optional
        After so many, counted as often as they are seen, it has learned what it does: of many images fewer epochs are
        usual then.
    dense : bool
        Whether its first layer sees all values of an image at once: the more there are, the smaller the steps must be.
    opponent : Opponent, optional
        Whom it is trained against.
    check : callable, optional
        ``check(config, shape)`` raises a `LabError`, with the nearest values that do, where settings cannot work
        together or with images of a shape (H, W, C).
    generative : bool
        Whether codes drawn from a standard normal decode to samples.
    denoises : bool
        Whether it is trained on corrupted images; its config then says which by `corruption`.
    """

    name: str
    label: str
    summary: str
    paper: str
    config: type[ModelConfig]
    encoder: Callable[..., Any] | None
    decoder: Callable[..., Tensor] | None
    losses: Callable[..., Mapping[str, Tensor]]
    units: Callable[[Any], str]
    equation: str
    symbols: tuple[Symbol, ...]
    parts: Mapping[str, str] = default(default_factory=lambda: {"reconstruction": N_("Reconstruction")})
    fit: Callable[[Networks, npt.NDArray[np.float32], Any], None] | None = None
    usual: Mapping[str, Any] = default(default_factory=dict)
    enough_images: int | None = None
    dense: bool = False
    restorer: Callable[[Layers, Tensor, Any], Tensor] | None = None
    opponent: Opponent | None = None
    check: Callable[[Any, Shape], None] | None = None
    generative: bool = False
    denoises: bool = False
    order: int = 0

    @property
    def networks(self) -> tuple[str, ...]:
        """What the networks are called that a run keeps."""
        found = (("encoder", self.encoder), ("decoder", self.decoder), ("restorer", self.restorer))
        return tuple(name for name, network in found if network is not None)

    @property
    def reconstructs(self) -> bool:
        """Whether it can look at an image and make one of it; else it draws only."""
        return self.encoder is not None or self.restorer is not None

    @property
    def conditional(self) -> bool:
        """Whether its networks are told the class of an image; its config then has `classes`."""
        return issubclass(self.config, ConditionalConfig)

    @property
    def logged(self) -> Mapping[str, str]:
        """What is logged of every epoch beside the loss: its parts, and those of the opponent's."""
        return {**self.parts, **(self.opponent.parts if self.opponent else {})}

    def unit_of(self, part: str, config: ModelConfig) -> str:
        """Name the unit in which something that is logged is counted: the loss, one of its parts, or the opponent's."""
        opponent = self.opponent
        return opponent.units(config) if opponent and part in opponent.parts else self.units(config)
