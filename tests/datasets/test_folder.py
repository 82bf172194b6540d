import os
import shutil
import struct
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

from aelab.datasets import store
from aelab.datasets.folder import FolderConfig, pictures
from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.intake import limits


def imported(path: Path, **more: object) -> Dataset:
    name = f"import-{len(store.stored_names())}"
    return store.import_dataset(name, "folder", FolderConfig.parse({"path": str(path), "size": 16, **more}))


def left_out(content: Dataset) -> list[str]:
    return [str(sentence) for sentence in content.report().sentences()]


class TestClasses:
    def test_each_folder_is_a_class_in_the_order_of_names(self, class_folder: Path) -> None:
        content = imported(class_folder)
        assert content.class_names == ("apples", "bananas")
        assert content.labels.tolist() == [0] * 4 + [1] * 4
        assert content.images.shape == (8, 16, 16, 3)
        assert content.skipped == ()

    def test_a_folder_and_a_zip_of_it_give_the_same_images(self, class_folder: Path, tmp_path: Path) -> None:
        archive = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", class_folder))
        from_zip = imported(archive)
        np.testing.assert_array_equal(from_zip.images, imported(class_folder).images)
        assert from_zip.class_names == ("apples", "bananas")

    def test_a_folder_around_all_classes_is_no_class(self, class_folder: Path, tmp_path: Path) -> None:
        archive = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", tmp_path, "fruit"))
        (tmp_path / "around").mkdir()
        class_folder.rename(tmp_path / "around" / "fruit")
        assert imported(archive).class_names == ("apples", "bananas")
        assert imported(tmp_path / "around").class_names == ("apples", "bananas")

    def test_pictures_further_down_belong_to_the_class_above(self, class_folder: Path, picture) -> None:
        (class_folder / "apples" / "red" / "dark").mkdir(parents=True)
        (class_folder / "apples" / "red" / "dark" / "9.png").write_bytes(picture(9))
        content = imported(class_folder)
        assert content.class_names == ("apples", "bananas")
        assert content.labels.tolist() == [0] * 5 + [1] * 4

    def test_one_class_alone_is_a_class_even_with_a_folder_in_it(self, zipped, picture) -> None:
        members = [(f"apples/{index}.png", picture(index)) for index in range(3)]
        assert imported(zipped(members)).class_names == ("apples",)
        members.append(("apples/small/9.png", picture(9)))
        content = imported(zipped(members))
        assert content.class_names == ("apples",)
        assert content.labels.tolist() == [0] * 4

    def test_pictures_without_any_folder_have_no_class(self, class_folder: Path) -> None:
        content = imported(class_folder / "apples")
        assert content.class_names == ()
        assert content.labels.tolist() == [-1] * 4

    def test_a_picture_beside_the_class_folders_is_left_out_and_said(self, class_folder: Path, picture) -> None:
        (class_folder / "cover.png").write_bytes(picture(9))
        content = imported(class_folder)
        assert len(content.images) == 8
        assert left_out(content) == ["cover.png is left out: it lies beside the class folders."]
        around = class_folder.parent / "around"
        around.mkdir()
        class_folder.rename(around / "fruit")
        assert left_out(imported(around))[0].startswith("fruit/cover.png is left out")

    def test_what_macos_and_windows_add_is_passed_over(self, zipped, picture) -> None:
        members = [(f"fruit/{name}/{i}.png", picture(i)) for name in ("apples", "bananas") for i in range(3)]
        litter = ["__MACOSX/fruit/apples/._0.png", "fruit/.DS_Store", "fruit/apples/.hidden.png", "fruit/.git/x.png"]
        content = imported(zipped([*members, *((name, b"x") for name in [*litter, "fruit/apples/Thumbs.db"])]))
        assert content.class_names == ("apples", "bananas")
        assert len(content.images) == 6
        assert content.skipped == ()

    def test_other_files_are_said_in_one_sentence(self, class_folder: Path) -> None:
        for index in range(20):
            (class_folder / f"notes{index:02}.txt").write_text("x")
        (said,) = left_out(imported(class_folder))
        assert said.startswith("Files left out: 20, such as notes00.txt")

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux allows names that are not Unicode")
    def test_a_name_that_is_no_unicode_does_not_stop_the_import(self, class_folder: Path, picture) -> None:
        folder = os.fsencode(class_folder) + b"/p\xeaches"
        os.mkdir(folder)  # noqa: PTH102 - pathlib takes no bytes
        for index in range(3):
            Path(os.fsdecode(folder), f"{index}.png").write_bytes(picture(index))
        assert imported(class_folder).class_names == ("apples", "bananas", "p?ches")


