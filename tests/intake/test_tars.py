"""Tars, which can hold stranger things than zips: links, devices, sparse files, and no checksum of the content."""

import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from aelab.errors import LabError
from aelab.intake import limits
from aelab.intake.listing import opened, recognises

MODES = ("w", "w:gz", "w:bz2", "w:xz")


def content_of(path: Path) -> dict[str, bytes]:
    """Return every entry's bytes, by its name as people read it."""
    with opened(path) as listing:
        return {entry.name: entry.read() for entry in listing.entries}


def refusal(path: Path) -> str:
    with pytest.raises(LabError) as refused, opened(path) as listing:
        for entry in listing.entries:
            entry.read()
    return str(refused.value)


def odd(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize("mode", MODES)
def test_each_compression_is_read_and_leaves_nothing_behind(
    tarred: Callable[..., Path], mode: str, artifacts: Path
) -> None:
    members = {f"fruit/apples/{number}.png": os.urandom(700 * number) for number in range(5)}
    path = tarred(members.items(), mode, "download")
    assert recognises(path)
    assert content_of(path) == members
    with opened(path) as listing:
        assert listing.folders == {(), ("fruit",), ("fruit", "apples")}
        assert [entry.peek() for entry in listing.entries] == [content[:1024] for content in members.values()]
    assert not artifacts.exists() or list(artifacts.iterdir()) == []


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_each_kind_of_tar_keeps_long_and_foreign_names(tmp_path: Path, form: int) -> None:
    names = (
        ["Äpfel/りんご.png"] if form == tarfile.USTAR_FORMAT else ["Äpfel/りんご.png", "d/" * 20 + "n" * 90 + ".png"]
    )
    path = tmp_path / "x"
    with tarfile.open(path, "w", format=form) as archive:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = 1
            archive.addfile(info, io.BytesIO(b"1"))
    assert sorted(content_of(path)) == sorted(names)


def test_a_tar_older_than_its_mark_is_read(tarred: Callable[..., Path]) -> None:
    path = tarred([("a/1.png", b"1")])
    content = bytearray(path.read_bytes())
    content[257:265] = bytes(8)
    content[148:156] = b" " * 8
    content[148:156] = b"%06o\0 " % sum(content[:512])
    path.write_bytes(content)
    assert recognises(path)
    assert content_of(path) == {"a/1.png": b"1"}


class TestOddMembers:
    @pytest.mark.parametrize("mode", ["w", "w:gz"])
    def test_links_devices_and_names_that_lead_outside(self, tarred: Callable[..., Path], mode: str) -> None:
        path = tarred(
            [
                (odd("a/soft.png", tarfile.SYMTYPE, "/etc/passwd"), b""),
                (odd("a/hard.png", tarfile.LNKTYPE, "../../secret"), b""),
                (odd("a/char.png", tarfile.CHRTYPE), b""),
                (odd("a/block.png", tarfile.BLKTYPE), b""),
                (odd("a/pipe.png", tarfile.FIFOTYPE), b""),
                (odd("a", tarfile.SYMTYPE, "/etc"), b""),
                ("a/1.png", b"1"),
                ("../../up.png", b"2"),
                ("/etc/root.png", b"3"),
                ("__MACOSX/._1.png", b"4"),
                ("a/inner.tar.gz", b"5"),
            ],
            mode,
        )
        assert content_of(path) == {"a/1.png": b"1", "up.png": b"2", "etc/root.png": b"3"}
        with opened(path) as listing:
            said = [str(sentence) for sentence in listing.left_out]
        assert [sentence.split(" is left out: it is ")[0] for sentence in said] == [
            *("a/soft.png", "a/hard.png", "a/char.png", "a/block.png", "a/pipe.png", "a", "a/inner.tar.gz"),
        ]
        assert [("link" in sentence, "device" in sentence) for sentence in said[:6]] == [
            *((True, False), (True, False), (False, True), (False, True), (False, True), (True, False)),
        ]

    def test_a_sparse_file_is_left_out(self, tarred: Callable[..., Path]) -> None:
        path = tarred([(odd("a/sparse.png", tarfile.GNUTYPE_SPARSE), b""), ("a/1.png", b"1")])
        assert list(content_of(path)) == ["a/1.png"]


class TestBombs:
    def test_a_bomb_in_a_compression(self, tarred: Callable[..., Path], artifacts: Path) -> None:
        path = tarred([("zeros.png", bytes(80_000_000))], "w:xz")
        assert path.stat().st_size < 20_000
        assert refusal(path) == "x.tar has more than 64 MB in it when unpacked; import it in parts."
        assert list(artifacts.iterdir()) == []

    def test_too_many_bytes_in_all(self, tarred: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "MOST_ARCHIVE_BYTES", 20_000)
        path = tarred([(f"{number}.png", os.urandom(6000)) for number in range(4)], "w:gz")
        assert "has more than 19.5 kB in it" in refusal(path)

    def test_too_many_files(self, tarred: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "MOST_FILES", 8)
        assert "more than 8 files" in refusal(tarred([(f"{number}", b"") for number in range(9)]))
        assert "more than 8 files" in refusal(tarred([(f".{number}", b"") for number in range(25)]))

    def test_one_file_that_is_too_large(self, tarred: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "MOST_FILE_BYTES", 2048)
        assert "a picture may have up to 2 kB" in refusal(tarred([("a/big.png", os.urandom(4096))]))

    def test_a_header_of_many_megabytes_is_not_read(self, tmp_path: Path) -> None:
        path = tmp_path / "x.tar"
        with tarfile.open(path, "w", format=tarfile.PAX_FORMAT, pax_headers={"comment": "x" * 3_000_000}) as archive:
            archive.addfile(tarfile.TarInfo("1.png"))
        assert refusal(path).startswith("x.tar is not a tar file, or is damaged (")

    def test_a_size_that_is_a_lie(self, tarred: Callable[..., Path]) -> None:
        info = odd("a/1.png", tarfile.REGTYPE)
        path = tarred([(info, b"x" * 100)])
        content = bytearray(path.read_bytes())
        content[124:136] = b"%011o\0" % 50_000_000
        content[148:156] = b" " * 8
        content[148:156] = b"%06o\0 " % sum(content[:512])
        path.write_bytes(content)
        assert refusal(path).startswith("x.tar is not a tar file, or is damaged (")


@pytest.mark.skipif(os.name == "nt", reason="needs a limit of POSIX")
def test_a_disk_that_fills_up_while_unpacking_is_a_sentence(tarred: Callable[..., Path], artifacts: Path) -> None:
    path = tarred([("1.png", os.urandom(3_000_000))], "w:gz")
    code = """
import resource, sys
from pathlib import Path
from aelab.errors import LabError
from aelab.intake.listing import opened
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
try:
    with opened(Path(sys.argv[1])):
        pass
except LabError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("x.tar could not be written: File too large. Free some space")
    assert list(artifacts.iterdir()) == []


class TestDamage:
    @pytest.mark.parametrize("mode", MODES)
    @pytest.mark.parametrize("share", [0.1, 0.5, 0.7])
    def test_half_a_tar_is_refused_as_a_whole(
        self, tarred: Callable[..., Path], mode: str, share: float, artifacts: Path
    ) -> None:
        path = tarred([(f"{number}.png", os.urandom(3000)) for number in range(9)], mode)
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
        assert "x.tar is" in refusal(path)
        assert not artifacts.exists() or list(artifacts.iterdir()) == []

    def test_a_damaged_header_in_the_middle_is_not_taken_for_the_end(self, tarred: Callable[..., Path]) -> None:
        path = tarred([(f"{number}.png", b"x") for number in range(4)])
        content = bytearray(path.read_bytes())
        content[2 * 1024 + 3] ^= 0xFF  # within the name of the third
        path.write_bytes(content)
        assert refusal(path) == "x.tar is not a tar file, or is damaged (a header is damaged)."


def test_members_are_read_alike_from_several_threads(tarred: Callable[..., Path]) -> None:
    contents = [os.urandom(3000) for _ in range(300)]
    path = tarred([(f"{number:03}.png", content) for number, content in enumerate(contents)], "w:gz")
    with opened(path) as listing, ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda entry: entry.read(), listing.entries)) == contents
