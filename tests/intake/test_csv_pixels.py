"""CSV files with a label and pixels, as MNIST goes round in competitions."""

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from aelab.errors import LabError
from aelab.intake import csv_pixels, limits

LABELS = np.arange(7) % 3


@pytest.fixture
def pixels() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (7, 16 * 16), dtype=np.uint8)


@pytest.fixture
def csv(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "digits.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def table(labels: np.ndarray, pixels: np.ndarray, header: str = "", separator: str = ",") -> str:
    lines = [separator.join(f"{value:g}" for value in (label, *row)) for label, row in zip(labels, pixels, strict=True)]
    return "\n".join([*([header] if header else []), *lines]) + "\n"


def names(count: int) -> str:
    return ",".join(["label", *(f"pixel{number}" for number in range(count))])


def refusal(path: Path) -> str:
    with pytest.raises(LabError) as refused:
        csv_pixels.read(path)
    return str(refused.value)


class TestLayouts:
    @pytest.mark.parametrize("header", ["", names(256)])
    @pytest.mark.parametrize("separator", [",", ";", "\t"])
    def test_with_and_without_names(self, csv, pixels: np.ndarray, header: str, separator: str) -> None:
        path = csv(table(LABELS, pixels, header.replace(",", separator), separator))
        assert csv_pixels.is_csv(path)
        content = csv_pixels.read(path)
        np.testing.assert_array_equal(content.images, pixels.reshape(7, 16, 16, 1))
        np.testing.assert_array_equal(content.labels, LABELS)
        assert content.images.dtype == np.uint8

    def test_compressed_with_windows_line_ends_a_byte_order_mark_and_empty_lines(
        self, tmp_path: Path, pixels: np.ndarray
    ) -> None:
        text = "\ufeff" + table(LABELS, pixels, names(256)).replace("\n", "\r\n\r\n")
        path = tmp_path / "digits.csv.gz"
        path.write_bytes(gzip.compress(text.encode()))
        assert csv_pixels.is_csv(path)
        np.testing.assert_array_equal(csv_pixels.read(path).images.reshape(7, -1), pixels)

    def test_a_label_column_anywhere_and_the_numbers_that_pandas_adds(self, tmp_path: Path, pixels: np.ndarray) -> None:
        frame = pd.DataFrame(pixels, columns=[f"p{number}" for number in range(256)])
        frame.insert(99, "Label", LABELS)
        path = tmp_path / "digits.csv"
        frame.to_csv(path)
        content = csv_pixels.read(path)
        np.testing.assert_array_equal(content.images.reshape(7, -1), pixels)
        np.testing.assert_array_equal(content.labels, LABELS)

    def test_three_times_a_square_is_colour(self, csv) -> None:
        colours = np.random.default_rng(0).integers(0, 256, (7, 12 * 12 * 3))
        np.testing.assert_array_equal(
            csv_pixels.read(csv(table(LABELS, colours))).images, colours.reshape(7, 12, 12, 3)
        )

    def test_names_of_places_tell_height_and_width(self, csv) -> None:
        values = np.random.default_rng(0).integers(0, 256, (7, 20 * 15))
        header = ",".join(["label", *(f"{row}x{column}" for row in range(1, 21) for column in range(1, 16))])
        assert csv_pixels.read(csv(table(LABELS, values, header))).images.shape == (7, 20, 15, 1)

    def test_many_batches_are_one(self, csv, pixels: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(csv_pixels, "_BATCH", 1)
        content = csv_pixels.read(csv(table(LABELS, pixels, names(256))))
        np.testing.assert_array_equal(content.images.reshape(7, -1), pixels)


class TestScales:
    def test_floats_from_0_to_1_are_scaled(self, csv, pixels: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
        floats = pixels / 255
        floats[:2] = np.rint(floats[:2])  # the first batches look like black and white
        expected = np.rint(floats * 255)
        text = "\n".join(",".join(map(repr, (0, *row.tolist()))) for row in floats)
        for batch in (1, 10**9):
            monkeypatch.setattr(csv_pixels, "_BATCH", batch)
            np.testing.assert_array_equal(csv_pixels.read(csv(text)).images.reshape(7, -1), expected)

    def test_whole_numbers_after_a_black_image_are_not_scaled(
        self, csv, pixels: np.ndarray, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(csv_pixels, "_BATCH", 1)
        pixels[0] = np.arange(256) % 2
        np.testing.assert_array_equal(csv_pixels.read(csv(table(LABELS, pixels))).images.reshape(7, -1), pixels)

    def test_zeros_and_ones_alone_are_black_and_white(self, csv, pixels: np.ndarray) -> None:
        bits = pixels > 127
        np.testing.assert_array_equal(csv_pixels.read(csv(table(LABELS, bits))).images.reshape(7, -1), bits * 255)


class TestFaultsAreNamedByLineAndColumn:
    @pytest.mark.parametrize(
        ("value", "says"),
        [
            ("abc", "line 4, column pixel2: a number is expected; it is 'abc'."),
            ("", "line 4, column pixel2: a number is expected; it is ''."),
            ("256", "line 4, column pixel2: pixels must be whole numbers from 0 to 255"),
            ("-1", "line 4, column pixel2: pixels must be"),
            ("nan", "line 4, column pixel2: pixels must be"),
            ("1e999", "line 4, column pixel2: pixels must be"),
            ("7.5", "line 4, column pixel2: pixels must be"),
            ("1,2", "line 4 has 258 values; it must have one for each of the 257 columns."),
        ],
    )
    def test_pixels(self, csv, pixels: np.ndarray, value: str, says: str) -> None:
        pixels[0, :2] = (2, 0)
        lines = table(LABELS, pixels % 2 * 9, names(256)).splitlines()
        fields = lines[3].split(",")
        fields[3] = value
        lines[3] = ",".join(fields)
        found = refusal(csv("\n".join(lines)))
        assert found.startswith(f"digits.csv: {says}")

    def test_fractions_among_whole_numbers(self, csv, pixels: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
        for batch in (1, 10**9):
            monkeypatch.setattr(csv_pixels, "_BATCH", batch)
            values = pixels.astype(float)
            values[5, 7] = 0.5
            assert "or all of them numbers from 0 to 1" in refusal(csv(table(LABELS, values)))

    @pytest.mark.parametrize("value", ["-1", "0.5", "nan", "1e20"])
    def test_labels(self, csv, pixels: np.ndarray, value: str) -> None:
        lines = table(LABELS, pixels).splitlines()
        lines[2] = value + lines[2][1:]
        assert refusal(csv("\n".join(lines))).startswith(
            "digits.csv: line 3, column 1: the label must be a whole number from 0 up; it is"
        )

    @pytest.mark.parametrize("columns", [11, 785 - 1, 3])
    def test_no_square_of_pixels(self, csv, columns: int) -> None:
        assert f"beside the label it has {columns - 1}." in refusal(csv(",".join("0" * columns) + "\n"))

    def test_images_of_a_size_that_the_lab_does_not_take(self, csv) -> None:
        assert "must have sides of 12 to 1024 pixels" in refusal(csv(",".join("0" * 26) + "\n"))

    @pytest.mark.parametrize("text", ["", names(256)])
    def test_no_line_of_pixels(self, csv, text: str) -> None:
        assert refusal(csv(text)).startswith("digits.csv ")


class TestLimits:
    def test_more_images_than_a_dataset_holds(self, csv, pixels: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(csv_pixels, "_BATCH", 1)
        monkeypatch.setattr(limits, "MOST_BYTES", 1000)
        assert refusal(csv(table(LABELS, pixels))).startswith("4 images of 16 × 16 × 1 values are more")

    def test_a_line_without_end_and_lines_without_anything(
        self, tmp_path: Path, pixels: np.ndarray, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(csv_pixels, "_LONGEST_LINE", 10_000)
        path = tmp_path / "digits.csv.gz"
        path.write_bytes(gzip.compress(table(LABELS, pixels).encode() + b"0," * 50_000_000))
        assert refusal(path) == "digits.csv.gz: line 8 is longer than any image."
        path.write_bytes(gzip.compress(table(LABELS, pixels).encode() + b"\n" * 50_000_000))
        assert refusal(path) == "digits.csv.gz has more than 1000 empty lines."

    def test_half_a_compressed_file(self, tmp_path: Path, pixels: np.ndarray) -> None:
        path = tmp_path / "digits.csv.gz"
        path.write_bytes(gzip.compress(table(LABELS, pixels).encode())[:900])
        assert refusal(path).startswith("digits.csv.gz cannot be read (")


@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2\n", b"<html>,,,,,,,,,,,,", b"PK\3\4,,,,,,,,,,,", b"\0\0\10\3,,,,,,,,,,,", b"\x1f\x8b,,"]
)
def test_other_files_are_no_csv(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    assert not csv_pixels.is_csv(tmp_path / "x.csv")
    assert not csv_pixels.is_csv(tmp_path / "missing.csv")


def test_mnist_as_a_csv_is_mnist(shared_data: Callable[[str], Path], tmp_path: Path) -> None:
    arrays = np.load(shared_data("mnist.npz"))
    images, labels = arrays["x_test"][:2000], arrays["y_test"][:2000]
    path = tmp_path / "mnist.csv"
    np.savetxt(path, np.c_[labels, images.reshape(2000, -1)], "%d", ",", header=names(784), comments="")
    content = csv_pixels.read(path)
    np.testing.assert_array_equal(content.images[..., 0], images)
    np.testing.assert_array_equal(content.labels, labels)
