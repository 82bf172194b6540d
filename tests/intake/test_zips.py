"""Zips that mean harm, or only look odd: what is good in them comes in, and the rest is a sentence."""

import os
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from aelab.errors import LabError
from aelab.intake import limits
from aelab.intake.listing import opened, recognises


def content_of(path: Path) -> dict[str, bytes]:
    """Return every entry's bytes, by its name as people read it."""
    with opened(path) as listing:
        return {entry.name: entry.read() for entry in listing.entries}


def left_out(path: Path) -> list[str]:
    with opened(path) as listing:
        return [str(sentence) for sentence in listing.left_out]


def refusal(path: Path) -> str:
    with pytest.raises(LabError) as refused, opened(path) as listing:
        for entry in listing.entries:
            entry.read()
    return str(refused.value)


def member(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


def sizes_changed(path: Path, size: int, *, of: str) -> None:
    """Let the zip's list of contents say that a member has another size."""
    content = bytearray(path.read_bytes())
    entry = content.index(b"PK\1\2")
    while content[entry + 46 : entry + 46 + len(of)] != of.encode():
        entry = content.index(b"PK\1\2", entry + 4)
    content[entry + 24 : entry + 28] = struct.pack("<I", size)
    path.write_bytes(content)


class TestNames:
    def test_names_that_lead_outside_lead_nowhere(self, zipped: Callable[..., Path]) -> None:
        names = ["../../up.png", "/etc/root.png", "C:\\drive.png", "\\\\server\\share.png", "a/../../b/mixed.png"]
        found = content_of(zipped([(name, name.encode()) for name in names]))
        assert sorted(found) == ["a/b/mixed.png", "drive.png", "etc/root.png", "server/share.png", "up.png"]

    def test_a_nul_ends_a_name(self, zipped: Callable[..., Path]) -> None:
        path = zipped([("apples/good.png---.exe", b"1")])
        path.write_bytes(path.read_bytes().replace(b"png---", b"png\0--"))
        assert content_of(path) == {"apples/good.png": b"1"}

    def test_what_macs_and_windows_add_is_passed_over(self, zipped: Callable[..., Path]) -> None:
        names = ["a/1.png", "__MACOSX/a/._1.png", "a/.DS_Store", "a/Thumbs.db", "a/desktop.ini"]
        assert list(content_of(zipped([(name, b"x") for name in names]))) == ["a/1.png"]

    def test_names_that_differ_in_capitals_or_not_at_all_all_come_in(self, zipped: Callable[..., Path]) -> None:
        with pytest.warns(UserWarning, match="Duplicate name"):
            path = zipped([("a/X.png", b"1"), ("a/x.png", b"2"), ("a/x.png", b"3"), ("/a/x.png", b"4")])
        with opened(path) as listing:
            assert [entry.read() for entry in listing.entries] == [b"1", b"2", b"3", b"4"]

    def test_two_unicode_forms_of_a_folder_are_one_folder(self, zipped: Callable[..., Path]) -> None:
        with opened(zipped([("A\u0308pfel/1.png", b"1"), ("\u00c4pfel/2.png", b"2")])) as listing:
            assert listing.folders == {(), ("\u00c4pfel",)}

    @pytest.mark.parametrize(
        ("raw", "shown"),
        [
            ("Ñandú.png".encode("cp437"), "Ñandú.png"),
            ("Äpfel.png".encode("cp437"), "Äpfel.png"),
            ("Äpfel.png".encode(), "Äpfel.png"),
            ("りんご.png".encode(), "りんご.png"),
        ],
    )
    def test_names_without_the_utf8_flag_are_cp437_or_what_reads_as_utf8(
        self, zipped: Callable[..., Path], raw: bytes, shown: str
    ) -> None:
        stand_in = b"x" * len(raw)
        path = zipped([(stand_in.decode(), b"1")])
        path.write_bytes(path.read_bytes().replace(stand_in, raw))
        assert list(content_of(path)) == [shown]

    def test_reserved_and_markup_names_are_only_names(self, zipped: Callable[..., Path]) -> None:
        names = ["CON/aux.png", "<b>x</b>/=1+1.png", "nul", "🍎/🍌.png"]
        assert sorted(content_of(zipped([(name, b"x") for name in names]))) == sorted(names)


class TestOddMembers:
    def test_links_and_devices_are_not_followed(self, zipped: Callable[..., Path]) -> None:
        members = [
            (member("a/link.png", stat.S_IFLNK | 0o777), b"/etc/passwd"),
            (member("a/pipe.png", stat.S_IFIFO | 0o666), b""),
            (member("a/disk.png", stat.S_IFBLK | 0o666), b""),
            (member("a/plain.png", stat.S_IFREG | 0o644), b"1"),
        ]
        path = zipped(members)
        assert content_of(path) == {"a/plain.png": b"1"}
        assert left_out(path) == [
            "a/link.png is left out: it is a link, and links are not followed; put the file itself there.",
            "a/pipe.png is left out: it is a device, a pipe or a sparse file.",
            "a/disk.png is left out: it is a device, a pipe or a sparse file.",
        ]

    @pytest.mark.parametrize("name", ["inner.zip", "inner.TAR", "inner.tar.gz", "inner.rar", "inner.7z"])
    def test_an_archive_within_is_left_out(self, zipped: Callable[..., Path], name: str) -> None:
        path = zipped([("a/1.png", b"1"), (f"a/{name}", b"PK\3\4")])
        assert list(content_of(path)) == ["a/1.png"]
        assert left_out(path) == [f"a/{name} is left out: it is an archive itself; unpack it first."]

    def test_an_encrypted_member_says_so(self, zipped: Callable[..., Path]) -> None:
        path = zipped([("a/1.png", b"1")])
        content = bytearray(path.read_bytes())
        for start in (6, content.index(b"PK\1\2") + 8):
            content[start] |= 1
        path.write_bytes(content)
        assert refusal(path) == (
            "a/1.png cannot be read from the zip: it is encrypted; unpack it with its password first."
        )

    def test_a_compression_that_python_does_not_know_is_a_sentence(self, zipped: Callable[..., Path]) -> None:
        path = zipped([("a/1.png", b"1")])
        content = bytearray(path.read_bytes())
        for start in (8, content.index(b"PK\1\2") + 10):
            content[start] = 99
        path.write_bytes(content)
        assert refusal(path).startswith("a/1.png cannot be read from the zip (")


class TestBombs:
    def test_too_many_files(self, zipped: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
        path = zipped([(f"{number}", b"") for number in range(9)])
        monkeypatch.setattr(limits, "MOST_FILES", 8)
        assert refusal(path).startswith("pictures.zip has more than 8 files in it")

    def test_a_list_of_contents_without_end_is_refused_before_it_is_read(
        self, zipped: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = zipped([(f"{number:050}", b"") for number in range(2000)])
        monkeypatch.setattr(limits, "MOST_FILES", 1000)
        monkeypatch.setattr(zipfile.ZipFile, "infolist", lambda self: pytest.fail("it was read"))
        assert refusal(path).startswith("pictures.zip has more than 1000 files in it")

    def test_too_many_folders_or_files_that_are_passed_over(
        self, zipped: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folders = zipped([("/".join(map(str, range(number, number + 5))) + "/", b"") for number in range(9)])
        monkeypatch.setattr(limits, "MOST_FILES", 20)
        assert "more than 20 files" in refusal(folders)
        assert "more than 20 files" in refusal(zipped([(f".{number}", b"") for number in range(61)]))

    def test_too_many_bytes_in_all(self, zipped: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
        path = zipped([(f"{number}.png", os.urandom(600)) for number in range(4)])
        monkeypatch.setattr(limits, "MOST_ARCHIVE_BYTES", 2048)
        assert refusal(path) == "pictures.zip has more than 2 kB in it when unpacked; import it in parts."

    def test_a_ratio_that_no_picture_has(self, zipped: Callable[..., Path]) -> None:
        path = zipped([("a/zeros.png", bytes(3_000_000))])
        assert refusal(path).startswith("a/zeros.png is left out: unpacked it would be")

    def test_one_file_that_is_too_large(self, zipped: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "MOST_FILE_BYTES", 2048)
        path = zipped([("a/big.png", os.urandom(4096))])
        assert refusal(path) == "a/big.png is left out: it has 4 kB, and a picture may have up to 2 kB."

    def test_a_size_that_is_a_lie_is_found_out_by_counting(self, zipped: Callable[..., Path]) -> None:
        path = zipped([("a/1.png", os.urandom(20_000)), ("a/2.png", b"2")])
        sizes_changed(path, 10, of="a/1.png")
        assert refusal(path).startswith("a/1.png cannot be read from the zip (")
        with opened(path) as listing:
            assert listing.entries[1].read() == b"2"

    def test_a_size_that_exaggerates_takes_no_memory(self, zipped: Callable[..., Path]) -> None:
        path = zipped([("a/1.png", os.urandom(200_000))])
        sizes_changed(path, limits.MOST_FILE_BYTES, of="a/1.png")
        tracemalloc.start()
        content = content_of(path)["a/1.png"]
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(content) == 200_000
        assert peak < 5_000_000

    def test_folders_in_folders_without_end_are_left_out(self, zipped: Callable[..., Path]) -> None:
        path = zipped([("d/" * 5000 + "1.png", b"1"), ("d/2.png", b"2")])
        assert list(content_of(path)) == ["d/2.png"]
        assert "it lies 5000 folders deep, and the lab looks into 31" in left_out(path)[0]


class TestDamage:
    def test_changed_content_is_noticed(self, zipped: Callable[..., Path]) -> None:
        path = zipped([("a/1.png", os.urandom(5000))])
        content = bytearray(path.read_bytes())
        content[2000] ^= 0xFF
        path.write_bytes(content)
        assert refusal(path).startswith("a/1.png cannot be read from the zip (")

    def test_half_a_zip_is_refused(self, zipped: Callable[..., Path]) -> None:
        path = zipped([(f"{number}.png", os.urandom(500)) for number in range(9)])
        path.write_bytes(path.read_bytes()[:2500])
        assert refusal(path).startswith("pictures.zip is not a zip file, or is damaged (")

    def test_bytes_before_a_zip_do_no_harm(self, zipped: Callable[..., Path]) -> None:
        path = zipped([("1.png", b"1")])
        path.write_bytes(b"#!/bin/sh\nexit\n" + path.read_bytes())
        assert recognises(path)
        assert content_of(path) == {"1.png": b"1"}


def test_members_are_read_alike_from_several_threads(zipped: Callable[..., Path]) -> None:
    contents = [os.urandom(3000) for _ in range(300)]
    path = zipped([(f"{number:03}.png", content) for number, content in enumerate(contents)])
    with opened(path) as listing, ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda entry: entry.read(), listing.entries)) == contents
        assert [entry.peek() for entry in listing.entries] == [content[:1024] for content in contents]