class TestNothingToImport:
    def test_an_empty_class_folder_is_named(self, class_folder: Path) -> None:
        (class_folder / "cherries").mkdir()
        with pytest.raises(LabError, match="class folder cherries in fruit has no picture"):
            imported(class_folder)

    def test_an_empty_class_folder_in_a_zip_with_one_class_is_named(self, zipped, picture) -> None:
        members = [(f"fruit/apples/{index}.png", picture(index)) for index in range(3)]
        with pytest.raises(LabError, match=r"class folder cherries in pictures\.zip has no picture"):
            imported(zipped([*members, ("fruit/cherries/", b"")]))

    def test_a_class_of_which_no_picture_can_be_read_is_named_with_the_reason(self, class_folder: Path) -> None:
        (class_folder / "cherries").mkdir()
        (class_folder / "cherries" / "1.jpg").write_bytes(b"no picture")
        with pytest.raises(LabError, match=r"class cherries in fruit can be read. cherries/1\.jpg is left out"):
            imported(class_folder)

    def test_one_picture_is_too_few(self, zipped, picture) -> None:
        with pytest.raises(LabError, match=r"Readable pictures in pictures\.zip: 1\. A dataset needs at least 3"):
            imported(zipped([("apples/1.png", picture())]))

    def test_a_folder_without_pictures(self, tmp_path: Path) -> None:
        (tmp_path / "readme.txt").write_text("x")
        with pytest.raises(LabError, match="has no picture in it; the lab reads JPEG"):
            imported(tmp_path)

    def test_an_empty_zip(self, zipped) -> None:
        with pytest.raises(LabError, match=r"pictures\.zip has no picture"):
            imported(zipped([]))

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "is not a zip file, or is damaged"),
            (b"PK\x03\x04 and then nothing", "is not a zip file, or is damaged"),
            (b"Rar!\x1a\x07\x00", "is neither a zip nor a tar; its content is RAR"),
        ],
    )
    def test_a_file_that_is_no_zip_is_named(self, tmp_path: Path, content: bytes, said: str) -> None:
        path = tmp_path / "photos.zip"
        path.write_bytes(content)
        with pytest.raises(LabError, match=rf"photos\.zip {said}"):
            imported(path)

    def test_a_zip_that_was_not_copied_whole_is_named(self, class_folder: Path, tmp_path: Path) -> None:
        archive = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", class_folder))
        archive.write_bytes(archive.read_bytes()[:-200])
        with pytest.raises(LabError, match=r"packed\.zip is not a zip file, or is damaged"):
            imported(archive)

    def test_a_path_that_leads_nowhere(self, tmp_path: Path) -> None:
        with pytest.raises(LabError, match=r"no file or folder .*missing"):
            imported(tmp_path / "missing")

    def test_no_path_at_all(self) -> None:
        with pytest.raises(LabError, match="path must name a folder or zip"):
            pictures(FolderConfig()).__enter__()

    @pytest.mark.parametrize("wrong", [{"size": 0}, {"size": 513}, {"size": "big"}, {"color": "red"}, {"path": 3}])
    def test_a_setting_that_cannot_be_is_named(self, tmp_path: Path, wrong: dict[str, object]) -> None:
        with pytest.raises(LabError, match=next(iter(wrong))):
            FolderConfig.parse({"path": str(tmp_path), **wrong})


