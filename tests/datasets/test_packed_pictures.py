"""What is kept of picture files: their pixels, their names, and nothing else."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aelab.datasets import _packing
from aelab.datasets.originals import Credit, digest_of
from aelab.datasets.packed_pictures import PackedPictures
from aelab.datasets.prepare import Prepare
from aelab.datasets.report import Report
from aelab.datasets.similar import phash
from aelab.datasets.spec import PictureFile, PictureSet, no_progress
from aelab.datasets.split import TEST
from aelab.errors import LabError
from aelab.intake.pictures import read_picture

Pack = Callable[[Sequence[PictureFile]], tuple[PackedPictures, Report]]


def file_of(name: str, data: bytes, **more: object) -> PictureFile:
    return PictureFile(name, lambda: data, **more)


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    def run(pictures: Sequence[PictureFile]) -> tuple[PackedPictures, Report]:
        content = PictureSet("photos", tuple(pictures), ("apples", "pears"), {}, Prepare())
        report = _packing.pack(tmp_path, content, lambda count: None, no_progress).report
        return PackedPictures(tmp_path), report

    return run


@pytest.mark.parametrize(
    ("size", "form", "mode"),
    [
        ((20, 16), "PNG", "RGB"),
        ((20, 16), "JPEG", "RGB"),
        ((20, 16), "PNG", "L"),
        ((300, 200), "PNG", "RGB"),
        ((300, 200), "PNG", "RGBA"),
        ((300, 250), "PNG", "L"),
        ((300, 200), "WEBP", "RGB"),
    ],
)
def test_pixels_are_kept_as_they_were_read(pack: Pack, picture, size, form: str, mode: str) -> None:
    data = picture(size=size, form=form, mode=mode)
    originals, _ = pack([file_of("a", data)])
    np.testing.assert_array_equal(originals.pixels(0), read_picture("a", data).pixels)
    assert originals.sizes.tolist() == [[size[1], size[0]]]
    assert originals.format(0) == form


def test_a_large_jpeg_stays_one_and_loses_next_to_nothing(pack: Pack, tmp_path: Path) -> None:
    across, down = np.meshgrid(np.linspace(0, 255, 400), np.linspace(0, 255, 300))
    smooth = np.stack([across, down, 255 - across], axis=2).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(smooth).save(file, "JPEG", quality=80)
    originals, _ = pack([file_of("a.jpg", file.getvalue())])
    difference = originals.pixels(0).astype(int) - read_picture("a.jpg", file.getvalue()).pixels
    assert np.abs(difference).mean() < 1
    assert (tmp_path / "pictures.bin").stat().st_size < 300 * 400 * 3 / 4


def test_what_a_camera_wrote_about_place_and_owner_is_not_kept(pack: Pack, tmp_path: Path, picture) -> None:
    image = Image.open(io.BytesIO(picture(size=(300, 200))))
    exif = Image.Exif()
    exif[0x013B] = "Secret Owner"
    exif.get_ifd(0x8825)[1] = "N"
    files = []
    for form in ("JPEG", "PNG", "WEBP"):
        file = io.BytesIO()
        image.save(file, form, exif=exif, icc_profile=b"Secret Profile")
        files.append(file_of(f"a.{form}", file.getvalue() + b"Secret Trailer"))
    pack(files)
    assert b"Secret" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_hundreds_of_pictures_stay_in_order_with_all_that_is_known_of_them(pack: Pack, picture) -> None:
    data = [picture(index, size=(13 + index % 5, 12)) for index in range(300)]
    originals, report = pack([file_of(f"{index}.png", each, label=index % 2) for index, each in enumerate(data)])
    assert [originals.name(index) for index in range(300)] == [f"{index}.png" for index in range(300)]
    assert originals.labels.tolist() == [0, 1] * 150
    assert originals.digests.tolist() == [digest_of(each) for each in data]
    expected = [read_picture("", each).pixels for each in data]
    np.testing.assert_array_equal(originals.hashes(), phash(expected))
    assert all(np.array_equal(originals.pixels(index), pixels) for index, pixels in enumerate(expected))
    assert (report.found, report.kept) == (300, 300)
    assert originals.given is None


def test_a_decision_can_name_each_of_several_files_of_one_name(pack: Pack, picture) -> None:
    names = ["a", "a", "a (2)", "a", "b"]
    originals, _ = pack([file_of(name, picture(index)) for index, name in enumerate(names)])
    assert [originals.name(index) for index in range(5)] == ["a", "a (3)", "a (2)", "a (4)", "b"]


def test_the_report_names_each_file_that_was_converted_or_could_not_be_read(pack: Pack, picture) -> None:
    turned = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.open(io.BytesIO(picture(size=(30, 20)))).save(turned, "JPEG", exif=exif)
    palette = io.BytesIO()
    Image.open(io.BytesIO(picture())).convert("P").save(palette, "PNG")
    originals, report = pack(
        [
            file_of("plain.png", picture()),
            file_of("turned.jpg", turned.getvalue()),
            file_of("half.png", picture()[:200]),
            file_of("palette.png", palette.getvalue()),
            file_of("empty.png", b""),
            file_of("turned too.jpg", turned.getvalue()),
        ]
    )
    assert (report.found, report.kept) == (6, 4)
    assert [each.file for each in report.quarantined] == ["half.png", "empty.png"]
    assert "half.png is left out: it is damaged" in str(report.quarantined[0].reason)
    assert [each.files for each in report.converted] == [("turned.jpg", "turned too.jpg"), ("palette.png",)]
    assert originals.history(0) == ()
    assert [str(note) for note in originals.history(1)] == [str(report.converted[0].note)]
    assert originals.sizes[1].tolist() == [30, 20]
    again = Report.from_json(report.to_json())
    assert again.to_json() == report.to_json()


def test_the_split_and_the_credits_that_came_along_are_kept(pack: Pack, picture) -> None:
    credit = Credit("https://example.org/a.png", "CC BY 4.0", "Ñandú")
    originals, _ = pack([file_of("a", picture(0), given=TEST, credit=credit), file_of("b", picture(1))])
    assert originals.given is not None
    assert originals.given.tolist() == [TEST, 255]
    assert (originals.credit(0), originals.credit(1)) == (credit, Credit())


def test_when_too_much_is_written_the_rest_is_not_read(tmp_path: Path, picture) -> None:
    read: list[int] = []

    def reader(index: int) -> Callable[[], bytes]:
        return lambda: read.append(index) or picture(index)

    def spend(count: int) -> None:
        raise LabError("Enough.")

    content = PictureSet("x", tuple(PictureFile(str(i), reader(i)) for i in range(2000)), (), {}, Prepare())
    with pytest.raises(LabError, match="Enough"):
        _packing.pack(tmp_path, content, spend, no_progress)
    assert len(read) < 500


@pytest.mark.parametrize("file", ["pictures.bin", "pictures.npz", "pictures.json"])
def test_a_damaged_file_is_said_with_its_name(pack: Pack, picture, tmp_path: Path, file: str) -> None:
    pack([file_of(f"{index}.png", picture(index, size=(300, 200))) for index in range(3)])
    (tmp_path / file).write_bytes((tmp_path / file).read_bytes()[:100])
    originals = PackedPictures(tmp_path)
    with pytest.raises(LabError, match=file):
        (originals.name(2), originals.pixels(2))
