"""Import whatever a path leads to: the one way in for the command line and the dashboard."""

from __future__ import annotations

import zipfile
from pathlib import Path

from aelab.datasets import arrays, sources, store
from aelab.datasets._published import PublishedConfig
from aelab.datasets.arrays import ArraysConfig
from aelab.datasets.folder import FolderConfig
from aelab.datasets.spec import Progress, no_progress
from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.fields import Config
from aelab.intake.listing import printable
from aelab.intake.pictures import Color


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
    if path.is_dir() or (path.is_file() and zipfile.is_zipfile(path)):
        return "folder"
    raise LabError(
        "{file} is neither a folder or zip of class folders nor an npz or IDX file of arrays; "
        "bring one of these, and check that it is whole.",
        file=printable(path.name),
    )


def import_path(
    path: Path | str,
    name: str,
    size: int = 128,
    color: Color = "rgb",
    progress: Progress = no_progress,
) -> Dataset:
    """Import a folder, zip, npz or IDX file as the dataset `name`.

    A file of arrays that is imported as ``mnist`` or ``fashion_mnist`` becomes that built-in dataset.

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
    path = Path(path).expanduser()
    source = source_for(path)
    if name in sources and sources[name].ready:
        if source != "arrays" or sources[name].config is not PublishedConfig:
            raise LabError("{name} is the name of a built-in dataset; choose another name.", name=repr(name))
        return store.import_dataset(name, name, PublishedConfig(path=str(path)), progress)
    config: Config
    if source == "arrays":
        config = ArraysConfig(path=str(path))
    else:
        config = FolderConfig(path=str(path), size=size, color=color)
    return store.import_dataset(name, source, config, progress)