class TestUnreadablePictures:
    def test_truncated_jpeg_is_reported_with_its_name_and_the_rest_is_imported(
        self, class_folder: Path, picture
    ) -> None:
        whole = picture(9, size=(200, 200), form="JPEG")
        (class_folder / "apples" / "cut.jpg").write_bytes(whole[: len(whole) // 2])
        content = imported(class_folder)
        assert len(content.images) == len(content.labels) == 8
        (said,) = left_out(content)
        assert said.startswith("apples/cut.jpg is left out: it is damaged (image file is truncated")

    @pytest.mark.parametrize("content", [b"", b"plain text", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM" + bytes(60)])
    def test_a_file_that_only_pretends_is_reported_the_same_way_each_time(self, class_folder, content: bytes) -> None:
        (class_folder / "apples" / "fake.png").write_bytes(content)
        said = left_out(imported(class_folder))
        assert len(said) == 1
        assert said[0].startswith("apples/fake.png is left out: it is ")
        assert said == left_out(imported(class_folder))

    def test_a_format_that_is_not_on_the_list_is_not_opened(self, class_folder: Path, picture) -> None:
        (class_folder / "apples" / "scan.png").write_bytes(picture(form="TIFF"))
        assert "apples/scan.png is left out: it is not a JPEG, PNG" in left_out(imported(class_folder))[0]

    def test_a_picture_of_huge_size_is_refused_by_its_header(self, class_folder: Path) -> None:
        def chunk(kind: bytes, data: bytes) -> bytes:
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

        for side in (8001, 12_000, 60_000):  # above our limit, above Pillow's warning, above Pillow's error
            header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
            bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000)))
            (class_folder / "apples" / f"bomb{side}.png").write_bytes(bomb + chunk(b"IEND", b""))
        said = left_out(imported(class_folder))
        assert len(said) == 3
        assert all("has more than 64 million pixels" in sentence for sentence in said)

    def test_when_hundreds_fail_a_page_says_few_and_the_report_all(self, class_folder: Path) -> None:
        for index in range(300):
            (class_folder / "apples" / f"bad{index}.png").write_bytes(b"")
        dataset = imported(class_folder)
        assert len(dataset.skipped) == 201
        assert str(dataset.skipped[-1]) == "100 more files are left out."
        assert [each.file for each in dataset.report().quarantined] == sorted(
            f"apples/bad{index}.png" for index in range(300)
        )


class TestZipsThatMeanHarm:
    def test_names_that_lead_outside_write_nothing(self, zipped, picture, tmp_path: Path) -> None:
        names = ["../../evil/1.png", "/etc/evil/2.png", "..\\evil\\3.png", "evil/../evil/4.png"]
        path = zipped([(name, picture(index)) for index, name in enumerate(names)])
        content = imported(path)
        assert len(content.images) == 4
        written = [found for found in tmp_path.rglob("*") if not found.is_relative_to(store.root())]
        assert sorted(written) == sorted([path, store.root().parent])
        assert not [found for found in store.root().rglob("*") if "evil" in found.name]

    def test_a_member_that_unpacks_to_a_thousand_times_its_size_is_left_out(self, zipped, picture) -> None:
        members = [(f"apples/{index}.png", picture(index)) for index in range(3)]
        content = imported(zipped([*members, ("apples/zeros.png", bytes(5_000_000))]))
        assert len(content.images) == 3
        assert "apples/zeros.png is left out: unpacked it would be" in left_out(content)[0]

    def test_a_member_that_is_larger_than_any_picture_is_left_out(self, zipped, picture, monkeypatch) -> None:
        monkeypatch.setattr(limits, "MOST_FILE_BYTES", 2**20)
        members = [(f"apples/{index}.png", picture(index)) for index in range(3)]
        content = imported(zipped([*members, ("apples/long.png", os.urandom(2**21))]))
        assert "apples/long.png is left out: it has 2 MB, and a picture may have up to 1 MB." in left_out(content)

    def test_a_zip_of_too_many_files_or_bytes_is_refused_as_a_whole(self, zipped, picture, monkeypatch) -> None:
        path = zipped([(f"apples/{index}.png", picture(index)) for index in range(9)])
        monkeypatch.setattr(limits, "MOST_ARCHIVE_BYTES", 1000)
        with pytest.raises(LabError, match=r"pictures\.zip has more than 1000 bytes in it when unpacked"):
            imported(path)
        monkeypatch.setattr(limits, "MOST_ARCHIVE_BYTES", 10**9)
        monkeypatch.setattr(limits, "MOST_FILES", 8)
        with pytest.raises(LabError, match=r"pictures\.zip has more than 8 files"):
            imported(path)

    def test_more_images_than_a_dataset_holds_are_refused_before_they_are_read(self, class_folder, monkeypatch) -> None:
        monkeypatch.setattr(limits, "MOST_BYTES", 6000)
        with pytest.raises(LabError, match="8 images of 16 × 16 × 3 values"):
            imported(class_folder)
        assert len(imported(class_folder, color="gray").images) == 8

    def test_a_member_whose_content_was_changed_is_reported(self, zipped, picture) -> None:
        path = zipped([(f"apples/{index}.png", picture(index)) for index in range(4)])
        with zipfile.ZipFile(path) as archive:
            member = archive.getinfo("apples/2.png")
        content = bytearray(path.read_bytes())
        content[member.header_offset + 80] ^= 0xFF
        path.write_bytes(content)
        assert left_out(imported(path))[0].startswith("apples/2.png cannot be read from the zip")

    def test_an_encrypted_member_is_reported(self, zipped, picture) -> None:
        path = zipped([(f"apples/{index}.png", picture(index)) for index in range(4)])
        content = bytearray(path.read_bytes())
        for start in (0, content.index(b"PK\x01\x02") + 2):  # the flags in the first local and central header
            content[start + 6] |= 1
        path.write_bytes(content)
        (said,) = left_out(imported(path))
        assert said.startswith("apples/0.png cannot be read from the zip")
        assert "password" in said
