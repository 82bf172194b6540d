"""A list of addresses becomes a folder that the import reads, whatever happens on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from gallery_server import FAULTY, GalleryServer, picture

from aelab.collecting import AddressList, CommonsSearch, collect, collected
from aelab.collecting.addresses import ALLOW_LOOPBACK
from aelab.collecting.fetching import Client
from aelab.collecting.manifest import NAME
from aelab.collecting.naming import checked_class, folder_name
from aelab.errors import LabError


def listed(gallery: GalleryServer, *paths: str) -> AddressList:
    return AddressList(tuple(map(gallery.address, paths)))


def test_each_address_has_a_result(gallery: GalleryServer, client: Client, artifacts: Path) -> None:
    good = [f"/picture/{number}.jpg" for number in range(6)] + ["/picture/50.webp"]
    collection = collect("fruit", "apples", listed(gallery, *good, *FAULTY, "/picture/3.jpg#again"), client=client)
    assert collection.folder == artifacts / "collections" / "fruit"
    assert collection.counts == {"kept": 7, "repeat": 1, "refused": 12, "failed": 1}
    assert len(collection.lines) == len(good) + len(FAULTY) + 1
    assert len(collection.left_out) == len(FAULTY)
    assert all("left out" in str(reason) for reason in collection.left_out)
    files = sorted((collection.folder / "apples").iterdir())
    assert sorted(file.suffix for file in files) == [".jpg"] * 6 + [".webp"]
    assert {file.read_bytes() for file in files} == {*map(picture, range(6)), picture(50, "WEBP")}
    origins = collected(collection.folder)
    assert {f"apples/{file.name}" for file in files} == set(origins)
    assert {one.address for one in origins.values()} == {gallery.address(path) for path in good}


def test_a_picture_that_takes_too_long_is_left_for_another_time(gallery: GalleryServer, hurried: Client) -> None:
    collection = collect("fruit", "apples", listed(gallery, "/slow.jpg"), client=hurried)
    assert collection.counts["failed"] == 1
    (reason,) = collection.left_out
    assert "too long" in str(reason)


def test_nothing_is_fetched_twice(gallery: GalleryServer, client: Client) -> None:
    source = listed(gallery, "/picture/1.jpg", "/missing.jpg", "/busy.jpg")
    assert collect("fruit", "apples", source, client=client).counts == {
        "kept": 1,
        "repeat": 0,
        "refused": 1,
        "failed": 1,
    }
    gallery.visits.clear()
    again = collect("fruit", "apples", source, client=client)
    assert again.counts == {"kept": 1, "repeat": 0, "refused": 0, "failed": 0}
    assert again.pictures == 2
    assert [path for path in gallery.paths if path != "/robots.txt"] == ["/busy.jpg"]


def test_the_limit_counts_what_is_there_already(gallery: GalleryServer, client: Client) -> None:
    source = listed(gallery, *(f"/picture/{number}.jpg" for number in range(12)))
    assert collect("fruit", "apples", source, limit=5, client=client).pictures == 5
    assert collect("fruit", "apples", source, limit=5, client=client).lines == ()
    assert collect("fruit", "apples", source, limit=8, client=client).pictures == 8


def test_another_class_is_added_only_when_that_is_meant(gallery: GalleryServer, client: Client) -> None:
    collect("fruit", "apples", listed(gallery, "/picture/1.jpg"), client=client)
    pears = listed(gallery, "/picture/1.jpg", "/picture/2.jpg")
    with pytest.raises(LabError, match="--add"):
        collect("fruit", "pears", pears, client=client)
    collection = collect("fruit", "pears", pears, add=True, client=client)
    assert collection.pictures == 2
    assert sorted(path.name for path in collection.folder.iterdir()) == [NAME, "apples", "pears"]
    assert len(collected(collection.folder)) == 3
    with pytest.raises(LabError, match="share a folder"):
        collect("fruit", "Pears", pears, add=True, client=client)


def test_two_cannot_collect_under_one_name_at_once(gallery: GalleryServer, client: Client) -> None:
    def collect_again(share: float) -> None:
        collect("fruit", "apples", listed(gallery, "/picture/1.jpg"), client=client)

    with pytest.raises(LabError, match="being collected already"):
        collect("fruit", "apples", listed(gallery, "/picture/1.jpg"), client=client, progress=collect_again)


class _Stopped(Exception):
    pass


def test_what_is_kept_stays_when_collecting_is_stopped(gallery: GalleryServer, client: Client) -> None:
    def stop_after_half(share: float) -> None:
        if share >= 0.5:
            raise _Stopped

    source = listed(gallery, *(f"/picture/{number}.jpg" for number in range(12)))
    with pytest.raises(_Stopped):
        collect("fruit", "apples", source, client=client, progress=stop_after_half)
    fresh = Client(client.guard, client.limits)
    again = collect("fruit", "apples", source, client=fresh)
    assert again.pictures == 12
    assert 0 < again.counts["kept"] <= 6


def test_progress_ends_at_one_and_never_falls(gallery: GalleryServer, client: Client) -> None:
    shares: list[float] = []
    source = listed(gallery, *(f"/picture/{number}.jpg" for number in range(5)), "/missing.jpg")
    collect("fruit", "apples", source, client=client, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


_COLLECT = """
import sys
from aelab.collecting import AddressList, Client, Guard, Limits, collect
source = AddressList(tuple(sys.argv[1:]))
collect("fruit", "apples", source, client=Client(Guard.from_environment(), Limits(pause=0.05)))
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no SIGKILL")
def test_a_collection_that_is_killed_goes_on(
    gallery: GalleryServer, client: Client, artifacts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ALLOW_LOOPBACK, "1")
    source = listed(gallery, *(f"/picture/{number}.jpg" for number in range(60)))
    with subprocess.Popen([sys.executable, "-c", _COLLECT, *source.addresses]) as process:
        manifest = artifacts / "collections" / "fruit" / NAME
        while process.poll() is None and not (manifest.exists() and manifest.read_bytes().count(b"\n") > 5):
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    before = len(collected(artifacts / "collections" / "fruit"))
    assert 0 < before < 60
    gallery.visits.clear()
    again = collect("fruit", "apples", source, client=client)
    assert again.pictures == 60
    assert len([path for path in gallery.paths if path.startswith("/picture/")]) == 60 - before
    assert {file.name for file in (again.folder / "apples").glob("[!.]*")} == {
        file.partition("/")[2] for file in collected(again.folder)
    }


