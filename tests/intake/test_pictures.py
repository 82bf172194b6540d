"""What a picture file becomes: upright, opaque, square."""

import io

import numpy as np
import pytest
from PIL import Image

from aelab.intake.pictures import decoded


def saved(image: Image.Image, form: str, **more: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **more)
    return file.getvalue()


def test_the_middle_square_is_kept() -> None:
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, 20:40] = (10, 200, 30)
    pixels = decoded("x", saved(Image.fromarray(wide), "PNG"), 16, "rgb")
    assert pixels.shape == (16, 16, 3)
    np.testing.assert_array_equal(pixels[4, 4], (10, 200, 30))
    assert pixels[:, 2:-2].reshape(-1, 3).std(axis=0).max() < 2


def test_a_picture_taken_sideways_is_turned_upright() -> None:
    upright = np.zeros((32, 32, 3), np.uint8)
    upright[:16] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise to show
    sideways = saved(Image.fromarray(np.rot90(upright).copy()), "JPEG", exif=exif, quality=95)
    pixels = decoded("x", sideways, 16, "gray")
    assert pixels[:6].min() > 230
    assert pixels[-6:].max() < 25


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_transparency_is_laid_on_white(form: str) -> None:
    clear = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    assert decoded("x", saved(clear, form), 16, "rgb").min() == 255


def test_a_palette_with_a_transparent_colour_is_laid_on_white() -> None:
    image = Image.new("P", (20, 20), 0)
    image.putpalette([0, 0, 0, 255, 0, 0])
    for form in ("PNG", "GIF"):
        assert decoded("x", saved(image, form, transparency=0), 16, "rgb").min() == 255


def test_the_first_frame_of_a_film_is_taken() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    np.testing.assert_array_equal(decoded("x", data, 16, "rgb")[8, 8], (255, 0, 0))


def test_sixteen_bit_grey_keeps_its_contrast() -> None:
    ramp = np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(np.uint16)
    pixels = decoded("x", saved(Image.fromarray(ramp), "PNG"), 64, "gray")
    np.testing.assert_allclose(pixels[..., 0], ramp / 257, atol=1)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_mode_gives_colour_and_grey(mode: str) -> None:
    data = saved(Image.new("RGB", (20, 20), "white").convert(mode), "PNG")
    assert decoded("x", data, 16, "rgb").shape == (16, 16, 3)
    np.testing.assert_array_equal(decoded("x", data, 16, "gray"), np.full((16, 16, 1), 255))


def test_a_printers_jpeg_is_read() -> None:
    data = saved(Image.new("CMYK", (20, 20), (0, 255, 255, 0)), "JPEG")
    red, green, blue = decoded("x", data, 16, "rgb")[8, 8]
    assert red > 200
    assert max(green, blue) < 60


@pytest.mark.parametrize("size", [(1, 1), (3000, 1), (1, 3000), (5000, 17)])
def test_a_picture_of_any_shape_becomes_a_square(size: tuple[int, int]) -> None:
    data = saved(Image.new("RGB", size, (9, 99, 199)), "PNG")
    np.testing.assert_array_equal(decoded("x", data, 16, "rgb"), np.full((16, 16, 3), (9, 99, 199)))


def test_a_large_jpeg_decoded_small_looks_as_if_decoded_whole() -> None:
    y, x = np.mgrid[0:1024, 0:1024] / 1024
    waves = (127.5 + 127.5 * np.sin(12 * x) * np.cos(9 * y)).astype(np.uint8)
    data = saved(Image.fromarray(waves), "JPEG", quality=95)
    whole = Image.open(io.BytesIO(data)).resize((32, 32), Image.Resampling.LANCZOS)
    np.testing.assert_allclose(decoded("x", data, 32, "gray")[..., 0], np.asarray(whole), atol=4)
