"""The usual PNGs skip Pillow's reader: what comes out must be the same."""

import io
import zlib

import numpy as np
import pytest
from picture_files import noise, png_chunk, png_header, refusal, saved
from PIL import Image, PngImagePlugin

from aelab.intake import png
from aelab.intake.pictures import read_picture


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode_is_as_pillow_reads_it(mode: str) -> None:
    image = Image.fromarray(noise(13, 17)).convert("L" if mode == "I;16" else mode)
    data = saved(image.convert("I;16") if mode == "I;16" else image, "PNG")
    found = png.read("x", data)
    assert (found is not None) == (mode in ("L", "RGB", "RGBA"))
    if found is not None:
        np.testing.assert_array_equal(np.asarray(found), np.asarray(Image.open(io.BytesIO(data))))


def test_pixels_in_several_chunks_are_joined() -> None:
    pixels = noise(13, 17)
    stream = zlib.compress(b"".join(b"\0" + row.tobytes() for row in pixels))
    chunks = b"".join(png_chunk(b"IDAT", stream[start : start + 99]) for start in range(0, len(stream), 99))
    data = png_header(17, 13) + chunks + png_chunk(b"IEND", b"") + b"trailing"
    np.testing.assert_array_equal(read_picture("x", data).pixels, pixels)


def test_too_few_pixels_are_damage() -> None:
    data = png_header(17, 13) + png_chunk(b"IDAT", zlib.compress(bytes(100))) + png_chunk(b"IEND", b"")
    assert "it is damaged" in refusal(data)


def test_text_is_left_to_pillow() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "hello")
    pixels = noise(9, 9)
    np.testing.assert_array_equal(read_picture("x", saved(Image.fromarray(pixels), "PNG", pnginfo=text)).pixels, pixels)
