"""Fashion-MNIST: clothes in the form of MNIST, and harder."""

from __future__ import annotations

from aelab.datasets._published import Published, PublishedConfig
from aelab.datasets._published import load as load_published
from aelab.datasets.spec import ImageSet, Progress, SourceSpec
from aelab.errors import N_
from aelab.intake import idx

# The checksums that its authors and torchvision publish.
_CHECKSUMS = (
    "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "md5:25c81989df183df01b3e8a0aad5dffbe",
    "md5:bef4ecab320f06d8554ea6380940ec79",
    "md5:bb300cfdad3c16e7a12a480ee83cd310",
)
_FASHION_MNIST = Published(
    name="fashion_mnist",
    title="Fashion-MNIST",
    class_names=(
        N_("T-shirt/top"),
        N_("Trouser"),
        N_("Pullover"),
        N_("Dress"),
        N_("Coat"),
        N_("Sandal"),
        N_("Shirt"),
        N_("Sneaker"),
        N_("Bag"),
        N_("Ankle boot"),
    ),
    hashes=dict(zip(idx.FILES, _CHECKSUMS, strict=True)),
    provenance={
        "origin": N_("Fashion-MNIST, in the IDX files that Zalando Research publishes."),
        "citation": "H. Xiao, K. Rasul and R. Vollgraf (2017). arXiv:1708.07747",
        "license": "MIT",
    },
)


def load(config: PublishedConfig, progress: Progress) -> ImageSet:
    """Return Fashion-MNIST: 60,000 training and 10,000 test images, uint8, clothes bright on black."""
    return load_published(_FASHION_MNIST, config, progress)


SPEC = SourceSpec(
    name="fashion_mnist",
    label="Fashion-MNIST",
    summary=N_("70,000 pictures of clothes in ten classes. Downloaded once (31 MB), unless it is in a cache already."),
    config=PublishedConfig,
    load=load,
    order=3,
)
