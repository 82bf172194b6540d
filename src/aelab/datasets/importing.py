"""Import whatever paths lead to: the one way in for the command line and the dashboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aelab import storage
from aelab.datasets import arrays, folder, sources, store
from aelab.datasets._published import PublishedConfig
from aelab.datasets.arrays import ArraysConfig
from aelab.datasets.dataset import ARRAY_SPLIT
from aelab.datasets.folder import FolderConfig
from aelab.datasets.originals import Credit
from aelab.datasets.prepare import Prepare
from aelab.datasets.recipe import Recipe
from aelab.datasets.spec import Progress, no_progress
from aelab.datasets.split import SplitPlan
from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.intake import listing
from aelab.intake.kinds import PEEK, kind_of
from aelab.intake.listing import printable
from aelab.intake.pictures import Color

_NOTHING: Mapping[str, Any] = {}


def source_for(path: Path) -> str:
    """Return the name of the source that reads `path`, by what it is and not by what it is called.

    Raises
    ------
    LabError
        If there is nothing there, or nothing that a source reads.
    """
    if not path.exists():
        raise LabError("There is no file or folder {path}.", path=printable(str(path)))
    if arrays.recognises(path):
        return "arrays"
    if listing.recognises(path):
        return "folder"
    if _begins_like_a_zip(path):
        raise LabError(
            "{file} begins like a zip, but its end is missing: it is damaged, or was not copied or downloaded to the "
            "end. Bring it once more.",
            file=printable(path.name),
        )
    raise LabError(
        "{file} is neither a folder or zip of class folders nor an npz or IDX file of arrays; "
        "bring one of these, a tar, a CSV of pixels or a picture, and check that it is whole.",
        file=printable(path.name),
    )


def _begins_like_a_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return kind_of(file.read(PEEK)) == "zip"


def _check_alike(paths: Sequence[Path]) -> None:
    """Raise a `LabError` if one of several files is more than a picture: what would it be with the others?"""
    for path in paths:
        if path.is_dir() or arrays.recognises(path) or (path.is_file() and _begins_like_a_zip(path)):
            raise LabError(
                "{file} is no picture and cannot be mixed with other files: bring it alone, or pictures only.",
                file=printable(path.name),
            )


def import_path(
    path: Path | str,
    name: str,
    size: int = 128,
    color: Color = "rgb",
    progress: Progress = no_progress,
) -> Dataset:
    """Import a folder, archive or file of arrays as the dataset `name`, pictures as squares.

    Parameters
    ----------
    path : Path or str
    name : str
    size, color
        For pictures. Arrays keep the size and colour they have.
    progress : callable, optional

    Raises
    ------
    LabError
        If the name is taken, or the file cannot be imported; nothing is stored then.
    """
    path = storage.user_path(path)
    prepare = FolderConfig(size=size, color=color).prepare if source_for(path) == "folder" else None
    return import_paths([path], name, prepare.to_json() if prepare else _NOTHING, progress=progress)


def import_paths(
    paths: Sequence[Path],
    name: str,
    prepare: Mapping[str, Any] = _NOTHING,
    split: Mapping[str, Any] = _NOTHING,
    recipe: Recipe | None = None,
    progress: Progress = no_progress,
    origins: Mapping[str, Credit] | None = None,
) -> Dataset:
    """Import a folder, an archive, a file of arrays, or several pictures as the dataset `name`.

    A file of arrays that is imported as ``mnist`` or ``fashion_mnist`` becomes that built-in dataset.

    Parameters
    ----------
    paths : sequence of Path
        One, or several pictures.
    name : str
    prepare, split : mapping
        Those settings of `Prepare` and `SplitPlan` that are not to be the usual ones.
    recipe : Recipe, optional
        Decides all instead.
    progress : callable, optional
    origins : mapping of str to Credit, optional
        Where the pictures of a folder are from, by their path below it.

    Raises
    ------
    LabError
        If the name is taken, the files cannot be imported or the recipe does not fit; nothing is stored then.
    """
    if recipe is not None and (prepare or split):
        raise LabError("A recipe says how to prepare and how to split; leave the other settings out.")
    if len(paths) > 1:
        _check_alike(paths)
    elif source_for(paths[0]) == "arrays":
        return _import_arrays(paths[0], name, prepare, split, recipe, progress)
    if name in sources and sources[name].ready:
        raise _built_in(name)
    recipe = recipe or Recipe(prepare=Prepare.parse(prepare), split=SplitPlan.parse(split))
    with folder.opened_pictures(paths, origins=origins) as content:
        return store.import_pictures(name, content, progress, recipe)


def _import_arrays(
    path: Path,
    name: str,
    prepare: Mapping[str, Any],
    split: Mapping[str, Any],
    recipe: Recipe | None,
    progress: Progress,
) -> Dataset:
    if name in sources and sources[name].ready:
        if sources[name].config is not PublishedConfig:
            raise _built_in(name)
        return store.import_dataset(name, name, PublishedConfig(path=str(path)), progress)
    if prepare and not {"height", "width"} <= set(prepare):
        raise LabError("Arrays keep the size and colour they have; to change them, choose height and width as well.")
    recipe = recipe or Recipe(
        prepare=Prepare.parse(prepare) if prepare else None,
        split=SplitPlan.parse({**ARRAY_SPLIT.to_json(), **split}),
    )
    return store.import_dataset(name, "arrays", ArraysConfig(path=str(path)), progress, recipe)


def _built_in(name: str) -> LabError:
    return LabError("{name} is the name of a built-in dataset; choose another name.", name=repr(name))