def test_a_full_disk_is_said_and_loses_nothing(gallery: GalleryServer, client: Client, artifacts: Path) -> None:
    resource = pytest.importorskip("resource")
    source = listed(gallery, *(f"/picture/{number}.jpg" for number in range(4)))
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (800, usual[1]))
    try:
        with pytest.raises(LabError, match="could not be written"):
            collect("fruit", "apples", source, client=client)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        signal.signal(signal.SIGXFSZ, handler)
    again = collect("fruit", "apples", source, client=Client(client.guard, client.limits))
    assert again.pictures == 4


@pytest.mark.parametrize(
    ("name", "class_name", "limit", "reason"),
    [
        ("../fruit", "apples", 5, "not a name"),
        ("fruit", " \n", 5, "class must be"),
        ("fruit", "a" * 100, 5, "class must be"),
        ("fruit", "apples", 0, "limit must be"),
        ("fruit", "apples", 10**6, "limit must be"),
    ],
)
def test_what_cannot_be_collected_is_refused(
    artifacts: Path, name: str, class_name: str, limit: int, reason: str
) -> None:
    with pytest.raises(LabError, match=reason):
        collect(name, class_name, CommonsSearch("apple"), limit=limit)
    assert not artifacts.exists()


@pytest.mark.parametrize(
    ("class_name", "folder"),
    [
        ("apples", "apples"),
        ("Äpfel 🍎", "Äpfel 🍎"),
        ("red/green", "red_green"),
        ("..", "_"),
        (".hidden", "_.hidden"),
        ("a\\b:c*d", "a_b_c_d"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("__MACOSX", "___MACOSX"),
        ("end. ", "end"),
        ("a\u202eb\x00c", "abc"),
        ("a\u0308pfel", "äpfel"),
    ],
)
def test_a_class_has_a_folder_that_every_file_system_takes(class_name: str, folder: str) -> None:
    assert folder_name(checked_class(class_name)) == folder


def test_a_list_is_read_from_a_text_file(tmp_path: Path) -> None:
    path = tmp_path / "apples.txt"
    path.write_bytes(b"\xef\xbb\xbfhttp://a.example/1.jpg\r\n# more\r\nhttp://a.example/2.jpg")
    source = AddressList.from_file(path)
    assert source.addresses == ("http://a.example/1.jpg", "http://a.example/2.jpg")
    assert source.question == {"addresses": "apples.txt"}
    path.write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(LabError, match=r"apples\.txt must be a text file in UTF-8"):
        AddressList.from_file(path)
    with pytest.raises(LabError, match="No such file"):
        AddressList.from_file(tmp_path / "none.txt")
