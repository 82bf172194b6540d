"""Subjects for the checks: real photos and digits, into which a test plants one fault at a time."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from aelab.cleaning import checks
from aelab.cleaning.inspection import Finding, inspect
from aelab.cleaning.subject import Subject
from aelab.datasets.similar import phash

SIDE = 128


@dataclass(frozen=True)
class Photo:
    """A picture file: its name, which begins with its class, and its bytes."""

    name: str
    data: bytes

    @classmethod
    def of(cls, name: str, image: Image.Image, quality: int = 90) -> Photo:
        stream = io.BytesIO()
        image.convert("RGB").save(stream, "JPEG", quality=quality)
        return cls(name, stream.getvalue())

    @property
    def image(self) -> Image.Image:
        return Image.open(io.BytesIO(self.data)).convert("RGB")

    @property
    def label(self) -> str:
        return self.name.partition("/")[0]


def photos_of(archive: Path) -> list[Photo]:
    """Return the files of a zip by name, read without any code of the lab."""
    with zipfile.ZipFile(archive) as opened:
        return [Photo(name, opened.read(name)) for name in sorted(opened.namelist()) if not name.endswith("/")]


def subject_of(photos: Sequence[Photo]) -> Subject:
    """Return what the import would make of photos: squares of 128 pixels, and what is known of the files."""
    classes = tuple(sorted({photo.label for photo in photos}))
    images = [photo.image for photo in photos]
    squares = [np.asarray(ImageOps.fit(image, (SIDE, SIDE), Image.Resampling.LANCZOS)) for image in images]
    return Subject(
        images=np.stack(squares),
        labels=np.array([classes.index(photo.label) for photo in photos], np.int32),
        class_names=classes,
        sizes=np.array([(image.height, image.width) for image in images], np.int32),
        digests=np.array([_digest(photo.data) for photo in photos], np.uint64),
        names=[photo.name for photo in photos],
        find_hashes=lambda: phash(map(np.asarray, images)),
    )


def relabelled(subject: Subject, labels: np.ndarray) -> Subject:
    """Return the same pictures with other labels."""
    return replace(subject, labels=np.asarray(labels, np.int32))


def found(subject: Subject, check: str, **settings: object) -> Finding:
    """Return what one check finds."""
    return inspect(subject, {check: settings}, only=[check])[check]


def members(finding: Finding) -> list[int]:
    """Return the pictures in the groups of a finding, in their order."""
    return [index for group in finding.groups for index in group.members]


def names(subject: Subject, indices: Sequence[int]) -> list[str]:
    """Return what pictures are called."""
    return [subject.names[index] for index in indices]


def every_check() -> list[str]:
    """Return the names of all checks."""
    return list(checks.names())


def _digest(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")
