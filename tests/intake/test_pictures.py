"""What a picture file becomes: upright, in 8 bits, without anything else; or a sentence about why not."""

import io
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

import numpy as np
import pytest
from picture_files import GPS, exif, noise, said, saved
from PIL import Image, ImageCms

from aelab.intake import kinds, pictures
from aelab.intake.pictures import decoded, read_picture


class TestWhatIsKept:
    @pytest.mark.parametrize("form", ["PNG", "BMP", "WEBP", "GIF", "JPEG"])
    def test_grey_stays_grey_and_colour_colour(self, form: str) -> None:
        lossless = {"WEBP": {"lossless": True}}.get(form, {})
        for channels in (1, 3):
            if (form, channels) in (("WEBP", 1), ("GIF", 3)):  # the formats have none
                continue
            pixels = noise(14, 21, channels)
            found = read_picture("x", saved(Image.fromarray(pixels), form, **lossless))
            assert (found.pixels.shape, found.height, found.width) == ((14, 21, channels), 14, 21)
            assert (found.pixels.dtype, found.format) == (np.uint8, form)
            assert found.notes == () or form == "GIF"  # which is a palette at heart
            if form != "JPEG":
                np.testing.assert_array_equal(found.pixels.squeeze(), pixels)

    def test_the_shorter_side_is_at_most_512_pixels_and_the_original_size_is_told(self) -> None:
        found = read_picture("x", saved(Image.fromarray(noise(1030, 2060)), "PNG"))
        assert found.pixels.shape == (512, 1024, 3)
        assert (found.height, found.width) == (1030, 2060)
        assert said(found) == "Made smaller, from 2060 × 1030 to 1024 × 512 pixels: of the shorter side 512 are kept."

    def test_a_large_jpeg_decoded_small_looks_as_if_decoded_whole(self) -> None:
        y, x = np.mgrid[0:4096, 0:2048] / 2048
        waves = (127.5 + 127.5 * np.sin(12 * x) * np.cos(9 * y)).astype(np.uint8)
        data = saved(Image.fromarray(waves), "JPEG", quality=95)
        whole = Image.open(io.BytesIO(data)).resize((512, 1024), Image.Resampling.LANCZOS)
        found = read_picture("x", data)
        assert (found.height, found.width) == (4096, 2048)
        np.testing.assert_allclose(found.pixels[..., 0].astype(int), np.asarray(whole), atol=2)

    @pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (20_000, 13)])
    def test_any_shape_is_read_for_the_cleaning_to_judge(self, size: tuple[int, int]) -> None:
        found = read_picture("x", saved(Image.new("RGB", size, (9, 99, 199)), "PNG"))
        assert found.pixels.shape == (size[1], size[0], 3)
        assert (found.pixels == (9, 99, 199)).all()

    def test_no_metadata_comes_along(self) -> None:
        tags = exif(6)
        tags.get_ifd(GPS)[1] = "N"
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        image = Image.fromarray(noise(8, 9))
        found = read_picture("x", saved(image, "JPEG", exif=tags, icc_profile=profile, comment=b"secret"))
        assert set(vars(found)) == {"pixels", "height", "width", "format", "notes"}
        assert type(found.pixels) is np.ndarray


