"""Picture files that are broken, hostile, or no pictures: a sentence each, and no memory spent."""

import struct
import zlib

import pytest
from picture_files import exif, noise, png_chunk, png_header, refusal, saved
from PIL import Image

from aelab.intake import headers, limits


class TestQuarantine:
    @pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "BMP", "WEBP"])
    @pytest.mark.parametrize("share", [0.02, 0.5, 0.95])
    def test_half_a_file_is_damaged(self, form: str, share: float) -> None:
        data = saved(Image.fromarray(noise(60, 60)), form)
        assert refusal(data[: max(26, int(len(data) * share))]).startswith("x.png is left out: it is")

    def test_a_truncated_jpeg_says_so(self) -> None:
        data = saved(Image.fromarray(noise(60, 60)), "JPEG")
        assert "it is damaged (image file is truncated" in refusal(data[: len(data) // 2])

    def test_a_png_with_a_wrong_checksum_says_so(self) -> None:
        data = bytearray(saved(Image.fromarray(noise(60, 60)), "PNG"))
        data[data.index(b"IEND") - 5] ^= 1  # the last byte of the pixels' checksum: Pillow would not look at it
        assert refusal(bytes(data)) == "x.png is left out: it is damaged (a checksum is wrong)."

    def test_an_empty_file_says_so(self) -> None:
        assert refusal(b"") == "x.png is left out: it is empty."

    @pytest.mark.parametrize(
        ("data", "kind"),
        [
            (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
            (b"8BPS\0\1" + bytes(40), "PSD"),
            (saved(Image.new("RGB", (9, 9)), "TIFF"), "TIFF"),
            (saved(Image.new("RGB", (16, 16)), "ICO"), "ICO"),
            (b"<!DOCTYPE html><html><body>404", "HTML"),
            (b"\0\0\0\x1cftypavif", "AVIF"),
            (b"\0\0\0\x1cftypheic", "HEIC"),
            (b"%PDF-1.7", "PDF"),
            (b"PK\3\4" + bytes(30), "zip"),
        ],
    )
    def test_something_else_called_png_is_named(self, data: bytes, kind: str) -> None:
        assert refusal(data) == (
            f"x.png is left out: it is not a JPEG, PNG, WebP, BMP or GIF picture; its content is {kind}."
        )

    def test_what_cannot_be_told_is_no_picture(self) -> None:
        assert refusal(b"BMW is a make of car") == (
            "x.png is left out: it is not a JPEG, PNG, WebP, BMP or GIF picture."
        )

    def test_a_jpeg_of_thousands_of_scans_is_not_decoded(self) -> None:
        data = saved(Image.fromarray(noise(16, 16)), "JPEG", progressive=True)
        scan = data.index(b"\xff\xda")
        assert "scans" in refusal(data[:scan] + data[scan:-2] * (headers.MOST_SCANS + 1) + data[-2:])


class TestHugeHeaders:
    """60,000 x 60,000 pixels are 10 GB: a header must be enough to refuse them."""

    SAYS = (
        f"x.png is left out: it has more than {limits.MOST_PIXELS // 1_000_000} million pixels; make it smaller first."
    )

    def test_png(self) -> None:
        pixels = png_chunk(b"IDAT", zlib.compress(bytes(100)))
        end = png_chunk(b"IEND", b"")
        assert refusal(png_header(60_000, 60_000) + pixels + end) == self.SAYS
        assert refusal(png_header(60_000, 60_000, depth=16, colour=0) + pixels + end) == self.SAYS

    def test_jpeg(self) -> None:
        data = bytearray(saved(Image.fromarray(noise(16, 16)), "JPEG"))
        size = data.index(b"\xff\xc0") + 5
        data[size : size + 4] = struct.pack(">HH", 60_000, 60_000)
        assert refusal(bytes(data)) == self.SAYS

    def test_gif(self) -> None:
        data = bytearray(saved(Image.new("L", (16, 16)), "GIF"))
        data[6:10] = struct.pack("<HH", 60_000, 60_000)
        assert refusal(bytes(data)) == self.SAYS

    def test_bmp(self) -> None:
        data = bytearray(saved(Image.new("L", (16, 16)), "BMP"))
        data[18:26] = struct.pack("<ii", 60_000, 60_000)
        assert refusal(bytes(data)) == self.SAYS

    @pytest.mark.parametrize("lossless", [False, True])
    def test_webp(self, lossless: bool) -> None:
        data = bytearray(saved(Image.new("RGB", (16, 16)), "WEBP", lossless=lossless))
        if lossless:
            data[21:25] = (16_382 | 16_382 << 14).to_bytes(4, "little")
        else:
            data[26:30] = struct.pack("<HH", 16_383, 16_383)
        assert refusal(bytes(data)) == self.SAYS

    def test_webp_with_an_extended_header(self) -> None:
        data = bytearray(saved(Image.new("RGB", (16, 16)), "WEBP", exif=exif(1)))
        assert data[12:16] == b"VP8X"
        data[24:30] = (16_382).to_bytes(3, "little") * 2
        assert refusal(bytes(data)) == self.SAYS
