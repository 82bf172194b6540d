"""What the lab's own terms are called on screen.  Names that users gave are left alone."""

from __future__ import annotations

from aelab.datasets import sources
from aelab.datasets.store import Dataset
from aelab.errors import N_
from aelab.noise import noises
from aelab.noise.corruption import NO_NOISE
from ui.i18n import t

PARTS = {"train": N_("Training"), "validation": N_("Validation"), "test": N_("Test")}
_FACTORS = {
    "shape": N_("kind of shape"), "colour": N_("tone of colour"), "size": N_("size of the shape"), "angle": N_("angle"),
    "x": N_("place across (x)"), "y": N_("place down (y)"),
}  # fmt: skip
_NOISES = ("noise", "second_noise")
_CHOICES = {
    "rgb": N_("colour"), "gray": N_("grey"), "white": N_("white"), "black": N_("black"),
    "crop": N_("cut off"), "pad": N_("fill up"), "stretch": N_("distort"),
    "keep": N_("keep it"), "ignore": N_("make a new one"),
    "dense": N_("dense layers"), "convolutional": N_("convolutions"),
    "mse": N_("squared error (mse)"), "bce": N_("cross-entropy (bce)"),
    "bernoulli": N_("black or white (bernoulli)"), "gaussian": N_("normal, its variance learned (gaussian)"),
    "none": N_("leave them as they are"), "mirror": N_("mirror some"),
    "shift": N_("shift"), "both": N_("mirror and shift"),
    "kmeans": N_("k-means"), "mixture": N_("Gaussian mixture"), "all": N_("all of them"),
    "then": N_("one after the other"), "or": N_("one of them by chance"),
}  # fmt: skip


def class_name(data: Dataset | None, name: str) -> str:
    """Return what a class is called; images without one have the name "".

    Parameters
    ----------
    data : Dataset or None
        Where the class is from: a built-in source's names are translated. None where that is not known.
    name : str
    """
    if not name:
        return t("unlabelled")
    source = data.provenance.get("source") if data is not None else None
    return t(name) if source in sources and sources[source].ready else name


def class_names(data: Dataset) -> list[str]:
    """Return what each class is called, by its number."""
    return [class_name(data, name) for name in data.class_names]


def choice_name(choice: str, field: str = "") -> str:
    """Return what a choice in a form is called; `field` tells a noise from a likelihood of the same name."""
    if field in _NOISES and choice in noises:
        return t(noises[choice].label)
    if field in _NOISES and choice == NO_NOISE:
        return t("nothing more")
    if field == "part":
        return t(PARTS.get(choice, N_("All parts")))
    return t(_CHOICES.get(choice, choice))


def factor_name(name: str) -> str:
    """Return what a known cause of drawn images is called; that of another dataset has its own name."""
    return t(_FACTORS.get(name, name))
