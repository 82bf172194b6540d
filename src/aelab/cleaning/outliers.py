"""Pictures that do not look like their class: mislabelled, or no such thing at all.

Two measures, since neither finds both: a mislabelled picture lies nearer to another class than to its own, a
picture of something else lies far from its own class, and perhaps from every other.

Measured with 200 labels of MNIST's 70,000 changed at random: of the 100 pictures whose own class is farthest in
comparison with another, 92 were among the changed; of 20 changed labels of 1,797 digits the 10 worst were all
changed. The distance to the median of the class, scaled by its deviations, finds 10 to 18 in 100 and 6 in 10,
the share of neighbours with another label 52 and 10. Of ten pictures of clothes among fruit, though, the
distance to the own class finds five in the first ten, comparison one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aelab.cleaning._class_distances import ClassDistances, class_distances
from aelab.cleaning.spec import CheckSpec, Group
from aelab.cleaning.subject import Subject
from aelab.errors import N_, LabError
from aelab.fields import Config as BaseConfig
from aelab.fields import field


@dataclass(frozen=True)
class Config(BaseConfig):
    """When a picture counts as unlike its class."""

    ratio: float = field(
        1.5, "Ratio", "Odd if its own class is so many times farther than another.", low=1.0, high=10.0
    )
    deviations: float = field(
        5.0,
        "Deviations",
        "Odd if its own class is farther than usual by so many robust standard deviations.",
        low=2.0,
        high=20.0,
    )
    components: int = field(
        20, "Components", "Principal components of the thumbnails in which distances are measured.", low=2, high=50
    )
    most: int = field(200, "Most", "Pictures to look at, the oddest; the others are not shown.", low=1, high=10_000)


def find(subject: Subject, config: Config) -> list[Group]:
    """Return a group of one for each picture that looks odd in its class, the oddest first; nothing is proposed."""
    distances = subject.once(("distances", config.components), lambda: class_distances(subject, config.components))
    oddness = np.maximum(distances.ratio / config.ratio, distances.deviations / config.deviations)
    odd = np.flatnonzero(oddness > 1)
    order = odd[np.lexsort((odd, -oddness[odd]))][: config.most]
    return [_group(subject, distances, index, float(oddness[index]), config) for index in order.tolist()]


def _group(subject: Subject, distances: ClassDistances, index: int, oddness: float, config: Config) -> Group:
    if distances.ratio[index] / config.ratio >= distances.deviations[index] / config.deviations:
        evidence = LabError(
            "{ratio} times farther from {own} than from {other}.",
            ratio=round(float(distances.ratio[index]), 1),
            own=subject.class_of(index),
            other=subject.class_names[int(distances.nearest[index])],
        )
    else:
        evidence = LabError(
            "Farther from the others of its class than usual by {deviations} standard deviations.",
            deviations=round(float(distances.deviations[index]), 1),
        )
    return Group((index,), oddness, (index,), evidence)


SPEC = CheckSpec(
    name="outliers",
    label=N_("Unlike its class"),
    definition=N_(
        "In the space of the first principal components of 16 × 16 thumbnails, its third nearest picture of its own "
        "class is much farther than its third nearest of another class, or much farther than is usual in its class. "
        "It may be mislabelled, something else, or only rare: nothing is proposed, look for yourself."
    ),
    severity=70,
    config=Config,
    find=find,
    equation=r"d_{=} / d_{\neq} > r \quad\lor\quad \ln d_{=} > "
    r"\operatorname{med} + k \cdot 1.4826 \operatorname{MAD}",
    value_label=N_("Oddness (1 at the limit)"),
)
