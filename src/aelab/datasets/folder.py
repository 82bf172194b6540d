"""Your own pictures: a folder or archive with one folder for each class, or single pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aelab import storage
from aelab.datasets._given_parts import without_parts
from aelab.datasets.originals import NO_CREDIT, Credit
from aelab.datasets.prepare import Prepare
from aelab.datasets.spec import PictureFile, PictureSet, SourceSpec
from aelab.errors import N_, LabError
from aelab.fields import Config, field
from aelab.intake.classes import arrange
from aelab.intake.listing import Entry, opened, printable

_USUAL = Prepare()


@dataclass(frozen=True)
class FolderConfig(Config):
    """Where the pictures are, and what to make of them."""

    path: str = field("", "Folder or zip", "With one folder of pictures for each class.")
    size: int = field(
        128, "Size", "Height and width that every image gets: the middle square, resized.", low=12, high=512, unit="px"
    )
    color: Literal["rgb", "gray"] = field("rgb", "Colour", "Whether images are kept in colour or in grey.")

    @property
    def prepare(self) -> Prepare:
        """The same for pictures of any shape."""
        return Prepare(height=self.size, width=self.size, color=self.color)


@contextmanager
def pictures(config: FolderConfig) -> Iterator[PictureSet]:
    """List the pictures of a folder or archive, in the order of their paths.

    Raises
    ------
    LabError
        If it is no folder or archive, or has no pictures, or a class without any.
    """
    if not config.path:
        raise LabError("path must name a folder or zip with one folder of pictures for each class; it is empty.")
    with opened_pictures([storage.user_path(config.path)], config.prepare) as content:
        yield content


@contextmanager
def opened_pictures(
    paths: Sequence[Path], prepare: Prepare = _USUAL, origins: Mapping[str, Credit] | None = None
) -> Iterator[PictureSet]:
    """List the pictures of one folder or archive, or several picture files, which have no class then.

    Parameters
    ----------
    paths : sequence of Path
    prepare : Prepare, optional
        What is made of the pictures unless a recipe says otherwise.
    origins : mapping of str to Credit, optional
        Where pictures are from, by their path below the folder.

    Raises
    ------
    LabError
        As `pictures` does.
    """
    alone = len(paths) == 1
    what = printable(paths[0].resolve().name) if alone else f"{printable(paths[0].name)} …"
    with opened(paths[0] if alone else paths) as listing:
        given = without_parts(listing)
        found = arrange(given.listing, what)
        yield PictureSet(
            what=what,
            pictures=tuple(
                _picture_file(given.entry(entry), label, given.part(entry), origins or {})
                for entry, label in found.pictures
            ),
            class_names=found.class_names,
            provenance={
                "source": "folder",
                "origin": N_("Imported from a folder or zip of pictures.")
                if alone
                else N_("Imported from several pictures."),
                **({"file": what} if alone else {}),
                "files": len(found.pictures),
            },
            prepare=prepare,
            left_out=found.left_out,
        )


def _picture_file(entry: Entry, label: int, given: int, origins: Mapping[str, Credit]) -> PictureFile:
    return PictureFile(entry.name, entry.read, label, given, origins.get("/".join(entry.parts), NO_CREDIT))


SPEC = SourceSpec(
    name="folder",
    label=N_("Folder, zip or tar"),
    summary=N_(
        "Your own pictures (JPEG, PNG, WebP, BMP, GIF) in one folder for each class; or several pictures, without "
        "classes."
    ),
    config=FolderConfig,
    pictures=pictures,
    ready=False,
    order=10,
)
