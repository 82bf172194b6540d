"""MNIST: the handwritten digits that every result is compared on."""

from __future__ import annotations

from aelab.datasets._published import Published, PublishedConfig
from aelab.datasets._published import load as load_published
from aelab.datasets.spec import ImageSet, Progress, SourceSpec
from aelab.errors import N_

_MNIST = Published(
    name="mnist",
    title="MNIST",
    class_names=tuple(str(digit) for digit in range(10)),
    hashes={"mnist.npz": "sha256:731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"},
    provenance={
        "origin": N_("MNIST, in the arrays that Keras distributes."),
        "citation": "Y. LeCun, L. Bottou, Y. Bengio and P. Haffner (1998). doi:10.1109/5.726791",
        "license": "CC BY-SA 3.0",
    },
)


def load(config: PublishedConfig, progress: Progress) -> ImageSet:
    """Return MNIST: 60,000 training and 10,000 test images, uint8, ink bright on black."""
    return load_published(_MNIST, config, progress)


SPEC = SourceSpec(
    name="mnist",
    label="MNIST",
    summary=N_("70,000 handwritten digits. Downloaded once (11 MB), unless it is in a cache already."),
    config=PublishedConfig,
    load=load,
    order=2,
)