class TestUpright:
    # Where the corners of an upright picture, read row by row, lie in a file of each orientation (Exif 2.32).
    CORNERS: ClassVar = {1: "abcd", 2: "badc", 3: "dcba", 4: "cdab", 5: "acbd", 6: "bdac", 7: "dbca", 8: "cadb"}

    @pytest.mark.parametrize("orientation", range(1, 9))
    @pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
    def test_each_exif_orientation_is_turned_upright(self, form: str, orientation: int) -> None:
        greys = {"a": 0, "b": 80, "c": 160, "d": 240}
        corners = np.array([greys[corner] for corner in self.CORNERS[orientation]], np.uint8).reshape(2, 2)
        stored = corners.repeat(16, 0).repeat(32, 1) if orientation < 5 else corners.repeat(32, 0).repeat(16, 1)
        found = read_picture("x", saved(Image.fromarray(stored).convert("RGB"), form, exif=exif(orientation)))
        assert (found.height, found.width) == found.pixels.shape[:2] == (32, 64)
        middles = found.pixels[8::16, 16::32, 0]
        np.testing.assert_allclose(middles.ravel().astype(int), [0, 80, 160, 240], atol=6)
        assert ("Turned upright" in said(found)) == (orientation > 1)

    @pytest.mark.parametrize("orientation", [0, 9, 65535])
    def test_an_orientation_that_means_nothing_changes_nothing(self, orientation: int) -> None:
        found = read_picture("x", saved(Image.fromarray(noise(8, 9)), "JPEG", exif=exif(orientation)))
        assert (found.pixels.shape, found.notes) == ((8, 9, 3), ())

    def test_a_large_picture_on_its_side_is_told_upright(self) -> None:
        found = read_picture("x", saved(Image.fromarray(noise(600, 1200)), "JPEG", exif=exif(8)))
        assert (found.height, found.width, found.pixels.shape) == (1200, 600, (1024, 512, 3))

    @pytest.mark.filterwarnings("ignore:Corrupt EXIF data")  # Pillow's warning, which tests make an error
    @pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
    @pytest.mark.parametrize("content", [b"II*\0\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff", b"MM", b""])
    def test_damaged_exif_does_not_cost_the_picture(self, form: str, content: bytes) -> None:
        data = saved(Image.fromarray(noise(8, 9)), form, exif=b"Exif\0\0" + content)
        assert read_picture("x", data).pixels.shape == (8, 9, 3)


class TestConverted:
    def test_sixteen_bits_are_scaled_by_their_range_and_not_clipped(self) -> None:
        ramp = np.linspace(1000, 5000, 64 * 64).reshape(64, 64).astype(np.uint16)
        found = read_picture("x", saved(Image.fromarray(ramp), "PNG"))
        np.testing.assert_allclose(found.pixels[..., 0], (ramp - 1000.0) / 4000 * 255, atol=0.51)
        assert said(found) == "Scaled from its values, 1000 to 5000, to 0 to 255."

    @pytest.mark.parametrize(("value", "expected"), [(0, 0), (65535, 255), (32896, 128)])
    def test_sixteen_bits_of_one_value_stay_as_light_as_they_were(self, value: int, expected: int) -> None:
        found = read_picture("x", saved(Image.fromarray(np.full((9, 9), value, np.uint16)), "PNG"))
        assert (found.pixels == expected).all()

    def test_large_sixteen_bit_pictures_are_made_smaller_too(self) -> None:
        ramp = np.linspace(0, 65535, 1024 * 1024).reshape(1024, 1024).astype(np.uint16)
        found = read_picture("x", saved(Image.fromarray(ramp), "PNG"))
        assert found.pixels.shape == (512, 512, 1)
        assert (found.pixels.min(), found.pixels.max()) == (0, 255)

    def test_a_printers_jpeg_becomes_rgb(self) -> None:
        found = read_picture("x", saved(Image.new("CMYK", (20, 20), (0, 255, 255, 0)), "JPEG"))
        red, green, blue = found.pixels[8, 8]
        assert red > 200
        assert max(green, blue) < 60
        assert said(found) == "Converted from CMYK to RGB."

    def test_a_palette_becomes_rgb_or_grey_if_it_is_grey(self) -> None:
        image = Image.new("P", (20, 20), 1)
        image.putpalette([0, 0, 0, 255, 0, 0])
        found = read_picture("x", saved(image, "PNG"))
        assert found.pixels[3, 3].tolist() == [255, 0, 0]
        assert said(found) == "Converted from a palette."
        image.putpalette([0, 0, 0, 77, 77, 77])
        assert read_picture("x", saved(image, "PNG")).pixels[3, 3].tolist() == [77]

    def test_one_bit_becomes_black_and_white(self) -> None:
        bits = noise(9, 9, 1) > 127
        found = read_picture("x", saved(Image.fromarray(bits), "PNG"))
        np.testing.assert_array_equal(found.pixels[..., 0], bits * 255)
        assert said(found) == "Converted from 1 bit to grey."

    @pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
    def test_the_first_frame_of_an_animation_is_taken_and_their_number_told(self, form: str) -> None:
        frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue", "lime")]
        more = {"lossless": True} if form == "WEBP" else {}
        found = read_picture("x", saved(frames[0], form, save_all=True, append_images=frames[1:], **more))
        assert found.pixels[8, 8].tolist() == [255, 0, 0]
        assert "Its first frame of 3 was taken." in said(found)


