"""The datasets that are kept in `artifacts/datasets/`, and the only writer of their folders.

A dataset is what came in (`pictures.*`, or `originals.*` for arrays), what was decided about it (`recipe.json`),
and what the two make: `images.npy` (uint8, memory-mapped), `labels.npy` (int32), `split.npy` (uint8) and
`kept.npy` where something was left out; `factors.npz` where the causes of the images are known, `report.json`
with what became of each file, and `dataset.json`.  It never changes once stored: another size, another split
or one picture less is another dataset, which shares what came in through hard links.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from aelab import storage
from aelab.datasets import _making, array_originals, sources
from aelab.datasets._claim import Allowance, claimed, locked, sweep
from aelab.datasets._packing import pack
from aelab.datasets.dataset import ARRAY_SPLIT, Dataset, Part, read
from aelab.datasets.originals import Originals, link
from aelab.datasets.packed_pictures import PackedPictures
from aelab.datasets.recipe import Recipe
from aelab.datasets.report import Report
from aelab.datasets.spec import ImageSet, PictureSet, Progress, no_progress
from aelab.errors import LabError
from aelab.fields import Config
from aelab.intake.limits import check_room

__all__ = [
    "Dataset",
    "Part",
    "build",
    "delete",
    "derive",
    "import_dataset",
    "import_pictures",
    "names",
    "open_dataset",
    "root",
    "stored_names",
    "sweep_unfinished",
]

_FEWEST = 3  # one for each part of the split
_READING = 0.8  # of the time of an import of pictures; the rest is preparing them


def root() -> Path:
    """Return the folder in which datasets are kept."""
    return storage.artifacts() / "datasets"


def stored_names() -> list[str]:
    """Return the names of the datasets that are stored, sorted."""
    return [path.name for path in storage.folders(root())]


def names() -> list[str]:
    """Return every name that `open_dataset` takes without an import: the built-in ones first."""
    ready = [spec.name for spec in sources if spec.ready]
    return ready + [name for name in stored_names() if name not in ready]


def open_dataset(name: str, progress: Progress = no_progress) -> Dataset:
    """Open a dataset; a built-in one is made first if this is the first time.

    Raises
    ------
    LabError
        If there is none of that name, it cannot be made, or its folder is damaged.
    """
    storage.checked_id(name)
    folder = root() / name
    if not folder.exists():
        if name not in sources or not sources[name].ready:
            raise LabError(
                "There is no dataset called {name}; choose one of {choices}, or import one.",
                name=repr(name),
                choices=", ".join(names()),
            )
        _make(name, progress)
    return read(folder)


def import_dataset(
    name: str, source: str, config: Config, progress: Progress = no_progress, recipe: Recipe | None = None
) -> Dataset:
    """Load images from a source and store them under a new name: all of it, or nothing.

    Parameters
    ----------
    name, source : str
    config : Config
        Of the source.
    progress : callable, optional
    recipe : Recipe, optional
        What to make of what comes in; without one, what is usual for the source.

    Raises
    ------
    LabError
        If the name is taken or cannot be used, the source refuses what it was given, or the recipe does not fit.
    """
    spec = sources[source]
    with claimed(root(), storage.checked_id(name)) as folder:
        if spec.pictures is not None:
            with spec.pictures(config) as content:
                _fill_with_pictures(folder, content, recipe, progress)
        else:
            assert spec.load is not None
            _fill_with_images(folder, spec.load(config, progress), recipe, progress)
    return read(root() / name)


def import_pictures(
    name: str, content: PictureSet, progress: Progress = no_progress, recipe: Recipe | None = None
) -> Dataset:
    """Store picture files under a new name, as `import_dataset` does."""
    with claimed(root(), storage.checked_id(name)) as folder:
        _fill_with_pictures(folder, content, recipe, progress)
    return read(root() / name)


def build(
    name: str,
    originals: Originals,
    recipe: Recipe,
    progress: Progress = no_progress,
    provenance: Mapping[str, Any] | None = None,
) -> Dataset:
    """Store what a recipe makes of originals that are in another dataset's folder, under a new name.

    The same originals and the same recipe have the same checksum.
    """
    with claimed(root(), storage.checked_id(name)) as folder:
        originals.link_to(folder)
        _making.fill(folder, originals, recipe, provenance or {}, Allowance(root()).spend, progress)
    return read(root() / name)


def derive(dataset: Dataset, name: str, recipe: Recipe, progress: Progress = no_progress) -> Dataset:
    """Store what another recipe makes of a dataset's originals; they are shared, so that it costs little.

    Raises
    ------
    LabError
        If the name is taken or cannot be used, or the recipe does not fit.
    """
    with claimed(root(), storage.checked_id(name)) as folder:
        dataset.originals.link_to(folder)
        for file in ("factors.npz", "report.json"):
            if (dataset.folder / file).exists():
                link(dataset.folder / file, folder / file)
        provenance = {**dataset.provenance, "derived_from": dataset.name}
        _making.fill(folder, dataset.originals, recipe, provenance, Allowance(root()).spend, progress)
    return read(root() / name)


def delete(name: str) -> None:
    """Delete a stored dataset."""
    folder = root() / storage.checked_id(name)
    if not folder.is_dir():
        raise LabError("There is no stored dataset called {name}.", name=repr(name))
    storage.removed_folder(folder)


def sweep_unfinished() -> None:
    """Delete what imports left behind that were killed, as every import does; for the start of a server."""
    sweep(root())


def _make(name: str, progress: Progress) -> None:
    with locked(root(), name, wait=True):  # two who ask at once: the second finds it made
        if not (root() / name).exists():
            spec = sources[name]
            assert spec.load is not None
            content = spec.load(spec.config(), progress)
            with storage.written_folder(root() / name) as folder:
                _fill_with_images(folder, content, None, progress)


def _fill_with_images(folder: Path, content: ImageSet, recipe: Recipe | None, progress: Progress) -> None:
    spend = Allowance(root()).spend
    originals = array_originals.write(folder, content, spend)
    if content.factors:
        np.savez(folder / "factors.npz", allow_pickle=False, **dict(content.factors))
    _making.fill(folder, originals, recipe or Recipe(split=ARRAY_SPLIT), content.provenance, spend, progress)


def _fill_with_pictures(folder: Path, content: PictureSet, recipe: Recipe | None, progress: Progress) -> None:
    recipe = recipe or Recipe(prepare=content.prepare)
    if recipe.prepare is not None:
        check_room(
            (len(recipe.keep) or len(content.pictures)) - len(recipe.drop), *recipe.prepare.shape
        )  # before the first is read
    spend = Allowance(root()).spend
    packed = pack(folder, content, spend, lambda share: progress(_READING * share))
    originals = PackedPictures(folder)
    _check_enough(originals, content, packed.report)
    storage.write_json(folder / "report.json", packed.report.to_json())
    _making.fill(
        folder,
        originals,
        recipe,
        content.provenance,
        spend,
        lambda share: progress(_READING + (1 - _READING) * share),
        packed.thumbnails,
    )


def _check_enough(originals: PackedPictures, content: PictureSet, report: Report) -> None:
    for label, name in enumerate(content.class_names):
        if label not in originals.labels:
            raise LabError(
                "No picture of the class {name} in {what} can be read. {complaint}",
                name=name,
                what=content.what,
                complaint=report.quarantined[0].reason,
            )
    if len(originals.labels) < _FEWEST:
        raise LabError(
            "Readable pictures in {what}: {count}. A dataset needs at least {fewest}, one for each part of the split.",
            what=content.what,
            count=len(originals.labels),
            fewest=_FEWEST,
        )
