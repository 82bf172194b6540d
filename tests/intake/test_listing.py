"""Folders, single pictures and files that are none of them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from aelab.errors import LabError
from aelab.intake import limits
from aelab.intake.classes import arrange
from aelab.intake.listing import of_files, opened, recognises

posix = pytest.mark.skipif(os.name == "nt", reason="needs links, pipes and names of POSIX")


def names_in(path: Path) -> list[str]:
    with opened(path) as listing:
        return [entry.name for entry in listing.entries]


def refusal(path: Path) -> str:
    with pytest.raises(LabError) as refused, opened(path):
        pass
    return str(refused.value)


@pytest.fixture
def fruit(tmp_path: Path, picture: Callable[..., bytes]) -> Path:
    for number, name in enumerate(("apples", "bananas")):
        (tmp_path / "fruit" / name).mkdir(parents=True)
        (tmp_path / "fruit" / name / "1.png").write_bytes(picture(number))
    return tmp_path / "fruit"


class TestFolders:
    def test_hidden_files_and_what_systems_add_are_passed_over(self, fruit: Path) -> None:
        for name in (".DS_Store", "Thumbs.db", "apples/._1.png"):
            (fruit / name).write_bytes(b"x")
        assert names_in(fruit) == ["apples/1.png", "bananas/1.png"]

    @posix
    def test_links_and_pipes_are_left_out_and_said(self, fruit: Path, tmp_path: Path) -> None:
        (tmp_path / "secret.png").write_bytes(b"x")
        (fruit / "apples" / "link.png").symlink_to(tmp_path / "secret.png")
        (fruit / "apples" / "loop").symlink_to(fruit)
        os.mkfifo(fruit / "apples" / "pipe.png")
        with opened(fruit) as listing:
            assert len(listing.entries) == 2
            said = sorted(str(sentence) for sentence in listing.left_out)
        assert [sentence.split(" is left out: it is ")[0] for sentence in said] == [
            *("apples/link.png", "apples/loop", "apples/pipe.png"),
        ]

    @posix
    def test_a_name_that_is_no_unicode_can_be_read_and_shown(self, fruit: Path, picture: Callable[..., bytes]) -> None:
        Path(os.fsdecode(bytes(fruit / "apples") + b"/\xff.png")).write_bytes(picture(7))
        with opened(fruit) as listing:
            entry = listing.entries[1]
            assert (entry.name, entry.read()) == ("apples/?.png", picture(7))

    def test_a_file_that_vanished_meanwhile_is_a_sentence(self, fruit: Path) -> None:
        with opened(fruit) as listing:
            (fruit / "apples" / "1.png").unlink()
            with pytest.raises(LabError, match=r"1\.png cannot be read \(No such file"):
                listing.entries[0].read()

    def test_too_many_files(self, fruit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "MOST_FILES", 3)
        for number in range(5):
            (fruit / f"{number}.png").write_bytes(b"")
        assert refusal(fruit).startswith("fruit has more than 3 files in it")


class TestSinglePictures:
    def test_several_pictures_have_no_class(self, fruit: Path) -> None:
        paths = sorted(fruit.rglob("*.png"))
        with opened(paths) as listing:
            found = arrange(listing, "2 files")
        assert found.class_names == ()
        assert [label for _, label in found.pictures] == [-1, -1]
        assert [entry.read() for entry, _ in found.pictures] == [path.read_bytes() for path in paths]

    def test_one_picture_alone_is_a_listing(self, fruit: Path) -> None:
        path = fruit / "apples" / "1.png"
        assert recognises(path)
        assert names_in(path) == ["1.png"]

    def test_one_that_is_missing_is_named(self, fruit: Path) -> None:
        with pytest.raises(LabError, match=r"There is no file or folder .*gone\.png"):
            of_files([fruit / "apples" / "1.png", fruit / "gone.png"])


class TestContentAndNotName:
    def test_a_picture_without_a_suffix_is_a_picture(self, fruit: Path) -> None:
        (fruit / "apples" / "1.png").rename(fruit / "apples" / "image?w=300")
        (fruit / "apples" / "notes.txt").write_text("BM, my notes")
        with opened(fruit) as listing:
            found = arrange(listing, "fruit")
        assert [entry.name for entry, _ in found.pictures] == ["apples/image?w=300", "bananas/1.png"]
        assert "such as apples/notes.txt" in str(found.left_out[0])

    def test_a_zip_called_jpg_is_a_zip(self, zipped: Callable[..., Path]) -> None:
        assert names_in(zipped([("1.png", b"1")], "photo.jpg")) == ["1.png"]


class TestNoArchive:
    @pytest.mark.parametrize("start", ["<!DOCTYPE html>", "\n<html>", "<head>"])
    def test_a_web_page_called_zip_says_what_happened(self, tmp_path: Path, start: str) -> None:
        path = tmp_path / "fruit.zip"
        path.write_text(start + "<title>Sign in</title>")
        assert refusal(path).startswith("fruit.zip is a web page (HTML) and no archive")
        assert not recognises(path)

    @pytest.mark.parametrize(("content", "kind"), [(b"%PDF-1.7", "PDF"), (b"Rar!\x1a\7\0", "RAR"), (b"8BPS", "PSD")])
    def test_other_kinds_are_named(self, tmp_path: Path, content: bytes, kind: str) -> None:
        path = tmp_path / "fruit.zip"
        path.write_bytes(content)
        assert f"its content is {kind}" in refusal(path)
        assert not recognises(path)

    @pytest.mark.parametrize("content", [b"", b"x" * 1000, b"PK\3\4" + bytes(100)])
    def test_nonsense_is_no_zip(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "fruit.zip"
        path.write_bytes(content)
        assert refusal(path).startswith("fruit.zip is not a zip file, or is damaged")
        assert not recognises(path)

    def test_nothing_there(self, tmp_path: Path) -> None:
        assert "There is no file or folder" in refusal(tmp_path / "fruit.zip")
        assert not recognises(tmp_path / "fruit.zip")

    def test_an_archive_of_archives_says_why_it_has_no_pictures(self, zipped: Callable[..., Path]) -> None:
        with opened(zipped([("a/photos.zip", b"PK\3\4")])) as listing, pytest.raises(LabError) as refused:
            arrange(listing, "x.zip")
        assert str(refused.value) == (
            "x.zip has no picture in it; the lab reads JPEG, PNG, WebP, BMP and GIF. "
            "a/photos.zip is left out: it is an archive itself; unpack it first."
        )

    def test_more_folders_than_there_can_be_classes(
        self, zipped: Callable[..., Path], picture: Callable[..., bytes]
    ) -> None:
        members = [(f"{number}/1.png", b"") for number in range(limits.MOST_CLASSES + 1)]
        with opened(zipped(members)) as listing, pytest.raises(LabError, match="1001 folders side by side"):
            arrange(listing, "x.zip")
