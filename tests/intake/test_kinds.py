"""What a file is, by its first bytes."""

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from aelab.intake.kinds import PEEK, PICTURES, kind_of


@pytest.mark.parametrize("form", sorted(PICTURES))
def test_each_kind_of_picture_is_told(form: str, picture: Callable[..., bytes]) -> None:
    assert kind_of(picture(form=form)) == form


def test_archives_are_told(zipped: Callable[..., Path], tarred: Callable[..., Path]) -> None:
    assert kind_of(zipped([("a", b"a")]).read_bytes()) == "zip"
    tar = tarred([("a", b"a")]).read_bytes()
    assert kind_of(tar[:PEEK]) == "tar"
    assert [kind_of(packed(tar)) for packed in (gzip.compress, bz2.compress, lzma.compress)] == ["gzip", "bzip2", "xz"]


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\xef\xbb\xbf  <!DOCTYPE HTML>", "HTML"),
        (b"<html lang=en>", "HTML"),
        (b"<?xml version='1.0'?><!-- drawn by hand --><svg>", "SVG"),
        (b"<?xml version='1.0'?><data>", "XML"),
        (b"RIFF\0\0\0\0WAVE", "RIFF"),
        (b"\0\0\0\x18ftypmp42", "MP4"),
        (b"BM", None),
        (b"BMW", None),
        (b"", None),
        (b"label,pixel0", None),
        (b"< 5", None),
    ],
)
def test_other_kinds_are_told_or_not(start: bytes, kind: str | None) -> None:
    assert kind_of(start) == kind