class TestTransparency:
    @pytest.mark.parametrize("form", ["PNG", "WEBP"])
    def test_it_is_kept(self, form: str) -> None:
        pixels = noise(9, 11, 4) | 1  # a WebP forgets colours that are wholly transparent
        more = {"lossless": True} if form == "WEBP" else {}
        found = read_picture("x", saved(Image.fromarray(pixels), form, **more))
        np.testing.assert_array_equal(found.pixels, pixels)

    @pytest.mark.parametrize("form", ["PNG", "WEBP"])
    def test_opaque_pictures_have_none(self, form: str) -> None:
        pixels = noise(9, 11, 4)
        pixels[..., 3] = 255
        assert read_picture("x", saved(Image.fromarray(pixels), form)).pixels.shape == (9, 11, 3)

    def test_grey_with_transparency_is_rgba_and_without_it_grey(self) -> None:
        pixels = noise(9, 11, 2)
        found = read_picture("x", saved(Image.fromarray(pixels, "LA"), "PNG"))
        np.testing.assert_array_equal(found.pixels, pixels[..., [0, 0, 0, 1]])
        pixels[..., 1] = 255
        found = read_picture("x", saved(Image.fromarray(pixels, "LA"), "PNG"))
        np.testing.assert_array_equal(found.pixels[..., 0], pixels[..., 0])

    def test_a_transparent_colour_or_palette_entry_is_transparency(self) -> None:
        grey, colour = Image.new("L", (9, 9), 7), Image.new("RGB", (9, 9), (1, 2, 3))
        palette = Image.new("P", (9, 9), 0)
        palette.putpalette([1, 2, 3, 4, 5, 6])
        for image, clear, form in (
            (grey, 7, "PNG"),
            (colour, (1, 2, 3), "PNG"),
            (palette, 0, "PNG"),
            (palette, 0, "GIF"),
        ):
            assert (read_picture("x", saved(image, form, transparency=clear)).pixels[..., 3] == 0).all()
        assert read_picture("x", saved(grey, "PNG", transparency=8)).pixels.shape == (9, 9, 1)
        assert read_picture("x", saved(colour, "PNG", transparency=(1, 2, 4))).pixels.shape == (9, 9, 3)


def test_pictures_are_read_alike_from_several_threads() -> None:
    data = [saved(Image.fromarray(noise(40, 50, seed=seed)), form) for seed in range(20) for form in ("JPEG", "PNG")]
    alone = [read_picture("x", one).pixels for one in data]
    with ThreadPoolExecutor(4) as threads:
        for expected, found in zip(alone, threads.map(lambda one: read_picture("x", one), data), strict=True):
            np.testing.assert_array_equal(found.pixels, expected)


def test_only_the_formats_of_the_list_have_a_reader() -> None:
    assert set(pictures._READERS) == set(kinds.PICTURES)


class TestDecoded:
    def test_the_middle_square_is_kept(self) -> None:
        wide = np.zeros((20, 60, 3), np.uint8)
        wide[:, 20:40] = (10, 200, 30)
        pixels = decoded("x", saved(Image.fromarray(wide), "PNG"), 16, "rgb")
        assert pixels.shape == (16, 16, 3)
        np.testing.assert_array_equal(pixels[4, 4], (10, 200, 30))
        assert pixels[:, 2:-2].reshape(-1, 3).std(axis=0).max() < 2

    @pytest.mark.parametrize("form", ["PNG", "WEBP"])
    def test_transparency_is_laid_on_white(self, form: str) -> None:
        clear = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
        assert decoded("x", saved(clear, form), 16, "rgb").min() == 255

    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
    def test_every_mode_gives_colour_and_grey(self, mode: str) -> None:
        data = saved(Image.new("RGB", (20, 20), "white").convert(mode), "PNG")
        assert decoded("x", data, 16, "rgb").shape == (16, 16, 3)
        np.testing.assert_array_equal(decoded("x", data, 16, "gray"), np.full((16, 16, 1), 255))

    @pytest.mark.parametrize("size", [(1, 1), (3000, 1), (1, 3000), (5000, 17)])
    def test_a_picture_of_any_shape_becomes_a_square(self, size: tuple[int, int]) -> None:
        data = saved(Image.new("RGB", size, (9, 99, 199)), "PNG")
        np.testing.assert_array_equal(decoded("x", data, 16, "rgb"), np.full((16, 16, 3), (9, 99, 199)))
