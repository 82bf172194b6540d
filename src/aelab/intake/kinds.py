"""Tell what a file is from its first bytes, whatever its name says.

The name of a file is a claim by whoever made it.  Scraped folders are full of web pages called .jpg and
of WebP pictures called .png; what the lab reads, and what it calls the rest, goes by content alone.
"""

from __future__ import annotations

from typing import Final

#: Bytes that `kind_of` wants to see: a tar's mark is at 257, and an SVG may begin with a long comment.
PEEK: Final = 1024

#: The kinds of picture that the lab reads.
PICTURES: Final = frozenset({"JPEG", "PNG", "WEBP", "BMP", "GIF"})

_STARTS: Final = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"8BPS", "PSD"),
    (b"%PDF", "PDF"),
    (b"%!PS", "PostScript"),
    (b"\0\0\1\0", "ICO"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
    (b"v/1\1", "OpenEXR"),
    (b"gimp xcf", "XCF"),
    (b"\x93NUMPY", "npy"),
    (b"PK\3\4", "zip"),
    (b"PK\5\6", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "RAR"),
)
_BMP_HEADERS: Final = (12, 16, 40, 52, 56, 64, 108, 124)  # bytes; "BM" alone also begins many a word
_HEIC: Final = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")


def kind_of(start: bytes) -> str | None:
    """Return the usual short name of a kind of file, such as ``"PNG"``, or None where it cannot be told.

    Parameters
    ----------
    start : bytes
        The file, or its first `PEEK` bytes.
    """
    for mark, kind in _STARTS:
        if start.startswith(mark):
            return kind
    if start[:4] == b"RIFF":
        return "WEBP" if start[8:12] == b"WEBP" else "RIFF"
    if start[:2] == b"BM" and int.from_bytes(start[14:18], "little") in _BMP_HEADERS:
        return "BMP"
    if start[4:8] == b"ftyp":
        return _media(start[8:12])
    if start[257:262] == b"ustar":
        return "tar"
    return _markup(start[:PEEK])


def _media(brand: bytes) -> str:
    """Return what the first brand of an ISO base media file stands for."""
    if brand in (b"avif", b"avis"):
        return "AVIF"
    return "HEIC" if brand in _HEIC else "MP4"


def _markup(start: bytes) -> str | None:
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not text.startswith(b"<"):
        return None
    if b"<svg" in text:
        return "SVG"
    if text.startswith(b"<!doctype html") or b"<html" in text or b"<head" in text:
        return "HTML"
    return "XML" if text.startswith(b"<?xml") else None
